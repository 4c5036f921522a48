"""Putting the compte rendu of a quarter together, from the same rows and by the same sums as the bilan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from paqte.domain.assemblage import engages, indicateurs, reponses, thematiques, valeurs
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.indicateurs import Fenetres
from paqte.domain.bilan import Chiffre, LigneIndicateur, LigneThematique, Versions, share
from paqte.domain.catalogue import Catalogue
from paqte.domain.compte_rendu import (
    CompteRendu,
    ComptesTrimestre,
    IndicateurTrimestre,
    PointThematique,
    ThematiqueTrimestre,
)
from paqte.domain.consolidation import Fait
from paqte.domain.objectifs import achievement
from paqte.domain.periodes import fuseau

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
    former: Iterable[Fait] | None = None,
) -> CompteRendu:
    """The compte rendu of one département and one quarter. `former` holds the facts of its last edition (R19)."""
    fenetres = indicateurs.windows(donnees, grid)
    semestriels = fenetres.periode.semestriels
    comptes = engages.counts(donnees, grid)
    return CompteRendu(
        departement=donnees.departement,
        departement_nom=donnees.departement_nom,
        prefecture=donnees.prefecture,
        periode=donnees.periode.code,
        periode_libelle=donnees.periode.libelle,
        edition=edition,
        genere_le=now.astimezone(fuseau(donnees.departement)).isoformat(timespec="seconds"),
        versions=Versions(grid.version_on(donnees.periode.dernier_jour).code, gabarit),
        comptes=comptes,
        entreprises=(listed := engages.lines(donnees, grid)),
        indicateurs=tuple(
            _indicateur(line, semestriels.get(line.code, 0)) for line in indicateurs.lines(donnees, fenetres, grid)
        ),
        thematiques=(
            measured := tuple(
                _thematique(line, measure.code, semestriels.get(measure.code, 0))
                for line, measure in thematiques.measured(donnees, fenetres, grid)
            )
        ),
        efficacite=donnees.rubriques.get("efficacite", ""),
        propositions=donnees.rubriques.get("propositions", ""),
        donnees=valeurs.rows(donnees, grid),
        corrections=reponses.corrections(former, donnees) if former is not None else (),
        notes=(*_notes(grid, comptes, is_neant=not listed), *grid.definitions(donnees.committed)),
        progres=tuple(_progres(line, fenetres, grid) for line in measured),
    )


def _indicateur(line: LigneIndicateur, semestriels: int) -> IndicateurTrimestre:
    without = f"hors {indicateurs.declarants(semestriels)}" if semestriels and line.du else ""
    return IndicateurTrimestre(
        axe=line.axe,
        code=line.code,
        libelle=line.libelle,
        unite=line.unite,
        genre=line.genre,
        est_dont=line.est_dont,
        cible=line.cible,
        trimestre=line.semestre,
        precedent=line.precedent,
        un_an_avant=line.un_an_avant,
        cumul=line.cumul,
        taux=line.taux,
        repondu=line.repondu,
        du=line.du,
        neants=line.neants,
        semestriels=semestriels,
        mention=" ; ".join(part for part in (line.mention, without) if part),
    )


def _thematique(line: LigneThematique, mesure: str, semestriels: int) -> ThematiqueTrimestre:
    return ThematiqueTrimestre(
        code=line.code,
        libelle=line.libelle,
        transversale=line.transversale,
        mesure=mesure,
        unite=line.unite,
        entreprises=line.entreprises,
        prevision=line.prevision,
        trimestre=line.semestre,
        cumul=line.cumul,
        repondu=line.repondu,
        du=line.du,
        semestriels=semestriels,
        valorise=line.valorise,
    )


def _progres(line: ThematiqueTrimestre, fenetres: Fenetres, grid: Catalogue) -> PointThematique:
    """Of the forecasts alone: who forecast nothing does not enter the rate (R22)."""
    rate = achievement(fenetres.cumul.of(line.mesure), grid.indicateurs[line.mesure].genre)
    if rate.taux is not None:
        return PointThematique(line.mesure, share(rate.realise, rate.vise))
    why = (line.prevision.motif, line.cumul.motif, "n.d.")
    return PointThematique(line.mesure, Chiffre(None, next(motif for motif in why if motif)))


def _notes(grid: Catalogue, comptes: ComptesTrimestre, *, is_neant: bool) -> tuple[str, ...]:
    """What a reader must know before trusting a figure."""
    notes = [NEANT] if is_neant else []
    if grid.statut == "reconstruite":
        notes.append(grid.avertissement)
        notes.append("Les mesures des quatorze thématiques du plan sont reconstruites elles aussi.")
    if comptes.semestriels:
        notes.append(
            f"{indicateurs.declarants(comptes.semestriels)} : leurs chiffres portent sur le semestre entier, ils "
            "n’entrent donc pas dans ceux du trimestre et comptent depuis le début. Leur absence n’est pas un zéro."
        )
    return (*notes, VALORISE)
