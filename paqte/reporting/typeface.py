"""The typeface of pages and attestations: Source Sans Pro (OFL), from its package as it was installed."""

from __future__ import annotations

import hashlib
import io
from functools import cache
from pathlib import Path

import font_source_sans_pro
import fontTools
from fontTools import subset

FILES = Path(font_source_sans_pro.__file__).parent / "files"
# Name of the file that a page loads -> weight of the family. The stylesheet names the same.
PAGE_FILES = {"police-texte.woff": "Regular", "police-forte.woff": "Semibold"}
# Latin of Europe, marks that combine, Greek, punctuation and spaces, currencies, then the few signs that pages use.
_RANGES = (
    range(0x20, 0x180),
    range(0x218, 0x21C),
    range(0x300, 0x323),
    range(0x370, 0x400),
    range(0x2000, 0x2070),
    range(0x20A0, 0x20C0),
    (0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0x25A0, 0x25B2, 0x25BC, 0x2713),
)
# Copyright and licence alone: the licence keeps the family's name for the files of its makers.
_NAMES = (0, 13, 14)
_FEATURES = ("ccmp", "kern", "liga", "locl", "mark", "mkmk", "sups", "ordn")


def page_file_version(name: str) -> str:
    """Twelve hexadecimal digits that move when the bytes of this page file would; known without making it."""
    told = hashlib.sha256(_source(name).read_bytes())
    told.update(repr((_RANGES, _FEATURES, _NAMES, fontTools.version)).encode())
    return told.hexdigest()[:12]


@cache
def page_file(name: str) -> bytes:
    """This file of PAGE_FILES: the characters that pages use, as WOFF, always the same bytes."""
    options = subset.Options(flavor="woff", layout_features=list(_FEATURES), name_IDs=list(_NAMES), hinting=False)
    font = subset.load_font(str(_source(name)), options)
    made = subset.Subsetter(options)
    made.populate(unicodes=[code for codes in _RANGES for code in codes])
    made.subset(font)
    held = io.BytesIO()
    subset.save_font(font, held, options)
    return held.getvalue()


def _source(name: str) -> Path:
    return FILES / f"SourceSansPro-{PAGE_FILES[name]}.ttf"
