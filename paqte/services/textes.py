"""Texts on their way into the base: cleaned once more, and refused when too long, whatever door they come by."""

from __future__ import annotations

from paqte.domain.erreurs import Refused
from paqte.domain.saisie.textes import clean_line, clean_lines, too_long


def fitted(text: str, limit: int, field: str) -> str:
    """Several lines of at most `limit` characters; Refused beside `field` otherwise."""
    return _within(clean_lines(text)[0], limit, field)


def fitted_line(text: str, limit: int, field: str) -> str:
    """One line of at most `limit` characters; Refused beside `field` otherwise."""
    return _within(clean_line(text)[0], limit, field)


def required(text: str, field: str, sentence: str) -> str:
    """The text, or Refused with the sentence when nothing was typed."""
    if not text:
        raise Refused({field: sentence})
    return text


def _within(text: str, limit: int, field: str) -> str:
    if sentence := too_long(text, limit):
        raise Refused({field: sentence})
    return text
