"""What the nation is made of: départements that use PAQTE, and the last edition of each for a semester."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from paqte.domain.assemblage.nation import EditionScellee
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.calendrier.planification import is_proposed
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.editions.editions import read_facts
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Convention, Departement, Edition, db
from paqte.queries.editions.recus import counted_by_semester, counted_received
from paqte.queries.perimetre import readable, reads_departement
from paqte.queries.reglages import all_agendas


class DepartementSuivi(NamedTuple):
    """A département whose préfecture uses PAQTE or has a convention in it."""

    code: str
    nom: str
    premier_semestre: str | None
    premiere_complete_le: date | None


class LastEdition(NamedTuple):
    """The last edition of one département for a semester."""

    id: int
    departement: str
    sha256: str
    created_at: datetime
    has_publishable: bool


class NationalSemestre(NamedTuple):
    """A semester, and how many départements have issued its bilan; `recus`, how many more sent theirs as a workbook."""

    periode: Periode
    editions: int
    recus: int = 0


def departements_followed() -> list[DepartementSuivi]:
    """In order of code."""
    d = Departement
    signed = exists().where(Convention.departement_code == d.code)
    query = (
        select(d.code, d.nom, d.premier_semestre, d.premiere_complete_le)
        .where(or_(d.premier_semestre.is_not(None), signed))
        .order_by(d.code)
    )
    return [DepartementSuivi(*row) for row in db.session.execute(query)]


def last_editions(*, actor: Acteur, periode: Periode) -> list[LastEdition]:
    """The last edition of the bilan of each département that the actor may read, in order of code."""
    e, later = Edition, aliased(Edition)
    newer = exists().where(
        later.departement_code == e.departement_code,
        later.genre_document == e.genre_document,
        later.periode == e.periode,
        later.numero > e.numero,
    )
    query = (
        select(e.id, e.departement_code, e.sha256, e.created_at, e.publiable.is_not(None))
        .where(e.genre_document == BILAN, e.periode == periode.code, ~newer, readable(e, actor))
        .order_by(e.departement_code)
    )
    return [LastEdition(*row) for row in db.session.execute(query)]


def sealed_edition(key: int) -> EditionScellee:
    """What one edition holds; last_editions has said that it may be read."""
    contenu, faits = db.session.execute(select(Edition.contenu, Edition.faits).where(Edition.id == key)).one()
    return EditionScellee(Bilan.from_json(contenu), tuple(read_facts(faits)), key)


def issued_semesters(*, actor: Acteur) -> list[NationalSemestre]:
    """Semesters of which somebody issued the bilan, or sent it as a workbook; the latest first."""
    e = Edition
    query = (
        select(e.periode, func.count(e.departement_code.distinct()))
        .where(e.genre_document == BILAN, readable(e, actor))
        .group_by(e.periode)
        .order_by(e.periode.desc())
    )
    issued = {row[0]: row[1] for row in db.session.execute(query)}
    sent = counted_by_semester(actor=actor)
    codes = sorted(issued.keys() | sent.keys(), reverse=True)
    return [NationalSemestre(Periode.from_code(code), issued.get(code, 0), sent.get(code, 0)) for code in codes]


class DepartementAwaited(NamedTuple):
    """A département that has issued and sent nothing for a semester, with the day its bilan is due.

    It is not late for one that was over before its first complete convention (R43).
    """

    code: str
    nom: str
    due_le: date
    is_late: bool


def departements_awaited(*, actor: Acteur, periode: Periode, now: datetime) -> list[DepartementAwaited]:
    """Départements that the actor may read, use PAQTE since before the semester's end and issued nothing for it."""
    issued = {e.departement for e in last_editions(actor=actor, periode=periode)}
    issued |= {r.departement for r in counted_received(actor=actor, periode=periode)}
    agendas = all_agendas()
    awaited = []
    for code, nom, premier, complete in departements_followed():
        today = local_date(now, code)
        if code not in issued and reads_departement(actor, code) and (premier or "") <= periode.code:
            due = agendas(code).campagne(periode).publications[DOCUMENTS[BILAN].travail]
            awaited.append(
                DepartementAwaited(code, nom, due, due < today and not is_proposed(periode, complete, today))
            )
    return awaited
