"""Dates of campaigns: what is over stays, what is to come follows the settings (R12, R37, R42)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from paqte.domain.calendrier.agenda import (
    Agenda,
    DatesScellees,
    Deplacement,
    followed,
    moves,
    released,
    spared,
    to_seal,
    told,
)
from paqte.domain.calendrier.campagnes import DelaiDocument, Delais
from paqte.domain.calendrier.periodes import Periode


def documents(bilan: int = 30, export: int = 30) -> tuple[DelaiDocument, ...]:
    """How long after its period each document is produced."""
    return DelaiDocument("bilan", "S", bilan), DelaiDocument("export", "T", export)


DELAIS = Delais(ouverture=0, echeance=20, relances=(-3, 10), fermeture=None, lecture=7, publications=documents())
T3, T4, S2 = (Periode.from_code(code) for code in ("2026-T3", "2026-T4", "2026-S2"))
NOVEMBER = date(2026, 11, 28)
SEALED = DatesScellees(date(2026, 10, 1), date(2026, 10, 20), None, {"export": date(2026, 10, 30)}, is_over=True)


def test_R37_a_campaign_that_is_over_keeps_its_dates_under_other_settings() -> None:
    agenda = Agenda(
        replace(DELAIS, echeance=10, ouverture=5, fermeture=12, publications=documents(export=90)), {"2026-T3": SEALED}
    )
    one = agenda.campagne(T3)
    assert (one.ouverture, one.echeance) == (date(2026, 10, 1), date(2026, 10, 20))
    assert (one.fermeture, one.publications) == (None, {"export": date(2026, 10, 30)})
    assert one.lecture == date(2026, 10, 23)
    assert one.relances == ((-3, date(2026, 10, 17)), (10, date(2026, 10, 30)))
    assert agenda.campagne(T4).echeance == date(2027, 1, 10)


def test_R37_between_its_due_day_and_its_export_a_campaign_keeps_the_former_and_moves_the_latter() -> None:
    kept = SEALED._replace(is_over=False)
    one = Agenda(replace(DELAIS, echeance=10, publications=documents(export=45)), {"2026-T3": kept}).campagne(T3)
    assert (one.echeance, one.publications) == (date(2026, 10, 20), {"export": date(2026, 11, 14)})


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        (date(2026, 10, 20), {}),
        (date(2026, 10, 21), {"2026-T3": SEALED._replace(is_over=False)}),
        (date(2026, 10, 30), {"2026-T3": SEALED._replace(is_over=False)}),
        (date(2026, 10, 31), {"2026-T3": SEALED}),
    ],
)
def test_R37_a_date_is_kept_from_the_day_after(day: date, kept: dict[str, DatesScellees]) -> None:
    assert to_seal(Agenda(DELAIS), [T3, T4], day) == kept


def test_R37_what_is_kept_is_written_once_and_completed_when_the_campaign_ends() -> None:
    half = {"2026-T3": SEALED._replace(is_over=False)}
    assert to_seal(Agenda(DELAIS, half), [T3], date(2026, 10, 25)) == {}
    assert to_seal(Agenda(DELAIS, half), [T3], NOVEMBER) == {"2026-T3": SEALED}
    assert to_seal(Agenda(replace(DELAIS, echeance=1), {"2026-T3": SEALED}), [T3], NOVEMBER) == {}


def test_R37_a_shorter_delay_makes_nobody_late_who_still_had_time() -> None:
    shorter = replace(DELAIS, echeance=10)
    kept = spared(Agenda(DELAIS), shorter, [T3, T4], date(2026, 10, 15))
    assert {code: dates.echeance for code, dates in kept.items()} == {"2026-T3": date(2026, 10, 20)}
    assert spared(Agenda(DELAIS), shorter, [T3, T4], date(2026, 10, 10)) == {}, "the tenth is still to come"
    held = Agenda(DELAIS, kept)
    assert released(held, replace(DELAIS, echeance=25), date(2026, 10, 16)) == {"2026-T3"}
    assert released(held, shorter, date(2026, 10, 16)) == frozenset()
    assert released(held, replace(DELAIS, echeance=90), NOVEMBER) == frozenset(), "the twentieth is over by then"


def test_R37_what_moves_is_told_with_both_dates_and_what_is_kept_is_not() -> None:
    former = Agenda(DELAIS, {"2026-T3": SEALED})
    present = former.under(replace(DELAIS, echeance=10, publications=documents(bilan=45), fermeture=60))
    found = moves(former, present, [T3, T4, S2], {"bilan": "du bilan", "export": "de l’export"})
    assert found == (
        Deplacement("échéance", T4, date(2027, 1, 20), date(2027, 1, 10)),
        Deplacement("fermeture de la saisie", T4, None, date(2027, 3, 1)),
        Deplacement("échéance", S2, date(2027, 1, 20), date(2027, 1, 10)),
        Deplacement("fermeture de la saisie", S2, None, date(2027, 3, 1)),
        Deplacement("production du bilan", S2, date(2027, 1, 30), date(2027, 2, 14)),
    )
    assert told(found[0]) == "échéance du 4e trimestre 2026 : 10/01/2027 au lieu de 20/01/2027"
    assert told(found[1]) == "fermeture de la saisie du 4e trimestre 2026 : 01/03/2027 au lieu de aucune"


def test_R42_what_is_asked_late_counts_its_dates_from_that_day() -> None:
    agenda = Agenda(replace(DELAIS, fermeture=25), {"2026-T3": SEALED._replace(fermeture=date(2026, 10, 25))})
    one = agenda.campagne(T3, depuis=NOVEMBER)
    assert one.echeance == date(2026, 12, 18), "twenty days after the 28th of November"
    assert one.fermeture == date(2026, 12, 23)
    assert (one.ouverture, one.publications) == (date(2026, 10, 1), {"export": date(2026, 10, 30)})


def test_periods_are_followed_from_the_first_semester_to_the_present() -> None:
    codes = [p.code for p in followed("2026-S1", NOVEMBER)]
    assert codes == ["2026-T1", "2026-T2", "2026-T3", "2026-T4", "2026-S1", "2026-S2"]
    assert list(followed(None, NOVEMBER)) == []
