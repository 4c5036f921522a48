"""The default template of a document that asks for no look of its own."""

from __future__ import annotations

from paqte.domain.documents.commun.genre import PERIODES, GenreDocument
from paqte.reporting.dessin.gabarits.detail import Detail, draw_detail, draw_meta
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.blocs import draw_heading, draw_title
from paqte.reporting.dessin.motifs.page import finished, new_book, set_page
from paqte.reporting.dessin.motifs.tables import Pencil
from paqte.reporting.remplissage.plan.format import META, PAS, Format

VERSION = "2026.1"


def draw_plain(genre: GenreDocument, format: Format) -> bytes:
    """The template of classeurs/tables.py, the same bytes at each call."""
    book = new_book()
    first, *others = (sheet for sheet in format.feuilles if sheet != META)
    pen = Pencil(book, first, PAS)
    for column in range(1, PAS + 1):
        pen.feuille.cell(1, column)
    draw_title(pen, genre.titre, "Pacte avec les quartiers pour toutes les entreprises", PERIODES[genre.rythme].nom)
    for table in (t for t in format.tableaux if t.feuille == first):
        draw_heading(pen, table.intitule)
        pen.table(table, None if table.entete else [styles.CORPS], header=26)
    set_page(pen, is_wide=False, is_fit=False, step=18)
    for sheet in others:
        table = next(t for t in format.tableaux if t.feuille == sheet)
        detail = draw_detail(book, Detail(table, table.intitule))
        set_page(detail, is_wide=True, is_fit=True)
    draw_meta(book, VERSION, format)
    book[first].freeze_panes = "A2"
    return finished(book, f"{genre.titre} du PAQTE", ())
