"""Texts of a workbook drawn by openpyxl, as every program reads them.

It keeps each text in its cell, which some programs lose; and what somebody typed as « _x0041_ » would be a letter to
Excel, in a cell, in a remark and in the heading of a table alike.
"""

from __future__ import annotations

import io
import re
import zipfile

from paqte.reporting.ooxml.parts.package import Package, pack, workbook_part
from paqte.reporting.ooxml.parts.prefixes import with_prefixes
from paqte.reporting.ooxml.parts.ties import tied_as_excel_does
from paqte.reporting.ooxml.sheets.strings import EXCEL_ESCAPE, with_shared

_REMARK = re.compile(r"<text><t([^>]*)>([^<]*)</t></text>")
_HEADING = re.compile(r'(<tableColumn\b[^>]*\sname=")([^"]*)')


def readable(content: bytes) -> bytes:
    """The workbook with its texts shared and read by nobody otherwise than they were typed. It is one of ours."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, data in parts.items():
        if name.startswith("xl/comments/"):
            parts[name] = _REMARK.sub(_in_runs, data.decode()).encode()
        elif name.startswith("xl/tables/"):
            parts[name] = _HEADING.sub(_escaped, data.decode()).encode()
    given = Package(parts)
    shared, _ = with_shared(given, workbook_part(given))
    return pack(tied_as_excel_does(with_prefixes(shared)).parts)


def _escaped(match: re.Match[str]) -> str:
    # An attribute has no runs: Excel's own escape of the sign stands there.
    return match[1] + EXCEL_ESCAPE.sub("_x005F_", match[2])


def _in_runs(match: re.Match[str]) -> str:
    runs = EXCEL_ESCAPE.sub("_\0", match[2]).split("\0")
    if len(runs) == 1:
        return match[0]
    told = "".join(f'<r><t xml:space="preserve">{run}</t></r>' for run in runs)
    return f"<text>{told}</text>"
