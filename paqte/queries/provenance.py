"""Who typed the validated values of a period, on whose behalf, from where, with evidence or not."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.donnees import OrigineLue
from paqte.domain.conventions import CHARTE
from paqte.domain.declarations import MANQUANTE, VALIDEE
from paqte.models import Convention, Declaration, Justificatif, Realisation


def origins(session: Session, departement: str, periodes: Collection[str]) -> tuple[OrigineLue, ...]:
    """One row for each kind of origin met in these periods, with how many answers it has. One statement.

    The base groups, a dozen rows come back: reading thousands of answers one by one would cost more than the bilan.
    """
    r, d = Realisation, Declaration
    evidence = exists().where(
        Justificatif.declaration_id == r.declaration_id, Justificatif.engagement_id == r.engagement_id
    )
    with_evidence = evidence.label("with_evidence")
    query = (
        select(r.is_on_behalf, r.origine, with_evidence, func.count())
        .join(d, d.id == r.declaration_id)
        .join(Convention, Convention.id == d.convention_id)
        .where(d.departement_code == departement, d.etat == VALIDEE, d.periode.in_(periodes))
        .where(Convention.dispositif != CHARTE, r.reponse != MANQUANTE)
        .group_by(r.is_on_behalf, r.origine, with_evidence)
    )
    rows = [OrigineLue(bool(b), o, bool(e), n) for b, o, e, n in session.execute(query)]
    return tuple(sorted(rows, key=lambda row: (row.origine, row.is_on_behalf, row.has_evidence)))
