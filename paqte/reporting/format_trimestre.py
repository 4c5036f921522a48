"""The workbook of the quarterly export."""

from __future__ import annotations

from paqte.domain.editions import GABARIT_TRIMESTRE
from paqte.reporting.champs_trimestre import CHAMPS, MARQUE
from paqte.reporting.donnees import PREFIXE
from paqte.reporting.format import GABARITS, Format
from paqte.reporting.tableaux_trimestre import FEUILLES, TABLEAUX

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
