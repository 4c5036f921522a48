"""The workbook of the quarterly export."""

from __future__ import annotations

from paqte.domain.editions import GABARIT_TRIMESTRE
from paqte.reporting.classeurs.champs_trimestre import CHAMPS, MARQUE
from paqte.reporting.classeurs.compte_rendu import FEUILLES, TABLEAUX
from paqte.reporting.classeurs.donnees import PREFIXE
from paqte.reporting.remplissage.format import GABARITS, Format

FORMAT_TRIMESTRE = Format(
    genre=GABARIT_TRIMESTRE,
    marque=MARQUE,
    nom="l’export trimestriel",
    un="un export trimestriel du PAQTE",
    fichier=PREFIXE,
    feuilles=FEUILLES,
    champs=CHAMPS,
    tableaux=TABLEAUX,
    gabarit=GABARITS / "export_trimestriel.xlsx",
)
