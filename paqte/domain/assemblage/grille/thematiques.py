"""The 14 thématiques of the plan « 10 000 entreprises » (R8, R8b, R10)."""

from __future__ import annotations

from collections.abc import Collection

from paqte.domain.assemblage.grille.indicateurs import Fenetres, aim, told_beside, unless_nobody
from paqte.domain.assemblage.grille.mentions import PREVISION
from paqte.domain.assemblage.grille.natures import AUTRES, FenetresSignataires, telling
from paqte.domain.chiffres import figure_read
from paqte.domain.consolidation import Total
from paqte.domain.conventions.objectifs import achievement
from paqte.domain.documents.lignes.lignes import ENSEMBLE_NATURES, LigneThematique
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur, Thematique
from paqte.domain.saisie.nombres import written
from paqte.domain.statuts.conventions import ASSOCIATION, EMPLOYEUR_PUBLIC, ENTREPRISE, RESEAU

# How who engaged is said on the line of each nature, one and several.
ENGAGES: dict[str, tuple[str, str]] = {
    RESEAU: ("réseau engagé", "réseaux engagés"),
    EMPLOYEUR_PUBLIC: ("employeur public engagé", "employeurs publics engagés"),
    ASSOCIATION: ("association engagée", "associations engagées"),
    ENSEMBLE_NATURES: ("autre signataire engagé", "autres signataires engagés"),
}


def lines(views: tuple[FenetresSignataires, ...], grid: Catalogue) -> tuple[LigneThematique, ...]:
    """One line a measure and a nature, in the order of the thématiques: T12 has two, euros and hours never add."""
    return tuple(line for line, _, _ in measured(views, grid))


def measured(
    views: tuple[FenetresSignataires, ...], grid: Catalogue
) -> list[tuple[LigneThematique, Indicateur, FenetresSignataires]]:
    """The lines, each with its measure and what its signatories did: enterprises first, then the others (R38)."""
    return [
        (_measure_line(thematique, measure, view, grid), measure, view)
        for thematique in grid.thematiques.values()
        for measure in grid.measures_of(thematique.code)
        for view in telling(views, measure.code)
    ]


def _measure_line(
    thematique: Thematique, measure: Indicateur, view: FenetresSignataires, grid: Catalogue
) -> LigneThematique:
    fenetres = view.fenetres
    owed = fenetres.periode.total(measure)
    cumul, aimed = fenetres.since_start(measure), achievement(fenetres.cumul.of(measure.code), measure.genre)
    prevision = aim(aimed, measure, "sans prévision")
    return LigneThematique(
        code=thematique.code,
        libelle=thematique.libelle,
        transversale=thematique.transversale,
        unite=measure.unite,
        entreprises=len(_engaged(view, measure, (ENTREPRISE,))),
        prevision=unless_nobody(prevision, cumul),
        realise=fenetres.periode.chiffre(measure),
        cumul=cumul,
        repondu=owed.signataires_repondants,
        du=owed.signataires_dus,
        valorise=_valued(thematique, measure, fenetres, grid),
        nature=view.nature,
        mention=observations(view, measure, is_secret=True, has_rate=False),
    )


def observations(view: FenetresSignataires, measure: Indicateur, *, is_secret: bool, has_rate: bool = True) -> str:
    """What a reader must know of the line: who else than enterprises engaged, and what explains its forecast."""
    rate = achievement(view.fenetres.cumul.of(measure.code), measure.genre)
    told = told_beside(measure, view.fenetres, rate, PREVISION, is_secret=is_secret, has_rate=has_rate)
    return " ; ".join(part for part in (_others_engaged(view, measure), *told) if part)


def _others_engaged(view: FenetresSignataires, measure: Indicateur) -> str:
    """ "1 réseau engagé": enterprises alone are counted in the column, and a forecast is not nobody's (R2, R38)."""
    count = len(_engaged(view, measure, AUTRES))
    return f"{count} {ENGAGES[view.nature][count > 1]}" if count else ""


def _engaged(view: FenetresSignataires, measure: Indicateur, natures: Collection[str]) -> set[str]:
    """SIREN of those natures bound in the period by a convention that promises the measure."""
    promising = (c for c in view.donnees.conventions if measure.code in c.suivi.indicateurs and c.nature in natures)
    return {c.siren for c in promising if c.binds_in(view.donnees.periode)}


def _valued(thematique: Thematique, measure: Indicateur, fenetres: Fenetres, grid: Catalogue) -> str:
    """What PAQTE indicators show beside the measure, never added to it (R10)."""
    told = []
    for indicateur in grid.valuing(thematique.code):
        figure = fenetres.periode.total(indicateur)
        is_same_kind = (indicateur.unite == "heures") == (measure.unite == "heures")
        if figure.valeur is not None and is_same_kind:
            told.append(f"{indicateur.code} : {_figure_written(figure, indicateur)}")
    return " ; ".join(told)


def _figure_written(figure: Total, indicateur: Indicateur) -> str:
    if (told := figure_read(figure, indicateur.genre)).is_infime:
        return told.motif
    return f"{written(figure.valeur or 0)} {indicateur.unite}"
