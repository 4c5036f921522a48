"""The 14 thématiques of the plan « 10 000 entreprises » (R8, R8b, R10)."""

from __future__ import annotations

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.indicateurs import Fenetres, aim, unless_nobody
from paqte.domain.bilan import LigneThematique, share
from paqte.domain.catalogue import RATIO, Catalogue, Indicateur, Thematique
from paqte.domain.consolidation import Total
from paqte.domain.nombres import written
from paqte.domain.objectifs import achievement


def lines(donnees: DonneesBilan, fenetres: Fenetres, grid: Catalogue) -> tuple[LigneThematique, ...]:
    """One line a measure, in the order of the thématiques: T12 has two, euros and hours never add."""
    return tuple(line for line, _ in measured(donnees, fenetres, grid))


def measured(donnees: DonneesBilan, fenetres: Fenetres, grid: Catalogue) -> list[tuple[LigneThematique, Indicateur]]:
    """The lines, each with its measure."""
    return [
        (_line(thematique, measure, donnees, fenetres, grid), measure)
        for thematique in grid.thematiques.values()
        for measure in grid.measures_of(thematique.code)
    ]


def _line(
    thematique: Thematique, measure: Indicateur, donnees: DonneesBilan, fenetres: Fenetres, grid: Catalogue
) -> LigneThematique:
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
