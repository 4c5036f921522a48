"""How much room text takes, without a font at hand: the same answer on every machine.

Rows whose height is not given are cut by spreadsheets as soon as cells are merged, so heights are computed
here from Arial's published advance widths (Liberation Sans has the same).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from paqte.reporting.ooxml.texts.text import CELL_LIMIT, SUITE, units

# Excel takes rows of 409 points at most, and no reader ends a page inside a row: a third of a page fills pages up.
ROW_LIMIT = 240.0

_WIDTHS = {
    139: "\u202f",
    191: "'",
    222: "ijl’‘",
    260: "|",
    278: " !,./:;I[\\]ft·\u00a0",
    333: "()-`r“”",
    350: "•{}",
    389: '*"°',
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu«»–€",
    584: "+<=>~×≥≤",
    611: "FTZßø",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQØ",
    833: "Mm½",
    889: "%æ",
    944: "Wœ",
    1015: "@…—ŒÆ",
}
_BOLD = 1.085
# Word breaking, kerning and hinting differ between readers: text is taken to be a little wider than it is.
_CAUTION = 1.03
_LINE = 1.26
_ROW_PADDING = 3.5
_INDENT = 7.0
# Longer texts are somebody's own words: looking them up would keep them, and spare nothing.
_SAID_AGAIN = 200


class _Advances(dict[str, int]):
    """Advance width of a character in thousandths of the font's size; accented letters as their base."""

    def __missing__(self, char: str) -> int:
        base = unicodedata.normalize("NFD", char)[0]
        if base != char and base in self:
            width = self[base]
        elif unicodedata.east_asian_width(char) in "WF" or ord(char) > 0xFFFF:
            width = 1300
        else:
            width = 700
        self[char] = width
        return width


_ADVANCES = _Advances({char: width for width, chars in _WIDTHS.items() for char in chars})
_advance = _ADVANCES.__getitem__


class Font(NamedTuple):
    """What of a cell's style decides how much room its text takes. `taille` in points, `retrait` in steps."""

    taille: float = 10.0
    gras: bool = False
    renvoi: bool = True
    retrait: int = 0

    @property
    def line_height(self) -> float:
        return self.taille * _LINE

    def lines_within(self, height: float) -> int:
        """How many lines fit in a row that high."""
        return max(1, int((height - _ROW_PADDING) / self.line_height))

    def row_height(self, lines: int) -> float:
        """Height in points, by quarters, of a row of so many lines."""
        return round((lines * self.line_height + _ROW_PADDING) * 4) / 4


def text_width(text: str, police: Font) -> float:
    """Width in points of a text on one line."""
    return sum(map(_advance, text)) * police.taille / 1000 * (_BOLD if police.gras else 1) * _CAUTION


def room(width: float, police: Font) -> float:
    """What the indent of a cell leaves of its width, in points."""
    return width - police.retrait * _INDENT


def text_height(text: str, width: float, police: Font) -> float:
    """Height in points of a row that holds a text wrapped in a cell `width` points wide."""
    return (_known_height if len(text) <= _SAID_AGAIN else _height)(text, width, police)


def _height(text: str, width: float, police: Font) -> float:
    return police.row_height(count_lines(text, width, police))


# A table says the same short texts many times, and the editions of a département one after the other.
_known_height = lru_cache(maxsize=8_192)(_height)


def count_lines(text: str, width: float, police: Font) -> int:
    """How many lines a text takes in a cell `width` points wide."""
    if not police.renvoi:
        return 1
    width = room(width, police)
    if "\n" not in text:
        return _wrapped(text, width, police)
    return sum(_wrapped(paragraph, width, police) for paragraph in text.split("\n"))


def _wrapped(text: str, width: float, police: Font) -> int:
    needed = text_width(text, police)
    if needed <= width:
        return 1
    return len(_wrap(text, width, police))


def _wrap(text: str, width: float, police: Font) -> list[int]:
    """Where each line of a paragraph ends, as indexes in the text; words longer than a line are broken."""
    scale = police.taille / 1000 * (_BOLD if police.gras else 1) * _CAUTION
    wide = max(width / scale, 1.0)
    ends: list[int] = []
    used, start_of_word, width_of_word = 0.0, 0, 0.0
    for index, char in enumerate(text):
        advance = _advance(char)
        if char in " -/" and used + width_of_word + advance <= wide:
            used, start_of_word, width_of_word = used + width_of_word + advance, index + 1, 0.0
            continue
        width_of_word += advance
        if used + width_of_word <= wide:
            continue
        if used:
            ends.append(start_of_word)
            used = 0.0
        if width_of_word > wide:
            ends.append(index)
            start_of_word, width_of_word = index, float(advance)
    return [*(e for e in ends if e), len(text)]


def split(text: str, width: float, police: Font, lines: int) -> list[str]:
    """The text in pieces of at most `lines` lines each, and fit for a cell; joined, they are the text."""
    if count_lines(text, width, police) <= lines and units(text) <= CELL_LIMIT:
        return [text]
    pieces: list[str] = []
    piece, taken = "", 0
    for line in _lines(text, width, police):
        # The mark of what follows takes its own room on the first line of a piece.
        if piece and (taken == lines or units(piece) + units(line) > CELL_LIMIT - len(SUITE) - 1):
            pieces.append(piece)
            piece, taken = "", 0
        piece, taken = piece + line, taken + 1
    return [*pieces, piece]


def _lines(text: str, width: float, police: Font) -> list[str]:
    wide = room(width, police) - text_width(SUITE + " ", police)
    lines = []
    for paragraph in text.splitlines(keepends=True):
        start = 0
        for end in _wrap(paragraph, wide, police) if paragraph.strip("\n") else [len(paragraph)]:
            lines += _bounded(paragraph[start:end])
            start = end
    return lines


def _bounded(line: str) -> list[str]:
    """A line never longer than half a cell, however wide the column."""
    step = CELL_LIMIT // 4
    return [line[i : i + step] for i in range(0, len(line), step)] or [line]
