"""The workbook of the six-monthly bilan, format of the CGET."""

from __future__ import annotations

from paqte.domain.editions import GABARIT_BILAN
from paqte.reporting.champs import CHAMPS, MARQUE
from paqte.reporting.colonnes import FEUILLES
from paqte.reporting.format import GABARITS, Format
from paqte.reporting.tableaux_bilan import TABLEAUX_BILAN
from paqte.reporting.tableaux_detail import TABLEAUX_DETAIL

FORMAT_BILAN = Format(
    genre=GABARIT_BILAN,
    marque=MARQUE,
    nom="le bilan",
    un="un bilan du PAQTE",
    fichier="bilan-paqte",
    feuilles=FEUILLES,
    champs=CHAMPS,
    tableaux=(*TABLEAUX_BILAN, *TABLEAUX_DETAIL),
    gabarit=GABARITS / "bilan_semestriel.xlsx",
)
