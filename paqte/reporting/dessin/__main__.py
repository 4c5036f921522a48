"""Draws the default templates in their place."""

from paqte.reporting.dessin.classeur import draw
from paqte.reporting.format_bilan import FORMAT_BILAN

FORMAT_BILAN.gabarit.parent.mkdir(exist_ok=True)
FORMAT_BILAN.gabarit.write_bytes(draw())
