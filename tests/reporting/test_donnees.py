"""A sheet of data is read as it stands: headings first, one row a thing, an Excel table, what the document says."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import frictionless
import pandas
import pytest

from paqte.domain.chiffres import Chiffre
from paqte.domain.colonnes import OBSERVATIONS, Colonne
from paqte.domain.documents.lignes.lignes import LigneAction
from paqte.domain.secret import MASQUE, PETIT
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from paqte.reporting.classeurs.donnees import csv_name, schema_name, write_donnees, write_schema
from paqte.reporting.dessin.gabarits.classeur import draw
from paqte.reporting.relecture.vue import read_view
from paqte.reporting.relecture.vues_comparees import compare_views
from paqte.reporting.remplissage.plan.format import Table
from tests.domain.loir_et_cher import convention, donnees, engagement
from tests.reporting.mondes.bilans import fill, read_back, read_template
from tests.reporting.mondes.classeurs_exemples import FILLED, Classeur, every_workbook, quarter
from tests.reporting.mondes.exemples import exemple
from tests.reporting.mondes.exemples_trimestre import exemple_trimestre
from tests.reporting.tiers.lecteurs import opened, part, parts, read_with_openpyxl, with_part
from tests.reporting.tiers.lecteurs_tiers import DU_VERROU, Lecteur, plain, said, written

pytestmark = pytest.mark.lent

# Sheet of data -> the name of its table.
BILAN = {
    "Signataires": "Signataires",
    "Indicateurs": "Indicateurs",
    "Thématiques": "Thematiques",
    "Actions": "Actions",
    "Contexte": "Contexte",
}
EXPORT = {
    "Thématiques": "Thematiques",
    "Entreprises": "Entreprises",
    "Autres signataires": "Autres_signataires",
    "Axes PAQTE": "Axes",
    "Données": "Donnees",
}
EPOCH = date(1899, 12, 30)


def sheets_of(name: str) -> dict[str, str]:
    return BILAN if name.startswith("bilan") else EXPORT


def table_on(workbook: Classeur, sheet: str) -> Table:
    (table,) = (t for t in workbook.format.tableaux if t.feuille == sheet)
    return table


def cell(colonne: Colonne, row: Any, unit: str) -> Any:
    """What a cell must hold, from the row of the document alone."""
    value = colonne.of(row)
    if isinstance(value, Chiffre):
        little = value.motif if value.is_infime else ""
        veiled = {PETIT: PETIT, MASQUE: "masqué"}.get(value.motif or "", little)
        if veiled or value.valeur is None:
            return veiled or ""
        is_share = colonne.format == "pourcent" or (colonne.format == "nombre" and "%" in unit)
        return plain(value.valeur / 100 if is_share else value.valeur)
    # A month is no day, and stays a text.
    if colonne.format == "date" and len(value) >= 10:
        return Decimal((date.fromisoformat(value[:10]) - EPOCH).days)
    return "" if value is None else plain(value)


def expected(workbook: Classeur, sheet: str) -> list[list[Any]]:
    """The sheet, headings first, from the rows of the document. Reasons of absence follow what Observations say."""
    table = table_on(workbook, sheet)
    rows = [
        [cell(colonne, row, getattr(row, "unite", "")) for colonne in table.colonnes]
        for row in table.lignes(workbook.document)
    ]
    return [[colonne.titre for colonne in table.colonnes], *rows]


def read_rows(cells: dict[tuple[str, int, int], Any], sheet: str, width: int) -> list[list[Any]]:
    height = max((row for title, row, _ in cells if title == sheet), default=0)
    return [[cells.get((sheet, row, column), "") for column in range(1, width + 1)] for row in range(1, height + 1)]


@pytest.mark.parametrize("name", FILLED)
@pytest.mark.parametrize("lecteur", DU_VERROU, ids=lambda lecteur: lecteur.nom)
def test_each_program_reads_in_a_sheet_of_data_what_the_document_says_and_nothing_else(
    lecteur: Lecteur, name: str
) -> None:
    workbook = every_workbook()[name]
    cells = said(lecteur.lit(workbook.octets), is_typed=lecteur.is_typed)
    for sheet in sheets_of(name):
        table = table_on(workbook, sheet)
        wanted = expected(workbook, sheet)
        found = read_rows(cells, sheet, len(table.colonnes))
        assert len(found) == len(wanted), sheet
        for line, (told, right) in enumerate(zip(found, wanted, strict=True)):
            for colonne, is_there, must in zip(table.colonnes, told, right, strict=True):
                text = must if lecteur.is_typed or must == "" else written(must)
                is_remark = colonne.format == OBSERVATIONS and line
                assert str(is_there).startswith(str(text)) if is_remark else is_there == text, (sheet, line, colonne)


@pytest.mark.parametrize("name", FILLED)
def test_pandas_loads_each_sheet_of_data_without_skipping_a_row(name: str) -> None:
    workbook = every_workbook()[name]
    for sheet in sheets_of(name):
        headings, *rows = expected(workbook, sheet)
        frame = pandas.read_excel(io.BytesIO(workbook.octets), sheet_name=sheet, engine="calamine")
        assert list(frame.columns) == headings
        assert len(frame) == len(rows)


@pytest.mark.parametrize("name", FILLED)
def test_each_sheet_of_data_is_an_excel_table_named_in_ascii_over_all_its_rows(name: str) -> None:
    workbook = every_workbook()[name]
    book = opened(workbook.octets)
    found = {sheet.title: table for sheet in book.worksheets for table in sheet.tables.values()}
    assert {title: table.displayName for title, table in found.items()} == sheets_of(name)
    assert all(table.name == table.displayName and table.name.isascii() for table in found.values())
    assert len({table.id for table in found.values()}) == len(found)
    for title, table in found.items():
        headings, *rows = expected(workbook, title)
        assert [c.name for c in table.tableColumns] == headings
        assert [c.value for c in book[title][1]][: len(headings)] == headings
        first, last = table.ref.split(":")
        # Excel wants one row, were it empty.
        assert (first, int(last.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))) == ("A1", 1 + max(1, len(rows)))
        assert table.autoFilter.ref == table.ref and book[title].auto_filter.ref is None
        assert not book[title].merged_cells.ranges


def test_a_long_action_is_one_row_and_loses_nothing() -> None:
    """The printed pages cut a text over several rows; a program that reads the sheet takes each row for an action."""
    text = "Visite d’atelier, accueil, stage. " * 400
    long = LigneAction("2026-03-12", "Société 01 (fictif)", "FORMER", "Longue", text, "Blois", Chiffre(Decimal(4)))
    document = replace(exemple(), actions=(long, *exemple().actions))
    content = fill(document, read_template())
    rows = list(opened(content)["Actions"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(document.actions)
    assert rows[0][4] == text and len(text) > 13_000
    assert read_back(content).tableaux["t_actions"][0]["Description"] == text


def test_the_sheet_and_the_csv_have_the_same_names_and_the_same_codes() -> None:
    export = every_workbook()["export"]
    sheet = pandas.read_excel(io.BytesIO(export.octets), sheet_name="Données", dtype=str, engine="calamine")
    csv = pandas.read_csv(io.BytesIO(write_donnees(export.document)), sep=";", dtype=str, encoding="utf-8-sig")
    numbers = ["valeur", "numerateur", "denominateur"]
    assert list(sheet.columns) == list(csv.columns)
    assert sheet.drop(columns=numbers).fillna("").equals(csv.drop(columns=numbers).fillna(""))
    for column in numbers:
        values = [Decimal(v) for v in sheet[column].dropna()]
        assert values == [Decimal(v.replace(",", ".")) for v in csv[column].dropna()]
        assert list(sheet[column].isna()) == list(csv[column].isna())
    assert set(csv["etat"]) <= {"nombre", "neant", "sans_reponse", "non_transmise", "semestriel"}


def test_R38_each_value_says_the_nature_of_who_answers() -> None:
    firms = [
        convention(1, engagement(11, "S2")),
        convention(2, engagement(21, "S2"), nature="reseau"),
        convention(3, engagement(31, "S2"), nature="employeur_public"),
        convention(4, engagement(41, "S2"), nature="association"),
    ]
    document = quarter(donnees(firms))
    csv = pandas.read_csv(io.BytesIO(write_donnees(document)), sep=";", dtype=str, encoding="utf-8-sig")
    assert dict(zip(csv["siret"].str[:9].astype(int), csv["nature"], strict=True)) == {
        1: "entreprise",
        2: "reseau",
        3: "employeur_public",
        4: "association",
    }


def laid_out(document: Any, folder: Path) -> frictionless.Resource:
    """The CSV and its schema in a folder, as somebody receives them."""
    (folder / csv_name(document)).write_bytes(write_donnees(document))
    (folder / schema_name(document)).write_bytes(write_schema(document))
    return frictionless.Resource.from_descriptor(str(folder / schema_name(document)))


@pytest.mark.parametrize("name", [n for n in FILLED if n.startswith("export")])
def test_frictionless_finds_the_schema_and_the_rows_valid(name: str, tmp_path: Path) -> None:
    document = every_workbook()[name].document
    report = laid_out(document, tmp_path).validate()
    assert report.flatten(["type", "note"]) == []
    assert report.tasks[0].stats.get("rows", 0) == len(document.donnees)


def test_frictionless_would_tell_a_row_that_breaks_the_schema(tmp_path: Path) -> None:
    document = exemple_trimestre()
    resource = laid_out(document, tmp_path)
    path = tmp_path / csv_name(document)
    path.write_bytes(path.read_bytes().replace(b";paqte;", b";pacte;", 1))
    assert [kind for (kind,) in resource.validate().flatten(["type"])] == ["constraint-error"]
    told = json.loads(write_schema(document))["schema"]["fields"]
    assert next(f for f in told if f["name"] == "nature")["constraints"]["enum"] == [
        "entreprise",
        "reseau",
        "employeur_public",
        "association",
    ]


def changes(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Ways of changing what programs read of a table, or a text that several cells share."""
    name = next(n for n in sorted(parts(content)) if "tables/" in n and "Indicateurs" in part(content, n))
    yield "tableau de la feuille", with_part(content, name, lambda xml: xml.replace("Indicateurs", "Autre"))
    yield "tableau de la feuille", with_part(content, name, lambda xml: re.sub(r'(:[A-Z]+)30"', r'\g<1>20"', xml))
    yield "tableau de la feuille", with_part(content, name, lambda xml: xml.replace('"Axe"', '"Axes"'))
    hidden = r'\g<1>><filterColumn colId="0"/></autoFilter>'
    yield (
        "tableau de la feuille",
        with_part(content, name, lambda xml: re.sub('(<autoFilter ref="[A-Z0-9:]+")/>', hidden, xml)),
    )
    yield "contenu", with_part(content, "xl/sharedStrings.xml", lambda xml: xml.replace(">Blois<", ">Tours<"))


def test_the_check_of_a_file_tells_a_table_or_a_shared_text_that_was_changed() -> None:
    content = fill(exemple(edition=2), read_template())
    issued = read_view(content)
    for what, changed in changes(content):
        assert changed != content
        assert {d.quoi for d in compare_views(issued, read_view(changed))} == {what}
    towns = sum(value == "Blois" for value in read_with_openpyxl(content).values())
    shared = list(changes(content))[-1][1]
    assert towns > 10 and len(list(compare_views(issued, read_view(shared)))) == towns


def test_a_table_whose_name_the_template_gave_to_something_else_stays_a_plain_range() -> None:
    """Two things of one name would make Excel offer to repair the file."""
    name = "<definedName name=\"actions\">'Bilan'!$A$1</definedName></definedNames>"
    restyled = with_part(draw(), "xl/workbook.xml", lambda xml: xml.replace("</definedNames>", name))
    book = opened(fill(exemple(), restyled))
    assert {t for sheet in book.worksheets for t in sheet.tables} == {*BILAN.values()} - {"Actions"}
    assert book["Actions"]["A1"].value == "Date"


@pytest.mark.parametrize("format", [FORMAT_BILAN, FORMAT_TRIMESTRE], ids=["bilan", "export"])
def test_the_names_of_the_tables_are_those_said_here(format: Any) -> None:
    told = {t.feuille: t.liste for t in format.tableaux if t.liste}
    assert told == (BILAN if format is FORMAT_BILAN else EXPORT)
