"""The kinds of document there are, each said once: whoever asks which kind an edition is asks here.

A new document is its own file beside this one, which ends with its GENRE, its workbook in `reporting/classeurs`, and
one line of DOCUMENTS. Those of the bilan and of the compte rendu stand here: their assembly reads their files.
"""

from __future__ import annotations

from collections.abc import Mapping

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.somme import GenreSomme, SommeSemestre, SommeTrimestre
from paqte.domain.editions.editions import GABARIT_BILAN, GABARIT_TRIMESTRE
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE

# Kept with each edition (Edition.genre_document).
BILAN = "bilan"
COMPTE_RENDU = "compte_rendu"


DOCUMENTS: Mapping[str, GenreDocument] = {
    genre.code: genre
    for genre in (
        GenreDocument(
            code=BILAN,
            rythme=SEMESTRE,
            travail="bilan",
            gabarit=GABARIT_BILAN,
            fichier="bilan-paqte",
            marque="paqte-bilan-semestriel",
            titre="Bilan semestriel",
            court="Bilan",
            nom="bilan",
            le="le bilan",
            du="du bilan",
            un="un bilan semestriel",
            entier="le bilan du PAQTE",
            document=Bilan,
            assemble=assemble,
        ),
        GenreDocument(
            code=COMPTE_RENDU,
            rythme=TRIMESTRE,
            travail="export",
            gabarit=GABARIT_TRIMESTRE,
            fichier="export-trimestriel",
            marque="paqte-export-trimestriel",
            titre="Export trimestriel",
            court="Export",
            nom="export",
            le="l’export",
            du="de l’export",
            un="un export trimestriel",
            document=CompteRendu,
            assemble=assemble_trimestre,
        ),
    )
}


# The sums of a région and of the nation: editions of their own, kept apart from those of the départements.
SOMMES: Mapping[str, GenreSomme] = {
    genre.code: genre
    for genre in (
        GenreSomme(
            code="somme_bilans",
            de=BILAN,
            rythme=SEMESTRE,
            travail="somme_bilans",
            fichier="somme-bilans-paqte",
            titre="Somme des bilans",
            du="de la somme des bilans",
            document=SommeSemestre,
        ),
        GenreSomme(
            code="somme_exports",
            de=COMPTE_RENDU,
            rythme=TRIMESTRE,
            travail="somme_exports",
            fichier="somme-exports-trimestriels",
            titre="Somme des exports trimestriels",
            du="de la somme des exports",
            document=SommeTrimestre,
        ),
    )
}


def somme_of(rythme: str) -> GenreSomme:
    """The sum made for the periods of a genre."""
    return next(genre for genre in SOMMES.values() if genre.rythme == rythme)


def of_rhythm(rythme: str) -> tuple[GenreDocument, ...]:
    """The documents made for the periods of a genre."""
    return tuple(genre for genre in DOCUMENTS.values() if genre.rythme == rythme)


def of_template(gabarit: str) -> GenreDocument:
    """The document that the templates of a code make."""
    return next(genre for genre in DOCUMENTS.values() if genre.gabarit == gabarit)


def genres_gabarit() -> dict[str, str]:
    """By the code of their templates, the titles of those that an administrator may install."""
    return {genre.gabarit: genre.titre for genre in DOCUMENTS.values()}
