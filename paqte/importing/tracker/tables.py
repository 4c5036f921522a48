"""The tables of a tracker: in each sheet the heading row, its columns, and the rows below with what was passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from paqte.domain.saisie.identifiants import read_siren
from paqte.domain.saisie.textes import clean_line
from paqte.importing.door import CellGiven, RowGiven, SheetGiven, WorkbookGiven
from paqte.importing.door.cells import DAY, NUMBER, column_letters, decoded
from paqte.importing.tracker.headings import guess_all, period_in, plain
from paqte.importing.tracker.targets import IGNORED

_SEARCHED = 40
# « Sommeliers de la Loire » and « Totalgaz » are companies: the word stands alone.
_TOTAL = re.compile(r"(?:(?:sous )?tota(?:l|ux)|sommes?|ensembles?|moyennes?)\b")
# A merge over most of the table is its title, not the heading of some columns.
_TITLE = 0.6
_TOLD_APART = ("convention", "dispositif", "debut", "fin")
# Nine digits in a row, whatever parts them: the number of a company.
_IDENTIFIER = re.compile(r"(?:[0-9][ .\u00a0\u202f]?){9}", re.ASCII)
# No total of a tracker has as many digits as a SIRET.
_OF_SIRET = (13, 14)
_BLANKS, _DIGITS = re.compile(r"[ .\u00a0\u202f]"), re.compile(r"[0-9]{9,14}", re.ASCII)
# Before what a spreadsheet would compute, our own CSV puts an apostrophe.
_LED = re.compile(r"'(?=[=+@\t\r\n＝＋－＠-])")


class HeadingFound(NamedTuple):
    """A column: its place (0 is A), its heading as written, and the target guessed."""

    place: int
    heading: str
    target: str

    @property
    def letters(self) -> str:
        return column_letters(self.place)


class TableFound(NamedTuple):
    """The table of a sheet: its title, whether it is hidden, the number of its heading row, its columns.

    `periode` is that which the sheet, or a title above the table, names.
    """

    sheet: str
    is_hidden: bool
    heading_row: int
    columns: tuple[HeadingFound, ...]
    periode: str

    @property
    def targets(self) -> dict[int, str]:
        """Guesses by column, columns left aside too."""
        return {column.place: column.target for column in self.columns}


class EntryFound(NamedTuple):
    """A row of a table: cells by target, with the column each stands in; `is_hidden` as the sheet shows it."""

    sheet: str
    numero: int
    cells: Mapping[str, tuple[int, CellGiven]]
    is_hidden: bool


class RemarkFound(NamedTuple):
    """A row below the headings that is no row of the table: its number, its first text, and what it is."""

    numero: int
    texte: str
    why: str


def find_tables(workbook: WorkbookGiven) -> list[TableFound]:
    """The table of each sheet that has one, hidden sheets too: whoever imports chooses among them."""
    return [table for sheet in workbook.sheets if (table := find_table(sheet)) is not None]


def find_table(sheet: SheetGiven, heading_row: int | None = None) -> TableFound | None:
    """The table of a sheet: its heading row is the one whose cells are best known as headings, or the one given."""
    best: tuple[int, RowGiven] | None = None
    above: list[str] = [sheet.titre]
    titles: list[str] = []
    for row in islice(sheet.rows(), _SEARCHED):
        if heading_row is not None and row.numero != heading_row:
            above += [cell.texte for cell in row.cells.values()]
            continue
        known = sum(c.target != IGNORED for c in _columns(sheet, row, is_near=False))
        if known >= (0 if heading_row else 2) and (best is None or known > best[0]):
            best, titles = (known, row), list(above)
        above += [cell.texte for cell in row.cells.values()]
    if best is None:
        return None
    periode = next((code for title in titles if len(title) < 120 and (code := period_in(title))), "")
    return TableFound(sheet.titre, sheet.is_hidden, best[1].numero, _columns(sheet, best[1], is_near=True), periode)


def rows_of(sheet: SheetGiven, heading_row: int, targets: Mapping[int, str]) -> Iterator[EntryFound]:
    """The rows below the headings; merges fill their rows.

    Totals, notes under the table, headings repeated and blank rows are passed over.
    """
    notes = notes_under(sheet, heading_row)
    wanted = {place: target for place, target in targets.items() if target != IGNORED}
    headings: list[str] = []
    spread = _spread(sheet, wanted)
    seen: dict[tuple[int, int], CellGiven] = {}
    for row in sheet.rows():
        if row.numero == heading_row:
            headings = [cell.texte for place, cell in row.cells.items() if place in wanted]
        if row.numero <= heading_row:
            continue
        cells = {place: cell for place, cell in row.cells.items() if place in wanted and _says(cell)}
        for place, top in spread.get(row.numero, ()):
            if place not in cells and (top, place) in seen:
                cells[place] = seen[top, place]
        seen |= {(row.numero, place): cell for place, cell in cells.items()}
        if (
            not cells
            or row.numero in notes
            or is_total(row.cells)
            or [cell.texte for cell in cells.values()] == headings
        ):
            continue
        told = {wanted[place]: (place, _without_lead(cell)) for place, cell in cells.items()}
        yield EntryFound(sheet.titre, row.numero, told, row.is_hidden)


def notes_under(sheet: SheetGiven, heading_row: int) -> frozenset[int]:
    """Numbers of the rows that are notes: below the last total, whatever says no figure, no day and no company;
    below a blank row at the end of the sheet, a text alone in its row.
    """
    tail: list[RowGiven] = []
    for line in reversed(sheet.lines):
        row = decoded(line)
        if row.numero <= heading_row or (_says_something(row) and not is_total(row.cells)):
            before = row.numero
            break
        tail.insert(0, row)
    else:
        before = 0
    found: set[int] = set()
    has_total = False
    for row in tail:
        if is_total(row.cells):
            has_total = True
        elif has_total or found or (row.numero > before + 1 and len(row.cells) == 1):
            found.add(row.numero)
        before = row.numero
    return frozenset(found)


def rows_aside(sheet: SheetGiven, heading_row: int) -> list[RemarkFound]:
    """The totals and notes that are passed over, to be told."""
    notes = notes_under(sheet, heading_row)
    return [
        RemarkFound(row.numero, text, "note" if row.numero in notes else "total")
        for row in sheet.rows()
        if row.numero > heading_row and (row.numero in notes or is_total(row.cells))
        if (text := next((t for _, c in sorted(row.cells.items()) if (t := clean_line(c.texte)[0])), ""))
    ]


def _says_something(row: RowGiven) -> bool:
    """Whether a row holds a figure, a day, or the number of a company written as a text."""
    return any(c.genre in (NUMBER, DAY) or c.fault or _IDENTIFIER.search(c.texte) for c in row.cells.values())


def apart(row: EntryFound) -> list[EntryFound]:
    """The rows that a row stands for: our own list of signatories tells several conventions in one, one a line."""
    told = {target: row.cells[target][1].texte.split("\n") for target in _TOLD_APART if target in row.cells}
    count = max(map(len, told.values()), default=1)
    if count == 1 or "convention" not in told or any(len(lines) != count for lines in told.values()):
        return [row]
    # Whether one of them is in the plan is said of all together: of none in particular.
    shared = {target: cell for target, cell in row.cells.items() if target not in {*told, "plan_10000"}}
    return [
        row._replace(cells=shared | {t: (row.cells[t][0], row.cells[t][1]._replace(texte=told[t][rank])) for t in told})
        for rank in range(count)
    ]


def is_total(cells: Mapping[int, CellGiven]) -> bool:
    """Whether a row adds up those above: its first text says so, and no cell is the number of a company so called."""
    texts = [plain(cell.texte) for _, cell in sorted(cells.items()) if cell.genre not in (NUMBER, DAY) and cell.texte]
    if not texts or not (called := _TOTAL.match(texts[0])):
        return False
    return not any(_is_of_company(cell, is_sum="tota" in called[0]) for cell in cells.values())


def _is_of_company(cell: CellGiven, *, is_sum: bool) -> bool:
    """Whether a cell holds a SIRET, right or wrong, its first zero dropped or not, or a SIREN: of what is called a

    total, a SIREN typed as a text.
    """
    digits = _BLANKS.sub("", cell.texte)
    if not _DIGITS.fullmatch(digits):
        return False
    try:
        return len(digits) in _OF_SIRET or (not (is_sum and cell.genre == NUMBER) and bool(read_siren(digits)))
    except ValueError:
        return False


def _without_lead(cell: CellGiven) -> CellGiven:
    return cell._replace(texte=cell.texte[1:]) if _LED.match(cell.texte) else cell


def _says(cell: CellGiven) -> bool:
    return bool(clean_line(cell.texte)[0]) or bool(cell.fault)


def _columns(sheet: SheetGiven, row: RowGiven, *, is_near: bool) -> tuple[HeadingFound, ...]:
    cells = row.cells
    places = [place for place, cell in sorted(cells.items()) if cell.texte.strip()]
    if not places or any(cells[place].genre in (NUMBER, DAY) and not _is_year(cells[place]) for place in places):
        places = [place for place in places if cells[place].genre not in (NUMBER, DAY)]
    upper = _upper(sheet, row.numero, len(places))
    own = {place: clean_line(cells[place].texte)[0] for place in places}
    headings = [f"{upper[place]} {own[place]}" if place in upper else own[place] for place in places]
    guessed = guess_all(headings, is_near=is_near)
    alone = guess_all([own[place] for place in places], is_near=is_near)
    targets = [found or other for found, other in zip(guessed, alone, strict=True)]
    if "indicateur" in targets:
        # Beside the indicator of each row, a thématique only says where it belongs.
        targets = [IGNORED if target == "thematiques" else target for target in targets]
    return tuple(HeadingFound(p, h, t) for p, h, t in zip(places, headings, targets, strict=True))


def _is_year(cell: CellGiven) -> bool:
    return cell.genre == NUMBER and len(cell.texte) == 4 and cell.texte.startswith("20")


def _upper(sheet: SheetGiven, numero: int, width: int) -> dict[int, str]:
    """The heading that stands over several columns, in the rows just above: « Réalisé 2025 » over three indicators."""
    spans = [
        m
        for m in sheet.merged
        if m.bottom == numero - 1 and m.right > m.left and (m.right - m.left + 1) <= _TITLE * max(width, 2)
    ]
    if not spans:
        return {}
    tops = {m.top: {} for m in spans}  # type: dict[int, dict[int, str]]
    for row in islice(sheet.rows(), _SEARCHED):
        if row.numero in tops:
            tops[row.numero] = {place: clean_line(cell.texte)[0] for place, cell in row.cells.items()}
    found: dict[int, str] = {}
    for m in spans:
        if text := tops[m.top].get(m.left, ""):
            found |= dict.fromkeys(range(m.left, m.right + 1), text)
    return found


def _spread(sheet: SheetGiven, wanted: Mapping[int, str]) -> dict[int, list[tuple[int, int]]]:
    """Rows whose cell is part of a merge that begins above: the column, and the row that holds its value."""
    found: dict[int, list[tuple[int, int]]] = {}
    for m in sheet.merged:
        if m.left in wanted and m.bottom > m.top and m.bottom - m.top < 500:
            for row in range(m.top + 1, m.bottom + 1):
                found.setdefault(row, []).append((m.left, m.top))
    return found
