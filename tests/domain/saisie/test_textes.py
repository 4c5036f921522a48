"""Texts fit to be kept, shown and put into a workbook."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.saisie.textes import clean_line, clean_lines, is_storable


@pytest.mark.parametrize("mark", ["\x0b", "\x00", "\x1f", "\x7f", "\x85", "\ufffe", "\uffff", "\ud800", "\U0001ffff"])
def test_what_no_workbook_can_hold_is_taken_out_and_counted(mark: str) -> None:
    assert clean_line(f"Atelier{mark} Lenoir") == ("Atelier Lenoir", 1)
    assert clean_lines(f"Atelier{mark}\nLenoir") == ("Atelier\nLenoir", 1)


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u200f", "\u00ad", "\u2063", "\u3164"])
def test_marks_that_hide_what_a_name_is_are_taken_out(mark: str) -> None:
    assert clean_line(f"Atelier{mark} Lenoir") == ("Atelier Lenoir", 1)


@pytest.mark.parametrize(
    "kept", ["=2+3", "#N/A", "été", "👩🏽‍🔧 atelier", "« Quinière »", "O\u2019Neil & <fils>", "a\u00a0b"]
)
def test_whatever_people_write_is_kept_as_it_is(kept: str) -> None:
    assert clean_line(kept) == (kept, 0)


def test_one_name_is_one_name_however_its_accents_are_coded() -> None:
    assert clean_line("Ame\u0301lie") == ("Amélie", 0)


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2007", " \u00a0 ", "\u00a0\u00a0", "\t\u202f\n"])
def test_blanks_of_any_kind_are_nothing_typed_alone_or_at_the_ends(blank: str) -> None:
    assert clean_line(blank)[0] == ""
    assert clean_line(f"{blank}Élan{blank}")[0] == "Élan"
    assert clean_lines(blank)[0] == ""


def test_a_line_has_single_spaces_and_a_text_keeps_its_lines() -> None:
    assert clean_line("  Atelier\t du\r\n  Val ") == ("Atelier du Val", 0)
    assert clean_lines(" Un  \r\nDeux\r\n\r\nTrois\n") == ("Un\nDeux\n\nTrois", 0)
    assert clean_line("Atelier\u2028du\u2029Val") == ("Atelier du Val", 0)
    assert clean_lines("Un\u2028Deux\u2029Trois") == ("Un\nDeux\nTrois", 0)


@given(st.text(st.characters(codec=None), max_size=50))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    for clean in (clean_line, clean_lines):
        once, _ = clean(text)
        assert clean(once) == (once, 0)
        assert unicodedata.is_normalized("NFC", once)
        assert all(is_storable(c) or c in "\n\t" for c in once)
