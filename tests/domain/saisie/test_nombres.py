"""Reading the numbers people type (R16)."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.saisie.nombres import COMPTE, EUROS, POURCENTAGE, QUANTITE, read_number, shown, written
from tests.domain.phrases import is_french_sentence

KINDS = (COMPTE, QUANTITE, EUROS, POURCENTAGE)

ACCEPTED = [
    # Thousands apart by a space of any width.
    ("1 234,5", QUANTITE, "1234.5"),
    ("1\u00a0234,5", QUANTITE, "1234.5"),
    ("1\u202f234,5", QUANTITE, "1234.5"),
    ("1\u2009234,5", QUANTITE, "1234.5"),
    ("1\u2007234,5", QUANTITE, "1234.5"),
    ("1 234", COMPTE, "1234"),
    ("12 345 678", COMPTE, "12345678"),
    ("1 234\u202f567", COMPTE, "1234567"),
    ("1234567", COMPTE, "1234567"),
    # A decimal comma, or the point of the numeric pad.
    ("1,5", QUANTITE, "1.5"),
    ("1.5", QUANTITE, "1.5"),
    ("1,50", EUROS, "1.5"),
    ("1 234,50", EUROS, "1234.5"),
    ("1 234.50", EUROS, "1234.5"),
    ("1234.56", EUROS, "1234.56"),
    ("0,05", EUROS, "0.05"),
    ("0,5", POURCENTAGE, "0.5"),
    ("0,500", QUANTITE, "0.5"),
    # Decimals that say nothing do not make a count a fraction.
    ("12,0", COMPTE, "12"),
    ("12.00", COMPTE, "12"),
    ("1234,000", COMPTE, "1234"),
    ("100,0", POURCENTAGE, "100"),
    # Zero is an answer; zeros in front say nothing.
    ("0", COMPTE, "0"),
    ("0,00", EUROS, "0"),
    ("0012", COMPTE, "12"),
    ("007", QUANTITE, "7"),
    # Blanks around, as pasted from a table.
    (" 12", COMPTE, "12"),
    ("12 ", COMPTE, "12"),
    ("\t12\r\n", COMPTE, "12"),
    ("\u00a012\u202f", COMPTE, "12"),
    # The unit of the field typed behind the figure.
    ("12 €", EUROS, "12"),
    ("12€", EUROS, "12"),
    ("1 234,50\u00a0€", EUROS, "1234.5"),
    ("1 200 € HT", EUROS, "1200"),
    ("12 euros", EUROS, "12"),
    ("12 EUR", EUROS, "12"),
    ("12 %", POURCENTAGE, "12"),
    ("12,5%", POURCENTAGE, "12.5"),
    ("7 h", QUANTITE, "7"),
    ("7,5 heures", QUANTITE, "7.5"),
    # The last ones that can be true.
    ("100", POURCENTAGE, "100"),
    ("999 999 999", COMPTE, "999999999"),
    ("999 999 999 999,99", EUROS, "999999999999.99"),
]

TWO_WAYS = "deux façons"
CELLS, LETTER = "cellules", "lettre"
NO_NUMBER = "n’est pas un nombre"
REFUSED = [
    # Two readings: refused, never guessed.
    ("1.234,5", QUANTITE, TWO_WAYS),
    ("1,234.5", QUANTITE, TWO_WAYS),
    ("1.234", COMPTE, TWO_WAYS),
    ("1,234", COMPTE, TWO_WAYS),
    ("12.345", EUROS, TWO_WAYS),
    ("1,000", COMPTE, TWO_WAYS),
    ("12,345", POURCENTAGE, TWO_WAYS),
    ("001,234", QUANTITE, TWO_WAYS),
    ("1.234.567", COMPTE, TWO_WAYS),
    ("1.234,50 €", EUROS, TWO_WAYS),
    # Digits badly grouped, marks without figures.
    ("1 23", COMPTE, NO_NUMBER),
    ("1 2345", COMPTE, NO_NUMBER),
    ("12 34,5", QUANTITE, NO_NUMBER),
    ("1  234", COMPTE, NO_NUMBER),
    ("1 234,5 6", QUANTITE, NO_NUMBER),
    ("1,", QUANTITE, "complet"),
    (",5", QUANTITE, "complet"),
    ("1,,5", QUANTITE, "complet"),
    ("..", COMPTE, "complet"),
    # Digits that are not ours, marks that are not ours.
    ("١٢", COMPTE, NO_NUMBER),
    ("１２", COMPTE, NO_NUMBER),
    ("1٫5", QUANTITE, NO_NUMBER),
    ("½", QUANTITE, NO_NUMBER),
    ("12²", COMPTE, NO_NUMBER),
    ("²", COMPTE, NO_NUMBER),
    ("Ⅻ", COMPTE, NO_NUMBER),
    ("十", COMPTE, NO_NUMBER),
    ("1’234", COMPTE, NO_NUMBER),
    ("'12", COMPTE, NO_NUMBER),
    ("12\u200b", COMPTE, NO_NUMBER),
    ("1\n234", COMPTE, CELLS),
    ("12\x00", COMPTE, NO_NUMBER),
    # What programs read as numbers and people do not write.
    ("1_000", COMPTE, NO_NUMBER),
    ("Infinity", QUANTITE, NO_NUMBER),
    ("inf", QUANTITE, NO_NUMBER),
    ("NaN", QUANTITE, NO_NUMBER),
    ("sNaN", QUANTITE, NO_NUMBER),
    ("1e3", COMPTE, NO_NUMBER),
    ("1E400", QUANTITE, NO_NUMBER),
    ("0x10", COMPTE, NO_NUMBER),
    ("+5", COMPTE, NO_NUMBER),
    ("True", COMPTE, NO_NUMBER),
    ("=2+3", COMPTE, NO_NUMBER),
    # What people write and nobody can add up.
    ("O", COMPTE, NO_NUMBER),
    ("1O", COMPTE, LETTER),
    ("I2", COMPTE, LETTER),
    ("l2", COMPTE, LETTER),
    ("12k", COMPTE, NO_NUMBER),
    ("12 k€", EUROS, NO_NUMBER),
    ("1,2 M€", EUROS, NO_NUMBER),
    ("12 € TTC", EUROS, NO_NUMBER),
    ("$12", EUROS, NO_NUMBER),
    ("7h30", QUANTITE, NO_NUMBER),
    ("7 personnes", COMPTE, NO_NUMBER),
    ("~10", COMPTE, NO_NUMBER),
    (">10", COMPTE, NO_NUMBER),
    ("10-12", COMPTE, NO_NUMBER),
    ("(12)", COMPTE, NO_NUMBER),
    ("néant", COMPTE, NO_NUMBER),
    ("NC", COMPTE, NO_NUMBER),
    ("?", COMPTE, NO_NUMBER),
    ("-", COMPTE, NO_NUMBER),
    ("–", COMPTE, NO_NUMBER),
    ("--5", COMPTE, NO_NUMBER),
    # The unit of another field.
    ("12 €", COMPTE, NO_NUMBER),
    ("12 %", COMPTE, NO_NUMBER),
    ("12 %", EUROS, NO_NUMBER),
    ("12 €", QUANTITE, NO_NUMBER),
    ("€", EUROS, NO_NUMBER),
    ("%", POURCENTAGE, NO_NUMBER),
    # Cells of a table, which a browser joins.
    ("5\n120", COMPTE, CELLS),
    ("5\t120", COMPTE, CELLS),
    ("12\r\n345\r\n678", COMPTE, CELLS),
    ("1,5\u20282,5", QUANTITE, CELLS),
    ("0 120", COMPTE, CELLS),
    ("5 12", COMPTE, CELLS),
    ("12 3456", COMPTE, CELLS),
    ("05 120", EUROS, CELLS),
    # Below zero, whatever the dash.
    ("—3", COMPTE, "négatif"),
    ("－3", COMPTE, "négatif"),
    ("-3", COMPTE, "négatif"),
    ("- 3", COMPTE, "négatif"),
    ("−3", COMPTE, "négatif"),
    ("–3,5", QUANTITE, "négatif"),
    ("‑3", EUROS, "négatif"),
    ("-0", COMPTE, "négatif"),
    # More decimals than the kind has.
    ("1,5", COMPTE, "entier"),
    ("1.5", COMPTE, "entier"),
    ("1234,567", QUANTITE, "deux décimales"),
    ("0,125", EUROS, "deux décimales"),
    ("1,2345", EUROS, "deux décimales"),
    # More than can be true.
    ("100,01", POURCENTAGE, "0 à 100"),
    ("150 %", POURCENTAGE, "0 à 100"),
    ("1 000 000 000", COMPTE, "trop grand"),
    ("2147483648", COMPTE, "trop grand"),
    ("1000000000000000", EUROS, "trop grand"),
    ("99999999999999999999", QUANTITE, "trop grand"),
    ("9" * 5000, COMPTE, "trop grand"),
    # Nothing.
    ("", COMPTE, "vide"),
    (" \u00a0\t", EUROS, "vide"),
]


@pytest.mark.parametrize(("typed", "kind", "value"), ACCEPTED)
def test_R16_a_figure_typed_in_french_is_read(typed: str, kind: str, value: str) -> None:
    assert str(read_number(typed, kind)) == value


@pytest.mark.parametrize(("typed", "kind", "fault"), REFUSED)
def test_R16_what_is_no_sure_figure_is_refused_in_french(typed: str, kind: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as refusal:
        read_number(typed, kind)
    assert is_french_sentence(str(refusal.value))


def test_R16_an_ambiguous_figure_is_told_how_to_write_it() -> None:
    with pytest.raises(ValueError, match="écrivez les milliers avec une espace, par exemple 1 234"):
        read_number("1.234", COMPTE)


CELL = st.integers(0, 99_999).map(str)
BETWEEN_CELLS = st.sampled_from(["\n", "\r\n", "\t", "\t\t", "\r", "\u2028", "\v", "\x85"])


@given(st.lists(CELL, min_size=2, max_size=5), BETWEEN_CELLS, st.sampled_from(KINDS))
def test_R16_cells_pasted_together_are_never_a_figure(cells: list[str], between: str, kind: str) -> None:
    with pytest.raises(ValueError, match="cellules"):
        read_number(between.join(cells) + between, kind)


@given(st.lists(CELL, min_size=2, max_size=3), st.sampled_from(" \u00a0\u202f"))
def test_R16_figures_apart_by_spaces_are_one_only_as_french_people_group_it(cells: list[str], space: str) -> None:
    whole = int("".join(cells))
    is_grouped = f"{whole:,}" == ",".join(cells)
    if is_grouped and whole < 10**9:
        assert read_number(space.join(cells), COMPTE) == whole
    else:
        with pytest.raises(ValueError):
            read_number(space.join(cells), COMPTE)


# Beyond it Unicode has neither figure nor dash.
LAST = 0x20000
DIGITS = [chr(code) for code in range(LAST) if unicodedata.category(chr(code)) == "Nd" and code > 127]


@given(st.sampled_from(DIGITS), st.integers(0, 999), st.booleans(), st.sampled_from(KINDS))
def test_R16_digits_of_another_writing_are_refused(other: str, number: int, is_first: bool, kind: str) -> None:
    with pytest.raises(ValueError):
        read_number(f"{other}{number}" if is_first else f"{number}{other}", kind)


DASHES = [chr(code) for code in range(LAST) if unicodedata.category(chr(code)) == "Pd"] + ["\u2212"]


@given(st.sampled_from(DASHES), st.integers(1, 999), st.sampled_from(["", " ", "\u202f"]), st.sampled_from(KINDS))
def test_R16_no_dash_of_any_kind_is_forgotten_before_a_figure(dash: str, number: int, space: str, kind: str) -> None:
    with pytest.raises(ValueError):
        read_number(f"{dash}{space}{number}", kind)


@given(
    st.integers(1, 999),
    st.sampled_from(["h", "%", "€", "k€", "pers.", "e3", "x", "°", "’"]),
    st.sampled_from(["", " "]),
)
def test_R16_a_unit_is_read_by_its_own_kind_alone(number: int, unit: str, space: str) -> None:
    own = {"h": QUANTITE, "%": POURCENTAGE, "€": EUROS}.get(unit)
    for kind in KINDS:
        if kind == own and (kind != POURCENTAGE or number <= 100):
            assert read_number(f"{number}{space}{unit}", kind) == number
        else:
            with pytest.raises(ValueError):
                read_number(f"{number}{space}{unit}", kind)


@given(st.text(), st.sampled_from(KINDS))
def test_R16_any_text_is_a_figure_or_a_french_sentence(typed: str, kind: str) -> None:
    try:
        number = read_number(typed, kind)
    except ValueError as refusal:
        assert is_french_sentence(str(refusal))
    else:
        assert number.is_finite()
        assert number >= 0


@given(st.text(alphabet="0123456789 \u00a0\u202f.,-+€%hk", max_size=12), st.sampled_from(KINDS))
def test_R16_a_figure_read_is_what_its_digits_say(typed: str, kind: str) -> None:
    """Whatever is accepted, its digits are those typed, in order, with the one mark as decimal point."""
    try:
        number = read_number(typed, kind)
    except ValueError:
        return
    bare = "".join(c for c in typed.replace(",", ".") if c in "0123456789.")
    assert number == Decimal(bare)


def figures(kind: str) -> st.SearchStrategy[Decimal]:
    largest = {COMPTE: 10**9 - 1, POURCENTAGE: 100}.get(kind, 10**12 - 1)
    return st.decimals(0, largest, places=0 if kind == COMPTE else 2)


@pytest.mark.parametrize("kind", KINDS)
def test_R16_a_figure_written_is_read_back_the_same(kind: str) -> None:
    @given(figures(kind))
    def check(number: Decimal) -> None:
        assert read_number(written(number), kind) == number

    check()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal(0), "0"),
        (Decimal("0.50"), "0,5"),
        (Decimal(1234), "1\u202f234"),
        (1234567, "1\u202f234\u202f567"),
        (Decimal("1234.50"), "1\u202f234,5"),
        (Decimal("1E+3"), "1\u202f000"),
        (Decimal("-0.5"), "-0,5"),
        (Decimal("-1234"), "-1\u202f234"),
    ],
)
def test_a_figure_is_written_as_french_people_do(number: Decimal | int, text: str) -> None:
    assert written(number) == text


@pytest.mark.parametrize(
    ("number", "unite", "text"),
    [
        ("170550.9", "€ HT", "170\u202f550,90"),
        ("0.05", "€", "0,05"),
        ("1234", "€ HT", "1\u202f234"),
        ("-2.5", "€", "-2,50"),
        ("2.5", "heures", "2,5"),
    ],
)
def test_cents_are_written_whole_or_not_at_all(number: str, unite: str, text: str) -> None:
    assert written(Decimal(number), unite) == text


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ("12 k", "12 k"),
        ("1\u202f23", "1 23"),
        ("12\u200b", "12�"),
        ("\u202e12", "�12"),
        ("a" * 40, "a" * 40),
        ("a" * 41, "a" * 39 + "…"),
        ("\ud800\uffff\x00", "���"),
    ],
)
def test_what_is_quoted_back_is_short_and_shows_what_cannot_be_seen(typed: str, quoted: str) -> None:
    assert shown(typed) == quoted
