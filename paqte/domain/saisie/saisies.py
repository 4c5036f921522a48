"""A value of the base as its form writes it: what a page read before somebody else changed it is compared with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from paqte.domain.saisie.nombres import written


def as_typed(value: object) -> str:
    """« oui », « 31/12/2026 », « 1 234,5 » or the text itself; nothing is ''."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int | Decimal):
        return written(value)
    return "" if value is None else str(value)
