"""Putting a bilan together: pure, from the rows of the base to what an edition freezes."""

from __future__ import annotations

from datetime import datetime

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.entetes import entete
from paqte.domain.assemblage.grille import indicateurs, natures, thematiques
from paqte.domain.assemblage.grille.lignes import indicator_lines
from paqte.domain.assemblage.tableaux import completude, contexte, provenance, reponses, signataires
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import LigneCompletude, LigneCorrection
from paqte.domain.indicateurs.catalogue import Catalogue

NEANT = "Néant : aucun signataire n’est lié par une convention PAQTE sur la période."


def assemble(
    donnees: DonneesBilan,
    grid: Catalogue,
    *,
    edition: int,
    now: datetime,
    gabarit: str,
    corrections: tuple[LigneCorrection, ...] = (),
) -> Bilan:
    """The bilan of one département and one semester. `corrections` tell what changed since the last one (R19)."""
    views = natures.views(donnees, grid)
    grille = indicator_lines(views, grid)
    return Bilan(
        **entete(Bilan, donnees, grid, edition=edition, now=now, gabarit=gabarit, corrections=corrections),
        referents=donnees.referents,
        organisation=donnees.rubriques.get("organisation", ""),
        strategie=donnees.rubriques.get("strategie", ""),
        obstacles=donnees.rubriques.get("obstacles", ""),
        comptes=signataires.counts(donnees),
        signataires=signataires.lines(donnees, grid),
        partenaires=donnees.partenaires,
        indicateurs=grille,
        thematiques=thematiques.lines(views, grid),
        actions=contexte.actions(donnees, grid),
        contexte=contexte.lines(donnees),
        reponses=reponses.lines(donnees, grid),
        avertissements=reponses.warnings(donnees),
        axes=indicateurs.points(grille),
        evolution=signataires.evolution(donnees),
        notes=_notes(donnees, grid, is_neant=not signataires.paqte_of(donnees.in_force)),
        provenance=provenance.parts(donnees.origines),
        completude=_completude(donnees, grid),
    )


def _completude(donnees: DonneesBilan, grid: Catalogue) -> tuple[LigneCompletude, ...]:
    return completude.told_over(
        donnees.answers,
        donnees.periode,
        donnees.conventions,
        declarations=lambda: donnees.declarations,
        departement=donnees.departement,
        agenda=donnees.agenda,
        grid=grid,
    )


def _notes(donnees: DonneesBilan, grid: Catalogue, *, is_neant: bool) -> tuple[str, ...]:
    """What a reader must know before trusting a figure."""
    notes = [grid.avertissement] if grid.statut == "reconstruite" else []
    if is_neant:
        notes.insert(0, NEANT)
    if len(donnees.in_force) != len({(c.siren, c.dispositif) for c in donnees.in_force}):
        notes.append("Une entreprise liée par plusieurs conventions compte une fois dans le nombre de signataires.")
    if any(not c.is_entreprise for c in donnees.conventions):
        notes.append(natures.REPETITION)
    return (*notes, *grid.definitions(donnees.committed))
