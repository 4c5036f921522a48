"""The properties of a workbook say which document it is, and nothing of whoever restyled its template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from paqte.domain.documents.bilan import Bilan
from tests.reporting.mondes.bilans import fill
from tests.reporting.tiers.lecteurs import opened, packed, parts, saved_by_openpyxl, with_part

pytestmark = pytest.mark.lent

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FOLDER = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
    'Requires="x15"><x15ac:absPath url="C:\\Users\\jdupont\\" xmlns:x15ac="http://schemas.microsoft.com/office/'
    'spreadsheetml/2010/11/ac"/></mc:Choice></mc:AlternateContent>'
)
PRINTER = (
    f'<Relationship Id="rIdP" Type="{RELATIONSHIPS}/printerSettings" '
    'Target="../printerSettings/printerSettings1.bin"/></Relationships>'
)


def test_the_properties_say_which_document_it_is_and_when_it_was_made(workbook: bytes) -> None:
    said = opened(workbook).properties
    place = "USAGE INTERNE · Loir-et-Cher (41) · 1er semestre 2026 · édition n°\N{NO-BREAK SPACE}2"
    assert said.title == f"Bilan semestriel du PAQTE · {place}"
    assert (said.creator, said.lastModifiedBy, said.language) == ("PAQTE", None, "fr-FR")
    assert said.created == said.modified == datetime(2026, 7, 21, 8, 30)  # noqa: DTZ001 (UTC unsaid)


def test_who_restyled_the_template_is_not_told_by_its_bilans(bilan: Bilan, template: bytes) -> None:
    def sign(book: Any) -> None:
        book.properties.creator = book.properties.lastModifiedBy = "Jeanne Dupont"
        book.properties.description = "poste PREF41-0042"

    signed = saved_by_openpyxl(template, sign)
    signed = with_part(
        signed,
        "docProps/app.xml",
        lambda xml: xml.replace("</Properties>", "<Company>Préfecture</Company></Properties>"),
    )
    written = parts(fill(bilan, signed))
    assert not any(word.encode() in data for data in written.values() for word in ("Jeanne", "PREF41", "<Company>"))


def test_the_folder_and_the_printer_of_a_machine_do_not_travel(bilan: Bilan, template: bytes) -> None:
    def tied(xml: str) -> str:
        return xml.replace("<pageSetup ", f'<pageSetup xmlns:r="{RELATIONSHIPS}" r:id="rIdP" ', 1)

    restyled = with_part(template, "xl/workbook.xml", lambda xml: xml.replace("<bookViews", f"{FOLDER}<bookViews", 1))
    restyled = with_part(restyled, "xl/worksheets/sheet1.xml", tied)
    restyled = with_part(
        restyled, "xl/worksheets/_rels/sheet1.xml.rels", lambda xml: xml.replace("</Relationships>", PRINTER)
    )
    restyled = packed(parts(restyled) | {"xl/printerSettings/printerSettings1.bin": b"\\\\SRV-PREF41\\Etage2"})
    written = parts(fill(bilan, restyled))
    assert "xl/printerSettings/printerSettings1.bin" not in written
    assert b"rIdP" not in b"".join(written.values())
    assert b"jdupont" not in b"".join(written.values())
    assert opened(packed(written)).sheetnames
