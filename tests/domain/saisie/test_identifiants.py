"""SIREN and SIRET (R24)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from paqte.domain.saisie.identifiants import LA_POSTE, grouped, read_siren, read_siren_or_siret, read_siret, siren_of
from tests.domain.phrases import is_french_sentence

Reader = Callable[[str], str]

SIRENS_VALID = [
    ("732829320", "732829320"),
    ("662042449", "662042449"),  # BNP Paribas
    ("356000000", "356000000"),  # La Poste
    ("404833048", "404833048"),
    ("662 042 449", "662042449"),
    ("662.042.449", "662042449"),
    ("662-042-449", "662042449"),
    ("662\u00a0042\u00a0449", "662042449"),
    ("662\u202f042\u202f449", "662042449"),
    ("  662042449\r\n", "662042449"),
    ("005520135", "005520135"),
]
SIRENS_REFUSED = [
    ("404833047", "erreur de frappe"),
    ("66204244", "vous en avez écrit 8"),
    ("6620424490", "vous en avez écrit 10"),
    ("66204244A", "que des chiffres"),
    ("000000000", "attribué à personne"),
    ("000 000 000", "attribué à personne"),
    ("６６２０４２４４９", "que des chiffres"),
    ("٦٦٢٠٤٢٤٤٩", "que des chiffres"),
    ("66204244９", "que des chiffres"),
    ("662042449\u200b", "que des chiffres"),
    ("662042449.0", "que des chiffres"),
    ("FR40303265045", "que des chiffres"),
    ("6.62E+8", "que des chiffres"),
    ("66204244²", "que des chiffres"),
    ("", "vide"),
    (" . - ", "vide"),
]
SIRETS_VALID = [
    ("73282932000074", "73282932000074"),
    ("732 829 320 00074", "73282932000074"),
    ("732.829.320.00074", "73282932000074"),
    ("732\u00a0829\u00a0320\u202f00074", "73282932000074"),
    ("66204244933106", "66204244933106"),
    ("66204244900014", "66204244900014"),
    ("85520050703169", "85520050703169"),
    ("60203644404227", "60203644404227"),
    ("35600000000048", "35600000000048"),  # La Poste, Luhn alone
    ("35600000049837", "35600000049837"),  # La Poste, sum of digits alone
    ("65201405100013", "65201405100013"),
    ("85520050700017", "85520050700017"),
    ("30194021914572", "30194021914572"),
]
SIRETS_REFUSED = [
    ("73282932000079", "erreur de frappe"),
    ("35600000049836", "erreur de frappe"),
    ("66204244900034", "erreur de frappe"),
    ("7328293200007", "vous en avez écrit 13"),
    ("732829320000741", "vous en avez écrit 15"),
    ("732829320", "vous en avez écrit 9"),
    ("00000000000000", "attribué à personne"),
    ("00000000000018", "attribué à personne"),
    ("7.32829E+13", "que des chiffres"),
    ("73282932000074.0", "que des chiffres"),
    ("5520050703169.0", "que des chiffres"),  # the leading zero lost, the ".0" put in its place by a workbook
    ("7328293200007４", "que des chiffres"),
    ("73282932000074\u200b", "que des chiffres"),
    ("0x3282932000074", "que des chiffres"),
    ("", "vide"),
]


def luhn_key(digits: str) -> str:
    """The digit that makes a number valid, computed apart from the product's own way."""
    doubled = [sum(divmod(2 * int(d), 10)) for d in digits[::-1][::2]]
    return str(-(sum(doubled) + sum(int(d) for d in digits[::-1][1::2])) % 10)


@st.composite
def sirens(draw: st.DrawFn) -> str:
    body = draw(st.text("0123456789", min_size=8, max_size=8))
    siren = body + luhn_key(body)
    assume(siren != "000000000")
    return siren


@pytest.mark.parametrize(("typed", "kept"), SIRENS_VALID)
def test_R24_a_siren_is_read_with_its_separators(typed: str, kept: str) -> None:
    assert read_siren(typed) == kept


@pytest.mark.parametrize(("typed", "kept"), SIRETS_VALID)
def test_R24_a_siret_is_read_with_its_separators(typed: str, kept: str) -> None:
    assert read_siret(typed) == kept


@pytest.mark.parametrize(("typed", "fault"), SIRENS_REFUSED)
def test_R24_a_wrong_siren_is_refused_in_french(typed: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as refusal:
        read_siren(typed)
    assert is_french_sentence(str(refusal.value))


@pytest.mark.parametrize(("typed", "fault"), SIRETS_REFUSED)
def test_R24_a_wrong_siret_is_refused_in_french(typed: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as refusal:
        read_siret(typed)
    assert is_french_sentence(str(refusal.value))


@given(sirens())
def test_R24_every_siren_whose_key_is_right_is_accepted(siren: str) -> None:
    assert read_siren(siren) == siren


@given(sirens(), st.integers(0, 8), st.integers(1, 9))
def test_R24_a_siren_with_one_wrong_digit_is_refused(siren: str, place: int, shift: int) -> None:
    wrong = siren[:place] + str((int(siren[place]) + shift) % 10) + siren[place + 1 :]
    with pytest.raises(ValueError, match=r"frappe|personne"):
        read_siren(wrong)


@given(sirens(), st.text("0123456789", min_size=4, max_size=4))
def test_R24_every_siret_whose_two_keys_are_right_is_accepted(siren: str, nic: str) -> None:
    siret = siren + nic + luhn_key(siren + nic)
    assert read_siret(siret) == siret
    assert siren_of(siret) == siren


@given(st.text("0123456789", min_size=13, max_size=13))
def test_R24_a_siret_never_rests_on_a_wrong_siren(body: str) -> None:
    assume(body[8] != luhn_key(body[:8]))
    with pytest.raises(ValueError, match="frappe"):
        read_siret(body + luhn_key(body))


@given(st.text("0123456789", min_size=5, max_size=5))
def test_R24_la_poste_is_valid_by_luhn_or_by_a_sum_multiple_of_5_and_by_nothing_else(nic: str) -> None:
    siret = LA_POSTE + nic
    expected = luhn_key(siret[:-1]) == siret[-1] or sum(map(int, siret)) % 5 == 0
    try:
        assert read_siret(siret) == siret
    except ValueError:
        assert not expected
    else:
        assert expected


@given(sirens())
def test_R24_the_exception_of_la_poste_is_for_la_poste_alone(siren: str) -> None:
    assume(siren != LA_POSTE)
    wrong_key = next(
        siren + f"{n:05d}"
        for n in range(10**5)
        if sum(map(int, siren + f"{n:05d}")) % 5 == 0 and luhn_key(siren + f"{n // 10:04d}") != str(n % 10)
    )
    with pytest.raises(ValueError, match="frappe"):
        read_siret(wrong_key)


@pytest.mark.parametrize("read", [read_siren, read_siret, read_siren_or_siret])
def test_R24_no_text_raises_anything_but_a_french_sentence(read: Reader) -> None:
    @given(st.text() | st.text("0123456789０٣². -\u00a0", max_size=20))
    @example("\ud800" * 14)
    @example("9" * 10_000)
    @example("\x00")
    def check(typed: str) -> None:
        try:
            kept = read(typed)
        except ValueError as refusal:
            assert is_french_sentence(str(refusal))
        else:
            assert kept.isascii()
            assert kept.isdigit()

    check()


def test_R3_a_signatory_is_a_siret_or_a_bare_siren() -> None:
    assert read_siren_or_siret("732 829 320") == "732829320"
    assert read_siren_or_siret("732 829 320 00074") == "73282932000074"
    with pytest.raises(ValueError, match="Un SIRET a 14 chiffres : vous en avez écrit 10"):
        read_siren_or_siret("7328293201")


@given(sirens())
def test_an_identifier_shown_in_groups_is_read_back_the_same(siren: str) -> None:
    siret = siren + "0001" + luhn_key(siren + "0001")
    assert read_siren(grouped(siren)) == siren
    assert read_siret(grouped(siret)) == siret


def test_an_identifier_is_shown_in_groups() -> None:
    assert grouped("73282932000074") == "732 829 320 00074"
    assert grouped("732829320") == "732 829 320"
