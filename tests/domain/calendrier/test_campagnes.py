"""The dates of a campaign follow from settings, in order, whatever the year (R12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.calendrier.campagnes import (
    LECTURE,
    OUVERTURE,
    DelaiDocument,
    Delais,
    campagne,
    read_preavis,
    read_relances,
    refuse_disorder,
)
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.calendrier.planification import begins
from paqte.domain.documents.reglages import read_delais, reglages, travail_libelle

BILAN, EXPORT = "bilan", "export"
SHIPPED = read_delais({cle: default for cle, (default, _) in reglages().items()})
periodes = st.builds(
    lambda annee, code: Periode(annee, code[0], int(code[1])),
    st.integers(2000, 2100),
    st.sampled_from(["T1", "T2", "T3", "T4", "S1", "S2"]),
)
delays = st.builds(
    Delais,
    ouverture=st.integers(0, 60),
    echeance=st.integers(0, 365),
    relances=st.sets(st.integers(-90, 90), max_size=8).map(lambda days: tuple(sorted(days))),
    fermeture=st.none() | st.integers(0, 365),
    lecture=st.integers(0, 365),
    publications=st.tuples(
        st.builds(DelaiDocument, st.just("bilan"), st.just("S"), st.integers(0, 365), st.just("")),
        st.builds(DelaiDocument, st.just("export"), st.just("T"), st.integers(0, 365), st.just("")),
    ),
)


def test_R12_the_shipped_settings_give_the_campaign_of_a_quarter_and_of_a_semester() -> None:
    quarter = campagne(Periode.from_code("2026-T1"), SHIPPED)
    assert quarter.taches() == {
        OUVERTURE: date(2026, 4, 1),
        "relance-15": date(2026, 4, 5),
        "relance-3": date(2026, 4, 17),
        "relance+3": date(2026, 4, 23),
        "relance+10": date(2026, 4, 30),
        LECTURE: date(2026, 4, 23),
        EXPORT: date(2026, 4, 30),
    }
    assert (quarter.echeance, quarter.fermeture) == (date(2026, 4, 20), None)
    semester = campagne(Periode.from_code("2026-S2"), SHIPPED).taches()
    assert semester[BILAN] == date(2027, 1, 30) and semester[LECTURE] == date(2027, 1, 23) and EXPORT not in semester


def test_R12_a_quarter_that_ends_with_a_semester_is_read_with_it() -> None:
    read = [code for code in ("T1", "T2", "T3", "T4") if LECTURE in campagne(_of(code), SHIPPED).taches()]
    assert read == ["T1", "T3"]


@pytest.mark.parametrize(("annee", "due"), [(2028, date(2028, 2, 29)), (2027, date(2027, 3, 1))])
def test_R12_a_leap_day_counts_as_any_other(annee: int, due: date) -> None:
    delais = replace(SHIPPED, echeance=60)
    assert campagne(Periode(annee - 1, "T", 4), delais).echeance == due


@given(periodes, delays)
def test_R12_the_dates_of_a_campaign_are_in_order(periode: Periode, delais: Delais) -> None:
    if refuse_disorder(delais):
        return
    one = campagne(periode, delais)
    assert periode.dernier_jour < one.ouverture <= one.echeance
    assert one.fermeture is None or one.fermeture >= one.echeance
    assert periode.fin <= one.lecture <= max(*one.publications.values(), periode.fin)
    assert all(before < after for (_, before), (_, after) in pairwise(one.relances))
    sent = [day for code, day in one.taches().items() if code.startswith("relance")]
    assert all(day > one.ouverture for day in sent), "nobody is reminded of what cannot be typed yet"
    assert not one.is_closed_to_companies(one.echeance)


@pytest.mark.parametrize(
    ("departement", "moment"),
    [
        ("41", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("972", datetime(2026, 7, 1, 4, tzinfo=UTC)),
        ("974", datetime(2026, 6, 30, 20, tzinfo=UTC)),
        ("988", datetime(2026, 6, 30, 13, tzinfo=UTC)),
    ],
)
def test_R12_an_opening_begins_at_midnight_where_the_departement_is(departement: str, moment: datetime) -> None:
    assert begins(campagne(Periode.from_code("2026-S1"), SHIPPED).ouverture, departement) == moment


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("-15, -3, 3, 10", (-15, -3, 3, 10)),
        ("10;3 -3 −15", (-15, -3, 3, 10)),
        ("3, +3, 3", (3,)),
        ("0", (0,)),
        ("aucune", ()),
        ("Aucune", ()),
    ],
)
def test_R12_reminders_are_read_in_order_each_once(text: str, days: tuple[int, ...]) -> None:
    assert read_relances(text) == days


@pytest.mark.parametrize("text", ["91", "-91", "trois", "1.5", "٣", "--3", "1, aucune", ", ".join(map(str, range(9)))])
def test_R12_reminders_that_cannot_be_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        read_relances(text)


@pytest.mark.parametrize(
    ("text", "days"), [("180, 90, 30", (30, 90, 180)), ("30 90", (30, 90)), ("aucune", ()), ("365", (365,))]
)
def test_R4_notices_of_an_end_are_read_nearest_first(text: str, days: tuple[int, ...]) -> None:
    assert read_preavis(text) == days


@pytest.mark.parametrize("text", ["0", "366", "-30", "+30", "un mois"])
def test_R4_notices_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Écrivez des jours de 1 à 365"):
        read_preavis(text)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"echeance": 0}, "declaration_delai_jours"),
        ({"ouverture": 20}, "declaration_delai_jours"),
        ({"fermeture": 19}, "fermeture_delai_jours"),
    ],
)
def test_R12_settings_that_do_not_follow_one_another_are_told_beside_the_field(
    changed: dict[str, int], field: str
) -> None:
    assert list(refuse_disorder(replace(SHIPPED, **changed))) == [field]
    assert refuse_disorder(SHIPPED) == {}


def test_R12_never_closing_and_closing_some_day_are_two_things() -> None:
    values = {cle: default for cle, (default, _) in reglages().items()}
    assert read_delais(values | {"fermeture_delai_jours": "jamais"}).fermeture is None
    one = campagne(Periode.from_code("2026-T1"), read_delais(values | {"fermeture_delai_jours": "45"}))
    assert one.fermeture == date(2026, 5, 15)
    assert not one.is_closed_to_companies(date(2026, 5, 15)) and one.is_closed_to_companies(date(2026, 5, 16))


@pytest.mark.parametrize(
    ("code", "shown"),
    [("relance-15", "Relance J−15"), ("relance+3", "Relance J+3"), ("bilan", "Bilan semestriel")],
)
def test_a_task_is_called_by_what_people_say(code: str, shown: str) -> None:
    assert travail_libelle(code) == shown


def _of(code: str) -> Periode:
    return Periode.from_code(f"2026-{code}")
