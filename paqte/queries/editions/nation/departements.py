"""Départements that use PAQTE, and those that owe a bilan still."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import exists, or_, select

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.calendrier.planification import is_proposed
from paqte.domain.documents.registre import DOCUMENTS, somme_of
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Convention, Departement, db
from paqte.queries.editions.nation.emises import last_editions
from paqte.queries.editions.recus import counted_received
from paqte.queries.perimetre import reads_departement
from paqte.queries.reglages import all_agendas


class DepartementSuivi(NamedTuple):
    """A département whose préfecture uses PAQTE or has a convention in it."""

    code: str
    nom: str
    premier_semestre: str | None
    premiere_complete_le: date | None


def names_of_departements(*, actor: Acteur) -> dict[str, str]:
    """By code, the name of each département that the actor may read, whether or not it uses PAQTE."""
    rows = db.session.execute(select(Departement.code, Departement.nom).order_by(Departement.code))
    return {code: nom for code, nom in rows if reads_departement(actor, code)}


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


class DepartementAwaited(NamedTuple):
    """A département that has issued and sent nothing for a period, with the day its document is due.

    It is not late for one that was over before its first complete convention, which is left to its référent (R43).
    """

    code: str
    nom: str
    due_le: date
    is_late: bool
    is_left: bool = False


def departements_awaited(*, actor: Acteur, periode: Periode, now: datetime) -> list[DepartementAwaited]:
    """Départements that the actor may read, use PAQTE since before the period's end and issued nothing for it: no
    bilan of a semester, no export of a quarter.
    """
    genre = somme_of(periode.genre).de
    issued = {e.departement for e in last_editions(actor=actor, periode=periode, genre=genre)}
    issued |= {r.departement for r in counted_received(actor=actor, periode=periode)}
    agendas = all_agendas()
    awaited = []
    for code, nom, premier, complete in departements_followed():
        today = local_date(now, code)
        follows = premier is None or Periode.from_code(premier).debut <= periode.debut
        if code not in issued and reads_departement(actor, code) and follows:
            due = agendas(code).campagne(periode).publications[DOCUMENTS[genre].travail]
            is_left = is_proposed(periode, complete, today)
            awaited.append(DepartementAwaited(code, nom, due, due < today and not is_left, is_left))
    return awaited
