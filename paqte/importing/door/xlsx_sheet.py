"""The cells of one sheet of an .xlsx: by address, with errors, formulas never calculated, hidden rows and merges."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any, NamedTuple

from paqte.domain.erreurs import Refused
from paqte.importing.door.cells import (
    BOOLEAN,
    ERROR,
    MOST_TEXT,
    ODD,
    TEXT,
    UNCALCULATED,
    MergedRange,
    column_letters,
    encoded,
    typed_iso,
    typed_number,
    typed_serial,
)
from paqte.importing.door.guard import DAMAGED
from paqte.importing.door.limits import LAST_COLUMN, LAST_ROW, MOST_AREA, Counter
from paqte.importing.door.xlsx_plain import MOST_OCTETS, NotPlain, RowFound, parted, plain_rows
from paqte.importing.door.xml import Attributes, local, walk, walk_stream
from paqte.reporting.ooxml.parts.received import FORMULAS, LIVE, MACROS, acts, is_live

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?", re.ASCII)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_COLUMNS = {column_letters(c): c for c in range(LAST_COLUMN)}
_MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main}", "http://purl.oclc.org/ooxml/spreadsheetml/main}")
# The elements of nearly every cell: known by their full name, and looked at no further.
_HOT = {
    f"{space}{kind}": kind for space in _MAIN for kind in ("c", "v", "row", "is", "t", "r", "f", "rPh", "sheetData")
}
_NUMERIC = frozenset({None, "n"})
_MOST_KNOWN = 20_000
_TELLING = frozenset({"v", "t", "f"})
_HIDDEN = ("1", "true")
# Between two runs of one text while it is read: XML holds none, so no file can bring one.
RUN = "\0"


class Styles(NamedTuple):
    """Ranks of the styles of cells that show a day, and a share; from which day the workbook counts."""

    days: frozenset[int]
    shares: frozenset[int]
    is_1904: bool = False


def read_cells(
    archive: zipfile.ZipFile, part: str, strings: list[str], styles: Styles, counter: Counter
) -> tuple[list[bytes], tuple[MergedRange, ...]]:
    """Rows that hold something, encoded, and the merges of the sheet."""
    if archive.getinfo(part).file_size <= MOST_OCTETS:
        before = vars(counter).copy()
        sheet = _Sheet(strings, styles, counter)
        try:
            with archive.open(part) as stream:
                around, rows = parted(stream.read())
            walk_stream(io.BytesIO(around), sheet.start, sheet.end, sheet.text)
            for row in plain_rows(rows):
                sheet.take_row(row)
        except (NotPlain, Refused, MemoryError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
            vars(counter).update(before)
        else:
            return sheet.lines, tuple(sheet.merged)
    sheet = _Sheet(strings, styles, counter)
    walk(archive, part, sheet.start, sheet.end, sheet.text)
    return sheet.lines, tuple(sheet.merged)


class _Sheet:
    def __init__(self, strings: list[str], styles: Styles, counter: Counter) -> None:
        self.strings, self.styles, self.counter = strings, styles, counter
        # Styles by which a number is shown as a day or a share.
        self.special = frozenset(map(str, styles.days | styles.shares))
        self.known: dict[str, tuple[str, str]] = {}
        self.lines: list[bytes] = []
        self.merged: list[MergedRange] = []
        self.row = 0
        self.column = -1
        self.is_hidden = False
        self.cells: list[list[Any]] = []
        self.cell: Attributes | None = None
        self.value: list[str] | None = None
        self.formula: list[str] | None = None
        self.collecting: list[str] | None = None
        self.is_aside = False

    def start(self, name: str, attributes: Attributes) -> None:
        kind = _HOT.get(name)
        if kind is None:
            self._start_other(local(name).lower(), attributes)
        elif kind == "c":
            self._start_cell(attributes)
        elif kind in _TELLING:
            self._start_text(kind, attributes)
        elif kind == "row":
            self._start_row(attributes)
        elif kind == "rPh":
            self.is_aside = True

    def end(self, name: str) -> None:
        kind = _HOT.get(name)
        if kind in _TELLING:
            if kind == "f" and self.formula is not None and is_live("".join(self.formula)):
                raise Refused(_not_taken(LIVE))
            self.collecting = None
        elif kind == "c":
            self._end_cell()
        elif kind == "row":
            self._end_row()
        elif kind == "rPh":
            self.is_aside = False
        elif kind is None and self.collecting is not None and local(name).lower() in FORMULAS:
            if is_live("".join(self.collecting)):
                raise Refused(_not_taken(LIVE))
            self.collecting = None

    def text(self, data: str) -> None:
        if self.collecting is not None:
            self.collecting.append(data)

    def take_row(self, row: RowFound) -> None:
        """A whole row of plain cells at once. NotPlain, or Refused: whoever calls reads the long way then."""
        self._start_row(row.attributes)
        numero, last, kept = str(self.row), -1, self.cells
        special, known = self.special, self.known
        for letters, at, style, kind, value, text in row.cells:
            column = _COLUMNS.get(letters, -1)
            if column <= last or at != numero:
                raise NotPlain
            last = column
            if value and kind in _NUMERIC and style not in special:
                said, genre = known.get(value) or self._learned(value)
                if said:
                    kept.append([column, said, genre])
            elif text and kind == "inlineStr" and "_x" not in text:
                kept.append([column, text])
            else:
                said, genre = self._plainly(style, kind, value, text)
                if genre != TEXT:
                    kept.append([column, said, genre])
                elif said:
                    kept.append([column, said])
        self._count_row(last)
        self._end_row()

    def _learned(self, value: str) -> tuple[str, str]:
        """A number as _number reads it where no style says a day or a share; those that come again are kept."""
        raw = value.strip()
        told = typed_number(raw) if raw else ("", TEXT)
        if len(self.known) < _MOST_KNOWN:
            self.known[value] = told
        return told

    def _plainly(self, style: str | None, kind: str | None, value: str | None, text: str | None) -> tuple[str, str]:
        """The same as _typed of what is neither a plain number nor a text kept as it is shown."""
        if kind in _NUMERIC and text is None:
            raw = (value or "").strip()
            return self._number(raw, style or "0") if raw else ("", TEXT)
        if kind == "s" and value and value.isascii() and value.isdigit():
            return self._shared(value), TEXT
        if (kind == "inlineStr" and value is None) or (kind == "str" and text is None):
            return decoded(text or value or ""), TEXT
        raise NotPlain

    def _count_row(self, last: int) -> None:
        """Its cells are counted together, by the limits of each."""
        if self.cells:
            lengths = [len(cell[1]) for cell in self.cells]
            if max(lengths) > MOST_TEXT:
                raise NotPlain
            self.counter.cells += len(lengths) - 1
            self.counter.letters += sum(lengths)
            self.counter.cell(self.row, last, 0)

    def _start_other(self, kind: str, attributes: Attributes) -> None:
        if acts(kind, attributes):
            raise Refused(_not_taken(MACROS))
        if kind == "mergecell":
            area = _area(attributes.get("ref", ""))
            if area.top != area.bottom or area.left != area.right:
                self.merged.append(area)
        elif kind == "hyperlink":
            _area(attributes.get("ref", ""))
        elif kind == "col" and not 1 <= _index(attributes.get("max", "1")) <= LAST_COLUMN:
            raise Refused(DAMAGED)
        elif kind in FORMULAS:
            self.collecting = []

    def _start_row(self, attributes: Attributes) -> None:
        row = _index(attributes["r"]) if "r" in attributes else self.row + 1
        if not self.row < row <= LAST_ROW:
            raise Refused(_unordered(row))
        self.row, self.column, self.cells = row, -1, []
        self.is_hidden = attributes.get("hidden") in _HIDDEN

    def _start_cell(self, attributes: Attributes) -> None:
        column = self.column + 1
        if (reference := attributes.get("r")) is not None:
            letters = reference.rstrip("0123456789")
            given = _COLUMNS.get(letters)
            if given is None or reference[len(letters) :] != str(self.row) or given < column:
                raise Refused(_unordered(self.row))
            column = given
        if column >= LAST_COLUMN:
            raise Refused(DAMAGED)
        self.column, self.cell = column, attributes
        self.value = self.formula = None

    def _start_text(self, kind: str, attributes: Attributes) -> None:
        if self.cell is None:
            return
        if kind == "f":
            if "ref" in attributes:
                _area(attributes["ref"])
            self.formula = self.collecting = []
        elif not (self.is_aside and kind == "t"):
            self.value = self.collecting = [*self.value, RUN] if self.value is not None else []

    def _end_cell(self) -> None:
        attributes, self.cell = self.cell, None
        if attributes is None:
            return
        text, genre = self._typed(attributes)
        if not text and genre == TEXT:
            return
        self.counter.cell(self.row, self.column, len(text))
        if self.formula is not None:
            self.cells.append([self.column, text, genre, True])
        elif genre != TEXT:
            self.cells.append([self.column, text, genre])
        else:
            self.cells.append([self.column, text])

    def _typed(self, attributes: Attributes) -> tuple[str, str]:
        """The cell as a person would have typed it, and what it holds."""
        kind, raw = attributes.get("t", "n"), "".join(self.value or ())
        if kind in ("inlineStr", "str") and self.value is not None:
            return decoded(raw), TEXT
        raw = raw.replace(RUN, "")
        if kind == "s" and self.value is not None:
            return self._shared(raw), TEXT
        if not raw.strip():
            return "", (UNCALCULATED if self.formula is not None else TEXT)
        return self._valued(kind, raw.strip(), attributes)

    def _valued(self, kind: str, raw: str, attributes: Attributes) -> tuple[str, str]:
        """What is no text: a number, yes or no, a day, or an error."""
        if kind == "n":
            return self._number(raw, attributes.get("s", "0"))
        if kind == "b" and raw in ("0", "1"):
            return ("VRAI" if raw == "1" else "FAUX"), BOOLEAN
        if kind == "d":
            return typed_iso(raw)
        return raw[:40], ERROR if kind == "e" else ODD

    def _number(self, raw: str, style: str) -> tuple[str, str]:
        rank = int(style) if style.isdecimal() else 0
        if rank in self.styles.days:
            return typed_serial(raw, is_1904=self.styles.is_1904)
        return typed_number(raw, is_percentage=rank in self.styles.shares)

    def _shared(self, raw: str) -> str:
        rank = _index(raw)
        if not 0 <= rank < len(self.strings):
            raise Refused(DAMAGED)
        return self.strings[rank]

    def _end_row(self) -> None:
        if self.cells:
            self.counter.row()
            self.lines.append(encoded(self.row, self.is_hidden, self.cells))
            self.cells = []


def decoded(raw: str) -> str:
    """A text from its runs: each says in Excel's own way what XML cannot hold, and none goes on into the next.

    So « _ » then « x000D_ » are eight characters that somebody typed. Half a pair, which no base can keep, is left out.
    """
    if "_x" not in raw:
        return raw.replace(RUN, "")
    told = "".join(_ESCAPED.sub(lambda m: chr(int(m[1], 16)), run) for run in raw.split(RUN))
    return "".join(c for c in told if not 0xD800 <= ord(c) <= 0xDFFF)


def _index(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Refused(DAMAGED)
    return int(text)


def _area(reference: str) -> MergedRange:
    """The cells of « A1:C4 »; Refused when they are out of a sheet, or too many to be meant."""
    found = _RANGE.fullmatch(reference)
    if not found:
        raise Refused(DAMAGED)
    left, top = _COLUMNS.get(found[1], LAST_COLUMN), int(found[2])
    right, bottom = _COLUMNS.get(found[3] or found[1], LAST_COLUMN), int(found[4] or found[2])
    if not (0 < top <= bottom <= LAST_ROW and left <= right < LAST_COLUMN):
        raise Refused(DAMAGED)
    if (bottom - top + 1) * (right - left + 1) > MOST_AREA:
        raise Refused(f"Une fusion, un lien ou une formule couvre {reference} : gardez seulement votre tableau.")
    return MergedRange(top, bottom, left, right)


def _unordered(row: int) -> str:
    return f"Les cellules de la ligne {row} sont en désordre dans ce fichier : enregistrez-le de nouveau."


def _not_taken(why: str) -> str:
    return f"Ce fichier n’est pas accepté : {why}. Copiez vos valeurs dans un classeur neuf, sans macro ni lien."
