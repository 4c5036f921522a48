"""The programs in which people who are not ours open our workbooks, each reading every cell in its own way.

Those of the lock of the tests, and LibreOffice, read in every run. The others read where the machine has them;
`make test` brings Gnumeric where it may install.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import excelize
import pylightxl
import xlsx2csv

from tests.fixtures_libreoffice import Bureau
from tests.reporting.tiers.lecteurs import read_with_calamine, read_with_openpyxl

Cells = Mapping[tuple[str, int, int], Any]
_EPOCH = date(1899, 12, 30)
_TABLE, _TEXT, _OFFICE = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "text", "office")
)


class Lecteur(NamedTuple):
    """A program. `is_typed` tells a number from a text of the same figures; the others give texts alone."""

    nom: str
    lit: Callable[[bytes], Cells]
    is_typed: bool = True


def plain(value: Any) -> Any:
    """A value whatever the type by which a program hands it over: a number to twelve digits, a day as its number."""
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return Decimal((day - _EPOCH).days)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(f"{value:.12g}").normalize() + 0
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def said(cells: Cells, *, is_typed: bool) -> dict[tuple[str, int, int], Any]:
    """The cells that hold something, as they compare."""
    found = {place: plain(value) for place, value in cells.items() if value not in ("", None)}
    return found if is_typed else {place: written(value) for place, value in found.items()}


def written(value: Any) -> str:
    """A value as a text."""
    return value if isinstance(value, str) else format(value, "f")


@contextmanager
def file_of(content: bytes) -> Iterator[Path]:
    """The workbook as a file, for programs that read nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "classeur.xlsx"
        path.write_bytes(content)
        yield path


def _xlsx2csv(content: bytes) -> Cells:
    found = {}
    with file_of(content) as path:
        raw = ["date", "float", "percentage", "time"]
        book = xlsx2csv.Xlsx2csv(str(path), outputencoding="utf-8", include_hidden_rows=True, ignore_formats=raw)
        for sheet in book.workbook.sheets:
            out = io.StringIO()
            book.convert(out, sheet["index"])
            found |= _placed(sheet["name"], csv.reader(io.StringIO(out.getvalue(), newline="")))
    return found


def _excelize(content: bytes) -> Cells:
    """The library of Go."""
    with file_of(content) as path:
        book = excelize.open_file(str(path))
        raw = excelize.Options(raw_cell_value=True)
        try:
            return {
                place: value
                for name in book.get_sheet_list()
                for place, value in _placed(name, book.get_rows(name, raw)).items()
            }
        finally:
            book.close()


def _pylightxl(content: bytes) -> Cells:
    # It leaves prefixes of its own to all that writes XML in this process.
    known = dict(ElementTree._namespace_map)  # type: ignore[attr-defined]
    try:
        with file_of(content) as path, warnings.catch_warnings():
            # Of names that cover two ranges it says that it passes over them.
            warnings.simplefilter("ignore")
            book = pylightxl.readxl(str(path))
        cells = {p: value for name in book.ws_names for p, value in _placed(name, book.ws(name).rows).items()}
        return {place: _day(value) for place, value in cells.items()}
    finally:
        ElementTree._namespace_map.clear()  # type: ignore[attr-defined]
        ElementTree._namespace_map.update(known)  # type: ignore[attr-defined]


def _day(value: Any) -> Any:
    is_day = isinstance(value, str) and re.fullmatch(r"\d{4}/\d\d/\d\d", value)
    return date.fromisoformat(value.replace("/", "-")) if is_day else value


def _placed(sheet: str, rows: Any) -> dict[tuple[str, int, int], Any]:
    return {
        (sheet, row, column): value
        for row, values in enumerate(rows, start=1)
        for column, value in enumerate(values, start=1)
        if value != ""
    }


_NODE = {
    "exceljs": """
const E = require('exceljs'), w = new E.Workbook(), o = [];
w.xlsx.readFile(process.argv[1]).then(() => {
  w.eachSheet(s => s.eachRow((r, i) => r.eachCell((c, j) => {
    if (c.isMerged && c.master.address !== c.address) return;
    let v = c.value;
    if (v === null) return;
    if (v.richText) v = v.richText.map(x => x.text).join('');
    if (v instanceof Date) v = v.getTime() / 864e5 + 25569;
    o.push([s.name, i, j, v]);
  })));
  console.log(JSON.stringify(o));
}).catch(e => { console.error(e); process.exit(1); });
""",
    "xlsx": """
const X = require('xlsx'), w = X.readFile(process.argv[1]), o = [];
for (const n of w.SheetNames) for (const a in w.Sheets[n]) {
  if (a[0] === '!' || w.Sheets[n][a].v === undefined) continue;
  const p = X.utils.decode_cell(a);
  o.push([n, p.r + 1, p.c + 1, w.Sheets[n][a].v]);
}
console.log(JSON.stringify(o));
""",
}


def _node(package: str) -> Callable[[bytes], Cells]:
    def read(content: bytes) -> Cells:
        with file_of(content) as path:
            done = subprocess.run(
                ["node", "-e", _NODE[package], str(path)], capture_output=True, text=True, timeout=60, check=True
            )
        return {(name, row, column): value for name, row, column, value in json.loads(done.stdout)}

    return read


def _has_node(package: str) -> bool:
    if not shutil.which("node"):
        return False
    tried = subprocess.run(["node", "-e", f"require('{package}')"], capture_output=True, timeout=60, check=False)
    return tried.returncode == 0


def _gnumeric(content: bytes) -> Cells:
    """Its own file says what each cell holds, and of which kind."""
    with file_of(content) as path:
        out = path.with_suffix(".xml")
        command = ["ssconvert", "-T", "Gnumeric_XmlIO:sax:0", str(path), str(out)]
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(path.parent)}
        subprocess.run(command, env=environment, capture_output=True, timeout=120, check=True)
        root = ElementTree.fromstring(out.read_bytes())
    space = root.tag.split("}")[0] + "}"
    found = {}
    for sheet in root.iter(f"{space}Sheet"):
        name = sheet.findtext(f"{space}Name") or ""
        for cell in sheet.iter(f"{space}Cell"):
            is_number = cell.get("ValueType") in ("30", "40")
            value = float(cell.text or "0") if is_number else cell.text or ""
            found[name, int(cell.get("Row", "0")) + 1, int(cell.get("Col", "0")) + 1] = value
    return found


DU_VERROU = (
    Lecteur("openpyxl", read_with_openpyxl),
    Lecteur("calamine", read_with_calamine),
    Lecteur("xlsx2csv", _xlsx2csv, is_typed=False),
    Lecteur("excelize", _excelize, is_typed=False),
    Lecteur("pylightxl", _pylightxl),
)

# What a machine may have: the program, whether this one has it, and what to do to have it.
SI_PRESENTS: tuple[tuple[Lecteur, Callable[[], bool], str], ...] = (
    (Lecteur("exceljs", _node("exceljs")), lambda: _has_node("exceljs"), "npm install -g exceljs, NODE_PATH"),
    (Lecteur("SheetJS", _node("xlsx")), lambda: _has_node("xlsx"), "npm install -g xlsx, NODE_PATH"),
    (Lecteur("Gnumeric", _gnumeric), lambda: bool(shutil.which("ssconvert")), "apt-get install gnumeric"),
)


def read_with_libreoffice(bureau: Bureau, files: Mapping[str, bytes]) -> dict[str, Cells]:
    """Workbooks by name, each cell as LibreOffice holds it: its flat file says values, not what they show."""
    return {name: dict(_cells(ElementTree.fromstring(data))) for name, data in bureau.flat(files).items()}


def _cells(root: ElementTree.Element) -> Iterator[tuple[tuple[str, int, int], Any]]:
    # Charts have tables of their own, which lie deeper.
    for sheet in root.iterfind(f"{_OFFICE}body/{_OFFICE}spreadsheet/{_TABLE}table"):
        name, number = sheet.get(f"{_TABLE}name", ""), 1
        for row in _rows(sheet):
            held = dict(_held(row))
            times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
            for again in range(times if held else 0):
                yield from (((name, number + again, column), value) for column, value in held.items())
            number += times


def _held(row: ElementTree.Element) -> Iterator[tuple[int, Any]]:
    """What the cells of a row hold, by column; cells alike are told once, with how many they are."""
    column = 1
    for cell in row:
        value, times = _value(cell), int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        yield from ((column + again, value) for again in range(times if value != "" else 0))
        column += times


def _rows(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in element:
        kind = child.tag.removeprefix(_TABLE)
        if kind == "table-row":
            yield child
        elif kind in ("table-header-rows", "table-row-group", "table-rows"):
            yield from _rows(child)


def _value(cell: ElementTree.Element) -> Any:
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind == "date":
        return date.fromisoformat(cell.get(f"{_OFFICE}date-value", "")[:10])
    if kind in ("float", "percentage", "currency"):
        return Decimal(cell.get(f"{_OFFICE}value", "0"))
    return "\n".join(_text(p) for p in cell.findall(f"{_TEXT}p"))


def _text(element: ElementTree.Element) -> str:
    """A paragraph, its spaces and tabulations as the characters they stand for."""
    told = element.text or ""
    for child in element:
        name = child.tag.removeprefix(_TEXT)
        inner = {"s": " " * int(child.get(f"{_TEXT}c", "1")), "tab": "\t", "line-break": "\n"}.get(name)
        told += (_text(child) if inner is None else inner) + (child.tail or "")
    return told
