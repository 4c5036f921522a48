"""Draws the default templates in their place: those of its own look, then any other as its tables say."""

from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.reporting.classeurs.formats import FORMATS
from paqte.reporting.dessin.gabarits.classeur import draw
from paqte.reporting.dessin.gabarits.simple import draw_plain
from paqte.reporting.dessin.gabarits.trimestre import draw_trimestre
from paqte.reporting.remplissage.plan.format import GABARITS

OWN = {BILAN: draw, COMPTE_RENDU: draw_trimestre}

GABARITS.mkdir(exist_ok=True)
for genre in DOCUMENTS.values():
    format = FORMATS[genre.gabarit]
    format.gabarit.write_bytes(OWN[genre.code]() if genre.code in OWN else draw_plain(genre, format))
