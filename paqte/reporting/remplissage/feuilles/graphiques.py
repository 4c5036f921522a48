"""Charts and drawings of the template, moved with the rows and fed with what was written.

A chart is native and belongs to the template: whatever range of a table's model rows it shows, it follows that
table. An absent figure is an empty point, which the chart leaves as a gap, never a zero (R13).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple
from xml.sax.saxutils import escape

from paqte.domain.colonnes import POURCENT
from paqte.reporting.ooxml.sheets.references import Displacement, parse_range, sheet_of, shift_formula
from paqte.reporting.ooxml.sheets.values import Valeur, number_text
from paqte.reporting.ooxml.texts.text import unescaped
from paqte.reporting.remplissage.plan.disposition import VIDE, RowToWrite
from paqte.reporting.remplissage.plan.modele import ModelSheet, ModelTable

_ANCHOR = re.compile(r"<(?P<tag>(?:\w+:)?(?:two|one)CellAnchor)\b.*?</(?P=tag)>", re.DOTALL)
_TIE = re.compile(r'\b\w+:id="([^"]*)"')
_ANCHOR_ROW = re.compile(r"(<(?:\w+:)?row>)(\d+)(</)")
_REFERENCE = re.compile(
    r"<(?P<p>(?:\w+:)?)(?P<kind>num|str)Ref>\s*<(?:\w+:)?f>(?P<f>[^<]*)</(?:\w+:)?f>"
    r"\s*(?P<cache><(?:\w+:)?(?:num|str)Cache>.*?</(?:\w+:)?(?:num|str)Cache>)?",
    re.DOTALL,
)
_FORMAT = re.compile(r"<(?:\w+:)?formatCode>([^<]*)</")
_MAX = re.compile(r'(<(?:\w+:)?max val=")([\d.]+)(")')

# In the place of a chart that would be empty.
NO_FIGURE = "Aucun graphique\u00a0: aucune valeur n’est renseignée."
ALL_ZERO = "Aucun graphique\u00a0: toutes les valeurs renseignées sont égales à zéro."

# Where the axis of rates stops; its one line is at 100 %.
_RATE_END = 1.5

Ecrits = Mapping[str, Sequence[RowToWrite]]


def shift_drawing(data: bytes, shift: Displacement, removed: Collection[str] = ()) -> bytes:
    """A drawing part with its anchors moved, and without the objects tied by `removed`; its rows count from 0."""

    def moved(match: re.Match[str]) -> str:
        if any(tie in removed for tie in _TIE.findall(match[0])):
            return ""
        return _ANCHOR_ROW.sub(lambda m: f"{m[1]}{shift.row(int(m[2]) + 1) - 1}{m[3]}", match[0])

    return _ANCHOR.sub(moved, data.decode()).encode()


def left_out(data: bytes, sheets: Sequence[ModelSheet], laid: Ecrits) -> str | None:
    """What to say where a chart has nothing to draw; None when it has.

    "" where its table says already that it is empty. A zero is told apart from a figure that is not there (R13).
    """
    formulas = (unescaped(m["f"]) for m in _REFERENCE.finditer(data.decode()) if m["kind"] == "num")
    columns = [shown for f in formulas if (shown := _shown(f, sheets))]
    rows = [row for shown in columns for row in laid[shown.table.tableau.nom]]
    values = [v for shown in columns for v in _column(shown, laid[shown.table.tableau.nom])]
    figures = [v for v in values if isinstance(v, int | Decimal)]
    if not columns or any(figures):
        return None
    if all(row.modele == VIDE for row in rows):
        return ""
    return ALL_ZERO if figures else NO_FIGURE


def fill_chart(data: bytes, sheets: Sequence[ModelSheet], laid: Ecrits, shifts: Mapping[str, Displacement]) -> bytes:
    """A chart part with its ranges moved and, where they show a table, the values that this table received."""
    highest, are_rates = 0.0, True

    def refer(match: re.Match[str]) -> str:
        nonlocal highest, are_rates
        formula = unescaped(match["f"])
        shown = _shown(formula, sheets)
        target = shift_formula(formula if shown is None else shown.formule, shifts)
        if shown is not None:
            target = _cut(target, laid[shown.table.tableau.nom])
        start = f"<{match['p']}{match['kind']}Ref><{match['p']}f>{escape(target)}</{match['p']}f>"
        if shown is None:
            return start + (match["cache"] or "")
        values = _column(shown, laid[shown.table.tableau.nom])
        if match["kind"] == "num":
            highest = max([highest, *(float(v) for v in values if isinstance(v, int | Decimal))])
            are_rates &= shown.table.tableau.colonnes[shown.rang].format == POURCENT
        return start + _cache(match, values)

    xml = _REFERENCE.sub(refer, data.decode())
    return _MAX.sub(lambda m: f"{m[1]}{_scale(float(m[2]), highest, are_rates=are_rates):g}{m[3]}", xml).encode()


def _scale(drawn: float, highest: float, *, are_rates: bool) -> float:
    """The end of an axis: as drawn, or far enough beyond what it must show for its label to hold.

    One rate of 400 % would make all the others unreadable: the axis of rates stops, and the label of the bar says it.
    """
    needed = math.ceil(highest * 1.2 * 4) / 4
    return max(drawn, min(needed, _RATE_END) if are_rates else needed)


class _Charted(NamedTuple):
    """A column of a table that a chart shows: which, and the formula of all its model rows."""

    table: ModelTable
    rang: int
    formule: str


def _shown(formula: str, sheets: Sequence[ModelSheet]) -> _Charted | None:
    """The column of a table that a formula covers, be it by one of its model rows; None for anything else."""
    try:
        plage = parse_range(formula)
    except ValueError:
        return None
    title = sheet_of(formula)
    for table in (t for s in sheets if s.feuille.titre == title for t in s.tableaux):
        inside = table.plage.haut <= plage.haut and plage.bas <= table.plage.bas
        if inside and plage.gauche == plage.droite and plage.gauche in table.colonnes:
            whole = plage._replace(haut=table.plage.haut, bas=table.plage.bas)
            sheet_name = formula.rsplit("!", 1)[0]
            return _Charted(table, table.colonnes.index(plage.gauche), f"{sheet_name}!{whole.absolute}")
    return None


def _column(shown: _Charted, rows: Sequence[RowToWrite]) -> list[Valeur]:
    return [None if row.modele == VIDE else row.valeurs[shown.rang] for row in rows if row.trace]


def _cut(formula: str, rows: Sequence[RowToWrite]) -> str:
    """The range less the rows of the table that are not to be shown: its last ones, and headings written again."""
    if all(row.trace for row in rows):
        return formula
    plage, sheet = parse_range(formula), formula.rsplit("!", 1)[0]
    areas = []
    for is_shown, run in groupby(enumerate(rows), key=lambda pair: pair[1].trace):
        ranks = [rank for rank, _ in run]
        if is_shown:
            area = plage._replace(haut=plage.haut + ranks[0], bas=plage.haut + ranks[-1])
            areas.append(f"{sheet}!{area.absolute}")
    return areas[0] if len(areas) == 1 else f"({','.join(areas)})"


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
