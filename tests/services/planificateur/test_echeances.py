"""Référents are told that a convention ends: once a threshold, all of them in one mail (R4)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT
from paqte.models import AvisEcheance, Convention, Courriel, Reglage
from paqte.services.comptes.comptes import invite_user
from paqte.services.conventions.suites import end_convention, renew_convention
from paqte.services.planificateur.echeances import warn_ends
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_convention, a_signataire

SITE = "https://paqte.exemple.fr"
FIN = date(2027, 5, 20)
Told = Callable[[], list[tuple[str, str]]]


def days_before(days: int) -> datetime:
    return datetime(2027, 5, 20, 8, tzinfo=UTC) - timedelta(days=days)


def warn(days: int) -> int:
    return warn_ends(now=days_before(days), base_url=SITE)


@pytest.fixture
def ending(session: Any) -> int:
    """A convention of the 41 that ends on FIN, and a référent to tell."""
    key = a_convention(a_signataire("Menuiserie Val (fictif)"), debut=date(2024, 5, 21), fin=FIN)
    open_account("camille@prefecture41.test")
    return key


def open_account(courriel: str, departement: str = "41") -> None:
    invite_user(
        actor=PLANIFICATEUR, role=REFERENT, courriel=courriel, nom="Référente", base_url=SITE,
        now=days_before(500), departement=departement, by_mail=False,
    )  # fmt: skip


@pytest.fixture
def told(session: Any) -> Told:
    """(recipient, subject) of each notice queued."""

    def read() -> list[tuple[str, str]]:
        session.rollback()
        query = select(Courriel.destinataire, Courriel.sujet).where(Courriel.motif == "echeance").order_by(Courriel.id)
        return [tuple(row) for row in session.execute(query)]

    return read


@pytest.mark.lent
def test_R4_a_year_of_days_tells_three_times_and_no_more(ending: int, told: Told, session: Any) -> None:
    days = [left for left in range(365, -30, -1) for _ in range(2) if warn(left)]
    assert days == [180, 90, 30]
    assert told() == [("camille@prefecture41.test", "Une convention finit bientôt")] * 3


def test_R4_after_days_off_the_nearest_threshold_alone_is_told(ending: int, told: Told, session: Any) -> None:
    warn(80)
    warn(79)
    assert len(told()) == 1
    session.rollback()
    assert list(session.scalars(select(AvisEcheance.seuil))) == [90]
    warn(30)
    assert len(told()) == 2


def test_several_conventions_make_one_mail_and_each_has_its_page(ending: int, told: Told, session: Any) -> None:
    other = a_convention(a_signataire("Rives (fictif)"), debut=date(2024, 5, 1), fin=FIN - timedelta(days=5))
    warn(90)
    assert told() == [("camille@prefecture41.test", "2 conventions finissent bientôt")]
    text = session.scalar(select(Courriel.texte).where(Courriel.motif == "echeance"))
    assert text.index("Rives") < text.index("Menuiserie"), "the nearest end first"
    assert f"{SITE}/connexion/[lien-personnel]?next=/referent/conventions/{other}" in text
    assert "dans 90 jours" in text
    assert f"{SITE}/connexion/[lien-personnel]?next=/referent/%3Fdepartement%3D41" in text


def test_R4_what_is_renewed_or_ended_early_is_not_told(ending: int, told: Told, session: Any) -> None:
    gone = a_convention(a_signataire("Rives (fictif)"), debut=date(2024, 5, 21), fin=FIN)
    renew_convention(actor=CAMILLE, convention_id=ending, version=1, now=days_before(100))
    end_convention(
        actor=CAMILLE, convention_id=gone, version=1, resiliee_le=date(2027, 1, 1), motif="Départ", now=days_before(100)
    )
    assert warn(90) == 0
    assert told() == []


def test_an_end_that_moves_is_told_again(ending: int, told: Told, session: Any) -> None:
    warn(30)
    with transaction(actor=PLANIFICATEUR, now=days_before(30)) as writing:
        writing.get_one(Convention, ending).fin = FIN + timedelta(days=1)
    assert warn(29) == 1
    assert warn(28) == 0


def test_R12_thresholds_are_a_setting_and_none_means_never(ending: int, told: Told, session: Any) -> None:
    with transaction(actor=PLANIFICATEUR, now=days_before(400)) as writing:
        writing.add(Reglage(departement_code="41", cle="preavis_jours", valeur="60"))
    assert [left for left in range(200, -5, -1) if warn(left)] == [60]


def test_a_departement_without_referent_is_told_once_it_has_one(session: Any, told: Told) -> None:
    a_convention(a_signataire(), debut=date(2024, 5, 21), fin=FIN)
    assert warn(90) == 0
    open_account("camille@prefecture41.test")
    assert warn(89) == 1


def test_zoe_hears_nothing_of_the_41(ending: int, told: Told, session: Any) -> None:
    a_signataire("Rhum (fictif)", "972")
    open_account("zoe@prefecture972.test", "972")
    warn(90)
    assert {address for address, _ in told()} == {"camille@prefecture41.test"}


def test_four_schedulers_at_once_tell_once(ending: int, told: Told, app: Flask) -> None:
    start = threading.Barrier(4)

    def work() -> None:
        with app.app_context():
            start.wait()
            warn(90)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told()) == 1
