"""Another document of each semester, made of what the bilan counts, owed since 2026-S1 alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.entetes import entete
from paqte.domain.assemblage.grille import natures, thematiques
from paqte.domain.documents.bilan import TABLES
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.documents.lignes.lignes import LigneCorrection, LigneThematique
from paqte.domain.documents.lignes.tables import VERSIONS, Comparaison
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.statuts.conventions import SEMESTRE


@dataclass(frozen=True, slots=True)
class NoteThematiques(Document):
    tables: ClassVar[tuple[Comparaison, ...]] = (
        VERSIONS,
        *(table for table in TABLES if table.champ == "thematiques"),
    )

    thematiques: tuple[LigneThematique, ...] = ()


def assemble_note(
    donnees: DonneesBilan,
    grid: Catalogue,
    *,
    edition: int,
    now: datetime,
    gabarit: str,
    corrections: tuple[LigneCorrection, ...] = (),
) -> NoteThematiques:
    return NoteThematiques(
        **entete(NoteThematiques, donnees, grid, edition=edition, now=now, gabarit=gabarit, corrections=corrections),
        thematiques=thematiques.lines(natures.views(donnees, grid), grid),
    )


GENRE = GenreDocument(
    code="note",
    rythme=SEMESTRE,
    travail="bilan_note",
    gabarit="note",
    fichier="bilan-paqte-note",
    marque="paqte-bilan-semestriel-note",
    titre="Note des thématiques",
    court="Note",
    nom="note",
    le="la note",
    du="de la note",
    un="une note semestrielle",
    document=NoteThematiques,
    assemble=assemble_note,
    depuis="2026-S1",
)
