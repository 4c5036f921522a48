"""The kinds of document there are, each said once: whoever asks which kind an edition is asks here.

A new document is its own file beside this one, its workbook in `reporting/classeurs`, and one line of DOCUMENTS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.document import Document
from paqte.domain.editions.editions import GABARIT_BILAN, GABARIT_TRIMESTRE
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE

# Kept with each edition (Edition.genre_document).
BILAN = "bilan"
COMPTE_RENDU = "compte_rendu"


@dataclass(frozen=True, slots=True)
class GenreDocument:
    """A kind of document.

    `rythme` is the genre of its periods, `gabarit` the code of its templates. `fichier` begins the names of its files.
    `titre` and `court` head it, the others say it in sentences: "le bilan", "du bilan", "un bilan semestriel".
    """

    code: str
    rythme: str
    gabarit: str
    fichier: str
    titre: str
    court: str
    nom: str
    le: str
    du: str
    un: str
    exemple: str
    document: type[Document]
    assemble: Callable[..., Any]

    @property
    def refus(self) -> str:
        """What is said to whoever asks it for a period of another genre."""
        le = f"{self.le[0].upper()}{self.le[1:]}"
        return f"{le} porte sur un {_PERIODES[self.rythme]} : choisissez par exemple {self.exemple}."


_PERIODES = {SEMESTRE: "semestre", TRIMESTRE: "trimestre"}

DOCUMENTS: Mapping[str, GenreDocument] = {
    genre.code: genre
    for genre in (
        GenreDocument(
            code=BILAN,
            rythme=SEMESTRE,
            gabarit=GABARIT_BILAN,
            fichier="bilan-paqte",
            titre="Bilan semestriel",
            court="Bilan",
            nom="bilan",
            le="le bilan du PAQTE",
            du="du bilan",
            un="un bilan semestriel",
            exemple="2026-S1",
            document=Bilan,
            assemble=assemble,
        ),
        GenreDocument(
            code=COMPTE_RENDU,
            rythme=TRIMESTRE,
            gabarit=GABARIT_TRIMESTRE,
            fichier="export-trimestriel",
            titre="Export trimestriel",
            court="Export",
            nom="export",
            le="l’export trimestriel",
            du="de l’export",
            un="un export trimestriel",
            exemple="2026-T3",
            document=CompteRendu,
            assemble=assemble_trimestre,
        ),
    )
}
# By the code of their templates, those that an administrator may install.
GABARITS: Mapping[str, GenreDocument] = {genre.gabarit: genre for genre in DOCUMENTS.values()}
GENRES_GABARIT: Mapping[str, str] = {code: genre.titre for code, genre in GABARITS.items()}
