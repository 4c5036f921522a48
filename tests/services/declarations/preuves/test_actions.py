"""Concrete actions: dated districts, proof-reading, two people at once (R17, R25, R29)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.models import Action, Journal
from paqte.queries.declarations.preuves.actions import (
    ActionsSought,
    list_actions,
    list_qpv,
    read_action,
    signataire_choices,
)
from paqte.services.declarations.preuves.actions import ActionTyped, change_action, delete_action, record_action
from tests.factories import CAMILLE, ZOE, a_departement, a_qpv, a_signataire

FORUM = ActionTyped(
    date=date(2026, 3, 12),
    axe="SENSIBILISER",
    titre="Forum des métiers du bois",
    texte="Deux matinées d’échanges avec le collège.\n\nTrente élèves.",
    lieu="Blois",
    beneficiaires=30,
)


def recorded(now: datetime, **changes: Any) -> int:
    a_departement("41")
    return record_action(actor=CAMILLE, now=now, departement="41", action=replace(FORUM, **changes))


def changed(now: datetime, key: int, version: int = 1, actor: Any = CAMILLE, **changes: Any) -> None:
    change_action(actor=actor, now=now, action_id=key, version=version, action=replace(FORUM, **changes))


def test_an_action_is_recorded_as_it_was_typed(session: Any, now: datetime) -> None:
    signataire, qpv = a_signataire(), a_qpv()
    key = recorded(now, signataire_id=signataire, qpv_id=qpv)
    action = read_action(actor=CAMILLE, action_id=key)
    assert (action.titre, action.texte, action.lieu, action.beneficiaires) == (
        FORUM.titre,
        FORUM.texte,
        "Blois",
        30,
    )
    assert (action.signataire, action.quartier and action.quartier.id) == ("Menuiserie Val (fictif)", qpv)
    assert not action.is_proofread, "R29: it does not enter a bilan before it was proof-read"


def test_R13_an_unknown_number_of_people_is_not_zero(session: Any, now: datetime) -> None:
    keys = [recorded(now, beneficiaires=number) for number in (None, 0)]
    assert [read_action(actor=CAMILLE, action_id=key).beneficiaires for key in keys] == [None, 0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"titre": " \u200b "}, "titre"),
        ({"titre": "a" * 201}, "titre"),
        ({"texte": ""}, "texte"),
        ({"texte": "a" * 8_001}, "texte"),
        ({"lieu": "a" * 201}, "lieu"),
        ({"date": date(2026, 11, 23)}, "date"),
        ({"axe": "DANSER"}, "axe"),
        ({"beneficiaires": 10**9}, "beneficiaires"),
        ({"beneficiaires": -1}, "beneficiaires"),
        ({"signataire_id": 999_999}, "signataire_id"),
        ({"qpv_id": 999_999}, "qpv_id"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(
    session: Any, now: datetime, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        recorded(now, **changes)
    assert list(refused.value.errors) == [field]
    assert not list(session.scalars(select(Action.id)))


def test_R12_today_is_that_of_the_departement(session: Any) -> None:
    """1 July in Paris is still 30 June in Martinique."""
    a_departement("972")
    night = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
    with pytest.raises(Refused):
        record_action(actor=ZOE, now=night, departement="972", action=replace(FORUM, date=date(2026, 7, 1)))
    assert record_action(actor=ZOE, now=night, departement="972", action=replace(FORUM, date=date(2026, 6, 30)))


@pytest.mark.parametrize(
    ("code", "day", "is_doubtful"),
    [
        ("QP041001", date(2023, 12, 31), False),
        ("QP041001", date(2024, 1, 1), True),
        ("QN04101M", date(2023, 12, 31), True),
        ("QN04101M", date(2024, 1, 1), False),
    ],
)
def test_R25_a_district_not_in_force_on_the_day_is_kept_only_when_confirmed(
    session: Any, now: datetime, code: str, day: date, is_doubtful: bool
) -> None:
    qpv = a_qpv(code)
    if is_doubtful:
        with pytest.raises(Refused, match="n’était pas en vigueur"):
            recorded(now, qpv_id=qpv, date=day)
    key = recorded(now, qpv_id=qpv, date=day, is_quartier_confirmed=is_doubtful)
    assert read_action(actor=CAMILLE, action_id=key).is_quartier_doubtful is is_doubtful


def test_R25_districts_are_listed_with_the_generation_in_force_first(session: Any, now: datetime) -> None:
    a_qpv("QP041001"), a_qpv("QN04101M"), a_qpv("QN97201A", "972")
    assert [q.code for q in list_qpv("41")] == ["QN04101M", "QP041001"]


def test_R29_what_looks_like_a_name_is_pointed_at(session: Any, now: datetime) -> None:
    key = recorded(now, texte="Madame Éloïse D’Alembert et M. Petit ont aidé. La Monsieur-le-Prince, non.")
    assert read_action(actor=CAMILLE, action_id=key).noms == ("Madame Éloïse D’Alembert", "M. Petit")
    assert read_action(actor=CAMILLE, action_id=recorded(now)).noms == ()


def test_a_district_or_a_signatory_of_another_departement_cannot_be_named(session: Any, now: datetime) -> None:
    foreign = {"signataire_id": a_signataire("Rhumerie (fictif)", "972"), "qpv_id": a_qpv("QN97201A", "972")}
    with pytest.raises(Refused) as refused:
        recorded(now, **foreign)
    assert set(refused.value.errors) == {"signataire_id", "qpv_id"}
    assert signataire_choices(actor=CAMILLE, departement="41") == {}


def test_a_correction_is_kept_and_a_second_one_is_refused_with_what_the_base_holds(session: Any, now: datetime) -> None:
    key = recorded(now)
    changed(now, key, titre="Forum du bois", is_proofread=True)
    with pytest.raises(Conflict) as conflict:
        changed(now, key, titre="Autre titre")
    held = conflict.value.current
    assert (held["titre"], held["is_proofread"], held["version"], held["beneficiaires"]) == (
        "Forum du bois",
        "oui",
        "2",
        "30",
    )
    assert read_action(actor=CAMILLE, action_id=key).titre == "Forum du bois"


def test_a_deleted_action_is_gone_and_the_journal_keeps_what_it_said(session: Any, now: datetime) -> None:
    key = recorded(now)
    changed(now, key, titre="Forum du bois")
    with pytest.raises(Conflict):
        delete_action(actor=CAMILLE, now=now, action_id=key, version=1)
    delete_action(actor=CAMILLE, now=now, action_id=key, version=2)
    with pytest.raises(NotFound):
        read_action(actor=CAMILLE, action_id=key)
    line = session.scalars(select(Journal).where(Journal.acte == "supprimer")).one()
    assert "Forum du bois" in line.avant


def test_the_list_is_narrowed_by_period_axis_proof_reading_and_words(session: Any, now: datetime) -> None:
    forum = recorded(now)
    stage = recorded(now, titre="Trois alternants", axe="FORMER", date=date(2026, 7, 1), is_proofread=True)

    def found(**asked: Any) -> list[int]:
        return [a.id for a in list_actions(actor=CAMILLE, departement="41", filtre=ActionsSought(**asked))]

    assert found() == [stage, forum]
    assert found(periode=Periode.from_code("2026-S1")) == [forum]
    assert found(axe="FORMER") == [stage]
    assert found(is_proofread=False) == [forum]
    assert found(q="METIERS") == [forum]
    assert found(q="%") == []


def test_Zoe_sees_and_changes_nothing(session: Any, now: datetime) -> None:
    key = recorded(now)
    for act in (
        lambda: read_action(actor=ZOE, action_id=key),
        lambda: changed(now, key, actor=ZOE),
        lambda: delete_action(actor=ZOE, now=now, action_id=key, version=1),
        lambda: record_action(actor=ZOE, now=now, departement="41", action=FORUM),
        lambda: list_actions(actor=ZOE, departement="41"),
    ):
        with pytest.raises(NotFound):
            act()
    assert read_action(actor=CAMILLE, action_id=key).version == 1
