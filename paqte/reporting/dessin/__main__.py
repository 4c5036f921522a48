"""Draws the default templates in their place."""

from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from paqte.reporting.dessin.classeur import draw
from paqte.reporting.dessin.trimestre import draw_trimestre
from paqte.reporting.remplissage.format import GABARITS

GABARITS.mkdir(exist_ok=True)
FORMAT_BILAN.gabarit.write_bytes(draw())
FORMAT_TRIMESTRE.gabarit.write_bytes(draw_trimestre())
