"""Days, moments and codes as a workbook says them, each with its edges (R11, R12, R23)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from paqte.reporting.classeurs import valeurs
from paqte.reporting.ooxml.sheets.values import date_from_serial, date_value, fraction, number_text, read_date
from tests.domain.documents.tableaux_compares import BILAN

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


@pytest.mark.parametrize(("month", "name"), list(enumerate(MONTHS, start=1)))
def test_each_month_has_its_name(month: int, name: str) -> None:
    assert valeurs.long_date(f"2026-{month:02}-02") == f"2 {name} 2026"


def test_a_day_is_written_short_or_in_full_and_what_is_no_day_stays() -> None:
    assert valeurs.short_date("2026-03-12") == "12/03/2026"
    assert valeurs.long_date("2026-03-01") == "1er mars 2026"
    assert [valeurs.short_date(text) for text in ("", "2026-03", "hier")] == ["", "2026-03", "hier"]
    assert [valeurs.long_date(text) for text in ("", "2026-03", "hier")] == ["", "2026-03", "hier"]


def test_R11_a_period_is_said_from_its_first_day_to_its_last() -> None:
    assert valeurs.period_dates("2026-S1") == "du 1er janvier 2026 au 30 juin 2026"
    assert valeurs.period_dates("2026-T4") == "du 1er octobre 2026 au 31 décembre 2026"
    assert valeurs.period_dates("jamais") == ""


def test_the_heading_of_a_document_says_its_prefecture_its_place_and_who_may_read_it() -> None:
    assert valeurs.prefecture(BILAN) == "Préfecture · Blois"
    assert valeurs.prefecture(replace(BILAN, prefecture="PRÉFECTURE du Cher")) == "PRÉFECTURE du Cher"
    assert valeurs.prefecture(replace(BILAN, prefecture="")) == ""
    assert valeurs.place(BILAN) == "Loir-et-Cher (41)"
    told = "Loir-et-Cher (41) · 1er semestre 2026 · édition n°\u00a01"
    assert valeurs.subtitle(BILAN) == f"USAGE INTERNE · {told}"
    assert valeurs.subtitle(replace(BILAN, diffusion="publiable")) == f"VERSION PUBLIABLE · {told}"


def test_R12_an_edition_says_the_day_of_the_departement_and_not_that_of_paris() -> None:
    made = replace(BILAN, genere_le="2026-07-31T23:30:00+00:00")
    assert valeurs.edition_phrase(made) == "Édition n°\u00a01, produite le 1er août 2026"
    assert valeurs.edition_phrase(replace(made, departement="972")).endswith("produite le 31 juillet 2026")
    assert valeurs.edition_phrase(replace(made, genere_le="2026-07-31T23:30:00")).endswith("le 31 juillet 2026")
    assert valeurs.edition_phrase(replace(made, genere_le="")) == "Édition n°\u00a01"
    assert valeurs.edition_phrase(replace(made, genere_le="hier")) == "Édition n°\u00a01, produite le hier"


def test_a_cell_holds_the_serial_of_a_day_the_fraction_of_a_share_and_an_exact_number() -> None:
    assert [date_value(text) for text in ("2026-03-12", "1900-03-01", "1900-02-28", "2026-03", "")] == [
        46093,
        61,
        "1900-02-28",
        "2026-03",
        None,
    ]
    assert date_value("2026-03-12T23:00:00+01:00") == 46093
    assert date_from_serial(Decimal("46093.9")) == "2026-03-12"
    assert str(read_date("2026-03-12")) == "2026-03-12" and read_date("12/03/2026") is None
    assert (fraction(Decimal("12.5")), fraction(Decimal(100))) == (Decimal("0.125"), Decimal(1))
    assert [number_text(n) for n in (7, Decimal("1E+3"), Decimal("0.10"))] == ["7", "1000", "0.10"]
