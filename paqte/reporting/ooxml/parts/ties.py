"""Parts named and tied as Excel does it: some readers know no other name, and no tie but from where it stands."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from paqte.reporting.ooxml.parts.package import Package

_TARGET = re.compile(r'(\sTarget=")/([^"]+)(")')
_EXTERNAL = re.compile(r'\sTargetMode="External"')
_TIE = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_TYPES = "[Content_Types].xml"
# Remarks, as openpyxl names their parts and as Excel does.
_NAMES = ((r"xl/comments/comment(\d+)\.xml", r"xl/comments\1.xml"), (r"commentsDrawing(\d+)\.vml", r"vmlDrawing\1.vml"))


def tied_as_excel_does(paquet: Package) -> Package:
    """The package whose remarks bear Excel's names, and whose ties are all told from the part that holds them."""
    return Package({name: _relative(name, data) for name, data in _renamed(paquet.parts).items()})


def _renamed(parts: Mapping[str, bytes]) -> Mapping[str, bytes]:
    for former, present in _NAMES:
        if any(re.search(former, name) for name in parts):
            parts = {
                re.sub(former, present, name): re.sub(former.encode(), present.encode(), data)
                if _cites_parts(name)
                else data
                for name, data in parts.items()
            }
    return parts


def _cites_parts(part: str) -> bool:
    return part.endswith(".rels") or part == _TYPES


def _relative(part: str, data: bytes) -> bytes:
    if not part.endswith(".rels"):
        return data
    folder = posixpath.dirname(posixpath.dirname(part))

    def told(tie: re.Match[str]) -> str:
        if _EXTERNAL.search(tie[0]):
            return tie[0]
        return _TARGET.sub(lambda m: m[1] + posixpath.relpath(m[2], folder or ".") + m[3], tie[0])

    return _TIE.sub(told, data.decode()).encode()
