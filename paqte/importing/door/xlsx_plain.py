"""The short way through a sheet of plain cells: what nearly every file holds is read by pattern, not tag by tag.

It takes nothing that the long way (xlsx_sheet) would not take, and refuses nothing by itself: at the first thing that
is not plain (a formula, a comment, an entity, a cell out of its place, one thing too many), the sheet is read the long
way from its beginning, which knows what to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

MOST_OCTETS = 24 * 1024 * 1024
_ROOT = re.compile(
    rb'(?:\xef\xbb\xbf)?(?:<\?xml version="1\.0"(?: encoding="(?:utf|UTF)-8")?(?: standalone="(?:yes|no)")?\s*\?>)?\s*'
    rb"<worksheet\s[^>]*>"
)
_NAMESPACE = re.compile(
    rb'\sxmlns="(?:http://schemas\.openxmlformats\.org/spreadsheetml/2006/main|http://purl\.oclc\.org/ooxml/spreadsheetml/main)"'
)
_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"
# What XML holds no character of, what it reads as a line end, and what begins an entity.
_UNUSUAL = bytes({*range(32)} - {9, 10}) + b"&"
_NO_LETTERS = ("\ufffe".encode(), "\uffff".encode())
_ROW = re.compile(r'\s*<row((?:\s(?:x14ac:)?\w+="[^"<>]*"){0,40})\s*(/?)>', re.ASCII)
_ATTRIBUTE = re.compile(r'\s([\w:]+)="([^"]*)"', re.ASCII)
_ONE = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="(0|[1-9][0-9]{0,5})")?(?: t="([a-zA-Z]{1,10})")?'
    r'(?:/>|>(?:<v>([^<>]*)</v>|<is><t(?: xml:space="preserve")?>([^<>]*)</t></is>)?</c>)',
    re.ASCII,
)
_GROUPS, _BLANK = 7, " \t\n"


class NotPlain(Exception):
    """Something here asks for the long way."""


class RowFound(NamedTuple):
    """A row: its attributes, and its cells as letters, number of row, style, kind, value, text kept in the cell.

    What a cell does not say is None.
    """

    attributes: dict[str, str]
    cells: Iterable[tuple[Any, ...]]


def parted(data: bytes) -> tuple[bytes, str]:
    """What surrounds the rows, to be read the long way without them, and the rows; NotPlain for another spelling."""
    root = _ROOT.match(data)
    if root is None or not _NAMESPACE.search(root[0]) or b"<!" in data or data.count(b"<?") > 1:
        raise NotPlain
    start, end = data.find(_OPEN), data.find(_CLOSE)
    if not 0 < start < end or data.count(b"sheetData") != 2:
        raise NotPlain
    rows = data[start + len(_OPEN) : end]
    if len(rows.translate(None, _UNUSUAL)) < len(rows) or any(letter in rows for letter in _NO_LETTERS):
        raise NotPlain
    if b" x14ac:" in rows and b" xmlns:x14ac=" not in root[0]:
        raise NotPlain
    try:
        return data[: start + len(_OPEN)] + data[end:], rows.decode()
    except UnicodeDecodeError:
        raise NotPlain from None


def plain_rows(rows: str) -> Iterator[RowFound]:
    """The rows one after the other; NotPlain at the first character that is none of a plain cell."""
    place = 0
    while found := _ROW.match(rows, place):
        attributes = dict(_ATTRIBUTE.findall(found[1]))
        if len(attributes) != found[1].count('="'):
            raise NotPlain
        place = found.end()
        if found[2]:
            yield RowFound(attributes, [])
            continue
        end = rows.find("</row>", place)
        # What is between two cells, then what each holds, over and over.
        pieces = _ONE.split(rows[place:end])
        if end < 0 or "".join(pieces[::_GROUPS]).strip(_BLANK):
            raise NotPlain
        yield RowFound(attributes, zip(*(pieces[rank::_GROUPS] for rank in range(1, _GROUPS)), strict=True))
        place = end + len("</row>")
    if rows[place:].strip(_BLANK):
        raise NotPlain
