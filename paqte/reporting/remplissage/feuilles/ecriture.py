"""Writing one sheet: its rows in their new places, and all that points at rows moved with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from paqte.reporting.ooxml.sheets.references import Displacement, column_letter, shift_formula, shift_refs
from paqte.reporting.ooxml.sheets.sheet import map_attribute
from paqte.reporting.ooxml.sheets.strings import SharedTexts
from paqte.reporting.ooxml.sheets.values import Valeur, shortest
from paqte.reporting.ooxml.texts.text import unescaped
from paqte.reporting.remplissage.feuilles.pagination import SaidRow, fixed_height
from paqte.reporting.remplissage.plan.disposition import ENTETE, VIDE, RowToWrite
from paqte.reporting.remplissage.plan.modele import (
    RANG,
    KeptText,
    ModelRow,
    ModelSheet,
    ModelTable,
)

_FORMULA = re.compile(r"<f\b[^>]*>([^<]*)</f>(?:<v>[^<]*</v>)?")
_RULE = re.compile(r"(<(?:\w+:)?(?:formula\d?|f)\b[^>]*>)([^<]*)(</)")
_SQREF = re.compile(r"(<(?:\w+:)?sqref>)([^<]*)(</)")
_BREAKS = re.compile(r"<rowBreaks\b.*?</rowBreaks>", re.DOTALL)
_BEFORE_BREAKS = re.compile(r"</headerFooter>|<headerFooter\b[^>]*/>|<pageSetup\b[^>]*/>|<pageMargins\b[^>]*/>")
_FOOTER = re.compile(r"<headerFooter\b.*?</headerFooter>", re.DOTALL)
_TOKEN = re.compile(r"(&(?:amp;)?\d+)?\{(\w+)\}")
# Excel takes no more in a header or footer.
_FOOTER_LIMIT = 60


class SheetWritten(NamedTuple):
    """A sheet once written: its XML, and whether formulas were left without their result."""

    xml: bytes
    a_recalculer: bool


class WriteContext(NamedTuple):
    """What a workbook is filled with: rows of its tables, values of its named cells, and the strings they ask for.

    `ends` are the rows of each sheet after which a page ends.
    """

    laid: Mapping[str, Sequence[RowToWrite]]
    fields: Mapping[str, Valeur]
    strings: SharedTexts
    ends: Mapping[str, Sequence[int]]


class _Block(NamedTuple):
    """A row in its new place, its XML and its merges."""

    rang: int
    xml: str
    fusions: tuple[str, ...]


def write_sheet(
    sheet: ModelSheet,
    filling: WriteContext,
    shifts: Mapping[str, Displacement],
    folded: Collection[int],
    told: Mapping[int, SaidRow],
) -> SheetWritten:
    """The XML of a sheet, whose texts join the strings.

    The rows `folded` of the template are hidden, but for those where something is `told`.
    """
    title = sheet.feuille.titre
    blocks = list(_blocks(sheet, filling, shifts[title], folded, told))
    rows = "".join(b.xml for b in blocks)
    has_formulas = "<f" in rows and bool(_FORMULA.search(rows))
    if has_formulas:
        rows = _FORMULA.sub(lambda m: f"<f>{_shifted(m[1], shifts, title)}</f>", rows)
    merges = [m for b in blocks for m in b.fusions]
    tail = _tail(sheet, filling.fields, shifts, merges, filling.ends.get(title, ()))
    head = sheet.feuille.tete.replace("<dimension/>", f'<dimension ref="{_dimension(sheet, blocks)}"/>', 1)
    return SheetWritten(f"{head}<sheetData>{rows}</sheetData>{tail}".encode(), has_formulas)


def _blocks(
    sheet: ModelSheet,
    filling: WriteContext,
    shift: Displacement,
    folded: Collection[int],
    told: Mapping[int, SaidRow],
) -> Iterator[_Block]:
    tables = {t.plage.haut: t for t in sheet.tableaux}
    merges = _fixed_merges(sheet, shift)
    for number in sorted({*sheet.fixes, *tables}):
        if number in tables:
            yield from _table_blocks(tables[number], filling, shift.row(number))
        elif number in told:
            yield _sentence_block(told[number], filling, str(shift.row(number)))
        else:
            block = _fixed_block(sheet, number, filling, shift.row(number))
            block = block._replace(fusions=tuple(merges.get(number, ())))
            yield _folded(block) if number in folded else block


def _table_blocks(table: ModelTable, filling: WriteContext, first: int) -> Iterator[_Block]:
    named = {**table.rangs, VIDE: table.vide, **({ENTETE: table.rappel} if table.rappel else {})}
    for rank, row in enumerate(filling.laid[table.tableau.nom]):
        model, number = named[row.modele], str(first + rank)
        xml = _row_xml(model, row.valeurs, row.hauteur, filling.strings).replace(RANG, number)
        yield _Block(first + rank, xml, tuple(m.replace(RANG, number) for m in model.fusions))


def _fixed_block(sheet: ModelSheet, number: int, filling: WriteContext, place: int) -> _Block:
    model = sheet.fixes[number]
    values = [filling.fields[f.champ.nom] for f in sheet.champs.get(number, ())]
    height = fixed_height(sheet, number, filling.fields)
    return _Block(place, _row_xml(model, values, height, filling.strings).replace(RANG, str(place)), ())


def _sentence_block(told: SaidRow, filling: WriteContext, number: str) -> _Block:
    xml = _row_xml(told.rang, [told.texte], told.hauteur, filling.strings).replace(RANG, number)
    return _Block(int(number), xml, tuple(m.replace(RANG, number) for m in told.rang.fusions))


def _folded(block: _Block) -> _Block:
    xml = re.sub(r'^<row r="(\d+)"[^>]*>', r'<row r="\1" ht="0" hidden="1" customHeight="1">', block.xml)
    return block._replace(xml=xml)


def _row_xml(model: ModelRow, values: Sequence[Valeur], height: float | None, strings: SharedTexts) -> str:
    """A row, whose cells are pieces of the model and their values; tens of thousands a workbook.

    A text is always a shared string, never a formula nor an error (case 43).
    """
    size = "" if height is None else f' ht="{height:g}" customHeight="1"'
    cells = []
    for piece in model.morceaux:
        if piece.__class__ is str:
            cells.append(piece)
            continue
        if isinstance(piece, KeptText):
            cells.append(f' t="s"><v>{strings.rank_of(piece.element)}</v></c>')
            continue
        value = values[piece] if isinstance(piece, int) else piece
        if value is None:
            cells.append("/>")
        elif isinstance(value, str):
            cells.append(strings.cell(value))
        else:
            cells.append(f"><v>{shortest(value)}</v></c>")
    return f'<row r="{RANG}"{model.attributs}{size}>{"".join(cells)}</row>'


def _fixed_merges(sheet: ModelSheet, shift: Displacement) -> dict[int, list[str]]:
    """Merges outside the tables, moved, by the row of the template where they begin."""
    taken = {row for t in sheet.tableaux for row in range(t.plage.haut, t.plage.bas + 1)}
    merges: dict[int, list[str]] = {}
    for plage in sheet.feuille.fusions:
        if plage.haut not in taken:
            merges.setdefault(plage.haut, []).append(f'<mergeCell ref="{shift.plage(plage).ref}"/>')
    return merges


def _dimension(sheet: ModelSheet, blocks: Sequence[_Block]) -> str:
    columns = [c.colonne for ligne in sheet.feuille.lignes.values() for c in ligne.cellules]
    last = max((b.rang for b in blocks), default=1)
    return f"A1:{column_letter(max(columns, default=1))}{last}"


def _tail(
    sheet: ModelSheet,
    fields: Mapping[str, Valeur],
    shifts: Mapping[str, Displacement],
    merges: Sequence[str],
    breaks: Sequence[int],
) -> str:
    title = sheet.feuille.titre
    shift = shifts[title]
    tail = map_attribute(sheet.feuille.queue, "ref|sqref", lambda refs: shift_refs(refs, shift))
    tail = _SQREF.sub(lambda m: m[1] + shift_refs(m[2], shift) + m[3], tail)
    tail = _RULE.sub(lambda m: m[1] + _shifted(m[2], shifts, title) + m[3], tail)
    tail = _FOOTER.sub(lambda m: _footer(m[0], fields), tail)
    whole = f'<mergeCells count="{len(merges)}">{"".join(merges)}</mergeCells>' if merges else ""
    tail = _BREAKS.sub("", tail.replace("<mergeCells/>", whole, 1))
    return _with_breaks(tail, breaks)


def _with_breaks(tail: str, breaks: Sequence[int]) -> str:
    places = list(_BEFORE_BREAKS.finditer(tail))
    if not breaks or not places:
        return tail
    rows = "".join(f'<brk id="{row}" max="16383" man="1"/>' for row in breaks)
    xml = f'<rowBreaks count="{len(breaks)}" manualBreakCount="{len(breaks)}">{rows}</rowBreaks>'
    end = places[-1].end()
    return tail[:end] + xml + tail[end:]


def _shifted(formula: str, shifts: Mapping[str, Displacement], title: str) -> str:
    return escape(shift_formula(unescaped(formula), shifts, title))


def _footer(xml: str, fields: Mapping[str, Valeur]) -> str:
    """The header and footer with the values of the named cells that they cite between braces."""

    def value(match: re.Match[str]) -> str:
        given = fields.get(match[2])
        text = str(given if given is not None else "").replace("\n", " ")[:_FOOTER_LIMIT].replace("&", "&&")
        # "&8" then "1er semestre" would read as the size 81.
        return (match[1] or "") + (" " if match[1] and text[:1].isdigit() else "") + escape(text)

    return _TOKEN.sub(value, xml)
