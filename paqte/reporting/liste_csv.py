"""A list as a CSV file that opens in a spreadsheet: French separators, and text that stays text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins so would be computed; the last four are the wide forms some spreadsheets read alike.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # fmt: skip


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Semicolons, CRLF, UTF-8 with its mark; a text that a spreadsheet would compute is led by an apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([as_text(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def as_text(cell: str) -> str:
    """The cell, never a formula."""
    return f"'{cell}" if cell.startswith(_LIVE) else cell
