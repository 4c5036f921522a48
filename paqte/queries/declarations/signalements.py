"""Errors that companies told of after sending: those of a declaration, and those that wait for a référent."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.signalements import OUVERT
from paqte.models import Convention, Declaration, Signalement, Signataire, db
from paqte.queries.perimetre import read, readable


class SignalementShown(NamedTuple):
    """One of them; `traite_le` None while it waits."""

    id: int
    declaration_id: int
    signataire: str
    convention: str
    periode: Periode
    etat: str
    motif: str
    par: str
    quand: datetime
    reponse: str
    traite_par: str
    traite_le: datetime | None
    version: int

    @property
    def is_open(self) -> bool:
        return self.etat == OUVERT


def reports_of(*, actor: Acteur, declaration_id: int) -> list[SignalementShown]:
    """Those of a declaration that the actor may read, the last one first; NotFound for another's."""
    read(db.session(), Declaration, declaration_id, actor, "Cette déclaration")
    return _shown(_reports().where(Signalement.declaration_id == declaration_id).order_by(Signalement.id.desc()))


def reports_waiting(*, actor: Acteur) -> list[SignalementShown]:
    """Those that wait for an answer in the actor's département, the first told first."""
    waiting = _reports().where(readable(Signalement, actor), Signalement.etat == OUVERT)
    return _shown(waiting.order_by(Signalement.created_at, Signalement.id))


def read_report(*, actor: Acteur, signalement_id: int) -> SignalementShown:
    """One of them; NotFound for another's."""
    read(db.session(), Signalement, signalement_id, actor, "Ce signalement")
    return _shown(_reports().where(Signalement.id == signalement_id))[0]


def count_waiting(*, actor: Acteur) -> int:
    """How many wait for an answer."""
    query = select(func.count()).select_from(Signalement).join(Declaration).join(Convention).join(Signataire)
    return db.session.scalar(query.where(readable(Signalement, actor), Signalement.etat == OUVERT)) or 0


def _reports() -> Select[Signalement, str, str]:
    return (
        select(Signalement, Signataire.nom, Convention.numero)
        .join(Declaration, Declaration.id == Signalement.declaration_id)
        .join(Convention, Convention.id == Declaration.convention_id)
        .join(Signataire, Signataire.id == Convention.signataire_id)
    )


def _shown(query: Select[Signalement, str, str]) -> list[SignalementShown]:
    return [
        SignalementShown(
            row.id,
            row.declaration_id,
            nom,
            numero,
            Periode.from_code(row.declaration.periode),
            row.etat,
            row.motif,
            row.par,
            row.created_at,
            row.reponse,
            row.traite_par,
            row.traite_le,
            row.version,
        )
        for row, nom, numero in db.session.execute(query)
    ]
