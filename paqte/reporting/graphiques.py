"""Charts and drawings of the template, moved with the rows and fed with what was written.

A chart is native and belongs to the template: whatever range of a table's model rows it shows, it follows that
table. An absent figure is an empty point, which the chart leaves as a gap, never a zero (R13).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape, unescape

from paqte.reporting.disposition import VIDE, Rang
from paqte.reporting.modele import FeuilleModele, TableauModele
from paqte.reporting.references import Decalage, parse_plage, sheet_of, shift_formula
from paqte.reporting.valeurs import Valeur, number_text

_ANCHOR_ROW = re.compile(r"(<(?:\w+:)?row>)(\d+)(</)")
_SPAN = re.compile(
    r"<(?:\w+:)?from>.*?<(?:\w+:)?row>(\d+)</.*?(?:<(?:\w+:)?to>.*?<(?:\w+:)?row>(\d+)</|<(?:\w+:)?ext\b)", re.DOTALL
)
_REFERENCE = re.compile(
    r"<(?P<p>(?:\w+:)?)(?P<kind>num|str)Ref>\s*<(?:\w+:)?f>(?P<f>[^<]*)</(?:\w+:)?f>"
    r"\s*(?P<cache><(?:\w+:)?(?:num|str)Cache>.*?</(?:\w+:)?(?:num|str)Cache>)?",
    re.DOTALL,
)
_FORMAT = re.compile(r"<(?:\w+:)?formatCode>([^<]*)</")
_MAX = re.compile(r'(<(?:\w+:)?max val=")([\d.]+)(")')

Ecrits = Mapping[str, Sequence[Rang]]


def shift_drawing(data: bytes, shift: Decalage) -> bytes:
    """A drawing part with its anchors moved; rows are counted from 0 there."""
    return _ANCHOR_ROW.sub(lambda m: f"{m[1]}{shift.row(int(m[2]) + 1) - 1}{m[3]}", data.decode()).encode()


def drawn_rows(data: bytes) -> list[tuple[int, int]]:
    """First and last rows, from 1, that each object of a drawing part covers."""
    return [(int(m[1]) + 1, int(m[2] or m[1]) + 1) for m in _SPAN.finditer(data.decode())]


def fill_chart(data: bytes, sheets: Sequence[FeuilleModele], laid: Ecrits, shifts: Mapping[str, Decalage]) -> bytes:
    """A chart part with its ranges moved and, where they show a table, the values that this table received."""
    highest = 0.0

    def refer(match: re.Match[str]) -> str:
        nonlocal highest
        formula = unescape(match["f"])
        values = _values(formula, sheets, laid)
        moved = escape(shift_formula(formula, shifts))
        start = f"<{match['p']}{match['kind']}Ref><{match['p']}f>{moved}</{match['p']}f>"
        if values is None:
            return start + (match["cache"] or "")
        if match["kind"] == "num":
            highest = max([highest, *(float(v) for v in values if isinstance(v, int | Decimal))])
        return start + _cache(match, values)

    xml = _REFERENCE.sub(refer, data.decode())
    return _MAX.sub(lambda m: f"{m[1]}{_scale(float(m[2]), highest):g}{m[3]}", xml).encode()


def _scale(drawn: float, highest: float) -> float:
    """The end of an axis: as drawn, or a quarter beyond what must be shown with its label."""
    return max(drawn, math.ceil(highest * 1.1 * 4) / 4)


def _values(formula: str, sheets: Sequence[FeuilleModele], laid: Ecrits) -> list[Valeur] | None:
    """What was written in the column of a table that the formula covers; None when it shows something else."""
    try:
        plage = parse_plage(formula)
    except ValueError:
        return None
    title = sheet_of(formula)
    for table in (t for s in sheets if s.feuille.titre == title for t in s.tableaux):
        inside = table.plage.haut <= plage.haut and plage.bas <= table.plage.bas
        if inside and plage.gauche == plage.droite and plage.gauche in table.colonnes:
            return _column(table, laid[table.tableau.nom], table.colonnes.index(plage.gauche))
    return None


def _column(table: TableauModele, rows: Sequence[Rang], rank: int) -> list[Valeur]:
    return [None if row.modele == VIDE else row.valeurs[rank] for row in rows]


def _cache(match: re.Match[str], values: Sequence[Valeur]) -> str:
    p, kind = match["p"], match["kind"]
    known = _FORMAT.search(match["cache"] or "")
    code = f"<{p}formatCode>{known[1] if known else 'General'}</{p}formatCode>" if kind == "num" else ""
    points = "".join(
        f'<{p}pt idx="{rank}"><{p}v>{_text(value)}</{p}v></{p}pt>'
        for rank, value in enumerate(values)
        if value is not None and (kind == "str" or not isinstance(value, str))
    )
    return f'<{p}{kind}Cache>{code}<{p}ptCount val="{len(values)}"/>{points}</{p}{kind}Cache>'


def _text(value: Valeur) -> str:
    return escape(value) if isinstance(value, str) else number_text(value or 0)
