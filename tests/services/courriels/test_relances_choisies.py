"""Reminding a selection: the same ledger as one by one, each alone, and why not (R12)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import ENTREPRISE
from paqte.models import Courriel, Relance
from paqte.queries.courriels.relances import DEJA, RIEN, SANS_COMPTE
from paqte.queries.courriels.relances_choisies import forecast_selection
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels.relances_choisies import remind_companies
from paqte.services.envois import BatchDone
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire

SITE = "https://paqte.exemple.fr"
DAY = datetime(2026, 10, 17, 6, 0, tzinfo=UTC)


def owing(nom: str, *courriels: str, departement: str = "41") -> int:
    """A signatory that owes 2026-T3, with an account for each of these addresses."""
    key = a_signataire(nom, departement)
    a_convention(key, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    for courriel in courriels:
        invite_user(actor=CAMILLE, role=ENTREPRISE, courriel=courriel, nom="Bruno", base_url=SITE, now=DAY,
                    signataires=[key])  # fmt: skip
    return key


def remind(*keys: int, actor: Any = CAMILLE) -> BatchDone:
    return remind_companies(actor=actor, signataires=keys, now=DAY, base_url=SITE)


def reminders(session: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Courriel).where(Courriel.motif == "relance")) or 0


def test_R12_each_is_reminded_alone_and_who_cannot_be_is_told_why(session: Any) -> None:
    alpha, beta, gamma = owing("Alpha", "a@val.test"), owing("Béta"), owing("Gamma", "g@val.test")
    quiet, absent = a_signataire("Calme"), 999_999
    done = remind(beta, alpha, absent, quiet, gamma)
    assert done.faits == (alpha, gamma) and reminders(session) == 2
    assert list(done.refuses) == [beta, absent, quiet]
    assert done.refuses[beta].startswith("Personne n’y a de compte")
    assert done.refuses[absent] == "Ce signataire n’existe pas ou ne vous est pas ouvert."
    assert done.refuses[quiet].startswith("Rien n’attend de réponse")


def test_R12_asked_twice_the_same_day_nobody_gets_a_second_mail(session: Any) -> None:
    alpha = owing("Alpha", "a@val.test")
    assert remind(alpha).faits == (alpha,)
    assert remind(alpha).refuses[alpha].startswith("Un courriel est déjà parti aujourd’hui")
    assert reminders(session) == session.scalar(select(func.count()).select_from(Relance)) == 1


def test_R12_somebody_in_charge_of_two_gets_one_mail_and_both_are_done(session: Any) -> None:
    alpha, beta = owing("Alpha", "a@val.test"), owing("Béta", "a@val.test")
    assert remind(alpha, beta) == BatchDone((alpha, beta), {})
    assert reminders(session) == 1


def test_R12_the_forecast_says_what_the_reminder_then_does(session: Any) -> None:
    alpha, beta, quiet = owing("Alpha", "a@val.test"), owing("Béta"), a_signataire("Calme")
    asked = {"actor": CAMILLE, "signataires": [alpha, beta, quiet, 999_999], "now": DAY}
    before = forecast_selection(**asked)
    assert [d.courriel for d in before.destinataires] == ["a@val.test"] and reminders(session) == 0
    assert {e.signataire: e.motif for e in before.ecartes} == {"Béta": SANS_COMPTE, "Calme": RIEN}
    remind(alpha, beta, quiet)
    after = forecast_selection(**asked)
    assert {e.signataire: e.motif for e in after.ecartes} == {"Alpha": DEJA, "Béta": SANS_COMPTE, "Calme": RIEN}


def test_Zoe_reminds_nobody_of_the_41_and_sees_none_of_it(session: Any) -> None:
    alpha = owing("Alpha", "a@val.test")
    found = forecast_selection(actor=ZOE, signataires=[alpha], now=DAY)
    assert (found.destinataires, found.ecartes, found.signataires) == ((), (), ())
    assert list(remind(alpha, actor=ZOE).refuses) == [alpha] and reminders(session) == 0
