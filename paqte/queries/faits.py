"""Validated answers of a département, from the seals of its declarations to consolidation: no sum is made here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.consolidation import Fait
from paqte.domain.conventions import CHARTE
from paqte.domain.declarations import VALIDEE
from paqte.domain.periodes import Periode
from paqte.domain.sceau import Scelle, unseal_all
from paqte.models import Convention, Declaration, Realisation


def validated(session: Session, departement: str, until: Periode) -> tuple[Fait, ...]:
    """Every validated answer of the département whose period ends at the latest with `until` (R11).

    A charter is not a PAQTE convention: its figures stay out (R7).
    """
    d = Declaration
    query = (
        select(Convention.signataire_id, d.convention_id, d.id, d.periode, d.sceau)
        .join(Convention, Convention.id == d.convention_id)
        .where(d.departement_code == departement, d.etat == VALIDEE, Convention.dispositif != CHARTE)
        .where(d.periode < f"{until.annee + 1:04d}")
    )
    rows = [row for row in session.execute(query).all() if Periode.from_code(row.periode).fin <= until.fin]
    seals = unseal_all(row.sceau for row in rows)
    return tuple(_facts(departement, rows, seals))


def answers_of(session: Session, declaration_id: int) -> list[Scelle]:
    """The answers of one declaration as its seal will hold them."""
    r = Realisation
    query = select(r.engagement_id, r.indicateur, r.reponse, r.valeur, r.numerateur, r.denominateur)
    return [Scelle(*row) for row in session.execute(query.where(r.declaration_id == declaration_id))]


def _facts(departement: str, rows: list[Any], seals: list[list[Scelle]]) -> Iterator[Fait]:
    for (signataire, convention, declaration, periode, _), answers in zip(rows, seals, strict=True):
        for engagement, indicateur, *given in answers:
            yield Fait._make((departement, signataire, convention, engagement, indicateur, declaration, periode, *given))
