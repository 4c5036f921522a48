"""The workbook of a bilan: every figure in its cell, the same bytes each time, nothing else touched."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from paqte.domain.chiffres import Chiffre
from paqte.domain.colonnes import OBSERVATIONS
from paqte.domain.documents.bilan import Bilan
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.classeurs.bilan_detail import FEUILLES
from paqte.reporting.remplissage.classeur import fill_versions
from paqte.reporting.remplissage.gabarits import gabarit
from tests.reporting.mondes.bilans import fill, read_back, read_template
from tests.reporting.mondes.exemples import neant, volume
from tests.reporting.tiers.lecteurs import (
    named,
    opened,
    parts,
    read_with_calamine,
    read_with_openpyxl,
    saved_by_openpyxl,
    table,
    texts,
)

CHANGED = re.compile(r"xl/(worksheets/sheet\d+|charts/chart\d+|drawings/drawing\d+|workbook)\.xml")


def test_the_same_bilan_and_template_give_the_same_bytes(bilan: Bilan, template: bytes, workbook: bytes) -> None:
    gabarit.check_template.cache_clear()
    assert fill(bilan, template) == workbook
    assert fill(Bilan.from_json(bilan.as_json()), template) == workbook


def test_parts_that_do_not_change_are_the_same_byte_for_byte(template: bytes, workbook: bytes) -> None:
    before, after = parts(template), parts(workbook)
    tables = [name for name in after if name not in before]
    assert tables and all(re.fullmatch(r"xl/(tables/table|worksheets/_rels/sheet)\d+\.xml(\.rels)?", n) for n in tables)
    assert list(before) == [name for name in after if name in before]
    assert {name for name in before if before[name] != after[name] and not CHANGED.fullmatch(name)} == {
        "[Content_Types].xml",
        "docProps/core.xml",
        "xl/sharedStrings.xml",
    }
    assert before["xl/styles.xml"] == after["xl/styles.xml"]


def test_two_libraries_see_the_same_cells(workbook: bytes) -> None:
    ours, theirs = read_with_openpyxl(workbook), read_with_calamine(workbook)
    assert ours.keys() == theirs.keys()
    assert {place for place in ours if ours[place] != pytest.approx(theirs[place])} == set()


def test_sheets_are_those_of_the_circular_in_order_and_meta_is_hidden(workbook: bytes) -> None:
    book = opened(workbook)
    assert tuple(book.sheetnames) == FEUILLES
    assert [s.title for s in book.worksheets if s.sheet_state != "visible"] == ["_meta"]


def test_headings_of_the_circular_come_in_their_order_and_wording(workbook: bytes) -> None:
    seen = " ".join(
        t for (sheet, _, _), t in read_with_openpyxl(workbook).items() if sheet == "Bilan" and isinstance(t, str)
    )
    wanted = (
        "1. Référent du PAQTE (coordonnées)",
        "2. Organisation retenue de suivi et d’animation du PAQTE",
        "3. Nombre et liste des entreprises signataires au niveau départemental",
        "4. Associations et autres acteurs partenaires du déploiement du PAQTE",
        "5. Résultats agrégés des entreprises signataires de votre département, ainsi que des exemples concrets "
        "d’actions réalisées",
        "6. Éléments de contexte de votre département",
        "Stratégie définie",
        "Obstacles rencontrés",
    )
    places = [seen.index(heading) for heading in wanted]
    assert places == sorted(places)


def test_every_figure_of_the_grid_is_a_number_in_its_cell(bilan: Bilan, workbook: bytes) -> None:
    heading, *rows = table(workbook, "t_indicateurs")
    assert len(rows) == len(bilan.indicateurs)
    for row, line in zip(rows, bilan.indicateurs, strict=True):
        seen = dict(zip(heading, row, strict=True))
        scale = 100 if line.unite == "%" else 1
        assert seen["Code"] == line.code
        assert _close(seen["Réalisé au semestre"], line.realise, scale)
        assert _close(seen["Depuis le début"], line.cumul, scale)
        assert _close(seen["Taux de réalisation"], line.taux, 100)
        assert (seen["Réponses reçues"], seen["Réponses attendues"]) == (line.repondu, line.du)


def _close(seen: float | None, given: Chiffre, scale: int) -> bool:
    if given.valeur is None:
        return seen is None
    return seen == pytest.approx(float(given.valeur) / scale)


def test_R13_a_missing_answer_is_an_empty_cell_with_its_reason_and_zero_is_zero(bilan: Bilan, workbook: bytes) -> None:
    heading, *rows = table(workbook, "t_indicateurs")
    by_code = {row[1]: dict(zip(heading, row, strict=True)) for row in rows}
    assert by_code["R3e"]["Réalisé au semestre"] is None
    assert "Réalisé au semestre : aucune réponse sur 4 attendues" in by_code["R3e"]["Observations"]
    assert by_code["F4"]["Réalisé au semestre"] == 0


def test_R13_every_table_that_may_lack_a_figure_has_a_column_that_says_why() -> None:
    for tableau in FORMAT_BILAN.tableaux:
        if tableau.figures:
            assert [c.titre for c in tableau.colonnes if c.format == OBSERVATIONS], tableau.nom


def test_R13_a_figure_that_is_not_one_is_missing_rather_than_written(template: bytes, bilan: Bilan) -> None:
    line = replace(bilan.indicateurs[0], realise=Chiffre(Decimal("NaN")), cumul=Chiffre(Decimal("Infinity")))
    rows = table(fill(replace(bilan, indicateurs=(line,)), template), "t_indicateurs")
    seen = dict(zip(rows[0], rows[1], strict=True))
    assert (seen["Réalisé au semestre"], seen["Depuis le début"]) == (None, None)
    assert "non renseigné" in seen["Observations"]


def test_R24_identifiers_keep_their_leading_zeros_as_text(workbook: bytes, bilan: Bilan) -> None:
    heading, *rows = table(workbook, "t_signataires")
    seen = [row[heading.index("SIREN ou SIRET")] for row in rows]
    assert seen == [s.identifiant for s in bilan.signataires]
    assert any(identifiant.startswith("0") for identifiant in seen)


def test_R2_companies_are_listed_apart_from_networks_public_employers_and_associations(workbook: bytes) -> None:
    companies = [row[0] for row in table(workbook, "t_entreprises")[1:]]
    others = [row[0] for row in table(workbook, "t_autres_signataires")[1:]]
    assert (len(companies), len(others)) == (18, 5)
    assert named(workbook, "b_entreprises") == 18


@pytest.mark.parametrize(
    ("given", "shown"), [("Blois", "Préfecture · Blois"), ("Préfecture de Corse", "Préfecture de Corse")]
)
def test_the_prefecture_is_named_be_it_by_its_town(given: str, shown: str, template: bytes) -> None:
    assert read_back(fill(replace(neant(), prefecture=given), template)).champs["b_prefecture"] == shown


def test_R7_a_charte_to_transform_is_listed_by_itself(workbook: bytes) -> None:
    assert [row[0] for row in table(workbook, "t_chartes")[1:]] == ["Garage solidaire des Favignolles (fictif)"]


def test_R19_corrections_since_the_last_edition_are_shown(workbook: bytes) -> None:
    (_, line) = table(workbook, "t_corrections")
    assert line[0] == "Propreté Ligérienne (fictif)"
    assert (line[3], line[4]) == ("3", "5")


def test_R26_a_context_figure_shows_its_date_and_categories(workbook: bytes) -> None:
    heading, *rows = table(workbook, "t_contexte")
    defm = next(dict(zip(heading, row, strict=True)) for row in rows if row[0] == "defm")
    assert (defm["Valeur"], defm["Date"], defm["Précision"]) == (2140, date(2026, 6, 30), "catégories A, B, C")
    young = next(dict(zip(heading, row, strict=True)) for row in rows if row[0] == "defm_jeunes")
    assert (young["Valeur"], young["Date"]) == (None, "2026-06")


def test_106_a_departement_with_nothing_gives_a_valid_bilan_that_says_so(template: bytes) -> None:
    content = fill(neant(), template)
    seen = texts(read_with_openpyxl(content))
    assert "Néant : aucune convention PAQTE n’était en vigueur dans le département sur la période." in seen
    assert "Néant : aucune entreprise signataire sur la période." in seen
    assert named(content, "b_entreprises") == 0
    assert texts(read_with_calamine(content)) == seen


def test_a_bilan_with_a_signatory_does_not_say_neant_on_its_first_page(workbook: bytes) -> None:
    assert "t_neant" not in opened(workbook).defined_names


def test_meta_says_which_edition_data_template_and_catalogue(bilan: Bilan, workbook: bytes) -> None:
    seen = {
        name: named(workbook, f"b_meta_{name}")
        for name in ("departement", "periode", "edition", "catalogue", "donnees")
    }
    assert seen == {
        "departement": "41",
        "periode": "2026-S1",
        "edition": 2,
        "catalogue": "2019.1",
        "donnees": bilan.sha256,
    }
    assert named(workbook, "b_version_gabarit") == "2026.3"


@pytest.mark.lent
def test_a_hundred_signatories_are_all_there(template: bytes) -> None:
    content = fill(volume(100), template)
    assert len(table(content, "t_signataires")) == 101
    assert len(table(content, "t_reponses")) == 201


@pytest.mark.lent
def test_the_workbook_survives_being_saved_by_another_program(workbook: bytes) -> None:
    assert read_with_openpyxl(saved_by_openpyxl(workbook)) == read_with_openpyxl(workbook)


def test_no_macro_no_external_link_no_formula_in_what_is_produced(workbook: bytes) -> None:
    names = " ".join(parts(workbook))
    assert not re.search("vba|externalLink|embeddings", names)
    assert not re.search(rb"<f[ >]", b"".join(d for n, d in parts(workbook).items() if "worksheets/sheet" in n))


def test_R19_versions_written_together_are_those_written_apart_each_with_its_own_tables() -> None:
    """In either order: the one shows what the other does not, in rows, in texts to clean and in length."""
    whole = volume(12)
    dirty = replace(whole.signataires[0], nom="Nom\x07 sonore")
    less = replace(whole, signataires=(dirty, *whole.signataires[3:]), reponses=whole.reponses[:5])
    for versions in ((whole, less), (less, whole), (less, less, whole)):
        together = fill_versions(versions, read_template(), FORMAT_BILAN)
        assert together == [fill(one, read_template()) for one in versions]
