"""Spreadsheets written part by part, without any of the libraries that write them: as an attacker or an odd program."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TIES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Styles of cells: plain, a day, a share, an hour beside a day, « General » written in French.
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="170" formatCode="dd/mm/yyyy hh:mm"/>'
    '<numFmt numFmtId="171" formatCode="Standard"/></numFmts><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="9"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>'
)
Value = str | int | float | bool | datetime | None


def zipped(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return held.getvalue()


def xlsx_parts(sheet: str, **others: str) -> dict[str, bytes | str]:
    """The parts of a workbook of one sheet « Suivi », whose content is given whole."""
    book = others.pop("book", "")
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{_LINKS}"><Relationship Id="r" Type="{TIES}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{TIES}">{book}<sheets>'
        '<sheet name="Suivi" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{_LINKS}">'
        f'<Relationship Id="r1" Type="{TIES}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{TIES}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{TIES}">{sheet}</worksheet>',
        **others,
    }


def sheet_data(rows: str, after: str = "", before: str = "") -> str:
    return f"{before}<sheetData>{rows}</sheetData>{after}"


def xlsx_cell(value: Value) -> str:
    """A cell without address."""
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        days = (value - datetime(1899, 12, 30)).total_seconds() / 86_400  # noqa: DTZ001
        return f'<c s="1"><v>{days!r}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value!r}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def an_xlsx(rows: Sequence[Sequence[Value]]) -> bytes:
    told = "".join(f"<row>{''.join(map(xlsx_cell, row))}</row>" for row in rows)
    return zipped(xlsx_parts(sheet_data(told)))


def ods_cell(value: Value) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        told = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, datetime):
        told = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        told = f'office:value-type="float" office:value="{value!r}"'
    else:
        return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    return f"<table:table-cell {told}><text:p>affiché</text:p></table:table-cell>"


def ods_parts(rows: str, styles: str = "") -> dict[str, bytes | str]:
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"{HEAD}<office:document-content {names}>{styles}<office:body><office:spreadsheet>"
        f'<table:table table:name="Suivi">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>",
        "META-INF/manifest.xml": f"{HEAD}<manifest/>",
    }


def an_ods(rows: Sequence[Sequence[Value]]) -> bytes:
    told = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    return zipped(ods_parts(told))


def as_text(value: Value) -> str:
    """What Excel and LibreOffice in French write of a value in a CSV."""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M:%S}" if value.time().isoformat() != "00:00:00" else f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return repr(value).replace(".", ",")
    return "" if value is None else str(value)


def a_csv(rows: Sequence[Sequence[Value]], separator: str = ";", encoding: str = "utf-8") -> bytes:
    held = io.StringIO()
    csv.writer(held, delimiter=separator, lineterminator="\r\n").writerows([list(map(as_text, row)) for row in rows])
    return held.getvalue().encode(encoding)
