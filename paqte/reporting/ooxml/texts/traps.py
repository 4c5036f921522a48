"""What a save by another program leaves in a template, mended before it serves: formats, titles printed again, charts.

Templates restyled in LibreOffice before these traps were known would print shares divided by a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.sax.saxutils import escape

from paqte.reporting.ooxml.parts.package import Package, workbook_part
from paqte.reporting.ooxml.texts.shown_numbers import without_trap
from paqte.reporting.ooxml.texts.text import unescaped

_CODE = re.compile(r'(\bformatCode=")([^"]*)(")|(<(?:\w+:)?formatCode>)([^<]*)(<)')
_NAME = re.compile(r"<definedName\b([^>]*)>([^<]*)</definedName>")
_TITLES = re.compile(r'\bname="_xlnm\.Print_Titles"')
_SHEET = re.compile(r'\blocalSheetId="(\d+)"')
_ROWS = re.compile(r"\$?\d+:\$?\d+$")
_LITERAL = re.compile(
    r"<(?P<p>(?:\w+:)?)tx>\s*<(?P=p)strRef>\s*<(?P=p)f>&quot;(?P<text>[^<]*?)&quot;</(?P=p)f>.*?</(?P=p)tx>", re.DOTALL
)


def without_traps(paquet: Package) -> Package:
    """The package with safe number formats, one print title a sheet, and titles of series that are no formula."""
    workbook = workbook_part(paquet)
    changes: dict[str, Callable[[str], str]] = dict.fromkeys(paquet.linked(workbook, "styles"), _with_safe_codes)
    changes |= {p: _with_safe_chart for p in paquet.parts if p.startswith("xl/charts/chart")}
    changes[workbook] = with_ordered_titles
    changed = {p: c(paquet.parts[p].decode()).encode() for p, c in changes.items() if p in paquet.parts}
    return Package({**paquet.parts, **changed})


def with_ordered_titles(xml: str) -> str:
    """The workbook's part with its print titles columns first, once a sheet.

    In the other order LibreOffice saves a second name, which Excel takes for damage.
    """
    seen: set[str] = set()

    def ordered(match: re.Match[str]) -> str:
        if not _TITLES.search(match[1]):
            return match[0]
        sheet = _SHEET.search(match[1])
        key = sheet[1] if sheet else ""
        if key in seen:
            return ""
        seen.add(key)
        targets = sorted(match[2].split(","), key=lambda target: bool(_ROWS.search(target)))
        return f"<definedName{match[1]}>{','.join(targets)}</definedName>"

    return _NAME.sub(ordered, xml)


def _with_safe_codes(xml: str) -> str:
    def mended(match: re.Match[str]) -> str:
        start, code, end = match.groups()[:3] if match[1] else match.groups()[3:]
        safe = without_trap(plain := unescaped(code))
        # What is sound stays letter for letter.
        return match[0] if safe == plain else f"{start}{escape(safe, {chr(34): '&quot;'})}{end}"

    return _CODE.sub(mended, xml)


def _with_safe_chart(xml: str) -> str:
    """Beside its formats: LibreOffice writes the fixed title of a series as a formula between quotes."""
    return _LITERAL.sub(lambda m: f"<{m['p']}tx><{m['p']}v>{m['text']}</{m['p']}v></{m['p']}tx>", _with_safe_codes(xml))
