"""Reading the dates people type in French."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from paqte.domain.saisie.nombres import shown

FIRST_YEAR, LAST_YEAR = 1950, 2100
_EXPECTED = "écrivez une date comme 31/12/2026."
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.\s-]\s*(\d{1,2})\s*[/.\s-]\s*(\d{2}|\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})", re.ASCII)
# What a workbook or another program writes behind a day, to the second; an hour that a person types means something.
_HOUR = re.compile(r"[ t]\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,6})?z?$", re.ASCII)
_IN_WORDS = re.compile(r"(\d{1,2})(?:er)?\s+([a-z]{3,9})\.?\s+(\d{4})", re.ASCII)
_MONTHS = (
    ("janvier", "janv", "jan"),
    ("fevrier", "fevr", "fev"),
    ("mars", "mar"),
    ("avril", "avr"),
    ("mai",),
    ("juin",),
    ("juillet", "juil"),
    ("aout",),
    ("septembre", "sept", "sep"),
    ("octobre", "oct"),
    ("novembre", "nov"),
    ("decembre", "dec"),
)
_MONTH_RANKS = {name: rank for rank, names in enumerate(_MONTHS, 1) for name in names}


def read_date(text: str) -> date:
    """The day typed: 31/12/2026, 31.12.2026, 2026-12-31 or 1er janvier 2026; an hour behind it, to the second, goes.

    Raises ValueError with a French sentence that says what is expected; a year of two digits is refused.
    """
    year, month, day = _parts(text)
    try:
        read = date(year, month, day)
    except ValueError:
        raise ValueError(f"« {shown(text.strip())} » n’existe pas au calendrier : {_EXPECTED}") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"L’année {year} est hors de {FIRST_YEAR}–{LAST_YEAR} : {_EXPECTED}")
    return read


def _parts(text: str) -> tuple[int, int, int]:
    """Year, month and day of one of the accepted spellings."""
    typed = _HOUR.sub("", _unaccented(text))
    if match := _YEAR_FIRST.fullmatch(typed):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_FIRST.fullmatch(typed):
        if len(match[3]) == 2:
            raise ValueError(f"Écrivez l’année en quatre chiffres : {_EXPECTED}")
        return int(match[3]), int(match[2]), int(match[1])
    match = _IN_WORDS.fullmatch(typed)
    if match and match[2] in _MONTH_RANKS:
        return int(match[3]), _MONTH_RANKS[match[2]], int(match[1])
    raise ValueError(f"« {shown(text.strip())} » n’est pas une date : {_EXPECTED}")


def _unaccented(text: str) -> str:
    """Lower case, no accents, plain spaces; digits of other scripts stay what they are."""
    spaced = re.sub(r"[\u00a0\u202f\u2009]", " ", text.strip().lower())
    letters = unicodedata.normalize("NFD", spaced)
    return "".join(c for c in letters if not unicodedata.combining(c))
