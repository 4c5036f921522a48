"""Mounting a sheet of the template: model rows made ready to be written, headings checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from xml.etree.ElementTree import Element

from paqte.reporting.ooxml.parts.package import MAIN, TIES, Package
from paqte.reporting.ooxml.sheets.references import CellRange, column_letter, sheet_of
from paqte.reporting.ooxml.sheets.sheet import Sheet, SheetRow
from paqte.reporting.ooxml.texts.widths import Font
from paqte.reporting.remplissage.plan.format import NamedCell, Table, borne_heading, plain_heading
from paqte.reporting.remplissage.plan.modele import (
    RANG,
    DrawnObject,
    ModelCell,
    ModelRow,
    ModelSheet,
    ModelTable,
    prepare_row,
)

_ROWS = re.compile(r"\$?(\d+):\$?(\d+)$")
_AREA = re.compile(r"\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?(\d+)$")
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


class Source(NamedTuple):
    """What the sheets of one workbook share: parts, fonts by style number, strings, and the cells it names.

    `chaines` are the elements of its shared strings, `partagees` their texts.
    """

    paquet: Package
    classeur: str
    polices: Sequence[Font]
    chaines: Sequence[str]
    partagees: Sequence[str]
    champs: Mapping[str, NamedCell]


class MontageRefused(Exception):
    """A sheet that cannot receive its tables; the message says why, without capital or stop."""


def mount_sheet(
    sheet: Sheet,
    tables: Sequence[tuple[Table, CellRange]],
    places: Mapping[str, CellRange],
    source: Source,
) -> ModelSheet:
    """The sheet with its tables and named cells; MontageRefused when a heading or a model row is not as agreed."""
    ordered = sorted(tables, key=lambda pair: pair[1].haut)
    _check_apart(ordered, places)
    models = tuple(_mount_table(sheet, table, plage, source) for table, plage in ordered)
    taken = {row for _, plage in ordered for row in range(plage.haut, plage.bas + 1)}
    fields = _mount_fields(sheet, places, source)
    fixed = {
        number: _fixed_row(ligne, fields.get(number, ()), source.chaines)
        for number, ligne in _with_rows_of(sheet.lignes, fields).items()
        if number not in taken
    }
    return ModelSheet(
        feuille=sheet,
        tableaux=models,
        champs=fields,
        fixes=fixed,
        dessins=(drawings := tuple(source.paquet.linked(sheet.part, "drawing"))),
        objets=tuple(o for part in drawings for o in _objects(source.paquet, part)),
        listes=tuple(source.paquet.linked(sheet.part, "table")),
        titres_repetes=_repeated_rows(source, sheet.titre),
        derniere_imprimee=_last_printed(source, sheet.titre),
    )


def read_fonts(paquet: Package, workbook: str) -> list[Font]:
    """Font size, weight and wrapping of each cell style of the workbook, by its number."""
    parts = paquet.linked(workbook, "styles")
    if not parts:
        return []
    root = paquet.tree(parts[0])
    fonts = [_size_and_weight(font) for font in root.iterfind(f"{MAIN}fonts/{MAIN}font")]
    polices = []
    for style in root.iterfind(f"{MAIN}cellXfs/{MAIN}xf"):
        alignment = style.find(f"{MAIN}alignment")
        wraps = alignment is not None and alignment.get("wrapText") in ("1", "true")
        indent = 0 if alignment is None else int(alignment.get("indent", "0"))
        size, is_bold = fonts[int(style.get("fontId", "0"))]
        polices.append(Font(size, is_bold, wraps, indent))
    return polices


def digit_width(paquet: Package, workbook: str) -> int:
    """Pixels of a digit of the default font, the unit of column widths."""
    parts = paquet.linked(workbook, "styles")
    font = paquet.tree(parts[0]).find(f"{MAIN}fonts/{MAIN}font") if parts else None
    if font is None:
        return 7
    name, size = font.find(f"{MAIN}name"), font.find(f"{MAIN}sz")
    is_narrow = name is not None and name.get("val") in ("Calibri", "Carlito")
    points = float(size.get("val", "10")) if size is not None else 10.0
    return max(1, round(points * (0.507 if is_narrow else 0.556) * 96 / 72))


def _size_and_weight(font: Element) -> tuple[float, bool]:
    size, bold = font.find(f"{MAIN}sz"), font.find(f"{MAIN}b")
    points = float(size.get("val", "10")) if size is not None else 10.0
    return points, bold is not None and bold.get("val", "1") not in ("0", "false")


def _check_apart(tables: Sequence[tuple[Table, CellRange]], places: Mapping[str, CellRange]) -> None:
    """Tables lie one under the other, each with its model rows; named cells are outside them."""
    last = 0
    for table, plage in tables:
        expected = len(table.modeles)
        if plage.bas - plage.haut + 1 != expected:
            rows = "une ligne modèle" if expected == 1 else f"{expected} lignes modèles ({', '.join(table.modeles)})"
            raise MontageRefused(f"{table.nom} doit désigner {rows}")
        if plage.haut - table.entete <= last:
            raise MontageRefused(f"{table.nom} n’a pas la place de sa ligne d’en-têtes, ou croise un autre tableau")
        last = plage.bas
    for name, place in places.items():
        if place.haut != place.bas or place.gauche != place.droite:
            raise MontageRefused(f"{name} doit désigner une seule cellule")
        if any(plage.haut <= place.haut <= plage.bas for _, plage in tables):
            raise MontageRefused(f"{name} est dans les lignes modèles d’un tableau")


def _mount_table(sheet: Sheet, given: Table, plage: CellRange, source: Source) -> ModelTable:
    table, columns = _columns(sheet, given, plage, source.partagees)
    for merged in sheet.fusions:
        if merged.haut != merged.bas and any(plage.haut <= r <= plage.bas for r in (merged.haut, merged.bas)):
            raise MontageRefused(f"une fusion de cellules déborde des lignes modèles de {table.nom}")
    rows = {name: _model_row(sheet, plage.haut + rank, columns, source) for rank, name in enumerate(table.modeles)}
    titles = _data_titles(sheet, table, plage, source.partagees)
    empty = _blank_row(rows[table.modeles[0]]) if titles else _empty_row(sheet, plage, source)
    # Written again among rows of data, headings would be read as one of them.
    again = _headings_again(sheet, plage, source) if table.entete and not titles else None
    return ModelTable(table, plage, tuple(columns), rows, empty, again, titles)


def _data_titles(sheet: Sheet, table: Table, plage: CellRange, shared: Sequence[str]) -> tuple[str, ...]:
    """The headings of a table of data: on the first row, each over one column, no two alike; none of any other."""
    places = range(plage.gauche, plage.droite + 1)
    titles = tuple(sheet.text(1, column, shared) for column in places)
    is_plain = plage.haut == 2 and not any(f.haut <= plage.bas for f in sheet.fusions)
    is_named = all(titles) and len({title.casefold() for title in titles}) == len(titles)
    return titles if table.liste and is_plain and is_named else ()


def _blank_row(model: ModelRow) -> ModelRow:
    """The row of a table of data that has none: Excel wants one, and programs find nothing in it."""
    pieces = tuple("/>" if isinstance(piece, int) else piece for piece in model.morceaux)
    return replace(model, morceaux=pieces, largeurs=(), polices=())


def _columns(sheet: Sheet, given: Table, plage: CellRange, shared: Sequence[str]) -> tuple[Table, list[int]]:
    """The table as this template bears it, and where each column is written.

    Found by its heading, so that columns may be put in another order; one that came after the template may lack.
    """
    starts = sheet.starts(plage.haut, plage.gauche, plage.droite)
    if not given.entete:
        return given, starts[: len(given.colonnes)]
    headings = {plain_heading(sheet.text(plage.haut - 1, column, shared)): column for column in starts}
    table = given.among(headings.keys())
    lacking = [c.titre for c in table.colonnes if borne_heading(c, headings) not in headings]
    if lacking or len(starts) != len(table.colonnes):
        expected = ", ".join(f"« {t} »" for t in lacking) or f"{len(table.colonnes)} colonnes, et elles seules"
        raise MontageRefused(f"au-dessus de {table.nom}, en-tête attendu : {expected}")
    return table, [headings[borne_heading(c, headings)] for c in table.colonnes]


def _model_row(sheet: Sheet, number: int, columns: Sequence[int], source: Source) -> ModelRow:
    ligne = sheet.lignes.get(number, SheetRow())
    areas = [sheet.merged_at(number, column) for column in columns]
    styles = {c.colonne: c.style for c in ligne.cellules}
    covered = {c: styles.get(c, "0") for a in areas for c in range(a.gauche, a.droite + 1)}
    return ModelRow(
        attributs=ligne.attributs,
        hauteur=ligne.hauteur,
        morceaux=prepare_row(ligne.cellules, {c: rank for rank, c in enumerate(columns)}, source.chaines, covered),
        fusions=tuple(_merge(p) for p in sheet.fusions if p.haut == p.bas == number),
        largeurs=tuple(sheet.width(a.gauche, a.droite) for a in areas),
        polices=tuple(_font(source.polices, styles.get(c, "0")) for c in columns),
    )


def _empty_row(sheet: Sheet, plage: CellRange, source: Source) -> ModelRow:
    """The row that says "Néant": one cell over the whole width of the table."""
    ligne = sheet.lignes.get(plage.haut, SheetRow())
    styles = {c.colonne: c.style for c in ligne.cellules}
    first = styles.get(plage.gauche, "0")
    covered = dict.fromkeys(range(plage.gauche, plage.droite + 1), first)
    return ModelRow(
        attributs=ligne.attributs,
        hauteur=ligne.hauteur,
        morceaux=prepare_row(ligne.cellules, {plage.gauche: 0}, source.chaines, covered),
        fusions=(_merge(plage),) if plage.droite > plage.gauche else (),
        largeurs=(sheet.width(plage.gauche, plage.droite),),
        polices=(_font(source.polices, first),),
    )


def _headings_again(sheet: Sheet, plage: CellRange, source: Source) -> ModelRow | None:
    """The row of headings of a table, ready to be written again; None where the reader repeats it by itself."""
    number = plage.haut - 1
    if sheet.page.ajustee or number in _repeated_rows(source, sheet.titre):
        return None
    ligne = sheet.lignes.get(number, SheetRow())
    merges = tuple(_merge(p) for p in sheet.fusions if p.haut == p.bas == number)
    return replace(_fixed_row(ligne, (), source.chaines), fusions=merges)


def _merge(plage: CellRange) -> str:
    first, last = column_letter(plage.gauche), column_letter(plage.droite)
    return f'<mergeCell ref="{first}{RANG}:{last}{RANG}"/>'


def _font(fonts: Sequence[Font], style: str) -> Font:
    number = int(style)
    return fonts[number] if number < len(fonts) else Font()


def _mount_fields(sheet: Sheet, places: Mapping[str, CellRange], source: Source) -> dict[int, tuple[ModelCell, ...]]:
    fields: dict[int, tuple[ModelCell, ...]] = {}
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        if name not in source.champs:
            continue
        area = sheet.merged_at(place.haut, place.gauche)
        cells = sheet.lignes.get(place.haut, SheetRow()).cellules
        style = next((c.style for c in cells if c.colonne == place.gauche), "0")
        width = sheet.width(area.gauche, area.droite)
        field = ModelCell(source.champs[name], place.haut, place.gauche, width, _font(source.polices, style))
        fields[place.haut] = (*fields.get(place.haut, ()), field)
    return fields


def _with_rows_of(lignes: Mapping[int, SheetRow], fields: Mapping[int, object]) -> dict[int, SheetRow]:
    """The rows of the sheet, those of named cells that bear nothing yet included, in order."""
    return {n: lignes.get(n, SheetRow()) for n in sorted({*lignes, *fields})}


def _fixed_row(ligne: SheetRow, fields: Sequence[ModelCell], elements: Sequence[str]) -> ModelRow:
    slots = {field.colonne: rank for rank, field in enumerate(fields)}
    return ModelRow(
        attributs=ligne.attributs,
        hauteur=ligne.hauteur,
        morceaux=prepare_row(ligne.cellules, slots, elements),
        fusions=(),
        largeurs=tuple(f.largeur for f in fields),
        polices=tuple(f.police for f in fields),
    )


def _objects(paquet: Package, drawing: str) -> Iterator[DrawnObject]:
    """What a drawing part lays over the sheet; its rows are counted from 0."""
    charts = {link.id: link.cible for link in paquet.links(drawing) if link.genre == "chart"}
    for anchor in paquet.tree(drawing):
        top, bottom = anchor.findtext(f"{_DRAWING}from/{_DRAWING}row"), anchor.findtext(f"{_DRAWING}to/{_DRAWING}row")
        ties = (e.get(f"{TIES}id", "") for e in anchor.iter() if e.tag.endswith("}chart"))
        if top is not None:
            # Where the bottom edge lies on the edge of a row, that row is not covered.
            offset = anchor.findtext(f"{_DRAWING}to/{_DRAWING}rowOff") or "0"
            last = int(bottom or top) + (offset != "0")
            tie = next((t for t in ties if t in charts), "")
            yield DrawnObject(int(top) + 1, max(last, int(top) + 1), charts.get(tie, ""), tie)


def _repeated_rows(source: Source, title: str) -> tuple[int, ...]:
    """Rows printed again at the top of each page of a sheet."""
    for rows in _printed_names(source, "_xlnm.Print_Titles", title, _ROWS):
        return tuple(range(int(rows[1]), int(rows[2]) + 1))
    return ()


def _last_printed(source: Source, title: str) -> int | None:
    """The last row of what a sheet prints; None when it prints all it has."""
    return max((int(area[1]) for area in _printed_names(source, "_xlnm.Print_Area", title, _AREA)), default=None)


def _printed_names(source: Source, name: str, title: str, place: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Where the workbook says, under a name that programs share, what a sheet prints."""
    for element in source.paquet.tree(source.classeur).iter(f"{MAIN}definedName"):
        if element.get("name") == name:
            for target in (element.text or "").split(","):
                match = place.search(target)
                if match and sheet_of(target) == title:
                    yield match
