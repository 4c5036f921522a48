"""The lines that somebody looks for: by person, company, act, thing, département and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import String, and_, cast, false, func, or_, select

from paqte.domain.calendrier.periodes import time_zone
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.gestes import SERIES
from paqte.domain.saisie.textes import search_words, searchable
from paqte.models import Convention, Declaration, Engagement, Journal, JournalAuteur, Signataire, db
from paqte.models.base import Base
from paqte.models.commun import Journaled
from paqte.queries.cles import bears
from paqte.queries.journal.lines import LigneJournal, lines_where
from paqte.queries.perimetre import require_admin

# The days asked for are those of Paris, where the national team is.
_PARIS = time_zone("")


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
    for model in (mapper.class_ for mapper in Base.registry.mappers):
        columns = [model.__table__.c[name] for name in ways if name in model.__table__.c]
        if issubclass(model, Journaled) and columns and hasattr(model, "id"):
            key = model.__table__.c.id
            met = or_(*(column.in_(ways[column.name]) for column in columns))
            found[model.__tablename__] = select(cast(key, String)).where(met)
    return found
