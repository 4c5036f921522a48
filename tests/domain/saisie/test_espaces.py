"""No line of French ends inside what is read as one, and nothing else of the text changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.saisie.espaces import held_together, html_held_together


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Prêt ? « oui » : 5 %", "Prêt_? «_oui_»_: 5_%"),
        ("l’édition n° 12 ; la suite !", "l’édition n°_12_; la suite_!"),
        ("10 000 entreprises, 1 234 567 € en 2026", "10_000 entreprises, 1_234_567_€ en 2026"),
        ("le 31 12 2026 à 14 h", "le 31 12 2026 à 14 h"),
        ("12 3456 et 123 45", "12 3456 et 123 45"),
        ("https://exemple.fr/?a=1 et a@b.fr", "https://exemple.fr/?a=1 et a@b.fr"),
        ("voir :root, puis :\nla liste", "voir :root, puis_:\nla liste"),
        ("sans\u202f: rien à faire, déjà\u00a0!", "sans_: rien à faire, déjà_!"),
        ("SIRET 219 900 008 00018, 12 345 67890", "SIRET 219_900_008_00018, 12_345 67890"),
        (" : ", "_: "),
        ("Les points :\n: un\n» deux\nn°\n3", "Les points_:\n: un\n» deux\nn°\n3"),
        ("", ""),
    ],
)
def test_a_space_inside_what_is_read_as_one_does_not_break(text: str, held: str) -> None:
    assert held_together(text).replace("\u00a0", "_") == held


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("l’axe « Plan « 10 000 entreprises » » est lu", "l’axe «_Plan “10_000 entreprises”_» est lu"),
        ("« un » et « deux »", "«_un_» et «_deux_»"),
        ("« a « b « c » » d » « e »", "«_a “b “c”” d_» «_e_»"),
        # What somebody left open, or closed twice, is hers.
        ("« a « b »", "«_a «_b_»"),
        ("» « a » «", "» «_a_» «"),
        ("« a\n« b »\nc »", "«_a\n“b”\nc_»"),
    ],
)
def test_a_quotation_inside_another_has_marks_of_its_own(text: str, held: str) -> None:
    assert held_together(text).replace("\u00a0", "_") == held


INNER = str.maketrans("“”", "«»")


@given(st.text("a1 :;!?»«%€n°\n\u00a0<>"))
def test_nothing_but_spaces_and_inner_marks_changes_and_once_is_enough(text: str) -> None:
    held = held_together(text)
    assert "".join(held.translate(INNER).split()) == "".join(text.split())
    assert held.count("\n") == text.count("\n")
    assert held_together(held) == held


def test_html_keeps_its_tags_as_they_are() -> None:
    given_html = '<a href="/x ?a=1 : 2" title="Aide : ici">Aide :</a> <b>5 %</b>'
    assert html_held_together(given_html) == (
        '<a href="/x ?a=1 : 2" title="Aide : ici">Aide\u00a0:</a> <b>5\u00a0%</b>'
    )
