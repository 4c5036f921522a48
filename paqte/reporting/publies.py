"""The numbers of editions that the published folder bears, by the names of its files and by what they say inside."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PERIODE = re.compile(r"[0-9]{4}-[TS][1-4]", re.ASCII)
_NAMED = re.compile(r"edition-([0-9]{1,6})", re.ASCII)
# `_meta` writes the number beside its heading; strings are either inside the sheet or in the shared part.
_SHEET = re.compile(r"xl/(worksheets/.*|sharedStrings)\.xml")
_TOLD = re.compile(r"Édition n°\s?([0-9]{1,6})\b")
MOST = 8 * 1024 * 1024


class NumeroPublished(NamedTuple):
    """A number that a file of the folder bears."""

    departement: str
    periode: str
    numero: int


def published_numbers(reports: Path, departement: str = "*", periode: str = "*") -> set[NumeroPublished]:
    """Every number under reports/<département>/<période>/; what cannot be read says nothing."""
    found = set()
    with suppress(OSError):
        for folder in sorted(reports.glob(f"{departement}/{periode}")):
            if PERIODE.fullmatch(folder.name) and folder.is_dir():
                found |= {NumeroPublished(folder.parent.name, folder.name, n) for n in _numbers(folder)}
    return found


def _numbers(folder: Path) -> Iterator[int]:
    for path in sorted(folder.iterdir()):
        named = _NAMED.search(path.name)
        if named:
            yield int(named[1])
        elif path.suffix == ".xlsx":
            yield from _number_told(path)


def _number_told(path: Path) -> Iterator[int]:
    """What a workbook that was given another name says of itself."""
    with suppress(OSError, zipfile.BadZipFile, ValueError, RuntimeError, KeyError), zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if _SHEET.fullmatch(part.filename) and part.file_size < MOST:
                text = archive.read(part).decode("utf-8", "replace")
                yield from (int(number) for number in _TOLD.findall(text))
