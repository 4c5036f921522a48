"""Figures come back as the workbook keeps them, to the cent; workbooks issued under the former digest still verify."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paqte.domain.documents.bilan import Bilan
from paqte.reporting.ooxml.sheets.values import digits, kept_number
from paqte.reporting.relecture.relecture import RelectureRefused
from paqte.reporting.relecture.vue import read_view
from paqte.reporting.relecture.vues_comparees import compare_views
from tests.reporting.mondes.bilans import fill, read_back
from tests.reporting.tiers.lecteurs import packed, part, parts, saved_by_openpyxl

pytestmark = pytest.mark.lent

# Made by the version that told numbers to twelve digits in the digest of a workbook.
ISSUED = Path(__file__).parents[1] / "modeles" / "bilan_emis_2026.3.xlsx"
GREAT, CENTS = Decimal("18479174370.75"), Decimal("9999999999999.99")
MOST = 7 * 10**15  # hundredths: further than that, a workbook keeps no cent


@given(st.integers(0, MOST))
@example(1847917437075)
@example(999999999999999)
@example(6999999999999999)
def test_an_amount_is_the_same_to_the_cent_whichever_program_saved_it(hundredths: int) -> None:
    amount = Decimal(hundredths) / 100
    for spelling in (format(amount, "f"), repr(float(amount)), f"{float(amount):.17g}"):
        assert kept_number(spelling) == amount
        assert digits(spelling) == digits(amount)


def test_what_a_program_adds_by_rounding_is_no_figure() -> None:
    assert kept_number("0.85299999999999998") == Decimal("0.853")
    assert str(kept_number("1E+3")) == "1000"
    for text in ("nan", "inf", "1e400"):
        with pytest.raises(ValueError, match=text):
            kept_number(text)


def great(bilan: Bilan, value: Decimal = GREAT) -> Bilan:
    """The same, its first indicator in euros worth that much."""
    line = next(one for one in bilan.indicateurs if one.unite.startswith("€") and one.realise.valeur is not None)
    told = replace(line, realise=replace(line.realise, valeur=value))
    return replace(bilan, indicateurs=tuple(told if one is line else one for one in bilan.indicateurs))


@pytest.mark.parametrize("value", [GREAT, CENTS])
def test_a_great_amount_is_read_back_to_the_cent_saved_again_or_not(
    bilan: Bilan, template: bytes, value: Decimal
) -> None:
    """Seen red: 18 479 174 370,75 € came back as 18 479 174 370,80."""
    content = fill(great(bilan, value), template)
    for one in (content, saved_by_openpyxl(content)):
        assert value in [row["Réalisé au semestre"] for row in read_back(one).tableaux["t_indicateurs"]]


def with_other_cents(content: bytes) -> bytes:
    """The great amount and two cents more, wherever it stands."""
    sheets = [name for name in parts(content) if str(GREAT) in part(content, name) and "worksheets" in name]
    return packed(
        {n: d.replace(b"18479174370.75", b"18479174370.77") if n in sheets else d for n, d in parts(content).items()}
    )


def test_a_change_of_a_few_cents_in_a_great_amount_is_a_change(bilan: Bilan, template: bytes) -> None:
    """Seen red: the digest told twelve digits, and cents were none of them."""
    content = fill(great(bilan), template)
    changed = with_other_cents(content)
    assert changed != content
    with pytest.raises(RelectureRefused, match="modifié après sa production"):
        read_back(changed)
    assert {d.quoi for d in compare_views(read_view(content), read_view(changed))} >= {"contenu"}


def test_a_workbook_issued_under_the_former_digest_is_still_what_was_issued() -> None:
    issued = ISSUED.read_bytes()
    assert read_back(issued).sha256 == read_back(saved_by_openpyxl(issued)).sha256


def test_a_workbook_issued_under_the_former_digest_and_changed_since_is_refused() -> None:
    changed = saved_by_openpyxl(ISSUED.read_bytes(), lambda book: book["Indicateurs"].__setitem__("G6", 64))
    with pytest.raises(RelectureRefused, match="modifié après sa production"):
        read_back(changed)
