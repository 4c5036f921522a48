"""Putting the compte rendu of a quarter together, from the same rows and by the same sums as the bilan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.entetes import entete
from paqte.domain.assemblage.grille import indicateurs, natures, thematiques
from paqte.domain.assemblage.grille.indicateurs import Fenetres
from paqte.domain.assemblage.grille.lignes import indicator_lines
from paqte.domain.assemblage.grille.natures import FenetresSignataires
from paqte.domain.assemblage.tableaux import engages, valeurs
from paqte.domain.chiffres import Chiffre, share
from paqte.domain.conventions.objectifs import achievement
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes.lignes import RIEN, LigneCorrection, LigneIndicateur, LigneThematique
from paqte.domain.documents.lignes.lignes_trimestre import (
    ComptesTrimestre,
    PointThematique,
)
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.indicateurs.genres import genre_of

NEANT = "Néant : personne n’est engagé dans le PAQTE ni dans le plan « 10 000 entreprises » sur le trimestre."

VALORISE = (
    "Ce qui est valorisé depuis le PAQTE est montré à côté d’une thématique, sans s’ajouter à ce qui y est déclaré."
)


def assemble_trimestre(
    donnees: DonneesBilan,
    grid: Catalogue,
    *,
    edition: int,
    now: datetime,
    gabarit: str,
    corrections: tuple[LigneCorrection, ...] = (),
) -> CompteRendu:
    """The compte rendu of one département and one quarter. `corrections` tell what changed since the last one (R19)."""
    views = natures.views(donnees, grid)
    measured = thematiques.measured(views, grid)
    waited = {v.nature: v.fenetres.periode.semestriels for v in views}
    comptes = engages.counts(donnees, grid)
    return CompteRendu(
        **entete(CompteRendu, donnees, grid, edition=edition, now=now, gabarit=gabarit, corrections=corrections),
        comptes=comptes,
        entreprises=(listed := engages.lines(donnees, grid)),
        indicateurs=tuple(
            _indicateur(line, _waited(line, waited[line.nature])) for line in indicator_lines(views, grid)
        ),
        thematiques=tuple(_thematique(line, m, view, is_secret=grid.is_secret(m.code)) for line, m, view in measured),
        efficacite=donnees.rubriques.get("efficacite", ""),
        propositions=donnees.rubriques.get("propositions", ""),
        donnees=valeurs.rows(donnees, grid),
        notes=(*_notes(grid, comptes, is_neant=not listed), *_whose(donnees), *grid.definitions(donnees.committed)),
        progres=tuple(_progres(line, measure, view.fenetres) for line, measure, view in measured),
    )


def _whose(donnees: DonneesBilan) -> tuple[str, ...]:
    """Whose figures stand apart, where others than enterprises signed (R38)."""
    return (natures.REPETITION,) if any(not c.is_entreprise for c in donnees.conventions) else ()


def _waited(line: LigneIndicateur, semestriels: Mapping[str, int]) -> int:
    """How many answer for the semester instead: of a free commitment its own signatory or nobody (R5, R11)."""
    if genre_of(line.genre).is_free:
        return int(line.realise.motif == indicateurs.declarants(1))
    return semestriels.get(line.code, 0)


def _indicateur(line: LigneIndicateur, semestriels: int) -> LigneIndicateur:
    """The line less what the compte rendu does not tell, with who answers for the semester instead (R11)."""
    without = f"hors {indicateurs.declarants(semestriels)}" if semestriels and line.du else ""
    told = " ; ".join(part for part in (line.mention, without) if part)
    kept = replace(line, reference=RIEN, sans_cible=RIEN, numerateur=None, denominateur=None)
    return replace(kept, semestriels=semestriels, mention=told)


def _thematique(
    line: LigneThematique, measure: Indicateur, view: FenetresSignataires, *, is_secret: bool
) -> LigneThematique:
    return replace(
        line,
        mesure=measure.code,
        semestriels=view.fenetres.periode.semestriels.get(measure.code, 0),
        mention=thematiques.observations(view, measure, is_secret=is_secret),
    )


def _progres(line: LigneThematique, measure: Indicateur, fenetres: Fenetres) -> PointThematique:
    """Of the forecasts alone: who forecast nothing does not enter the rate (R22)."""
    rate = achievement(fenetres.cumul.of(measure.code), measure.genre)
    if rate.taux is not None:
        return PointThematique(measure.code, share(rate.realise, rate.vise), line.nature)
    why = (line.prevision.motif, line.cumul.motif, "n.d.")
    return PointThematique(measure.code, Chiffre(None, next(motif for motif in why if motif)), line.nature)


def _notes(grid: Catalogue, comptes: ComptesTrimestre, *, is_neant: bool) -> tuple[str, ...]:
    """What a reader must know before trusting a figure."""
    notes = [NEANT] if is_neant else []
    if grid.statut == "reconstruite":
        notes.append(grid.avertissement)
        notes.append("Les mesures des quatorze thématiques du plan sont reconstruites elles aussi.")
    if comptes.semestriels:
        theirs, absence = ("leurs", "Leur") if comptes.semestriels > 1 else ("ses", "Son")
        notes.append(
            f"{indicateurs.declarants(comptes.semestriels)} : {theirs} chiffres portent sur le semestre entier, ils "
            "n’entrent donc pas dans ceux du trimestre et comptent depuis le début. "
            f"{absence} absence n’est pas un zéro."
        )
    return (*notes, VALORISE)
