"""The 14 thématiques of the plan « 10 000 entreprises » (R8, R8b, R10)."""

from __future__ import annotations

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.indicateurs import Fenetres, aim, told_beside, unless_nobody
from paqte.domain.assemblage.mentions import PREVISION
from paqte.domain.assemblage.natures import FenetresSignataires, telling
from paqte.domain.catalogue import RATIO, Catalogue, Indicateur, Thematique
from paqte.domain.chiffres import share
from paqte.domain.consolidation import Total
from paqte.domain.documents.bilan import LigneThematique
from paqte.domain.nombres import written
from paqte.domain.objectifs import achievement


def lines(views: tuple[FenetresSignataires, ...], grid: Catalogue) -> tuple[LigneThematique, ...]:
    """One line a measure and a nature, in the order of the thématiques: T12 has two, euros and hours never add."""
    return tuple(line for line, _, _ in measured(views, grid))


def measured(
    views: tuple[FenetresSignataires, ...], grid: Catalogue
) -> list[tuple[LigneThematique, Indicateur, Fenetres]]:
    """The lines, each with its measure and what its signatories did: enterprises first, then the others (R38)."""
    return [
        (_line(thematique, measure, view, grid), measure, view.fenetres)
        for thematique in grid.thematiques.values()
        for measure in grid.measures_of(thematique.code)
        for view in telling(views, measure.code)
    ]


def _line(thematique: Thematique, measure: Indicateur, view: FenetresSignataires, grid: Catalogue) -> LigneThematique:
    donnees, fenetres = view.donnees, view.fenetres
    owed = fenetres.periode.total(measure)
    cumul, aimed = fenetres.since_start(measure), achievement(fenetres.cumul.of(measure.code), measure.genre)
    prevision = aim(aimed, "sans prévision")
    return LigneThematique(
        code=thematique.code,
        libelle=thematique.libelle,
        transversale=thematique.transversale,
        unite=measure.unite,
        entreprises=len(_engaged(donnees, measure)),
        prevision=unless_nobody(prevision, cumul),
        semestre=fenetres.periode.chiffre(measure),
        cumul=cumul,
        repondu=owed.signataires_repondants,
        du=owed.signataires_dus,
        valorise=_valued(thematique, measure, fenetres, grid),
        nature=view.nature,
        mention=" ; ".join(told_beside(measure, fenetres, PREVISION, is_secret=True, has_rate=False)),
    )


def _engaged(donnees: DonneesBilan, measure: Indicateur) -> set[str]:
    return {
        c.siren
        for c in donnees.in_force
        if c.is_entreprise and any(e.indicateur == measure.code for e in c.engagements)
    }


def _valued(thematique: Thematique, measure: Indicateur, fenetres: Fenetres, grid: Catalogue) -> str:
    """What PAQTE indicators show beside the measure, never added to it (R10)."""
    told = []
    for indicateur in grid.valuing(thematique.code):
        figure = fenetres.periode.total(indicateur)
        is_same_kind = (indicateur.unite == "heures") == (measure.unite == "heures")
        if figure.valeur is not None and is_same_kind:
            told.append(f"{indicateur.code} : {_read(figure, indicateur)}")
    return " ; ".join(told)


def _read(figure: Total, indicateur: Indicateur) -> str:
    if indicateur.genre == RATIO and (part := share(figure.numerateur, figure.denominateur)).is_infime:
        return part.motif
    return f"{written(figure.valeur or 0)} {indicateur.unite}"
