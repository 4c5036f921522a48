"""The default template of the six-monthly bilan, sheet by sheet."""

from __future__ import annotations

from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.classeurs.bilan_detail import BILAN
from paqte.reporting.dessin.gabarits.bilan import draw_bilan
from paqte.reporting.dessin.gabarits.detail import DETAIL, draw_detail, draw_meta, draw_qualite
from paqte.reporting.dessin.motifs.page import finished, new_book, set_page, set_unprinted

VERSION = "2026.3"

# Alternative texts of the charts, in the order in which the sheet Bilan places them.
_VALUES = "Les valeurs sont dans le tableau juste au-dessus."
_BARS = (
    "Barres : pour chaque indicateur de l’axe {}, le réalisé depuis le début en pourcentage de l’objectif, avec un "
    "trait à 100 %. L’axe s’arrête au plus loin à 150 % ; l’étiquette d’une barre dit toujours sa valeur. "
    f"Un indicateur sans barre n’a pas de taux. {_VALUES}"
)
_CHARTS = (
    (
        "Évolution des signataires",
        f"Histogramme : nombre d’entreprises et d’autres signataires de chaque semestre. {_VALUES}",
    ),
    *((f"Axe {axe}", _BARS.format(axe)) for axe in ("Sensibiliser", "Former", "Recruter", "Acheter")),
)


def draw() -> bytes:
    """The default template, the same bytes at each call."""
    book = new_book()
    set_page(draw_bilan(book), is_wide=False, is_fit=False, step=19)
    for detail in DETAIL:
        set_unprinted(draw_detail(book, detail))
    set_page(draw_qualite(book), is_wide=False, is_fit=False, step=19)
    draw_meta(book, VERSION, FORMAT_BILAN)
    book[BILAN].freeze_panes = "A2"
    book[BILAN].print_title_rows = "1:1"
    return finished(book, "Bilan semestriel du PAQTE", _CHARTS)
