"""Where the pages of a sheet end, and the headings of a table written again at the top of each page it goes on to.

Excel and LibreOffice repeat the same rows on all the pages of a sheet: where several tables lie one above the other,
the headings of the one that goes on are written again as rows of its own, which charts, digests and readers pass over.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from paqte.reporting.ooxml.sheets.pages import PrintedRow, page_breaks
from paqte.reporting.ooxml.sheets.references import Displacement, Growth
from paqte.reporting.ooxml.sheets.values import Valeur
from paqte.reporting.remplissage.plan.disposition import ENTETE, RowToWrite, content_height
from paqte.reporting.remplissage.plan.modele import DrawnObject, ModelRow, ModelSheet, ModelTable, bears_nothing

_BREAKS = re.compile(r"<rowBreaks\b.*?</rowBreaks>", re.DOTALL)
_BREAK = re.compile(r'<brk\b[^>]*\bid="(\d+)"')
# Empty rows lower than this, in points, belong to what is above them.
_GAP = 8.0
# A table that takes less than this share of a page is not cut by the end of one.
_WHOLE = 0.3
# One that a drawing stands beside is not cut as long as it takes less than this share.
_TOGETHER = 0.7

Rows = Mapping[str, Sequence[RowToWrite]]


class SheetPages(NamedTuple):
    """The rows of the tables of a sheet, headings written again among them; the rows after which a page ends."""

    laid: dict[str, list[RowToWrite]]
    fins: list[int]


class SaidRow(NamedTuple):
    """A row that says why a chart is not there: the row it is drawn like, its text, its height in points."""

    rang: ModelRow
    texte: str
    hauteur: float


class _LinkedRow(NamedTuple):
    """A row before it has its place: that of the template, its rank in its table, its height, whether it stays."""

    modele: int
    table: ModelTable | None
    rang: int
    hauteur: float
    liee: bool


def paginate(
    sheet: ModelSheet, laid: Rows, fields: Mapping[str, Valeur], empty: Mapping[DrawnObject, str] | None = None
) -> SheetPages:
    """Ends of pages, and headings where they cut a table; only those of the template where the reader fits pages."""
    own = {t.tableau.nom: list(laid[t.tableau.nom]) for t in sheet.tableaux}
    forced = _forced_ends(sheet)
    if sheet.feuille.page.ajustee:
        shift = growth(sheet, own)
        return SheetPages(own, [shift.row(row, is_end=True) for row in forced])
    heights = dict.fromkeys(folded_rows(sheet, empty or {}), 0.0)
    heights |= {row: told.hauteur for row, told in sentence_rows(sheet, empty or {}).items()}
    plan = _with_last_printed(sheet, list(_planned(sheet, own, fields, heights)))
    # What follows the printed rows stays on the screen: the last page ends with them, and is laid as a last page.
    last = [sheet.derniere_imprimee] if sheet.derniere_imprimee else []
    ends = _page_ends(sheet, plan, [*forced, *last])
    cuts = _cut_ranks(plan, ends)
    for name, ranks in cuts.items():
        own[name] = _with_headings(own[name], ranks, _heading_height(sheet, name))
    shift = growth(sheet, own)
    return SheetPages(own, [_written_row(plan[end], shift, cuts) for end in ends])


def growth(sheet: ModelSheet, laid: Rows) -> Displacement:
    """Where the rows of a sheet go, given the rows of its tables."""
    return Displacement([Growth(t.plage.haut, t.plage.bas, len(laid[t.tableau.nom])) for t in sheet.tableaux])


def fixed_height(sheet: ModelSheet, number: int, fields: Mapping[str, Valeur]) -> float | None:
    """Height in points of a row that belongs to no table; None when it is left to the reader."""
    model = sheet.fixes[number]
    if model.hauteur is None:
        return None
    values = [fields[f.champ.nom] for f in sheet.champs.get(number, ())]
    return min(max(model.hauteur, content_height(values, model.largeurs, model.polices)), 409.0)


def folded_rows(sheet: ModelSheet, empty: Iterable[DrawnObject]) -> set[int]:
    """Rows that the charts left out would have covered, and that bear nothing: they are folded away."""
    rows = {row for o in empty for row in range(o.haut, o.bas + 1)}
    return {row for row in rows if row in sheet.fixes and bears_nothing(sheet.fixes[row])}


def sentence_rows(sheet: ModelSheet, empty: Mapping[DrawnObject, str]) -> dict[int, SaidRow]:
    """What is said in the place of each chart left out, by the row of the template, on the first row that is free.

    It looks like the row that says that the table above has none. Under a table of data it would be read as one more.
    """
    found = {}
    for chart, sentence in empty.items():
        free, above = folded_rows(sheet, [chart]), [t for t in sheet.tableaux if t.plage.bas < chart.haut]
        if sentence and free and above and not above[-1].is_data:
            model = above[-1].vide
            height = max(model.hauteur or 0.0, content_height([sentence], model.largeurs, model.polices))
            found[min(free)] = SaidRow(model, sentence, height)
    return found


def _forced_ends(sheet: ModelSheet) -> list[int]:
    found = _BREAKS.search(sheet.feuille.queue)
    return [int(row) for row in _BREAK.findall(found[0])] if found else []


def _planned(
    sheet: ModelSheet, laid: Rows, fields: Mapping[str, Valeur], heights: Mapping[int, float]
) -> Iterator[_LinkedRow]:
    tables = {t.plage.haut: t for t in sheet.tableaux}
    for number in sorted({*sheet.fixes, *tables}):
        if number in tables:
            yield from _rows_ahead(sheet, tables[number], laid)
        else:
            height = heights[number] if number in heights else fixed_height(sheet, number, fields)
            kept = sheet.feuille.hauteur_defaut if height is None else height
            yield _LinkedRow(number, None, 0, kept, _is_linked(sheet, number))


def _with_last_printed(sheet: ModelSheet, plan: list[_LinkedRow]) -> list[_LinkedRow]:
    """The plan, where a last sentence stays with what is above it, over the empty row between, and begins no page."""
    said = [n for n, p in enumerate(plan) if p.table or not bears_nothing(sheet.fixes[p.modele])]
    printed = [n for n in said if plan[n].modele <= (sheet.derniere_imprimee or plan[n].modele)]
    if len(printed) > 1 and plan[printed[-1]].table is None:
        for n in range(printed[-2], printed[-1]):
            plan[n] = plan[n]._replace(liee=True)
    return plan


def _rows_ahead(sheet: ModelSheet, table: ModelTable, laid: Rows) -> Iterator[_LinkedRow]:
    rows, room = laid[table.tableau.nom], sheet.feuille.page.hauteur
    taken = sum(r.hauteur for r in rows)
    is_whole = table.tableau.entete and taken < room * _WHOLE
    # A drawing beside a table goes on below it: both stay on one page, as long as a page can hold them.
    is_beside = taken < room * _TOGETHER and any(
        o.haut <= table.plage.haut and table.plage.bas < o.bas for o in sheet.objets
    )
    for rank, row in enumerate(rows):
        is_linked = is_beside or _stays(table, rows, rank, is_whole=is_whole)
        yield _LinkedRow(table.plage.haut, table, rank, row.hauteur, is_linked)


def _stays(table: ModelTable, rows: Sequence[RowToWrite], rank: int, *, is_whole: bool) -> bool:
    """A short table is not cut, a longer one shows two rows at least on each page; a title stays with its text.

    The last paragraph of a text, short, does not go alone to the next page.
    """
    if rank + 1 == len(rows):
        return False
    if rows[rank].modele in ("titre", "mention"):
        return True
    if not table.tableau.entete:
        return rank + 2 == len(rows) and rows[rank + 1].hauteur < 2 * _GAP + rows[rank].hauteur / len(rows)
    return is_whole or rank in (0, len(rows) - 2)


def _is_linked(sheet: ModelSheet, number: int) -> bool:
    """What bears something, a heading above all, stays with what follows, and so does the thin gap below it.

    A taller empty row separates. A drawing stays in one piece.
    """
    if any(o.haut <= number < o.bas for o in sheet.objets):
        return True
    model = sheet.fixes[number]
    return not bears_nothing(model) or (model.hauteur is not None and model.hauteur < _GAP)


def _page_ends(sheet: ModelSheet, plan: Sequence[_LinkedRow], forced: Sequence[int]) -> list[int]:
    """Ranks in the plan after which a page ends."""
    repeated = sum(sheet.feuille.height(row) for row in sheet.titres_repetes)
    asked = {max((n for n, p in enumerate(plan) if p.modele <= row), default=-1) for row in forced} - {-1}
    bands = [
        PrintedRow(n, p.hauteur, p.liee and n not in asked, _height_again(p) if p.rang else 0.0)
        for n, p in enumerate(plan)
    ]
    return page_breaks(bands, sheet.feuille.page.hauteur, repeated, asked)


def _height_again(planned: _LinkedRow) -> float:
    """Height of the headings that a page begins with where it begins with this row."""
    again = planned.table and planned.table.rappel
    return (again.hauteur or 0.0) if again else 0.0


def _cut_ranks(plan: Sequence[_LinkedRow], ends: Sequence[int]) -> dict[str, list[int]]:
    """Ranks of the rows of each table before which its headings are written again."""
    cuts: dict[str, list[int]] = {}
    for end in ends:
        first = plan[end + 1]
        if first.table and first.rang and first.table.rappel:
            cuts.setdefault(first.table.tableau.nom, []).append(first.rang)
    return cuts


def _heading_height(sheet: ModelSheet, name: str) -> float:
    (again,) = (t.rappel for t in sheet.tableaux if t.tableau.nom == name)
    return (again.hauteur if again else None) or sheet.feuille.hauteur_defaut


def _with_headings(rows: Sequence[RowToWrite], ranks: Collection[int], height: float) -> list[RowToWrite]:
    whole: list[RowToWrite] = []
    for rank, row in enumerate(rows):
        if rank in ranks:
            whole.append(RowToWrite(ENTETE, (), height, trace=False))
        whole.append(row)
    return whole


def _written_row(end: _LinkedRow, shift: Displacement, cuts: Mapping[str, Sequence[int]]) -> int:
    """The row of the sheet where a row of the plan is written."""
    if end.table is None:
        return shift.row(end.modele)
    before = sum(rank <= end.rang for rank in cuts.get(end.table.tableau.nom, ()))
    return shift.row(end.modele) + end.rang + before
