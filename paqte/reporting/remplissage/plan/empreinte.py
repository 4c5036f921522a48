"""A digest of what tables hold, the same when computed from what is written and from what is read back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from paqte.reporting.ooxml.sheets.values import Valeur, digits
from paqte.reporting.remplissage.plan.disposition import ENTETE, VIDE, RowToWrite
from paqte.reporting.remplissage.plan.format import EMPREINTE, VERSION_GABARIT

_CELL, _ROW, _TABLE = "\x1f", "\x1e", "\x1d"


def digest(laid: Mapping[str, Sequence[RowToWrite]], fields: Mapping[str, Valeur]) -> str:
    """Digest of the named cells and of the rows written, those that say "Néant" and headings left out."""
    return digest_rows(
        {n: [r.valeurs for r in rows if r.modele not in (VIDE, ENTETE)] for n, rows in laid.items()}, fields
    )


def is_digest(told: Valeur, tables: Mapping[str, Sequence[Sequence[Valeur]]], fields: Mapping[str, Valeur]) -> bool:
    """Whether that is what a workbook says of itself: workbooks issued before were told to twelve digits."""
    return told == digest_rows(tables, fields) or told == _digest(tables, fields, _FORMER)


def digest_rows(tables: Mapping[str, Iterable[Sequence[Valeur]]], fields: Mapping[str, Valeur]) -> str:
    """SHA-256 of tables and named cells; numbers as any program keeps them, which rounds those after fifteen digits.

    Two named cells are left out: the one that bears this digest, and the template's own version.
    """
    return _digest(tables, fields, _EXACT)


# How numbers are told: what keeps one told one way from passing for one told the other way, and the way.
_EXACT = ("15" + _TABLE, digits)
_FORMER = ("", lambda value: f"{float(value):.12g}")


def _digest(
    tables: Mapping[str, Iterable[Sequence[Valeur]]],
    fields: Mapping[str, Valeur],
    way: tuple[str, Callable[[int | Decimal], str]],
) -> str:
    mark, told = way

    def token(value: Valeur) -> str:
        return value if isinstance(value, str) else "" if value is None else told(value)

    cells = [(n, v) for n, v in sorted(fields.items()) if n not in (EMPREINTE, VERSION_GABARIT)]
    rows_by_name = sorted([*tables.items(), ("", cells)])
    lines = (name + _ROW + _ROW.join(_CELL.join(map(token, row)) for row in rows) for name, rows in rows_by_name)
    return hashlib.sha256((mark + _TABLE.join(lines)).encode()).hexdigest()
