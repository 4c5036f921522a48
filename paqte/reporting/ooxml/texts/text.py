"""Text that people typed, made fit for a cell: always text, never a formula, nothing lost unsaid."""

from __future__ import annotations

import re
from typing import NamedTuple

# Excel counts UTF-16 units, so an emoji counts twice.
CELL_LIMIT = 32_767
SUITE = "(suite)"

_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?")
_FAULTS = (
    (re.compile("[\x0b\x0c\x85\u2028\u2029]"), "\n", "saut de ligne particulier remplacé par un saut ordinaire"),
    (re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]"), "", "caractère de commande invisible retiré"),
    (re.compile("[\u202a-\u202e\u2066-\u2069]"), "", "inversion du sens de lecture retirée"),
    (re.compile("[\ud800-\udfff\ufffe\uffff]"), "\ufffd", "caractère illisible remplacé par \ufffd"),
)
_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#(\d+)|(\w+));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class Cleaned(NamedTuple):
    """The text fit for a cell, and what was cleaned, one short French phrase a kind with its count."""

    texte: str
    mentions: tuple[str, ...] = ()


def clean(text: str) -> Cleaned:
    """The text without what no workbook can hold, and what was changed.

    Line ends become "\\n" without a word. Text that begins with = + - @ or reads #N/A is left as it is:
    it is written as a shared string, which no reader takes for a formula or an error.
    """
    if not _SUSPECT.search(text):
        return Cleaned(text)
    whole = _LINE_ENDS.sub("\n", _join_surrogates(text))
    mentions = []
    for pattern, replacement, phrase in _FAULTS:
        whole, count = pattern.subn(replacement, whole)
        if count:
            mentions.append(phrase if count == 1 else f"{phrase} ({count} fois)")
    return Cleaned(whole, tuple(mentions))


def units(text: str) -> int:
    """Length as Excel counts it, in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def unescaped(xml: str) -> str:
    """A text of an XML part as its reader has it, every reference to a character resolved, once."""

    def character(match: re.Match[str]) -> str:
        if match[3]:
            return _ENTITIES.get(match[3], match[0])
        return chr(int(match[1], 16) if match[1] else int(match[2]))

    return _ENTITY.sub(character, xml)


def _join_surrogates(text: str) -> str:
    """Surrogates that form a pair become the character they stand for; lone ones stay, to be replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
