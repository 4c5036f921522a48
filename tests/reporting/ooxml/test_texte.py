"""Any text is fit for a cell, and what was changed is said (cases 43, 46, 48, 83)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paqte.reporting.ooxml.sheets.strings import element
from paqte.reporting.ooxml.texts.text import CELL_LIMIT, SUITE, clean, units
from paqte.reporting.ooxml.texts.widths import Font, count_lines, split

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_an_ordinary_text_is_left_as_it_is() -> None:
    text = "Élèves de 3e : « accueillis » — 12,5 % 😀👩‍👩‍👧\n\tdeuxième ligne"
    assert clean(text) == (text, ())


def test_what_looks_like_a_formula_or_an_error_is_a_text_like_any_other() -> None:
    for text in ("=2+3", "+33 2 54", "-1", "@nom", "#N/A", "#REF!", '=HYPERLINK("http://x")', "'=1"):
        assert clean(text) == (text, ())


def test_a_word_processor_line_break_becomes_an_ordinary_one_and_is_said() -> None:
    assert clean("avant\x0baprès") == (
        "avant\naprès",
        ("saut de ligne particulier remplacé par un saut ordinaire",),
    )


def test_characters_that_make_a_file_unreadable_are_replaced_in_sight() -> None:
    assert clean("a\uffffb\ufffec\ud800d") == (
        "a\ufffdb\ufffdc\ufffdd",
        ("caractère illisible remplacé par \ufffd (3 fois)",),
    )


def test_two_halves_of_an_emoji_are_put_together_again() -> None:
    assert clean("\ud83d\ude00\x01") == ("😀", ("caractère de commande invisible retiré",))


def test_a_right_to_left_override_cannot_disguise_a_text() -> None:
    assert clean("facture\u202excod.exe") == ("facturexcod.exe", ("inversion du sens de lecture retirée",))


def test_line_ends_of_every_system_become_one_without_a_word() -> None:
    assert clean("a\r\nb\rc\n") == ("a\nb\nc\n", ())


@given(ANY_TEXT)
def test_a_cleaned_text_needs_no_second_cleaning(text: str) -> None:
    once = clean(text)
    assert clean(once.texte) == (once.texte, ())


@given(ANY_TEXT)
def test_a_text_that_changed_says_so(text: str) -> None:
    cleaned, mentions = clean(text)
    line_ends_apart = text.replace("\r\n", "\n").replace("\r", "\n")
    assert cleaned == line_ends_apart or mentions


def test_an_excel_escape_typed_by_somebody_is_cut_in_two_runs_so_that_nobody_decodes_it() -> None:
    assert "_x000D_" not in element("a_x000D_b")
    assert element("a_x000D_b").count("<r>") == 2
    assert element("a_xyz_b").count("<r>") == 0


@given(ANY_TEXT, st.floats(20, 600), st.integers(1, 40))
def test_a_text_split_over_rows_loses_nothing_and_each_piece_fits(text: str, width: float, lines: int) -> None:
    police = Font(9.0)
    pieces = split(clean(text).texte, width, police, lines)
    assert "".join(pieces) == clean(text).texte
    assert all(units(f"{SUITE} {piece}") <= CELL_LIMIT for piece in pieces)


def test_a_text_of_40000_characters_is_split_even_where_nothing_wraps() -> None:
    text = "x" * 40_000
    pieces = split(text, 10_000, Font(10.0, renvoi=False), 30)
    assert "".join(pieces) == text
    assert len(pieces) > 1
    assert all(units(p) <= CELL_LIMIT for p in pieces)


def test_no_piece_takes_more_lines_than_its_row_has_room_for() -> None:
    text = "Une phrase ordinaire, avec des mots de toutes les longueurs. " * 200
    police = Font(9.5)
    pieces = split(text, 480.0, police, 28)
    assert max(count_lines(f"{SUITE} {piece.rstrip()}", 480.0, police) for piece in pieces) <= 28


def test_an_emoji_counts_twice_as_excel_counts() -> None:
    assert units("é😀") == 3
