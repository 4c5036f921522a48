"""A file on its way through the pages: handed in, its columns told, seen, then kept by the scheduler or given up.

What takes time is done by the scheduler. Kept, the state of the file changes in the very transaction of its rows:
killed at any moment, both are there or neither, and it begins again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, cast

from sqlalchemy import Engine, func, or_, select, update
from sqlalchemy.exc import OperationalError

from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.saisie.fichiers import XLSX, Download
from paqte.domain.saisie.nombres import written
from paqte.domain.saisie.textes import clean_line
from paqte.domain.statuts.imports import (
    A_APPLIQUER,
    A_ESSAYER,
    A_VALIDER,
    ANNULER,
    APPLIQUE,
    APPLIQUER,
    DEPOSE,
    ESSAYE,
    ESSAYER,
    ETATS,
    OVER,
    TRANSITIONS,
    VALIDER,
    WORKING,
)
from paqte.importing.door import WorkbookGiven, read_spreadsheet
from paqte.importing.tracker.tables import rows_aside, rows_of
from paqte.importing.tracker.targets import label_of
from paqte.models import Importation, Utilisateur, db
from paqte.models.base import HURRIED, WRITE
from paqte.ops.antivirus import AntivirusRefused, scan
from paqte.queries.comptes.comptes import actor_of
from paqte.queries.perimetre import require_departement, stand_in, to_change
from paqte.queries.planificateur.importations import file_of, read_importation
from paqte.queries.planificateur.imports_transmis import read_sent
from paqte.queries.reglages.reglages import read_limits
from paqte.reporting.dessin.annotee import RemarkToWrite, SheetToAnnotate, annotated_copy
from paqte.services.imports.mappings import as_told, refuse_other_units
from paqte.services.imports.propres import own_targets, with_own
from paqte.services.imports.reading import OutcomeSaid
from paqte.services.imports.tracker import (
    NOTHING,
    SheetMapping,
    TrackerRefused,
    apply_tracker,
    find_shown,
    guess_mapping,
    rehearse_tracker,
)
from paqte.services.imports.validation import validate_waiting, versions_of
from paqte.services.transaction import note, transaction

WHAT = "Cet import"
# Whoever took it and fell silent for so long is believed dead: it begins again.
LEASE = timedelta(minutes=15)
KEPT = timedelta(days=30)
MOST_OPEN = 20
_EXAMPLES = 3
_ASIDE = 40
_PACE = 0.5
MEANWHILE = "Cet import a changé depuis que vous avez ouvert cette page : regardez où il en est."


def deposit_file(
    *, actor: Acteur, departement: str, nom: str, octets: bytes, now: datetime, antivirus: str = ""
) -> int:
    """Keep a spreadsheet that the door has read, with what its columns seem to be; gives its key.

    Refused beside `fichier` for what is no spreadsheet that we read, or when too many wait already.
    """
    require_departement(actor, departement)
    try:
        scan(antivirus, octets)
        workbook = read_spreadsheet(octets, nom)
        _require_size(workbook)
        told = described_sheets(workbook, own_targets(actor=actor, departement=departement))
    except AntivirusRefused as refused:
        raise Refused({"fichier": str(refused)}) from refused
    except Refused as refused:
        raise Refused({"fichier": str(refused)}) from None
    with transaction(actor=actor, now=now) as session:
        mine = (Importation.departement_code == departement, Importation.etat.not_in(OVER))
        if session.scalars(select(func.count(Importation.id)).where(*mine)).one() >= MOST_OPEN:
            raise Refused({"fichier": f"{MOST_OPEN} imports attendent déjà : terminez-les ou annulez-les d’abord."})
        _require_day(session, departement, now)
        row = Importation(
            departement_code=departement,
            utilisateur_id=actor.utilisateur_id,
            nom=clean_line(nom)[0][:200] or "fichier",
            etat=DEPOSE,
            correspondance=json.dumps(told),
            octets=octets,
            created_at=now,
        )
        session.add(row)
        session.flush()
        note(session, "deposer", "importation", row.id, departement=departement, apres={"nom": row.nom})
        return row.id


def _require_size(workbook: WorkbookGiven) -> None:
    limits = read_limits()
    rows = sum(len(sheet.lines) for sheet in workbook.sheets)
    if rows > limits["import_lignes"]:
        raise Refused(
            f"Ce tableau compte {written(rows)} lignes, et {written(limits['import_lignes'])} sont acceptées : "
            "partagez-le en plusieurs fichiers."
        )
    columns = max((len(table.columns) for table in find_shown(workbook)), default=0)
    if columns > limits["import_colonnes"]:
        raise Refused(
            f"Ce tableau compte {written(columns)} colonnes, et {written(limits['import_colonnes'])} sont acceptées : "
            "gardez les colonnes utiles."
        )


def _require_day(session: Any, departement: str, now: datetime) -> None:
    i = Importation
    today = select(func.count(i.id)).where(i.departement_code == departement, i.created_at > now - timedelta(days=1))
    most = read_limits()["import_jour_fichiers"]
    if session.scalars(today).one() >= most:
        some = f"{most} tableau{'x' if most > 1 else ''}"
        raise Refused({"fichier": f"Votre département a déposé {some} en vingt-quatre heures : réessayez demain."})


def ask_rehearsal(
    *, actor: Acteur, importation_id: int, version: int | None, mapping: Sequence[SheetMapping], now: datetime
) -> None:
    """Have the file seen with these columns.

    Refused when no sheet is taken, a target is taken twice in one, or a column of figures says thousands.
    """
    for one in mapping:
        targets = [target for target in one.targets.values() if target]
        where = one.sheet or "ce fichier"
        if twice := next((t for t in targets if targets.count(t) > 1), ""):
            raise Refused(f"Deux colonnes de « {where} » disent la même chose : {label_of(twice)}.")
    if not any(any(one.targets.values()) for one in mapping):
        raise Refused("Gardez au moins une feuille et une colonne.")
    with transaction(actor=actor, now=now) as session:
        row = _held(session, actor, importation_id, version, ESSAYER)
        told = as_told(row.correspondance, mapping)
        refuse_other_units(told)
        row.correspondance = json.dumps(told)
        row.lignes, row.message = None, ""
        _move(row, ESSAYER)


def ask_application(*, actor: Acteur, importation_id: int, version: int | None, now: datetime) -> None:
    """Have the file kept, whole. Refused while a row of it is."""
    with transaction(actor=actor, now=now) as session:
        row = _held(session, actor, importation_id, version, APPLIQUER)
        if row.message or any(line.attendu for line in unpacked(row.lignes)):
            raise Refused("Des lignes sont refusées : corrigez-les dans votre fichier, puis déposez-le de nouveau.")
        _move(row, APPLIQUER)
        note(session, "appliquer", "importation", row.id, departement=row.departement_code, apres={"nom": row.nom})


def ask_validation(*, actor: Acteur, importation_id: int, version: int | None, now: datetime) -> None:
    """Have validated what this import sent and nobody has touched since. Refused when nothing of it waits."""
    waiting = read_sent(actor=actor, importation_id=importation_id).waiting
    with transaction(actor=actor, now=now) as session:
        row = _held(session, actor, importation_id, version, VALIDER)
        if not waiting:
            raise Refused("Aucune déclaration de cet import n’attend sa validation.")
        _move(row, VALIDER)
        note(session, "valider", "importation", row.id, departement=row.departement_code, apres={"nom": row.nom})


def cancel_import(*, actor: Acteur, importation_id: int, version: int | None, now: datetime) -> None:
    """Give a file up: nothing of it is kept."""
    with transaction(actor=actor, now=now) as session:
        row = _held(session, actor, importation_id, version, ANNULER)
        _move(row, ANNULER)
        row.octets = row.lignes = None
        row.finie_le = now
        note(session, "annuler", "importation", row.id, departement=row.departement_code, apres={"nom": row.nom})


def run_imports(*, clock: Callable[[], datetime]) -> int:
    """Do what waits, one file after the other; gives how many."""
    done = 0
    while (key := _claim(clock())) is not None:
        _work_on(key, clock)
        done += 1
    return done


def purge_imports(*, now: datetime) -> int:
    """Forget what is older than thirty days: files hold names and addresses (R30); gives how many."""
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        i = Importation
        old = (i.created_at < now - KEPT, i.etat.not_in(WORKING), or_(i.octets.is_not(None), i.lignes.is_not(None)))
        gone = update(i).where(*old).values(octets=None, lignes=None)
        return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]


def mapping_kept(correspondance: str) -> list[SheetMapping]:
    """What the sheets taken stand for, as the page last said."""
    return [
        SheetMapping(s["titre"], s["ligne"], {c["place"]: c["cible"] for c in s["colonnes"]}, s["periode"])
        for s in json.loads(correspondance)
        if s["prise"]
    ]


def packed(lines: Sequence[OutcomeSaid]) -> bytes:
    """What was said of a file, as it is kept."""
    return zlib.compress(json.dumps(lines).encode())


def unpacked(lignes: bytes | None) -> list[OutcomeSaid]:
    """The same, read."""
    return [OutcomeSaid(*line) for line in json.loads(zlib.decompress(lignes))] if lignes else []


def described_sheets(workbook: WorkbookGiven, own: Mapping[str, str] = NOTHING) -> list[dict[str, Any]]:
    """The sheets that have a table, their columns with what they seem to be and a few of their values.

    `own` are the targets of the columns that the département keeps already, by the key of their title.
    """
    guessed = {one.sheet: one for one in guess_mapping(workbook, own=own)}
    sheets = {sheet.titre: sheet for sheet in workbook.sheets}
    told = []
    for table in (with_own(found, own) for found in find_shown(workbook)):
        every = {column.place: f"{column.place}" for column in table.columns}
        examples: dict[int, list[str]] = {column.place: [] for column in table.columns}
        for row in rows_of(sheets[table.sheet], table.heading_row, every):
            for place, cell in row.cells.values():
                if len(examples[place]) < _EXAMPLES and cell.texte not in examples[place]:
                    examples[place].append(clean_line(cell.texte)[0][:60])
        told.append(
            {
                "titre": table.sheet,
                "ligne": table.heading_row,
                "prise": table.sheet in guessed,
                "periode": table.periode,
                "ecartees": [
                    [aside.numero, aside.why, aside.texte[:80]]
                    for aside in rows_aside(sheets[table.sheet], table.heading_row)[:_ASIDE]
                ],
                "colonnes": [
                    {"place": c.place, "titre": c.heading[:120], "cible": c.target, "exemples": examples[c.place]}
                    for c in table.columns
                ],
            }
        )
    return told


def _held(session: Any, actor: Acteur, key: int, version: int | None, act: str) -> Importation:
    row = to_change(session, Importation, key, actor, WHAT)
    if (row.etat, act) not in TRANSITIONS:
        raise Refused(f"Cet import est « {ETATS[row.etat].lower()} » : ce n’est plus possible.")
    if row.version != version:
        raise Conflict(MEANWHILE, {"version": str(row.version)})
    return row


def _move(row: Importation, act: str) -> None:
    row.etat, row.prise_le = TRANSITIONS[row.etat, act], None
    row.faites = row.etapes = 0


def _claim(now: datetime) -> int | None:
    """The next file that waits, or whose holder fell silent; None when there is none. Of two, one has it."""
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        i = Importation
        free = or_(i.prise_le.is_(None), i.prise_le < now - LEASE)
        waiting = select(i.id).where(i.etat.in_(WORKING), free).order_by(i.id).limit(1)
        key = session.scalar(waiting.with_for_update(skip_locked=True))
        if key is not None:
            session.execute(update(i).where(i.id == key).values(prise_le=now))
        return key


def _work_on(key: int, clock: Callable[[], datetime]) -> None:
    row = db.session.get_one(Importation, key)
    etat, octets, nom, departement = row.etat, row.octets or b"", row.nom, row.departement_code
    mapping, user = mapping_kept(row.correspondance), db.session.get_one(Utilisateur, row.utilisateur_id)
    actor = actor_of(user)
    may = user.is_active and actor.role == REFERENT
    db.session.rollback()
    told: dict[str, Any] = {"departement": departement, "nom": nom, "mapping": mapping}
    try:
        if not may:
            raise Refused("Le compte de la personne qui a demandé cet import est fermé.")
        # She may hold several départements: it is done in the one she stood in.
        told["actor"] = actor = stand_in(actor, departement)
        tell = _teller(key, clock)
        if etat == A_VALIDER:
            _close(key, APPLIQUE, None, validate_waiting(key, actor, clock, tell), clock())
            return
        told |= {"workbook": read_spreadsheet(octets), "now": clock(), "progress": tell}
        if etat == A_ESSAYER:
            _close(key, ESSAYE, rehearse_tracker(**told), "", clock())
        elif etat == A_APPLIQUER:
            apply_tracker(**told, closing=lambda lines, sent: _keep_applied(key, lines, sent, actor, clock()))
    except TrackerRefused as refused:
        _close(key, ESSAYE, refused.lines, "", clock())
    except Refused as refused:
        _close(key, APPLIQUE if etat == A_VALIDER else ESSAYE, None if etat == A_VALIDER else (), str(refused), clock())


def _close(key: int, etat: str, lines: Sequence[OutcomeSaid] | None, message: str, now: datetime) -> None:
    """What a look at the file said, `lines` None when they stand; nothing when it was given up meanwhile."""
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        row = session.get_one(Importation, key, populate_existing=True)
        if row.etat in WORKING:
            row.etat, row.message, row.prise_le = etat, message[:1000], None
            row.lignes = row.lignes if lines is None else packed(lines)


def _keep_applied(key: int, lines: Sequence[OutcomeSaid], sent: Sequence[int], actor: Acteur, now: datetime) -> None:
    """In the very transaction of its rows."""
    with transaction(actor=actor, now=now) as session:
        row = session.get_one(Importation, key, populate_existing=True)
        if row.etat != A_APPLIQUER:
            raise Refused("Cet import a déjà été enregistré.")
        row.etat, row.lignes, row.octets, row.finie_le = APPLIQUE, packed(lines), None, now
        row.declarations = versions_of(session, sent)


def _teller(key: int, clock: Callable[[], datetime]) -> Callable[[int, int], None]:
    """Says in the base how far the work is, twice a second at most, and that whoever took it is alive.

    It does so beside the work's own transaction, and passes over it when another holds SQLite's lock.
    """
    engine = cast(dict[str | None, Engine], db.engines)[None]
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last < _PACE:
            return
        last = monotonic()
        given = update(Importation).where(Importation.id == key).values(faites=done, etapes=total, prise_le=clock())
        options = {WRITE: True, HURRIED: True}
        with suppress(OperationalError), engine.connect().execution_options(**options) as beside, beside.begin():
            beside.execute(given)

    return tell


def annotated_file(*, actor: Acteur, importation_id: int, now: datetime) -> Download:
    """The file handed in with a comment on each cell refused, journaled (R30); Refused once its bytes are gone."""
    row = read_importation(actor=actor, importation_id=importation_id)
    octets = file_of(actor=actor, importation_id=importation_id)
    if octets is None:
        raise Refused("Ce fichier n’est plus conservé : déposez-le de nouveau.")
    sheets = [
        SheetToAnnotate(s.titre, ((r.numero, {p: c.texte for p, c in r.cells.items()}) for r in s.rows()))
        for s in read_spreadsheet(octets).sheets
        if not s.is_hidden
    ]
    remarks = [
        RemarkToWrite(line.feuille, line.ligne, line.colonne, line.attendu)
        for line in unpacked(row.lignes)
        if line.attendu
    ]
    with transaction(actor=actor, now=now) as session:
        note(session, "telecharger", "importation", importation_id, departement=row.departement)
    stem = row.nom.rpartition(".")[0] or row.nom
    return Download(f"{stem}-annote.xlsx", XLSX, annotated_copy(sheets, remarks))
