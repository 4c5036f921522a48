"""The same facts nature by nature: enterprises apart, the others each on a line, and a total that says it is one (R38).

A network can repeat its members: that is why the total is no result of the enterprises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.grille.indicateurs import Fenetres, committed, windows
from paqte.domain.documents.lignes.lignes import ENSEMBLE_NATURES
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.statuts.conventions import ASSOCIATION, EMPLOYEUR_PUBLIC, ENTREPRISE, RESEAU

AUTRES = (RESEAU, EMPLOYEUR_PUBLIC, ASSOCIATION)
REPETITION = (
    "Les résultats des entreprises signataires sont à part. Ceux des réseaux, des employeurs publics et des "
    "associations ont leurs lignes ; le « Total, toutes natures » les additionne. Un réseau peut répéter ce que ses "
    "membres signataires déclarent."
)


@dataclass(frozen=True, slots=True)
class FenetresSignataires:
    """The signatories of one nature, or all of them, and what they did over each window."""

    nature: str
    donnees: DonneesBilan
    fenetres: Fenetres

    def tells_of(self, code: str) -> bool:
        """Whether somebody of this nature owes, owed or answered an indicator."""
        held = self.fenetres
        windows_of = (held.periode, held.precedent, held.un_an_avant)
        return (
            code in held.periode.semestriels
            or bool(held.cumul.of(code))
            or any(one.consolidation.of(code) for one in windows_of)
        )


def views(donnees: DonneesBilan, grid: Catalogue) -> tuple[FenetresSignataires, ...]:
    """Enterprises, each other nature that signed, then the total; enterprises alone when nobody else ever signed.

    The last one is always everybody.
    """
    present = {c.nature for c in donnees.conventions}
    others = [nature for nature in AUTRES if nature in present]
    whole = FenetresSignataires(ENSEMBLE_NATURES if others else ENTREPRISE, donnees, windows(donnees, grid))
    if not others:
        return (whole,)
    entreprises = of_nature(donnees, ENTREPRISE)
    apart = windows(entreprises, grid, committed(donnees) - committed(entreprises))
    of_others = ((nature, of_nature(donnees, nature)) for nature in others)
    return (
        FenetresSignataires(ENTREPRISE, entreprises, apart),
        *(FenetresSignataires(nature, theirs, windows(theirs, grid)) for nature, theirs in of_others),
        whole,
    )


def telling(views: tuple[FenetresSignataires, ...], code: str) -> Iterator[FenetresSignataires]:
    """The views that deserve a line for an indicator: enterprises always, the total when others stand beside."""
    others = [v for v in views if v.nature in AUTRES and v.tells_of(code)]
    yield views[0]
    yield from others
    if others:
        yield views[-1]


def of_nature(donnees: DonneesBilan, nature: str) -> DonneesBilan:
    """The conventions of one nature of signatories, and what they answered."""
    natures = natures_of(donnees)
    return replace(
        donnees,
        conventions=tuple(c for c in donnees.conventions if c.nature == nature),
        faits=donnees.answers.of_nature(nature, lambda key: natures.get(key, ENTREPRISE) == nature),
    )


def natures_of(donnees: DonneesBilan) -> dict[int, str]:
    """The nature of each signatory, by key."""
    return {c.signataire_id: c.nature for c in donnees.conventions}
