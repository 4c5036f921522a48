"""A yearly report that the product does not have: what a new document is, in one file of domain/documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.entetes import entete
from paqte.domain.assemblage.grille import natures, thematiques
from paqte.domain.assemblage.tableaux import contexte, signataires
from paqte.domain.colonnes import Colonne
from paqte.domain.documents.bilan import NO_COUNT, TABLES
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.documents.lignes.lignes import ComptesSignataires, LigneAction, LigneCorrection, LigneThematique
from paqte.domain.documents.lignes.tables import VERSIONS, Comparaison
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.statuts.conventions import ANNEE

HEAD = (Colonne("departement_nom", "Département", largeur=0), Colonne("prefecture", "Préfecture", largeur=0))


@dataclass(frozen=True, slots=True)
class Rapport(Document):
    tables: ClassVar[tuple[Comparaison, ...]] = (
        Comparaison("", "Rapport", HEAD),
        VERSIONS,
        *(table for table in TABLES if table.champ in ("comptes", "thematiques", "actions")),
    )

    comptes: ComptesSignataires = NO_COUNT
    thematiques: tuple[LigneThematique, ...] = ()
    actions: tuple[LigneAction, ...] = ()


def assemble_rapport(
    donnees: DonneesBilan,
    grid: Catalogue,
    *,
    edition: int,
    now: datetime,
    gabarit: str,
    corrections: tuple[LigneCorrection, ...] = (),
) -> Rapport:
    return Rapport(
        **entete(Rapport, donnees, grid, edition=edition, now=now, gabarit=gabarit, corrections=corrections),
        comptes=signataires.counts(donnees),
        thematiques=thematiques.lines(natures.views(donnees, grid), grid),
        actions=contexte.actions(donnees, grid),
    )


GENRE = GenreDocument(
    code="rapport",
    rythme=ANNEE,
    travail="rapport",
    gabarit="rapport",
    fichier="rapport-annuel",
    marque="paqte-rapport-annuel",
    titre="Rapport annuel",
    court="Rapport",
    nom="rapport",
    le="le rapport",
    du="du rapport",
    un="un rapport annuel",
    document=Rapport,
    assemble=assemble_rapport,
)
