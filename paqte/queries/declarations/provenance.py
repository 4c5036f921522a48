"""Who typed the validated values of a period, on whose behalf, from where, with evidence or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from operator import attrgetter

from sqlalchemy.orm import Session

from paqte.domain.assemblage.donnees import OrigineLue
from paqte.domain.statuts.conventions import CHARTE
from paqte.domain.statuts.declarations import VALIDEE
from paqte.models import Convention, Declaration
from paqte.queries.reponses import count_origins


def origins(session: Session, departement: str, periodes: Collection[str]) -> dict[str, list[OrigineLue]]:
    """By period, one row for each kind of origin met, with how many answers it has."""
    d = Declaration
    sealed = (d.departement_code == departement, d.etat == VALIDEE, d.periode.in_(periodes))
    found: defaultdict[str, list[OrigineLue]] = defaultdict(list)
    for one in count_origins(session, *sealed, Convention.dispositif != CHARTE):
        found[one.periode].append(OrigineLue(one.is_on_behalf, one.origine, one.with_evidence, one.nombre))
    order = attrgetter("origine", "is_on_behalf", "has_evidence")
    return {periode: sorted(rows, key=order) for periode, rows in found.items()}
