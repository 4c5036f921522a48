"""No text, whatever it is, spoils the workbook: two libraries read it back, as text (cases 43, 46, 48, 83)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import LigneAction, LignePartenaire
from paqte.reporting.ooxml.texts.text import clean
from tests.reporting.mondes.bilans import fill, read_back, read_template
from tests.reporting.mondes.exemples import neant
from tests.reporting.tiers.lecteurs import parts, read_with_calamine, read_with_openpyxl, texts

pytestmark = pytest.mark.lent

ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=80)
NASTY = st.sampled_from(
    [
        "=2+3",
        "#N/A",
        "a\x0bb",
        "\uffff",
        "\ud800",
        "_x000D_",
        "\u202eabc",
        "(suite)",
        "(suite) x",
        " ",
        "\n",
        "'",
        '<&>"]]>',
    ]
)


def _partners(*names: str) -> Bilan:
    return replace(neant(), partenaires=tuple(LignePartenaire(n, "Association", n) for n in names))


# Each example writes and reads a whole workbook twice: looking for the smallest one would take minutes.
@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(names=st.lists(ANY_TEXT | NASTY, min_size=1, max_size=12))
def test_any_text_comes_back_the_same_by_both_libraries_or_its_cleaning_is_listed(
    names: list[str],
) -> None:
    content = fill(_partners(*names), read_template())
    cells = read_with_openpyxl(content)
    seen = texts(cells)
    assert [t for t in clean_texts(names) if t and t not in seen] == []
    assert texts(read_with_calamine(content)) == seen
    cleaned = [row["Endroit"] for row in read_back(content).tableaux["t_nettoyages"]]
    wanted = [
        f"Partenaires, ligne {rank}, colonne « Partenaire »" for rank, n in enumerate(names, 1) if clean(n).mentions
    ]
    assert [w for w in wanted if w not in cleaned] == []
    sheets = b"".join(data for name, data in parts(content).items() if "worksheets/sheet" in name)
    assert not re.search(rb"<f[ >]", sheets)


def clean_texts(names: list[str]) -> list[str]:
    return [clean(name).texte for name in names]


@pytest.mark.parametrize("text", ["=2+3", "#N/A", "+1", "-1", "@a", "#DIV/0!", "=cmd|' /C calc'!A0"])
def test_a_dangerous_text_is_a_string_for_every_reader(text: str, template: bytes) -> None:
    content = fill(_partners(text), template)
    place = next(place for place, value in read_with_openpyxl(content).items() if value == text)
    assert read_with_calamine(content)[place] == text


def test_a_text_of_40000_characters_goes_on_in_the_rows_below_with_a_visible_mark(template: bytes) -> None:
    text = "".join(f"mot{n} " for n in range(5_500))
    assert len(text) > 40_000
    action = LigneAction("2026-03-01", "Société (fictif)", "FORMER", "Titre", text)
    content = fill(replace(neant(), actions=(action,)), template)
    pieces = [v for (sheet, _, column), v in read_with_openpyxl(content).items() if sheet == "Actions" and column == 5][
        1:
    ]
    assert len(pieces) > 5
    assert all(piece.startswith("(suite) ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece.removeprefix("(suite) ") for piece in pieces[1:]) == text
    assert read_back(content).tableaux["t_actions"][0]["Description"] == text


def test_no_row_is_taller_than_excel_allows_and_every_row_of_text_has_its_height(template: bytes) -> None:
    action = LigneAction("2026-03-01", "Société (fictif)", "FORMER", "Titre", "Une phrase assez longue. " * 900)
    content = fill(replace(neant(), actions=(action,), strategie="Un paragraphe. " * 3_000), template)
    heights = [
        float(h)
        for name, data in parts(content).items()
        if "worksheets/" in name
        for h in re.findall(rb' ht="([\d.]+)"', data)
    ]
    assert 200 < max(heights) <= 409


def test_a_long_name_in_a_named_cell_is_given_whole_among_the_cleaned_texts(template: bytes) -> None:
    name = "Préfecture " * 60
    content = fill(replace(neant(), prefecture=name), template)
    listed = read_back(content).tableaux["t_nettoyages"]
    assert name in str(listed[0]["Ce qui a été nettoyé"])
    assert "suite : feuille Qualité" in str(read_back(content).champs["b_prefecture"])


def test_the_footer_cannot_be_driven_by_a_name(template: bytes) -> None:
    content = fill(replace(neant(), departement_nom='A&B &"Arial"&P <x>'), template)
    footers = {
        re.search(r"<oddFooter>(.*?)</oddFooter>", d.decode()).group(1)
        for n, d in parts(content).items()
        if "worksheets/sheet" in n and b"oddFooter" in d
    }  # type: ignore[union-attr]
    assert all("A&amp;&amp;B" in footer and "{b_" not in footer for footer in footers)


def test_paragraphs_of_a_text_follow_one_another_in_rows(template: bytes) -> None:
    content = fill(replace(neant(), strategie="Premier.\r\n\r\nDeuxième.\n=Troisième."), template)
    assert [row[""] for row in read_back(content).tableaux["t_strategie"]] == ["Premier.", "Deuxième.", "=Troisième."]
