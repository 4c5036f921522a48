"""The quarterly export: workbook, CSV and schema say one and the same, whatever the texts."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes.lignes_trimestre import ETATS_DONNEE
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.reporting.classeurs.compte_rendu import FEUILLES
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from paqte.reporting.classeurs.donnees import COLONNES, write_donnees, write_schema
from paqte.reporting.dessin.gabarits.trimestre import draw_trimestre
from paqte.reporting.relecture.relecture import RelectureRefused
from paqte.reporting.remplissage.gabarits import gabarit
from paqte.reporting.remplissage.gabarits.gabarit import GabaritRefused
from tests.domain.loir_et_cher import donnees
from tests.reporting.mondes.bilans import check_template, fill, read_back, read_template
from tests.reporting.mondes.exemples_trimestre import NOW, exemple_trimestre

pytestmark = pytest.mark.lent

HOSTILE = (
    "=2+3",
    "a\x0bb",
    "x\uffffy",
    "é" * 40_000,
    "🏭" * 20_000,
    "@SUM(A1)",
    'guillemets "et" ; point-virgule\r\nfin',
    "-1",
)


@pytest.fixture(scope="module")
def template() -> bytes:
    return read_template(FORMAT_TRIMESTRE.gabarit)


@pytest.fixture(scope="module")
def example() -> CompteRendu:
    return exemple_trimestre()


@pytest.fixture(scope="module")
def workbook(example: CompteRendu, template: bytes) -> bytes:
    return fill(example, template, FORMAT_TRIMESTRE)


def from_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))


def by_openpyxl(content: bytes, sheet: str) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True))


def by_calamine(content: bytes, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


def figure(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if text else None


def test_the_template_of_the_quarter_is_the_one_the_code_draws(template: bytes) -> None:
    assert draw_trimestre() == template


def test_the_sheets_are_those_of_the_export_and_meta_is_hidden(workbook: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    assert tuple(book.sheetnames) == FEUILLES
    assert book["_meta"].sheet_state == "hidden"


def test_the_same_export_gives_the_same_bytes(example: CompteRendu, workbook: bytes, template: bytes) -> None:
    gabarit.check_template.cache_clear()
    assert fill(CompteRendu.from_json(example.as_json()), template, FORMAT_TRIMESTRE) == workbook


def test_R20_workbook_and_csv_show_the_figures_of_the_document(example: CompteRendu, workbook: bytes) -> None:
    told = [(d.valeur, d.numerateur, d.denominateur) for d in example.donnees]
    listed = from_csv(write_donnees(example))
    assert [tuple(figure(r[n]) for n in ("valeur", "numerateur", "denominateur")) for r in listed] == told
    relu = read_back(workbook, FORMAT_TRIMESTRE).tableaux["t_donnees"]
    assert [(r["valeur"], r["numerateur"], r["denominateur"]) for r in relu] == told
    for rows in (by_openpyxl(workbook, "Données"), by_calamine(workbook, "Données")):
        headings, *values = [list(row) for row in rows]
        at = headings.index("valeur")
        shown = [None if row[at] in (None, "") else Decimal(str(row[at])) for row in values]
        assert shown == [v for v, _, _ in told]


def test_R20_each_indicator_and_thematique_reads_back_as_the_document_says(
    example: CompteRendu, workbook: bytes
) -> None:
    tables = read_back(workbook, FORMAT_TRIMESTRE).tableaux
    assert [r["Réalisé au trimestre"] for r in tables["t_indicateurs"]] == [
        i.realise.valeur for i in example.indicateurs
    ]
    assert [r["Réalisé au trimestre"] for r in tables["t_thematiques"]] == [
        t.realise.valeur for t in example.thematiques
    ]
    engaged = [i.realise.valeur for i in example.indicateurs if i.is_engaged]
    assert [r["Réalisé au trimestre"] for r in tables["t_axes_synthese"]] == engaged


def test_R11_the_workbook_writes_declarant_semestriel_and_no_zero(workbook: bytes) -> None:
    tables = read_back(workbook, FORMAT_TRIMESTRE).tableaux
    firm = next(r for r in tables["t_entreprises"] if r["Signataire"] == "Société 03 (fictif)")
    assert (firm["Déclaration du trimestre"], firm["Réponses attendues"]) == ("Déclarant semestriel", None)
    assert [(r["valeur"], r["etat"]) for r in tables["t_donnees"] if r["convention"] == firm["Convention"]] == [
        (None, "semestriel")
    ]


def test_R13_an_empty_analysis_is_said(workbook: bytes) -> None:
    shown = [cell for row in by_openpyxl(workbook, "Analyse") for cell in row if cell]
    assert "Bien." in shown
    assert any("le référent n’a pas encore saisi ce texte" in str(cell) for cell in shown)


def test_R24_identifiers_keep_their_leading_zeros(example: CompteRendu, workbook: bytes) -> None:
    assert from_csv(write_donnees(example))[0]["siret"] == "00000000100012"
    assert read_back(workbook, FORMAT_TRIMESTRE).tableaux["t_donnees"][0]["siret"] == "00000000100012"


def test_the_csv_opens_in_french_excel_and_its_headings_are_the_fields_of_its_schema(example: CompteRendu) -> None:
    content = write_donnees(example)
    schema = json.loads(write_schema(example))
    assert content.startswith(b"\xef\xbb\xbfdepartement;siret;")
    assert b"1234,50" in content
    assert [f["name"] for f in schema["schema"]["fields"]] == list(from_csv(content)[0])
    assert schema["dialect"]["delimiter"] == ";"
    assert schema["path"] == "export-trimestriel_41_2026-T3_edition-1.csv"


def test_R23_the_schema_says_whether_its_rows_may_leave_the_prefecture(example: CompteRendu) -> None:
    said = [json.loads(write_schema(replace(example, diffusion=d)))["description"] for d in ("interne", "publiable")]
    assert said == ["Usage interne", "Version publiable"]


def faults(rows: list[dict[str, str]], schema: dict[str, Any]) -> list[str]:
    """What in the rows breaks the published schema, read as a stranger would."""
    found = []
    for field in schema["schema"]["fields"]:
        rules = field.get("constraints", {})
        for value in (row[field["name"]] for row in rows):
            number = figure(value) if field["type"] == "number" else None
            broken = (
                (rules.get("required") and value == "")
                or ("enum" in rules and value not in rules["enum"])
                or ("pattern" in rules and value and not re.fullmatch(rules["pattern"], value))
                or ("minimum" in rules and number is not None and number < rules["minimum"])
            )
            found += [f"{field['name']} : {value}"] if broken else []
    return found


def test_the_rows_obey_the_published_schema(example: CompteRendu) -> None:
    assert faults(from_csv(write_donnees(example)), json.loads(write_schema(example))) == []


def test_the_sheet_and_the_csv_have_the_columns_of_one_description(example: CompteRendu) -> None:
    table = FORMAT_TRIMESTRE.tableau("t_donnees")
    assert [c.titre for c in table.colonnes] == [c.entete for c in COLONNES]
    assert {d.etat for d in example.donnees} <= ETATS_DONNEE.keys()


def test_a_departement_with_nothing_gives_a_whole_export_that_says_neant(template: bytes) -> None:
    empty = replace(donnees([]), periode=Periode.from_code("2026-T3"))
    document = assemble_trimestre(empty, catalogue(), edition=1, now=NOW, gabarit="essai")
    content = fill(document, template, FORMAT_TRIMESTRE)
    assert any("Néant" in str(c) for row in by_openpyxl(content, "Synthèse") for c in row if c)
    # A sentence would be read as a row of data.
    (headings, *rows) = by_calamine(content, "Données")
    assert headings[0] == "departement" and not any(cell for row in rows for cell in row)
    assert read_back(content, FORMAT_TRIMESTRE).tableaux["t_donnees"] == ()
    assert write_donnees(document).count(b"\r\n") == 1


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: ascii(t[:8]))
def test_hostile_text_spoils_neither_file_and_leaves_the_figures_alone(text: str, template: bytes) -> None:
    document = exemple_trimestre(text)
    document = replace(document, efficacite=text)
    content = fill(document, template, FORMAT_TRIMESTRE)
    formulas = [
        c for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet for c in row if c.data_type == "f"
    ]
    assert formulas == []
    listed = from_csv(write_donnees(document))
    told = [d.valeur for d in document.donnees]
    assert [figure(row["valeur"]) for row in listed] == told
    assert [r["valeur"] for r in read_back(content, FORMAT_TRIMESTRE).tableaux["t_donnees"]] == told
    assert not any(row["signataire"].startswith(("=", "@", "+", "-")) for row in listed)
    assert "Synthèse" in CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_the_texts_both_files_keep_every_row(name: str, other: str) -> None:
    document = exemple_trimestre(name, other)
    content = fill(document, read_template(FORMAT_TRIMESTRE.gabarit), FORMAT_TRIMESTRE)
    assert len(read_back(content, FORMAT_TRIMESTRE).tableaux["t_donnees"]) == len(document.donnees)
    assert len(from_csv(write_donnees(document))) == len(document.donnees)


def test_a_template_of_the_bilan_cannot_make_an_export_nor_its_workbook_pass_for_one(
    workbook: bytes, template: bytes
) -> None:
    with pytest.raises(GabaritRefused, match="Synthèse"):
        check_template(read_template(), FORMAT_TRIMESTRE)
    with pytest.raises(GabaritRefused):
        check_template(template)
    with pytest.raises(RelectureRefused, match="bilan du PAQTE"):
        read_back(workbook)


def test_a_changed_figure_is_refused_when_read_back(workbook: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book["Données"]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == 12)
    cell.value = 13
    held = io.BytesIO()
    book.save(held)
    with pytest.raises(RelectureRefused, match="modifié"):
        read_back(held.getvalue(), FORMAT_TRIMESTRE)
