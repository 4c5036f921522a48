"""Who typed the validated values of a period, on whose behalf, from where, with evidence or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from operator import attrgetter

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.donnees import OrigineLue
from paqte.domain.statuts.conventions import CHARTE
from paqte.domain.statuts.declarations import MANQUANTE, VALIDEE
from paqte.models import Convention, Declaration, Justificatif, Realisation


def origins(session: Session, departement: str, periodes: Collection[str]) -> dict[str, list[OrigineLue]]:
    """By period, one row for each kind of origin met, with how many answers it has. One statement.

    The base groups, a dozen rows come back: reading thousands of answers one by one would cost more than the bilan.
    """
    r, d = Realisation, Declaration
    evidence = exists().where(
        Justificatif.declaration_id == r.declaration_id, Justificatif.engagement_id == r.engagement_id
    )
    with_evidence = evidence.label("with_evidence")
    query = (
        select(d.periode, r.is_on_behalf, r.origine, with_evidence, func.count())
        .join(d, d.id == r.declaration_id)
        .join(Convention, Convention.id == d.convention_id)
        .where(d.departement_code == departement, d.etat == VALIDEE, d.periode.in_(periodes))
        .where(Convention.dispositif != CHARTE, r.reponse != MANQUANTE)
        .group_by(d.periode, r.is_on_behalf, r.origine, with_evidence)
    )
    found: defaultdict[str, list[OrigineLue]] = defaultdict(list)
    for periode, is_on_behalf, origine, has_evidence, count in session.execute(query):
        found[periode].append(OrigineLue(bool(is_on_behalf), origine, bool(has_evidence), count))
    order = attrgetter("origine", "is_on_behalf", "has_evidence")
    return {periode: sorted(rows, key=order) for periode, rows in found.items()}
