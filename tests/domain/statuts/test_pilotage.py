"""Headings, context figures and settings of a département (R12, R26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from paqte.domain.calendrier.campagnes import campagne
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.reglages import read_delais, reglages
from paqte.domain.saisie.nombres import COMPTE, read_number
from paqte.domain.statuts.pilotage import CHIFFRES, NOTE_RUPTURE, RUBRIQUES, note_of


@pytest.mark.parametrize(
    ("code", "day", "has_note"),
    [
        ("defm_qpv", date(2024, 12, 31), False),
        ("defm_qpv", date(2025, 1, 1), True),
        ("defm", date(2025, 1, 31), True),
        ("defm", date(2021, 3, 31), False),
        ("qpv", date(2025, 1, 1), False),
        ("population_qpv", date(2026, 1, 1), False),
        ("pru", date(2026, 1, 1), False),
    ],
)
def test_R26_figures_of_job_seekers_bear_the_break_of_january_2025(code: str, day: date, has_note: bool) -> None:
    assert note_of(code, day) == (NOTE_RUPTURE if has_note else "")
    assert "janvier 2025" in NOTE_RUPTURE


@pytest.mark.parametrize(
    ("code", "delai", "due"),
    [
        ("2026-S1", 30, date(2026, 7, 30)),
        ("2026-S2", 30, date(2027, 1, 30)),
        ("2026-T1", 20, date(2026, 4, 20)),
        ("2027-T4", 60, date(2028, 2, 29)),
        ("2026-S1", 0, date(2026, 6, 30)),
    ],
)
def test_R12_what_is_owed_for_a_period_is_due_some_days_after_its_last_day(code: str, delai: int, due: date) -> None:
    delais = read_delais({cle: shipped for cle, (shipped, _) in reglages().items()})
    one = replace(delais, echeance=delai)
    assert campagne(Periode.from_code(code), one).echeance == due
    assert due - Periode.from_code(code).dernier_jour == timedelta(days=delai)


def test_the_headings_of_the_circular_that_are_texts_are_there() -> None:
    assert set(RUBRIQUES) == {"organisation", "strategie", "obstacles"}


def test_the_context_figures_of_the_circular_are_there_and_are_typed_as_counts() -> None:
    assert {"qpv", "pru", "population_qpv", "defm_qpv"} <= set(CHIFFRES)
    assert {kind.nombre for kind in CHIFFRES.values()} == {COMPTE}
    assert "intérêt national" in CHIFFRES["pru"].libelle


DELAYS = [key for key in reglages() if key.endswith("_jours") and key not in ("relances_jours", "preavis_jours")]


@pytest.mark.parametrize("key", DELAYS)
def test_R12_a_delay_is_a_setting_whose_default_is_a_number_of_days(key: str) -> None:
    default, label = reglages()[key]
    assert label.startswith("Jours")
    assert key == "fermeture_delai_jours" or read_number(default, COMPTE) < 366
