"""The workbook of the six-monthly bilan, format of the CGET."""

from __future__ import annotations

from paqte.domain.editions import GABARIT_BILAN
from paqte.reporting.classeurs.bilan import TABLEAUX_BILAN
from paqte.reporting.classeurs.bilan_detail import TABLEAUX_DETAIL
from paqte.reporting.classeurs.champs import CHAMPS, MARQUE
from paqte.reporting.remplissage.colonnes import FEUILLES
from paqte.reporting.remplissage.format import GABARITS, Format

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
