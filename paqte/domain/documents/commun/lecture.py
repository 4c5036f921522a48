"""A document as a page reads it, table by table, from the columns it says (R13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from paqte.domain.colonnes import CHIFFRES, POURCENT, Colonne
from paqte.domain.documents.commun.comparaison import told_value
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.lignes.tables import VERSIONS


class TableView(NamedTuple):
    """A table: its title, its headings with whether each is over figures, the texts of its rows.

    `is_record`: a lone record, told heading by heading.
    """

    titre: str
    entetes: tuple[tuple[str, bool], ...]
    lignes: tuple[tuple[str, ...], ...]
    is_record: bool


def sections(document: Document) -> Iterator[TableView]:
    """Every table of a document, in order; of those that no sheet details, every column."""
    for table in document.tables:
        if table is VERSIONS:
            continue
        value = getattr(document, table.champ) if table.champ else document
        rows = value if isinstance(value, tuple) else (value,)
        columns = table.montrees or table.colonnes
        yield TableView(
            table.tableau,
            tuple((c.titre, c.format in CHIFFRES) for c in columns),
            tuple(tuple(_cell_text(document, row, c) for c in columns) for row in rows),
            not isinstance(value, tuple),
        )


def _cell_text(document: Document, row: Any, colonne: Colonne) -> str:
    unite = getattr(row, "unite", "") if colonne.format != POURCENT else ""
    return told_value(colonne.shown(document, row), unite, is_part=colonne.format == POURCENT)
