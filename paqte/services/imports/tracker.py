"""A tracker taken in through the use cases of the forms: seen first, then kept whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from paqte.domain.calendrier.periodes import read_period
from paqte.domain.conventions.propres import own_of
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import clean_line, searchable
from paqte.domain.statuts.conventions import ANNEE, SEMESTRE, TRIMESTRE
from paqte.importing.door import WorkbookGiven
from paqte.importing.tracker.headings import guess, indicator_named, names_another_unit, plain
from paqte.importing.tracker.tables import TableFound, apart, find_tables, rows_of
from paqte.importing.tracker.targets import (
    BY_CODE,
    CONTACT,
    CONVENTION,
    ENGAGEMENT,
    ENTREPRISE,
    IGNORED,
    REALISATION,
)
from paqte.models import Departement, db
from paqte.queries.perimetre import require_departement
from paqte.services.ensemble import rehearsal
from paqte.services.imports.conventions import OF_CONVENTION, ConventionsKnown, PromessesTold, thematiques_in
from paqte.services.imports.propres import OwnColonnesTold, with_own
from paqte.services.imports.reading import LEFT, EntryGiven, FaultyRow, ImportContext, Outcomes, OutcomeSaid
from paqte.services.imports.realisations import PARTS, RealisationsTold
from paqte.services.imports.signataires import SignatairesKnown
from paqte.services.prepared import keep_prepared
from paqte.services.transaction import lines_put_off

ALL = frozenset({ENTREPRISE, CONVENTION, ENGAGEMENT, REALISATION})
_TARGETS_OF_PROMISE = {"reference": "reference", "cible": "duree", "an1": "an1", "an2": "an2", "an3": "an3"}
# More rows than one row of a file adds to any table.
_ROOM_OF_ROW = 2_000
NOTHING: Mapping[str, str] = MappingProxyType({})
Progress = Callable[[int, int], None]


class SheetMapping(NamedTuple):
    """What is taken of a sheet: its title, its heading row, the target of each column, the period its values are of."""

    sheet: str
    heading_row: int
    targets: Mapping[int, str]
    periode: str = ""


class TrackerRefused(Refused):
    """Rows that cannot be taken: nothing was kept. `lines` are all that is said, refusals and others."""

    def __init__(self, lines: Sequence[OutcomeSaid]) -> None:
        super().__init__("Des lignes sont refusées : rien n’a été enregistré.")
        self.lines = tuple(lines)


def find_shown(workbook: WorkbookGiven) -> list[TableFound]:
    """The tables that are seen when the file is opened."""
    return [table for table in find_tables(workbook) if not table.is_hidden]


def guess_mapping(
    workbook: WorkbookGiven, subjects: Collection[str] = ALL, own: Mapping[str, str] = NOTHING
) -> list[SheetMapping]:
    """What is proposed: the visible sheets that tell of signatories, as their headings are understood.

    `own` are the targets of the columns that the département keeps already, by the key of their title.

    Those whose columns fill none of the `subjects` are left aside. Refused when none is left, or when two columns of a
    sheet bear the same heading.
    """
    shown = [with_own(table, own) for table in find_shown(workbook)]
    seen = [t for t in shown if subjects_of(t.targets.values()) & set(subjects)]
    numbered = [t for t in seen if "identifiant" in t.targets.values()]
    tables = numbered or [t for t in seen if "nom" in t.targets.values()]
    if not tables:
        raise Refused(
            "Aucune ligne de titres n’est reconnue dans ce fichier : il faut au moins deux colonnes connues, "
            "par exemple « SIRET » et « Raison sociale »."
        )
    for table in tables:
        known = [c.heading for c in table.columns if c.target != IGNORED or guess(c.heading) != IGNORED]
        folded = [plain(heading) for heading in known]
        if twice := next((heading for heading in known if folded.count(plain(heading)) > 1), ""):
            where = f" de « {table.sheet} »" if table.sheet else ""
            titre = clean_line(twice)[0]
            raise Refused(f"Deux colonnes{where} portent le titre « {titre} » : renommez celle qui ne sert pas.")
    return [SheetMapping(t.sheet, t.heading_row, t.targets, t.periode) for t in tables]


def rehearse_tracker(
    *,
    actor: Acteur,
    departement: str,
    workbook: WorkbookGiven,
    mapping: Sequence[SheetMapping],
    nom: str,
    now: datetime,
    subjects: Collection[str] = ALL,
    progress: Progress = lambda done, total: None,
) -> tuple[OutcomeSaid, ...]:
    """What taking this file would do, line by line; nothing of it is kept.

    NotFound for another's département; Refused when no row of the file says anything.
    """
    require_departement(actor, departement)
    rows = _entries(workbook, mapping)
    with rehearsal(), lines_put_off(are_kept=False):
        return tuple(_take(ImportContext(actor, departement, now, nom, Outcomes()), rows, subjects, progress).lines)


def apply_tracker(
    *,
    actor: Acteur,
    departement: str,
    workbook: WorkbookGiven,
    mapping: Sequence[SheetMapping],
    nom: str,
    now: datetime,
    subjects: Collection[str] = ALL,
    progress: Progress = lambda done, total: None,
    closing: Callable[[Sequence[OutcomeSaid], Sequence[int]], None] = lambda lines, sent: None,
) -> tuple[OutcomeSaid, ...]:
    """Take this file whole: signatories, conventions, engagements, then declarations sent with the provenance import.

    TrackerRefused, with every line, when one is refused: nothing is kept then. Two at once take turns: the second finds
    what the first kept. What `closing` writes is kept with the rows: it is given the lines and the declarations sent.
    """
    require_departement(actor, departement)
    rows = _entries(workbook, mapping)

    def work() -> Outcomes:
        outcomes = _take(ImportContext(actor, departement, now, nom, Outcomes()), rows, subjects, progress)
        if not outcomes.is_sound:
            raise TrackerRefused(outcomes.lines)
        return outcomes

    done = keep_prepared(
        work, lambda o: closing(o.lines, o.sent), departement=departement, room=_ROOM_OF_ROW * len(rows)
    )
    return tuple(done.lines)


def _entries(workbook: WorkbookGiven, mapping: Sequence[SheetMapping]) -> list[EntryGiven]:
    sheets = {sheet.titre: sheet for sheet in workbook.sheets}
    # Of two sheets that differ on a company or a target, the later one is right: it comes first.
    found = [
        EntryGiven(row, m.periode)
        for m in sorted(mapping, key=lambda m: _last_day(m.periode), reverse=True)
        if m.sheet in sheets
        for whole in rows_of(sheets[m.sheet], m.heading_row, m.targets)
        for row in apart(whole)
    ]
    if not found:
        raise Refused("Aucune ligne n’est à importer sous les titres de ce fichier.")
    return found


def _take(
    contexte: ImportContext, rows: Sequence[EntryGiven], subjects: Collection[str], progress: Progress
) -> Outcomes:
    if db.session.get(Departement, contexte.departement) is None:
        raise Refused("Ce département n’existe pas : vérifiez son code, par exemple 41 ou 2A.")
    taking = _Taking(contexte, rows, is_of_signatories=ENTREPRISE in subjects)
    _refuse_others(contexte, rows, taking.faulty)
    steps = [step for subject, step in taking.steps() if subject in subjects]
    total, done = len(rows) * len(steps), 0
    for step in steps:
        for row in rows:
            with suppress(FaultyRow):
                step(row)
            done += 1
            progress(done, total)
    if REALISATION in subjects:
        taking.results.send(lambda sent, of: progress(done + sent, total + of))
    taking.tell_untouched(next(subject for subject, _ in taking.steps() if subject in subjects))
    return contexte.outcomes


def _refuse_others(contexte: ImportContext, rows: Sequence[EntryGiven], faulty: set[tuple[str, int]]) -> None:
    """Rows that say another département are not taken into this one."""
    own = db.session.get_one(Departement, contexte.departement)
    for row in rows:
        said = row.text("departement")
        if said and said.zfill(2).upper() != own.code and searchable(said) != searchable(own.nom):
            expected = f"Cette ligne est d’un autre département que le vôtre ({own.code})."
            contexte.outcomes.refuse(row, ENTREPRISE, "departement", expected)
            faulty.add(row.where)


class _Taking:
    """One file on its way in."""

    def __init__(self, contexte: ImportContext, rows: Sequence[EntryGiven], *, is_of_signatories: bool = True) -> None:
        self.outcomes = contexte.outcomes
        own = dict.fromkeys(t for row in rows for t in row.found.cells if own_of(t)) if is_of_signatories else {}
        self.signatories = SignatairesKnown(contexte, OwnColonnesTold(contexte, own))
        self.conventions = ConventionsKnown(contexte, rythme=_rhythm(rows))
        self.promises = PromessesTold(contexte)
        self.results = RealisationsTold(contexte)
        self.is_tracker = any(row.has("nom") and row.has(*OF_CONVENTION) for row in rows)
        self.rows = rows
        self.faulty: set[tuple[str, int]] = set()
        self.used: set[tuple[str, int]] = set()

    def tell_untouched(self, sujet: str) -> None:
        """Rows that brought nothing to what is asked are said as well: nobody has to guess whether they were read."""
        told = self.used | self.faulty
        for row in self.rows:
            if row.where not in told:
                named = row.text("nom") or row.text("identifiant") or "Cette ligne"
                self.outcomes.say(row, sujet, LEFT, f"{named} : rien à importer sous les autres titres")

    def steps(self) -> tuple[tuple[str, Callable[[EntryGiven], None]], ...]:
        return (
            (ENTREPRISE, self._signatory),
            (CONVENTION, self._convention),
            (ENGAGEMENT, self._engagements),
            (REALISATION, self._results),
        )

    def _signatory(self, row: EntryGiven) -> None:
        if row.where in self.faulty:
            return
        self.used.add(row.where)
        try:
            self.signatories.keep(row)
        except FaultyRow:
            self.faulty.add(row.where)
            raise

    def _convention(self, row: EntryGiven) -> None:
        if row.where in self.faulty or not row.has("convention", "thematiques", *OF_CONVENTION):
            return
        if row.has("convention") and not row.has("debut", "signee_le", "fin", "thematiques"):
            return  # a row of values names its convention, and says nothing of it
        self.used.add(row.where)
        try:
            self.conventions.keep(row, self.signatories.find(row, CONVENTION))
        except FaultyRow:
            self.faulty.add(row.where)
            raise

    def _engagements(self, row: EntryGiven) -> None:
        told = self._promised(row)
        if row.where in self.faulty or not told:
            return
        self.used.add(row.where)
        try:
            convention = self.conventions.one(row, self.signatories.find(row, ENGAGEMENT), ENGAGEMENT)
            self.promises.keep(row, convention, told)
        except FaultyRow:
            self.faulty.add(row.where)
            raise

    def _results(self, row: EntryGiven) -> None:
        answers = list(self._answers(row))
        if row.where in self.faulty or not answers:
            return
        self.used.add(row.where)
        conventions = self.conventions.of(self.signatories.find(row, REALISATION))
        for code, periode, cells in answers:
            with suppress(FaultyRow):
                self.results.gather(row, conventions, code, periode, cells)

    def _promised(self, row: EntryGiven) -> dict[str, dict[str, str]]:
        """Indicators that the row promises, each with the targets of its cells; a result alone is a promise without
        objective."""
        told: dict[str, dict[str, str]] = {}
        for target in row.found.cells:
            measure, _, rest = target.partition(":")
            code = "" if own_of(target) else rest.partition("@")[0]
            if measure == "thematiques":
                told |= {measure_of: told.get(measure_of, {}) for measure_of in thematiques_in(row.text(target))}
            elif code and row.has(target):
                cells = told.setdefault(code, {})
                if measure in ("cible", "reference"):
                    cells["duree" if measure == "cible" else measure] = target
        if row.has("indicateur") and (code := self._indicator(row, ENGAGEMENT)):
            fields = {f: t for t, f in _TARGETS_OF_PROMISE.items() if row.has(t)}
            fields |= {name: name for name in ("precision", "libelle", "unite") if row.has(name)}
            if set(fields) - {"libelle", "unite"} or not row.has("periode") or self.is_tracker:
                told.setdefault(code, {}).update(fields)
        return told

    def _answers(self, row: EntryGiven) -> list[tuple[str, str, dict[str, str]]]:
        """Code, period and cells of each answer of the row: one by column, or one by row."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        for target in row.found.cells:
            measure, _, rest = target.partition(":")
            code, _, periode = rest.partition("@")
            if code and measure in PARTS and row.has(target):
                found.setdefault((code, periode or row.text("periode") or row.periode), {})[measure] = target
        if row.has("indicateur") and row.has("valeur", "numerateur", "denominateur"):
            code = self._indicator(row, REALISATION)
            if code:
                is_pair = catalogue().indicateurs[code].traits.is_pair
                # Of two numbers, our own sheet of data shows their quotient too: it is computed, not told.
                parts = ("numerateur", "denominateur") if is_pair else ("valeur",)
                cells = {part: part for part in (*parts, "date") if row.has(part)}
                if cells:
                    found[code, row.text("periode") or row.periode] = cells
        return [(code, periode, cells) for (code, periode), cells in found.items()]

    def _indicator(self, row: EntryGiven, sujet: str) -> str:
        """The code that a row names; '' and a refusal said once when the grid has none."""
        code = indicator_named(row.text("indicateur"))
        if not code and row.where not in self.faulty:
            self.faulty.add(row.where)
            expected = "Écrivez le code d’un indicateur de la grille, par exemple S2, ou son libellé."
            self.outcomes.refuse(row, sujet, "indicateur", expected)
        return self._of_its_unit(row, sujet, code) if code else ""

    def _of_its_unit(self, row: EntryGiven, sujet: str, code: str) -> str:
        """The code again; '' and a refusal said once where the row counts it in another unit."""
        for target in ("indicateur", "unite"):
            if names_another_unit(row.text(target), code, is_sentence=target == "indicateur"):
                if row.where not in self.faulty:
                    self.faulty.add(row.where)
                    unite = catalogue().indicateurs[code].unite
                    expected = f"Cet indicateur se compte en {unite} : convertissez les nombres de cette ligne."
                    self.outcomes.refuse(row, sujet, target, expected)
                return ""
        return code


def _last_day(periode: str) -> date:
    """When what a sheet tells ends; a sheet that names no period tells of now."""
    return read_period(periode).dernier_jour if periode else date.max


def _rhythm(rows: Sequence[EntryGiven]) -> str:
    """How the results of a file come: by semester as soon as one does, '' when none says it.

    A year beside quarters is their total, and no semester; alone, it is said half a year at a time.
    """
    said = {row.periode for row in rows} | {row.text("periode") for row in rows}
    said |= {t.partition("@")[2] for row in rows for t in row.found.cells if "@" in t and not own_of(t)}
    kinds = {_kind_of_period(code) for code in said if code}
    return next((kind for kind in (SEMESTRE, TRIMESTRE) if kind in kinds), SEMESTRE if ANNEE in kinds else "")


def _kind_of_period(text: str) -> str:
    """The genre of a period as a file writes it; '' of what is none, which is refused in its own cell."""
    try:
        return read_period(text).genre
    except ValueError:
        return ""


def subjects_of(targets: Collection[str]) -> frozenset[str]:
    """What a mapping takes in: the subjects that at least one of its columns fills."""
    found = {_subject_of(target) for target in targets if target} - {REALISATION}
    found |= {REALISATION for t in targets if t.partition(":")[0] in PARTS}
    return frozenset(ENTREPRISE if s == CONTACT else s for s in found)


def _subject_of(target: str) -> str:
    if target in BY_CODE:
        return BY_CODE[target].sujet
    return ENTREPRISE if own_of(target) else ENGAGEMENT
