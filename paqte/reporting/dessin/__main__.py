"""Draws the default template in its place."""

from paqte.reporting.dessin.classeur import draw
from paqte.reporting.gabarit import DEFAUT

DEFAUT.parent.mkdir(exist_ok=True)
DEFAUT.write_bytes(draw())
