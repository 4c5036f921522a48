"""The journal read: lines with what is still kept of people, those sought, and whether its chain holds (R30)."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, and_, cast, false, func, or_, select, text

from paqte.domain.calendrier.periodes import time_zone
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.effacement import ACTES_EFFACEMENT, NOM_EFFACE, erased_value
from paqte.domain.personnes.journal.chaine import DEBUT, Maillon, chained, sealed
from paqte.domain.personnes.journal.gestes import SERIES
from paqte.domain.saisie.textes import search_words, searchable
from paqte.models import (
    Convention,
    Declaration,
    Engagement,
    Journal,
    JournalAuteur,
    JournalPersonne,
    Signataire,
    db,
)
from paqte.models.base import Base
from paqte.models.commun import Journaled
from paqte.models.journal import REFUSAL, triggers
from paqte.models.mouvement import movement_bodies
from paqte.queries.cles import bears
from paqte.queries.perimetre import require_admin

AT_ONCE = 2_000
# The days asked for are those of Paris, where the national team is.
_PARIS = time_zone("")
_SIDES = ("avant", "apres")
# Beyond these nothing more is learnt: the first says where to look.
MOST_FAULTS = 20
_NAME_OF_TRIGGER = re.compile(r"CREATE TRIGGER (\w+)")
# Name and text of each trigger that acts; PostgreSQL writes its own text of one: what it runs, then.
_GUARDS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT t.tgname AS name, p.prosrc AS sql FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid "
    "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND n.nspname = current_schema()",
}


class LigneJournal(NamedTuple):
    """One act, with the words of people that are still kept."""

    id: int
    quand: datetime
    qui: str
    acte: str
    objet: str
    objet_id: str
    departement: str | None
    avant: dict[str, Any]
    apres: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JournalSought:
    """What narrows the journal; "" and None narrow nothing. Words of a name, without case or accents; whole days."""

    personne: str = ""
    signataire: str = ""
    acte: str = ""
    objet: str = ""
    numero: str = ""
    departement: str = ""
    du: date | None = None
    au: date | None = None


@dataclass(frozen=True, slots=True)
class JournalFound:
    """Some of the lines found, latest first, and how many there are."""

    lignes: list[LigneJournal]
    total: int


class JournalChain(NamedTuple):
    """What was found of the chain: how many lines, the last hash, how many words erased, and what does not hold."""

    lignes: int
    derniere: str
    effacees: int
    fautes: tuple[str, ...]


def lines_where(
    *conditions: Any, limit: int | None = None, start: int = 0, is_latest_first: bool = False
) -> list[LigneJournal]:
    """The lines that meet these conditions, in the order they were written. Two statements."""
    j = Journal
    columns = (j.id, j.quand, j.qui, j.acte, j.objet, j.objet_id, j.departement_code, j.avant, j.apres)
    query = select(*columns).where(*conditions)
    ordered = query.order_by(j.id.desc()) if is_latest_first else query.order_by(j.id)
    rows: Sequence[Any] = db.session.execute(ordered.limit(limit).offset(start)).all()
    said = _said([row.id for row in rows])
    return [
        LigneJournal(*row[:7], *({**json.loads(row[7 + n]), **said[row.id][side]} for n, side in enumerate(_SIDES)))
        for row in rows
    ]


def latest_lines(
    *, departement: str | None = None, objet: str | None = None, objet_id: str | None = None, limit: int
) -> list[LigneJournal]:
    """The last lines, narrowed when asked, in the order they were written."""
    j = Journal
    asked = ((j.departement_code, departement), (j.objet, objet), (j.objet_id, objet_id))
    met = [column == value for column, value in asked if value is not None]
    return list(reversed(lines_where(*met, limit=limit, is_latest_first=True)))


def find_lines(*, actor: Acteur, sought: JournalSought, start: int, most: int) -> JournalFound:
    """Lines `start` to `start + most`, latest first. NotFound for whoever may not read the journal."""
    require_admin(actor, "Le journal")
    met = list(_conditions(sought))
    total = db.session.scalars(select(func.count()).select_from(Journal).where(*met)).one()
    shown = lines_where(*met, limit=most, start=start, is_latest_first=True) if total else []
    return JournalFound(shown, total)


def _conditions(sought: JournalSought) -> Iterator[Any]:
    j = Journal
    if sought.acte:
        several = SERIES.get(sought.acte)
        yield j.acte.in_(sorted(several[1])) if several else j.acte == sought.acte
    if sought.objet:
        yield j.objet == sought.objet
    if sought.numero:
        yield j.objet_id == sought.numero
    if sought.departement:
        yield bears(j.departement_code, sought.departement)
    if sought.du:
        yield j.quand >= _start_of(sought.du)
    if sought.au:
        yield j.quand < _start_of(sought.au + timedelta(days=1))
    if words := search_words(sought.personne):
        yield j.auteur_id.in_(_authors(words))
    if words := search_words(sought.signataire):
        yield _of_signatories(words)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, _PARIS)


def _authors(words: list[str]) -> list[int]:
    """The names under which somebody wrote that hold all of these words; an erased one holds none of hers."""
    a = JournalAuteur
    rows = db.session.execute(select(a.id, a.nom).order_by(a.id))
    return [key for key, nom in rows if all(word in searchable(nom) for word in words)]


def _of_signatories(words: list[str]) -> Any:
    """Lines about signatories of this name or number, and about what hangs on them and still stands."""
    s = Signataire
    keys = select(s.id).where(*(s.recherche.contains(word, autoescape=True) for word in words))
    held = [and_(Journal.objet == table, Journal.objet_id.in_(rows)) for table, rows in _hanging(keys).items()]
    return or_(false(), *held)


def _hanging(signataires: Any) -> Mapping[str, Any]:
    """By table, the numbers of the rows that hang on these signatories, as the journal writes them."""
    conventions = select(Convention.id).where(Convention.signataire_id.in_(signataires))
    declarations = select(Declaration.id).where(Declaration.convention_id.in_(conventions))
    engagements = select(Engagement.id).where(Engagement.convention_id.in_(conventions))
    ways = {
        "signataire_id": signataires,
        "convention_id": conventions,
        "declaration_id": declarations,
        "engagement_id": engagements,
    }
    found = {Signataire.__tablename__: select(cast(Signataire.id, String)).where(Signataire.id.in_(signataires))}
    models: list[Any] = [mapper.class_ for mapper in Base.registry.mappers]
    for model in models:
        held = model.__table__.c
        columns = [held[name] for name in ways if name in held]
        if issubclass(model, Journaled) and columns and "id" in held:
            met = or_(*(column.in_(ways[column.name]) for column in columns))
            found[model.__tablename__] = select(cast(held["id"], String)).where(met)
    return found


def _said(keys: Collection[int]) -> Mapping[int, Mapping[str, dict[str, Any]]]:
    """What each line says of people, « Personne effacée » where it was erased."""
    found: defaultdict[int, dict[str, dict[str, Any]]] = defaultdict(lambda: {side: {} for side in _SIDES})
    p = JournalPersonne
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        query = select(p.journal_id, p.champ, p.valeur, p.efface_le).where(p.journal_id.in_(some))
        for key, champ, valeur, efface_le in db.session.execute(query):
            side, _, name = champ.partition(".")
            found[key][side][name] = valeur if efface_le is None else erased_value(name)
    return found


def check_chain() -> JournalChain:
    """Read the whole journal again, line by line, and look whether the base still refuses to change it."""
    erasures = set(db.session.scalars(select(Journal.quand).where(Journal.acte.in_(sorted(ACTES_EFFACEMENT)))))
    faults = [*_faults_of_guards(), *_faults_of_authors(erasures), *_faults_of_words(erasures)]
    lines, former = 0, DEBUT
    for key, kept, told in _links():
        if chained(former, told) != kept:
            faults.append(
                f"la ligne {key} du {told.quand:%d/%m/%Y %H:%M} UTC a été modifiée, ou une ligne a été ôtée avant elle"
            )
        former, lines = kept, lines + 1
    p, a = JournalPersonne, JournalAuteur
    erased = sum(len(db.session.scalars(select(m.id).where(m.efface_le.is_not(None))).all()) for m in (p, a))
    return JournalChain(lines, former, erased, tuple(faults[:MOST_FAULTS]))


def _faults_of_guards() -> Iterator[str]:
    """Triggers by which the base refuses a change, missing, put to sleep or written over; and others beside them."""
    dialect = db.session.get_bind().dialect.name
    wanted = {m[1]: statement for statement in triggers(dialect) if (m := _NAME_OF_TRIGGER.match(statement))}
    rows = db.session.execute(text(_GUARDS[dialect]))
    marks = movement_bodies(dialect)
    found: dict[str, str] = {name: sql for name, sql in rows if marks.get(name) != sql}
    for name in sorted(wanted.keys() - found.keys()):
        yield f"le verrou {name} de la base a été ôté : le journal peut être modifié"
    for name, sql in sorted(found.items()):
        if name not in wanted:
            yield f"le déclencheur {name[:60]} n’est pas de PAQTE : il peut modifier la base"
        elif sql != wanted[name] if dialect == "sqlite" else f"RAISE EXCEPTION '{REFUSAL}'" not in sql:
            yield f"le verrou {name} de la base a été modifié"


def _links() -> Iterator[tuple[int, str, Maillon]]:
    """Each line in order: its number, the hash it bears, and what the hash is of."""
    j, a = Journal, JournalAuteur
    columns = (j.quand, j.utilisateur_id, a.empreinte.label("auteur"), j.acte, j.objet, j.objet_id, j.departement_code)
    query = select(j.id, j.empreinte, *columns, j.avant, j.apres).outerjoin(a, a.id == j.auteur_id).order_by(j.id)
    last = 0
    while rows := db.session.execute(query.where(j.id > last).limit(AT_ONCE)).all():
        parts = _parts(last, rows[-1].id)
        for row in rows:
            yield row.id, row.empreinte, Maillon(*row[2:], parts.get(row.id, ()))
        last = rows[-1].id


def _parts(after: int, until: int) -> dict[int, list[tuple[str, str, str]]]:
    p = JournalPersonne
    query = select(p.journal_id, p.champ, p.sujet, p.empreinte).where(p.journal_id > after, p.journal_id <= until)
    found: defaultdict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for key, *part in db.session.execute(query.order_by(p.id)):
        found[key].append((part[0], part[1], part[2]))
    return dict(found)


def _faults_of_authors(erasures: Collection[datetime]) -> Iterator[str]:
    a = JournalAuteur
    columns = (a.id, a.utilisateur_id, a.departement_code, a.nom, a.sel, a.empreinte, a.efface_le)
    for key, who, place, nom, sel, kept, erased in db.session.execute(select(*columns).order_by(a.id)):
        if erased is None and sealed(sel, who, place, nom) != kept:
            yield f"le nom d’auteur {key} a été modifié"
        if erased is not None and erased not in erasures:
            yield f"le nom d’auteur {key} a été ôté sans acte d’effacement"
        if erased is not None and nom != NOM_EFFACE:
            yield f"le nom d’auteur {key} a été modifié"


def _faults_of_words(erasures: Collection[datetime]) -> Iterator[str]:
    p, last = JournalPersonne, 0
    columns = (p.id, p.journal_id, p.champ, p.sujet, p.valeur, p.sel, p.empreinte, p.efface_le)
    query = select(*columns).order_by(p.id).limit(AT_ONCE)
    while rows := db.session.execute(query.where(p.id > last)).all():
        for key, line, champ, sujet, valeur, sel, kept, erased in rows:
            if erased is None and sealed(sel, champ, sujet, valeur) != kept:
                yield f"la ligne {line} : {champ} a été modifié"
            if erased is not None and erased not in erasures:
                yield f"la ligne {line} : {champ} a été ôté sans acte d’effacement"
            if erased is not None and valeur:
                yield f"la ligne {line} : {champ} a été modifié"
            last = key
