"""What an attacker hands in is refused by a sentence, before anything of it is read; what is only odd is read."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest

from paqte.domain.erreurs import Refused
from paqte.importing.door import read_spreadsheet
from paqte.importing.door.apart import sheets_of
from paqte.importing.door.cells import SheetGiven
from paqte.importing.door.guard import check_spreadsheet
from tests.importing.door.tableurs import (
    HEAD,
    MAIN,
    TIES,
    a_csv,
    an_ods,
    an_xlsx,
    ods_parts,
    sheet_data,
    xlsx_parts,
    zipped,
)
from tests.reporting.intake.test_pieces_recues import INSIDE

ROWS = [["SIRET", "Réalisé"], ["73282932000074", 12]]
BOOK, SHEET, LINKS = "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
GOOD = '<row r="1"><c r="A1" t="inlineStr"><is><t>SIRET</t></is></c></row><row r="2"><c r="A2"><v>12</v></c></row>'


def read_here(content: bytes, nom: str = "") -> list[SheetGiven]:
    """As the door does, without its process."""
    return sheets_of(check_spreadsheet(content, nom), content)


def values(content: bytes) -> list[list[str]]:
    return [[cell.texte for cell in row.cells.values()] for row in read_here(content)[0].rows()]


def with_part(name: str, data: str | bytes) -> bytes:
    return zipped({**xlsx_parts(sheet_data(GOOD)), name: data})


def with_sheet(rows: str, after: str = "", before: str = "") -> bytes:
    return zipped(xlsx_parts(sheet_data(rows, after, before)))


def with_doctype(part: str) -> bytes:
    parts = {**xlsx_parts(sheet_data(GOOD)), "docProps/core.xml": f"{HEAD}<coreProperties/>"}
    declared = str(parts[part]).replace("?>\n", '?>\n<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>', 1)
    return zipped({**parts, part: declared})


def lying(content: bytes) -> bytes:
    """The directory tells a hundredth of what the sheet inflates to."""
    data, at = bytearray(content), 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        length = struct.unpack("<H", data[at + 28 : at + 30])[0]
        if data[at + 46 : at + 46 + length] == SHEET.encode():
            data[at + 24 : at + 28] = struct.pack("<I", 300)
        at += 4
    return bytes(data)


def encrypted(content: bytes) -> bytes:
    data, at = bytearray(content), 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


def many_parts() -> bytes:
    return zipped({**xlsx_parts(sheet_data(GOOD)), **{f"x/{rank}": "" for rank in range(2_100)}})


def twice() -> bytes:
    held = io.BytesIO(an_xlsx(ROWS))
    with zipfile.ZipFile(held, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, "<worksheet/>")
    return held.getvalue()


def flipped() -> bytes:
    data = bytearray(an_xlsx(ROWS))
    data[data.find(b"xl/worksheets/sheet1.xml") + 60] ^= 0xFF
    return bytes(data)


def tied(genre: str, target: str = "http://127.0.0.1/x", mode: str = ' TargetMode="External"') -> bytes:
    parts = xlsx_parts(sheet_data(GOOD))
    tie = f'<Relationship Id="r9" Type="{TIES}/{genre}" Target="{target}"{mode}/></Relationships>'
    return zipped({**parts, LINKS: str(parts[LINKS]).replace("</Relationships>", tie)})


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "est vide"),
    "too many parts": (many_parts, "hors de toute mesure"),
    "bzip2": (lambda: zipped(xlsx_parts(sheet_data(GOOD)), zipfile.ZIP_BZIP2), "comprimé d’une manière"),
    "a size that lies": (lambda: lying(with_sheet(GOOD + "<row/>" * 9_000)), "abîmé"),
    "two parts of one name": (twice, "le même nom"),
    "a path that climbs": (lambda: with_part("../../etc/x.xml", "x"), "nom interdit"),
    "half a file": (lambda: an_xlsx(ROWS)[:900], "abîmé"),
    "a tail cut": (lambda: an_xlsx(ROWS)[:-30], "abîmé"),
    "bytes behind": (lambda: an_xlsx(ROWS) + b"#!/bin/sh", "octets étrangers"),
    "a byte flipped": (flipped, "abîmé"),
    "a password": (lambda: encrypted(an_xlsx(ROWS)), "mot de passe"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_500), "ancien classeur"),
    "a web page": (lambda: b"<html><table><tr><td>SIRET</table>", "page web"),
    "a page before a workbook": (lambda: b"<html><!--" + an_xlsx(ROWS), "page web"),
    "a pdf": (lambda: b"%PDF-1.7\n", "un PDF"),
    "a text document": (lambda: zipped({"word/document.xml": "<w/>"}), "archive, pas un tableau"),
    "no sheet": (lambda: zipped({**xlsx_parts(""), LINKS: "<Relationships/>"}), "aucune feuille"),
    "a sheet that is not there": (
        lambda: zipped({k: v for k, v in xlsx_parts("").items() if k != SHEET}),
        "abîmé",
    ),
    "a doctype in the sheet": (lambda: with_doctype(SHEET), "DOCTYPE"),
    "a doctype in the book": (lambda: with_doctype(BOOK), "DOCTYPE"),
    "a doctype in the styles": (lambda: with_doctype("xl/styles.xml"), "DOCTYPE"),
    "a doctype in what nobody reads": (lambda: with_doctype("docProps/core.xml"), "DOCTYPE"),
    "a doctype in UTF-16": (
        lambda: with_part("docProps/app.xml", "<!DOCTYPE x><x/>".encode("utf-16")),
        "DOCTYPE",
    ),
    "elements without end": (lambda: with_sheet(GOOD + "<a>" * 500 + "</a>" * 500), "abîmé"),
    "a flood of attributes": (
        lambda: with_sheet("<row " + " ".join(f'a{n}="1"' for n in range(500)) + "/>"),
        "abîmé",
    ),
    "letters that are no UTF-8": (
        lambda: with_part(SHEET, with_bytes(b"\xff\xfe\x80")),
        "abîmé",
    ),
    "a character XML has not": (
        lambda: with_sheet('<row><c t="inlineStr"><is><t>&#xFFFF;</t></is></c></row>'),
        "abîmé",
    ),
    "a sheet that breaks after good rows": (
        lambda: with_part(SHEET, f"{HEAD}<worksheet xmlns='{MAIN}'>{GOOD}<oops"),
        "abîmé",
    ),
    "a row beyond the last": (lambda: with_sheet(GOOD + '<row r="99999999"/>'), "en désordre"),
    "a row zero": (lambda: with_sheet('<row r="0"/>'), "en désordre"),
    "rows out of order": (lambda: with_sheet('<row r="5"/><row r="3"/>'), "en désordre"),
    "a cell of another row": (lambda: with_sheet('<row r="5"><c r="A6"/></row>'), "en désordre"),
    "a cell twice": (lambda: with_sheet('<row r="5"><c r="B5"/><c r="B5"/></row>'), "en désordre"),
    "a column beyond the last": (lambda: with_sheet('<row r="5"><c r="ZZZZ5"/></row>'), "en désordre"),
    "a cell in the last corner": (
        lambda: with_sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "XFD1048576",
    ),
    "everything merged": (
        lambda: with_sheet(GOOD, '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "A1:XFD1048576",
    ),
    "a formula over everything": (
        lambda: with_sheet('<row><c><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c></row>'),
        "A1:XFD1048576",
    ),
    "two thousand million columns": (
        lambda: with_sheet(GOOD, before='<cols><col min="1" max="2000000000"/></cols>'),
        "abîmé",
    ),
    "a string that is not there": (lambda: with_sheet('<row><c t="s"><v>7</v></c></row>'), "abîmé"),
    "a text longer than a cell": (
        lambda: with_sheet(f'<row><c t="inlineStr"><is><t>{"z" * 40_000}</t></is></c></row>'),
        "A1 dépasse 32.767",
    ),
    "a macro": (lambda: with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "macros"),
    "a macro under another name": (lambda: tied("vbaProject", "autre.bin", ""), "macros"),
    "a link to another workbook": (lambda: tied("externalLink"), "lié à un autre fichier|macros"),
    "a formula that fetches": (
        lambda: with_sheet('<row><c><f>WEBSERVICE("http://x")</f><v>1</v></c></row>'),
        "hors du classeur",
    ),
    "DDE": (lambda: with_sheet("<row><c><f>cmd|' /C calc'!A0</f><v>1</v></c></row>"), "hors du classeur"),
    "an object of another program": (lambda: with_part("xl/embeddings/oleObject1.bin", b"x"), "macros"),
    "ods: a script": (lambda: zipped({**ods_parts(""), "Basic/Standard/Module1.xml": "<x/>"}), "macros"),
    "ods: a doctype": (lambda: zipped({**ods_parts(""), "meta.xml": "<!DOCTYPE x><x/>"}), "DOCTYPE"),
    "ods: a password": (
        lambda: zipped({**ods_parts(""), "META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"}),
        "mot de passe",
    ),
    "ods: a million cells repeated": (
        lambda: zipped(
            ods_parts(
                '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated='
                '"300"><text:p>x</text:p></table:table-cell></table:table-row>'
            )
        ),
        "20.000 lignes",
    ),
    "ods: a link": (
        lambda: zipped(ods_parts('<table:table-source xmlns:xlink="x" xlink:href="file:///etc/passwd"/>')),
        "un lien",
    ),
    "csv: NUL": (lambda: b"SIRET;N\0om\r\n1;2\r\n", "n’est pas un texte"),
    "csv: a quote never closed": (lambda: b'SIRET;Nom\r\n1;2\r\n"3;jamais\r\n', "guillemet"),
    "csv: a field without end": (lambda: b"SIRET;Nom\r\n1;" + b"x" * 200_000, "cellule est trop longue"),
    "csv: rows of another width": (
        lambda: b"a;b;c\r\n1;2;3\r\n4;5;6\r\n7;8;9;10\r\n",
        "ligne 4 de ce CSV a 4 colonnes",
    ),
    "csv: two encodings": (lambda: "é;è\r\n".encode() + "à;ç\r\n".encode("cp1252"), "encodage"),
    "csv: bytes of anything": (lambda: bytes(range(1, 256)) * 20, "encodage"),
    "csv: a million columns": (lambda: b";" * 900_000, "colonnes"),
}


def with_bytes(data: bytes) -> bytes:
    given = str(xlsx_parts(sheet_data('<row><c t="inlineStr"><is><t>@@</t></is></c></row>'))[SHEET])
    return given.encode().replace(b"@@", data)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_acts_lies_or_weighs_is_refused_by_a_sentence_that_says_what_to_do(name: str) -> None:
    made, said = HOSTILE[name]
    with pytest.raises(Refused, match=said) as refused:
        read_here(made())
    assert str(refused.value).endswith(".")
    assert not INSIDE.search(str(refused.value)), "nobody sees the parts of a zip"


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    blank = b" " * 1_000_000
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in xlsx_parts(sheet_data(GOOD)).items():
            archive.writestr(name, data)
        with archive.open("xl/sharedStrings.xml", "w") as part:
            for _ in range(70):
                part.write(blank)
    start = time.process_time()
    with pytest.raises(Refused, match="hors de toute mesure"):
        read_spreadsheet(held.getvalue())
    assert time.process_time() - start < 0.05


def test_a_reader_that_takes_too_much_dies_alone_and_the_next_file_is_read() -> None:
    with pytest.raises(Refused, match="trop de temps ou de mémoire"):
        read_spreadsheet(an_xlsx(ROWS), memory=1024**2)
    assert len(read_spreadsheet(an_xlsx(ROWS)).sheets) == 1


@pytest.mark.parametrize(
    ("content", "nom", "said"),
    [
        (a_csv(ROWS), "suivi.xlsx", "texte CSV"),
        (an_xlsx(ROWS), "suivi.csv", "classeur Excel"),
        (an_ods(ROWS), "s.xlsx", "LibreOffice"),
    ],
    ids=["csv", "xlsx", "ods"],
)
def test_the_kind_is_told_by_the_bytes_and_a_name_that_says_another_is_refused(
    content: bytes, nom: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        check_spreadsheet(content, nom)
    assert values(content) == [["SIRET", "Réalisé"], ["73282932000074", "12"]]


STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    TIES: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def strict() -> bytes:
    parts = {}
    for name, data in xlsx_parts(sheet_data(GOOD)).items():
        text = str(data)
        for loose, tight in STRICT.items():
            text = text.replace(loose, tight)
        parts[name] = text
    return zipped(parts)


def prefixed() -> bytes:
    sheet = (
        f'{HEAD}<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>SIRET</x:t></x:is>'
        "</x:c>"
        "</x:row><x:row><x:c><x:v>12</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    return with_part(SHEET, sheet)


def shared() -> bytes:
    """Rich text, and how it is pronounced, in the shared strings."""
    parts = xlsx_parts(sheet_data('<row><c t="s"><v>0</v></c></row><row><c><v>12</v></c></row>'))
    parts[LINKS] = str(parts[LINKS]).replace(
        "</Relationships>", f'<Relationship Id="r3" Type="{TIES}/sharedStrings" Target="/xl/s.xml"/></Relationships>'
    )
    parts["xl/s.xml"] = (
        f'{HEAD}<sst xmlns="{MAIN}"><si><r><t>SI</t></r><r><rPr><b/></rPr><t>RET</t></r>'
        '<rPh sb="0" eb="1"><t>PHON</t></rPh></si></sst>'
    )
    return zipped(parts)


ODD: dict[str, Callable[[], bytes]] = {
    "strict Open XML": strict,
    "a prefix everywhere": prefixed,
    "rich and shared strings": shared,
    "no compression": lambda: zipped(xlsx_parts(sheet_data(GOOD)), zipfile.ZIP_STORED),
    "a dimension that lies": lambda: with_sheet(GOOD, before='<dimension ref="A1"/>'),
    "a dimension of the whole sheet": lambda: with_sheet(GOOD, before='<dimension ref="A1:XFD1048576"/>'),
    "thousands of blank rows": lambda: with_sheet(
        GOOD + "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 4_000))
    ),
    "no address": lambda: an_xlsx([["SIRET"], [12]]),
    "comments": lambda: with_sheet(f"<!-- rien -->{GOOD}<?rien?>"),
    "a picture": lambda: with_part("xl/media/image1.png", b"\x89PNG\r\n\x1a\n"),
    "no styles": lambda: zipped({k: v for k, v in xlsx_parts(sheet_data(GOOD)).items() if k != "xl/styles.xml"}),
    "a style that is not there": lambda: with_sheet(GOOD.replace('"A2"', '"A2" s="999"')),
    "a sheet in UTF-16": lambda: with_part(
        SHEET,
        str(xlsx_parts(sheet_data(GOOD))[SHEET]).replace("UTF-8", "UTF-16").encode("utf-16"),
    ),
    "an ods": lambda: an_ods([["SIRET"], [12]]),
    "an ods of a million blank rows": lambda: zipped(
        ods_parts(
            "<table:table-row><table:table-cell><text:p>SIRET</text:p></table:table-cell></table:table-row>"
            '<table:table-row><table:table-cell office:value-type="float" office:value="12"><office:annotation><text:p>'
            "note</text:p></office:annotation><text:p>12,00</text:p></table:table-cell><table:table-cell "
            'table:number-columns-repeated="16000"/></table:table-row><table:table-row '
            'table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>'
            "</table:table-row>"
        )
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_an_honest_file_of_an_odd_program_is_read(name: str) -> None:
    assert values(ODD[name]()) == [["SIRET"], ["12"]]


TEXT = [["Société", "Réalisé"], ["Œuvre à Noël", "12,5"], ["Forêt ; bois, etc.", "3 €"]]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"])
def test_a_csv_gives_the_same_whatever_its_encoding_and_separator(separator: str, encoding: str) -> None:
    assert values(a_csv(TEXT, separator, encoding)) == TEXT


def test_a_csv_of_an_old_mac_one_that_names_its_separator_and_one_with_lines_in_a_cell_are_read() -> None:
    assert values(a_csv(TEXT).replace(b"\r\n", b"\r")) == TEXT
    assert values(b"sep=;\r\n" + a_csv(TEXT)) == TEXT
    assert values(a_csv([["a", "b"], ['l1\nl2;"q"', "c"]])) == [["a", "b"], ['l1\nl2;"q"', "c"]]


def test_R16_what_holds_no_value_says_so_and_what_was_computed_is_marked() -> None:
    rows = (
        '<row r="1" hidden="1"><c r="A1"><f>5+7</f><v></v></c><c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="C1"><f>5+7</f><v>12</v></c><c r="D1"><v>1e400</v></c><c r="E1"><v>1_000</v></c><c r="F1" t="zz"><v>1</v>'
        '</c><c r="G1" t="str"><f>""</f><v></v></c><c r="H1" s="2"><v>0.5</v></c></row>'
    )
    row = next(iter(read_here(with_sheet(rows))[0].rows()))
    assert row.is_hidden
    assert {column: (cell.texte, bool(cell.fault), cell.is_formula) for column, cell in row.cells.items()} == {
        0: ("", True, True),
        1: ("#DIV/0!", True, True),
        2: ("12", False, True),
        3: ("1e400", True, False),
        4: ("1_000", True, False),
        5: ("1", True, False),
        7: ("50 %", False, False),
    }


def test_R12_days_count_from_1900_or_from_1904_as_the_workbook_says_and_hours_stay_behind() -> None:
    rows = '<row><c s="1"><v>46203</v></c><c s="3"><v>46203.99998842593</v></c><c s="4"><v>46203</v></c></row>'
    assert values(with_sheet(rows)) == [["30/06/2026", "30/06/2026 23:59:59", "46203"]]
    since_1904 = zipped(xlsx_parts(sheet_data(rows), book='<workbookPr date1904="1"/>'))
    assert values(since_1904) == [["01/07/2030", "01/07/2030 23:59:59", "46203"]]


def test_hidden_sheets_rows_and_merged_cells_are_told() -> None:
    hidden = zipped(
        {
            **(parts := xlsx_parts(sheet_data(GOOD, '<mergeCells><mergeCell ref="A1:C2"/></mergeCells>'))),
            BOOK: str(parts[BOOK]).replace('sheetId="1"', 'sheetId="1" state="veryHidden"'),
        }
    )
    sheet = read_here(hidden)[0]
    assert (sheet.titre, sheet.is_hidden, sheet.merged) == ("Suivi", True, ((1, 2, 0, 2),))
