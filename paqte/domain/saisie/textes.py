"""Cleaning the texts people type or paste, so that they can be stored, shown and put into a workbook."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from paqte.domain.saisie.nombres import written

# Direction overrides can make a name read as another; zero-width marks make two of one name.
_INVISIBLE = frozenset("\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u3164\ufeff\uffa0") | {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2060, 0x2070))
}
_TO_SPACE = str.maketrans(dict.fromkeys("\t\r\n\u2028\u2029", " "))
_TO_LF = str.maketrans(dict.fromkeys("\r\u2028\u2029", "\n"))
_REFUSED = frozenset({"Cc", "Cs"})
_MAX_WORDS = 8
# Marks between words, which people type or leave out; letters that no decomposition takes apart.
_SEARCHED = str.maketrans({**dict.fromkeys("-‐‑–—'’.,", " "), "œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})


def clean_line(text: str) -> tuple[str, int]:
    """One line, NFC, single spaces, nothing invisible, no blank at its ends; and how many characters were taken out."""
    kept, removed = _clean(text.translate(_TO_SPACE), frozenset())
    return " ".join(word for word in kept.split(" ") if word).strip(), removed


def clean_lines(text: str) -> tuple[str, int]:
    """Several lines ended by LF, NFC, nothing invisible; and how many characters had to be taken out."""
    kept, removed = _clean(text.replace("\r\n", "\n").translate(_TO_LF), frozenset("\n\t"))
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip(), removed


def too_long(text: str, limit: int) -> str:
    """What to say of a text of more than `limit` characters; '' of one that fits."""
    if len(text) <= limit:
        return ""
    return f"Ce texte compte {written(len(text))} caractères : raccourcissez-le à {written(limit)} au plus."


def others(count: int) -> str:
    """« 1 autre », « 3 autres »: how many are not named."""
    return f"{count} autre{'s' if count > 1 else ''}"


def searchable(text: str) -> str:
    """What a search compares: no case, no accents, words apart by single spaces; `%` and `_` stay what they are."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(bare.translate(_SEARCHED).split())


def search_words(typed: str) -> list[str]:
    """The words, eight at most, all of which must be in what a search looks through."""
    return searchable(clean_line(typed)[0]).split()[:_MAX_WORDS]


def number_or_words(typed: str) -> list[str]:
    """The same; a SIREN, SIRET or telephone number typed with spaces is one word."""
    words = search_words(typed)
    compact = "".join(words)
    return [compact] if compact.isascii() and compact.isdigit() else words


@lru_cache(8192)
def french_order(text: str) -> tuple[str, str]:
    """What names are sorted by, everywhere: É with E, no case, word by word; then by the text itself.

    The base sorts by the same: models.entreprise keeps `searchable` of each name, compared letter by letter.
    """
    return searchable(text), text


def is_storable(character: str) -> bool:
    """Whether a base and a workbook can both keep it: no control, no lone surrogate, no non-character."""
    code = ord(character)
    is_noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return not is_noncharacter and unicodedata.category(character) not in _REFUSED


def _clean(text: str, allowed: frozenset[str]) -> tuple[str, int]:
    kept = [c for c in text if c in allowed or (is_storable(c) and c not in _INVISIBLE)]
    return unicodedata.normalize("NFC", "".join(kept)), len(text) - len(kept)
