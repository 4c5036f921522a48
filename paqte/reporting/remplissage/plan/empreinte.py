"""A digest of what tables hold, the same when computed from what is written and from what is read back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from paqte.reporting.ooxml.sheets.values import Valeur
from paqte.reporting.remplissage.plan.disposition import ENTETE, VIDE, RowToWrite
from paqte.reporting.remplissage.plan.format import EMPREINTE, VERSION_GABARIT

_CELL, _ROW, _TABLE = "\x1f", "\x1e", "\x1d"


def digest(laid: Mapping[str, Sequence[RowToWrite]], fields: Mapping[str, Valeur]) -> str:
    """Digest of the named cells and of the rows written, those that say "Néant" and headings left out."""
    return digest_rows(
        {n: [r.valeurs for r in rows if r.modele not in (VIDE, ENTETE)] for n, rows in laid.items()}, fields
    )


def digest_rows(tables: Mapping[str, Iterable[Sequence[Valeur]]], fields: Mapping[str, Valeur]) -> str:
    """SHA-256 of tables and named cells; numbers to 12 digits, since programs that save again round the rest.

    Two named cells are left out: the one that bears this digest, and the template's own version.
    """
    cells = [(n, v) for n, v in sorted(fields.items()) if n not in (EMPREINTE, VERSION_GABARIT)]
    rows_by_name = sorted([*tables.items(), ("", cells)])
    lines = (name + _ROW + _ROW.join(_CELL.join(map(_token, row)) for row in rows) for name, rows in rows_by_name)
    return hashlib.sha256(_TABLE.join(lines).encode()).hexdigest()


def _token(value: Valeur) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return f"{float(value):.12g}"
