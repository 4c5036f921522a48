"""What is owed over a period, and in how many statements it is read (R5, R11, R12, R13)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import NotFound
from paqte.domain.statuts.declarations import A_SAISIR, TRANSMISE, VALIDEE
from paqte.models import Convention, Reglage, db
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.listes.declarations import DeclarationsOwed, owed_declarations
from paqte.services.declarations.declarations import open_declaration, submit_and_validate, submit_declaration
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, LONG_AGO, ZOE, a_convention, a_signataire, engagement_of

S1, S2 = Periode.from_code("2026-S1"), Periode.from_code("2026-S2")
T1, T2, T3 = (Periode.from_code(f"2026-T{n}") for n in (1, 2, 3))


def _owed(periode: Periode, now: datetime) -> DeclarationsOwed:
    return owed_declarations(actor=CAMILLE, departement="41", periodes=[periode], now=now)


def _sent(convention: int, periode: Periode, now: datetime, use_case: Any = submit_declaration, **given: Any) -> int:
    key = open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=periode)
    answers = {engagement_of(convention, code): AnswerTyped(valeur=Decimal(value)) for code, value in given.items()}
    version = read_declaration(actor=CAMILLE, declaration_id=key).version
    use_case(actor=CAMILLE, now=now, declaration_id=key, version=version, saisie=Saisie(answers))
    return key


@contextmanager
def _counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_R11_each_convention_owes_its_own_periods(session: Any, now: datetime) -> None:
    quarterly = a_convention(a_signataire("Alpha (fictif)"), "S2", "R3")
    half_yearly = a_convention(a_signataire("Béta (fictif)"), "S2", rythme="S")
    owed = _owed(S1, now)
    assert [(line.convention_id, line.periode.code) for line in owed.lignes] == [
        (quarterly, "2026-T1"),
        (quarterly, "2026-T2"),
        (half_yearly, "2026-S1"),
    ]
    assert {line.etat for line in owed.lignes} == {A_SAISIR}
    assert owed.semestriels == 0
    lone_quarter = _owed(T2, now)
    assert [line.convention_id for line in lone_quarter.lignes] == [quarterly]
    assert lone_quarter.semestriels == 1, "said apart, never as zero"


def test_R5_engagements_are_counted_owed_answered_and_missing(session: Any, now: datetime) -> None:
    """R3e is closed since 2024: a convention that still bears it no longer owes it."""
    convention = a_convention(a_signataire(), "S2", "R3", "R3e", "A1")
    _sent(convention, T1, now, S2=4, R3=0)
    line = _owed(T1, now).lignes[0]
    assert (line.etat, line.dus, line.repondus, line.manquants) == (TRANSMISE, 3, 2, 1)


def test_a_convention_ended_early_owes_until_then_and_what_it_sent_after_stays_in_sight(
    session: Any, now: datetime
) -> None:
    convention = a_convention(a_signataire(), "S2")
    _sent(convention, T3, now, S2=4)
    with transaction(actor=CAMILLE, now=now) as s:
        ended = s.get_one(Convention, convention)
        ended.statut, ended.resiliee_le, ended.motif_resiliation = "resiliee", date(2026, 5, 2), "Fermeture"
    assert [line.periode.code for line in _owed(S1, now).lignes] == ["2026-T1", "2026-T2"]
    assert [(line.periode.code, line.is_owed) for line in _owed(S2, now).lignes] == [("2026-T3", False)]


def test_R12_opening_and_due_dates_follow_the_settings_of_the_departement(session: Any, now: datetime) -> None:
    a_convention(a_signataire(), "S2")
    t3, t4 = _owed(S2, now).lignes
    assert (t3.ouverture, t3.limite, t3.is_open, t3.is_late) == (date(2026, 10, 1), date(2026, 10, 20), True, True)
    assert (t4.ouverture, t4.is_open, t4.is_late, t4.suite) == (date(2027, 1, 1), False, False, "")
    with transaction(actor=CAMILLE, now=LONG_AGO) as s:
        s.add(Reglage(departement_code=None, cle="declaration_delai_jours", valeur="90"))
        s.add(Reglage(departement_code="41", cle="declaration_ouverture_jours", valeur="60"))
    t3, _ = _owed(S2, now).lignes
    assert (t3.ouverture, t3.limite, t3.is_open, t3.is_late) == (date(2026, 11, 30), date(2026, 12, 29), False, False)


def test_states_are_counted_and_say_what_to_do_next(session: Any, now: datetime) -> None:
    first, second = a_convention(a_signataire("A (fictif)"), "S2"), a_convention(a_signataire("B (fictif)"), "S2")
    _sent(first, T1, now, S2=1)
    _sent(second, T1, now, submit_and_validate, S2=1)
    owed = _owed(T1, now)
    assert [line.suite for line in owed.lignes] == ["Lire et valider", "Consulter"]
    assert {etat: n for etat, n in owed.counts().items() if n} == {TRANSMISE: 1, VALIDEE: 1}


def test_Zoe_sees_nothing_of_41(session: Any, now: datetime) -> None:
    a_convention(a_signataire(), "S2")
    with pytest.raises(NotFound):
        owed_declarations(actor=ZOE, departement="41", periodes=[S1], now=now)
    assert owed_declarations(actor=ZOE, departement="972", periodes=[S1], now=now).lignes == ()


def test_the_number_of_statements_does_not_grow_with_size(session: Any, now: datetime) -> None:
    def fill(count: int) -> int:
        for rank in range(count):
            convention = a_convention(a_signataire(f"Société {count}-{rank} (fictif)"), "S2", "R3", "F1p")
            _sent(convention, T1, now, S2=4)
        with _counted() as seen:
            owed = _owed(S1, now)
        assert len(owed.lignes) >= 2 * count
        with _counted() as again:
            assert _owed(S1, now) == owed
        assert len(again) == 1, "when nothing moved, that alone is asked"
        return len(seen)

    assert fill(1) == fill(6) <= 9


def test_one_declaration_is_read_in_as_many_statements_whatever_its_engagements(session: Any, now: datetime) -> None:
    def count(*codes: str) -> int:
        key = _sent(a_convention(a_signataire(), *codes), T1, now, S2=4)
        session.rollback()
        with _counted() as seen:
            read_declaration(actor=CAMILLE, declaration_id=key)
        return len(seen)

    assert count("S2") == count("S2", "S3", "S4", "F1", "F1p", "R1", "R3", "A1", "A2", "A3", "X1", "X1") <= 7


def test_R13_nothing_is_missing_from_the_period_before_the_convention_began(session: Any, now: datetime) -> None:
    began = a_convention(a_signataire("Alpha (fictif)"), "S2", debut=date(2026, 1, 15))
    older = a_convention(a_signataire("Béta (fictif)"), "S2")
    first, second = (_sent(began, quarter, now, S2=4) for quarter in (T1, T2))
    long_since = _sent(older, T1, now, S2=4)
    read = {key: read_declaration(actor=CAMILLE, declaration_id=key).is_first for key in (first, second, long_since)}
    assert read == {first: True, second: False, long_since: False}
