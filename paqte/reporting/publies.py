"""The numbers of editions that the published folder bears, by the names of its files and by what they say inside."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import DOCUMENTS, SOMMES, of_rhythm
from paqte.domain.editions.territoires import is_territory

_NAMED = re.compile(r"edition-([0-9]{1,6})", re.ASCII)
# `_meta` writes the number beside its heading; strings are either inside the sheet or in the shared part.
_SHEET = re.compile(r"xl/(worksheets/.*|sharedStrings)\.xml")
_TOLD = re.compile(r"Édition n°\s?([0-9]{1,6})\b")
MOST = 8 * 1024 * 1024


class NumeroPublished(NamedTuple):
    """A number that a file of the folder bears, and the kind of document that it is: "" when nothing says it."""

    departement: str
    periode: str
    numero: int
    genre: str = ""

    @property
    def genres(self) -> tuple[str, ...]:
        """The kinds that must not take it again: where nothing says which it is, all those of such a period."""
        if self.genre:
            return (self.genre,)
        with suppress(ValueError):
            rythme = Periode.from_code(self.periode).genre
            if is_territory(self.departement):
                return tuple(genre.code for genre in SOMMES.values() if genre.rythme == rythme)
            return tuple(genre.code for genre in of_rhythm(rythme))
        return ()


def published_numbers(reports: Path, departement: str = "*", periode: str = "*") -> set[NumeroPublished]:
    """Every number under reports/<département>/<période>/; what cannot be read says nothing."""
    found = set()
    with suppress(OSError):
        for folder in sorted(reports.glob(f"{departement}/{periode}")):
            if _is_period(folder.name) and folder.is_dir():
                found |= {NumeroPublished(folder.parent.name, folder.name, *told) for told in _numbers(folder)}
    return found


def _is_period(name: str) -> bool:
    with suppress(ValueError):
        return Periode.from_code(name).code == name
    return False


def _numbers(folder: Path) -> Iterator[tuple[int, str]]:
    """Each number, with the kind of document that bears it."""
    for path in sorted(folder.iterdir()):
        named = _NAMED.search(path.name)
        kind = next((code for code, prefix in _prefixes() if path.name.startswith(f"{prefix}_")), "")
        if named and kind:
            yield int(named[1]), kind
            continue
        numbers, kind = _said_inside(path) if path.suffix == ".xlsx" else (set(), "")
        yield from ((number, kind) for number in ({int(named[1])} if named else numbers))


def _prefixes() -> Iterator[tuple[str, str]]:
    """Each kind of document and of sum, with what the names of its files begin with."""
    yield from ((genre.code, genre.fichier) for genre in DOCUMENTS.values())
    yield from ((genre.code, genre.fichier) for genre in SOMMES.values())


def _said_inside(path: Path) -> tuple[set[int], str]:
    """The numbers that a workbook given another name says of itself, and its kind of document."""
    numbers, kinds = set(), set()
    with suppress(OSError, zipfile.BadZipFile, ValueError, RuntimeError, KeyError), zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if _SHEET.fullmatch(part.filename) and part.file_size < MOST:
                text = archive.read(part).decode("utf-8", "replace")
                numbers |= {int(number) for number in _TOLD.findall(text)}
                kinds |= {genre.code for genre in DOCUMENTS.values() if f">{genre.marque}<" in text}
    return numbers, kinds.pop() if len(kinds) == 1 else ""
