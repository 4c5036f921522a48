"""The lines of the PAQTE's indicators, nature by nature, then each free commitment on a line of its own (R5, R38)."""

from __future__ import annotations

from paqte.domain.assemblage.grille.indicateurs import line
from paqte.domain.assemblage.grille.libres import free_line
from paqte.domain.assemblage.grille.natures import FenetresSignataires, telling
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.statuts.conventions import PAQTE


def indicator_lines(views: tuple[FenetresSignataires, ...], grid: Catalogue) -> tuple[LigneIndicateur, ...]:
    """Every indicator of the PAQTE grid: the enterprises' line, then those of the others and the total, if any."""
    donnees, secrets = views[-1].donnees, grid.secrets
    summed = [
        line(i, view.fenetres, donnees.periode, view.nature, is_secret=i.code in secrets)
        for i in grid.of_dispositif(PAQTE)
        if i.is_summable
        for view in telling(views, i.code)
    ]
    free = [
        free_line(c, e, donnees, grid)
        for c in donnees.in_force
        for e in c.engagements
        if e.indicateur in grid.indicateurs and grid.indicateurs[e.indicateur].traits.is_free
    ]
    return (*summed, *free)
