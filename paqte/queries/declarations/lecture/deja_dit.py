"""What a convention told already of what its targets aim at, beside the fields of the period being typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Number, summed
from paqte.domain.statuts.conventions import year_reached
from paqte.domain.statuts.declarations import NEANT, NEVER_SENT
from paqte.models import Convention, Declaration, db
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration
from paqte.queries.reponses import read_kept


def with_told_before(page: DeclarationShown) -> DeclarationShown:
    """The same page, each flow that has a target with what was sent of it for the other periods (R6, R13).

    Over the convention year in course when the target is yearly, else over the whole term. Two statements.
    """
    session = db.session()
    term = select(Convention.debut, Convention.fin).where(Convention.id == page.convention_id)
    debut, fin = session.execute(term).one()
    kept = read_kept(
        session,
        Declaration.convention_id == page.convention_id,
        Declaration.periode != page.periode.code,
        Declaration.etat.not_in(NEVER_SENT),
    )
    years: defaultdict[int, defaultdict[int, list[Number | None]]] = defaultdict(lambda: defaultdict(list))
    for (_, _, code), answers in kept.items():
        year = year_reached(debut, fin, Periode.from_code(code).dernier_jour)
        for a in answers:
            years[a.engagement][year].append(Decimal(0) if a.reponse == NEANT else a.valeur)
    lignes = tuple(replace(one, deja=_told(one, years.get(one.engagement_id, {}), page.annee)) for one in page.lignes)
    return replace(page, lignes=lignes)


def _told(ligne: LigneDeclaration, years: Mapping[int, list[Number | None]], annee: int) -> Decimal | None:
    """None when nothing was told, or when its kind does not add up from period to period (R14)."""
    traits = ligne.indicateur.traits
    if not (traits.is_summable and traits.adds_years):
        return None
    if ligne.cible_annee is not None:
        return summed(years.get(annee, ()))
    return summed(chain.from_iterable(years.values())) if ligne.cible_terme is not None else None
