"""The shared strings of a workbook: every text of its cells, once. All readers know them; some read no other text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape, unescape

from paqte.reporting.ooxml.parts.package import MAIN, Package, PieceType, sheet_parts, with_new_part

PART = "xl/sharedStrings.xml"
_NAMESPACE = MAIN[1:-1]
_KIND = PieceType(
    "sharedStrings",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml",
)
_ELEMENT = re.compile(r"<si\b[^>]*/>|<si\b[^>]*>.*?</si>", re.DOTALL)
_INLINE = re.compile(r'<c\b([^>]*?)\st="inlineStr"([^>]*)>\s*<is>(.*?)</is>\s*</c>', re.DOTALL)
_NO_TEXT = re.compile(r'<c\b([^>]*?)\st="inlineStr"([^>]*?)(?:/>|>\s*</c>)')
_ONE_LOOK = re.compile(r'<t(?: xml:space="preserve")?>([^<]*)</t>')
# What stands in the part otherwise than it is read: a character by its number, a line ended by two.
_TOLD = re.compile("&#|\r")
_QUOTES = {"&quot;": '"', "&apos;": "'"}
_PREFIXED = re.compile(r"</?\w+:|\s(?!xml:)\w+:\w+=")
_TRIMMED = " \t\n\r"
# What Excel would decode: it is cut after its first sign, and is plain text then.
EXCEL_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_UNWRITTEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class SharedTexts:
    """The strings of one workbook while it is written, in the order in which its cells ask for them."""

    def __init__(self, kept: Sequence[str] = ()) -> None:
        # A template may hold the same element twice, and its cells count both.
        self._elements = list(kept)
        self._ranks: dict[str, int] = {xml: rank for rank, xml in enumerate(kept)}
        self._by_text: dict[str, int] = {}
        self._cells: dict[str, str] = {}

    def cell(self, text: str) -> str:
        """How a cell that was just opened tells a text already cleaned, until its end."""
        told = self._cells.get(text)
        if told is None:
            told = self._cells[text] = f' t="s"><v>{self.rank(text)}</v></c>'
        return told

    def rank(self, text: str) -> int:
        """The number of a text already cleaned."""
        known = self._by_text.get(text)
        if known is None:
            known = self._by_text[text] = self.rank_of(element(text))
        return known

    def rank_of(self, xml: str) -> int:
        """The number of an element that a template drew, its runs and their looks as they are."""
        known = self._ranks.get(xml)
        if known is None:
            known = self._ranks[xml] = len(self._elements)
            self._elements.append(xml)
        return known

    def part(self) -> bytes:
        """The part of the workbook that holds them."""
        count = len(self._elements)
        head = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="{_NAMESPACE}" uniqueCount="{count}">'
        )
        return f"{head}{''.join(self._elements)}</sst>".encode()


def element(text: str) -> str:
    """The `<si>` element of a text already cleaned, read back the same by every reader.

    Excel would read "_x000D_" as a control character; cut inside into two runs, it is plain text to all.
    """
    if "_x" not in text or not EXCEL_ESCAPE.search(text):
        return f"<si>{_text_run(text)}</si>"
    runs = EXCEL_ESCAPE.sub("_\0", text).split("\0")
    return f"<si>{''.join(f'<r>{_text_run(run)}</r>' for run in runs)}</si>"


def read_elements(paquet: Package, workbook: str) -> list[str]:
    """The elements that the cells of a template refer to by number, as they were drawn."""
    parts = paquet.linked(workbook, "sharedStrings")
    if not parts:
        return []
    told = list(paquet.tree(parts[0]).iter(f"{MAIN}si"))
    drawn = _ELEMENT.findall(paquet.parts[parts[0]].decode())
    if len(told) != len(drawn):
        return [element(text_of(si)) for si in told]
    return [_kept(xml, si) for xml, si in zip(drawn, told, strict=True)]


def read_texts(paquet: Package, workbook: str) -> list[str]:
    """The texts that cells refer to by number; none when the workbook keeps them in the cells."""
    parts = paquet.linked(workbook, "sharedStrings")
    return [text_of(si) for si in paquet.tree(parts[0]).iter(f"{MAIN}si")] if parts else []


def text_of(si: ElementTree.Element) -> str:
    """The text of an element; phonetic hints (rPh) are no part of it."""
    return "".join(_texts(si))


def with_shared(paquet: Package, workbook: str) -> tuple[Package, str]:
    """The package with each text that a cell kept for itself among the shared ones, and where these are."""
    parts = paquet.linked(workbook, "sharedStrings")
    strings = SharedTexts(read_elements(paquet, workbook))
    changed = {p: _shared(paquet.parts[p].decode(), strings).encode() for p in sheet_parts(paquet).values()}
    whole = paquet if parts else with_new_part(paquet, workbook, PART, _KIND)
    part = parts[0] if parts else PART
    return Package({**whole.parts, **changed, part: strings.part()}), part


def _shared(xml: str, strings: SharedTexts) -> str:
    def moved(match: re.Match[str]) -> str:
        one = _ONE_LOOK.fullmatch(match[3])
        # Nearly every text; the library reads the others.
        rank = (
            strings.rank(unescape(one[1], _QUOTES))
            if one and not _TOLD.search(one[1])
            else strings.rank_of(_drawn(match[3]))
        )
        return f'<c{match[1]} t="s"{match[2]}><v>{rank}</v></c>'

    return _INLINE.sub(moved, _NO_TEXT.sub(r"<c\1\2/>", xml))


def _drawn(inner: str) -> str:
    xml = f"<si>{inner}</si>"
    return _kept(xml, ElementTree.fromstring(f'<x xmlns="{_NAMESPACE}">{xml}</x>')[0])


def _kept(xml: str, si: ElementTree.Element) -> str:
    """A text in one look is written as ours are; runs keep theirs, where nothing outside the element is needed."""
    return xml if "<r>" in xml and not _PREFIXED.search(xml) else element(text_of(si))


def run_told(raw: str) -> str:
    """A run as Excel shows it: "_x005F_" is "_", and each run is decoded by itself.

    Line ends become "\\n"; what no XML can hold is left out, as we never write it.
    """
    if "_x" not in raw:
        return raw
    told = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), raw)
    return _UNWRITTEN.sub("", told.replace("\r\n", "\n").replace("\r", "\n"))


def _texts(si: ElementTree.Element) -> Iterable[str]:
    tags: Sequence[str] = (f"{MAIN}t", f"{MAIN}r/{MAIN}t")
    return (run_told(t.text or "") for tag in tags for t in si.findall(tag))


def _text_run(text: str) -> str:
    """Told to be kept only where readers would trim it: some take the attribute for the text."""
    kept = "" if text == text.strip(_TRIMMED) else ' xml:space="preserve"'
    return f"<t{kept}>{escape(text)}</t>"
