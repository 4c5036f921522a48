"""A list as a CSV file that opens in a spreadsheet: French separators, and text that stays text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

# What a cell of a list holds; None where nothing is known.
ListCell = str | int | Decimal | date | None

# A cell that begins so would be computed; the last four are the wide forms some spreadsheets read alike.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # fmt: skip


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[ListCell]]) -> bytes:
    """Semicolons, CRLF, UTF-8 with its mark; a text that a spreadsheet would compute is led by an apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _csv_cell(cell: ListCell) -> str:
    """As people write it; a number is one, whatever its sign."""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, Decimal):
        return format(cell, "f").replace(".", ",")
    return as_text(cell) if isinstance(cell, str) else "" if cell is None else str(cell)


def as_text(cell: str) -> str:
    """The cell, never a formula."""
    return f"'{cell}" if cell.startswith(_LIVE) else cell
