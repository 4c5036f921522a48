"""The référent's home says what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.taches import ECHOUEE
from paqte.models import Departement, Tache
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels.relances import pause_reminders
from paqte.services.transaction import transaction
from tests import factories
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import CAMILLE, ZOE

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 8, 2, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def home(sign_in: Callable[..., FlaskClient]) -> Callable[[], str]:
    browser = sign_in(CAMILLE)
    return lambda: browser.get("/referent/").text


def test_an_empty_departement_is_told_how_to_begin(
    home: Callable[[], str], sign_in: Callable[..., FlaskClient]
) -> None:
    assert "Aucune convention pour l’instant" in home()
    assert "/referent/signataires/nouveau" in home()


def test_answers_owed_for_the_last_closed_semester_are_counted_with_their_date(
    app: Flask, home: Callable[[], str]
) -> None:
    with app.app_context():
        a_convention(a_signataire(), "S2")
    html = home()
    assert "2\u00a0déclarations attendues pour le 1er\u00a0semestre 2026" in html
    assert "En retard depuis le 20 juillet 2026" in html


@pytest.mark.parametrize(
    ("day", "said"), [(5, "À transmettre au plus tard le 20 octobre 2026"), (21, "En retard depuis le 20 octobre 2026")]
)
def test_R11_a_quarter_closed_since_is_awaited_beside_the_semester(
    app: Flask, sign_in: Callable[..., FlaskClient], day: int, said: str
) -> None:
    with app.app_context():
        a_convention(a_signataire(), "S2", rythme="T")
        a_convention(a_signataire("Scierie (fictif)"), "S2", rythme="S")
    with time_machine.travel(datetime(2026, 10, day, 9, tzinfo=UTC), tick=False):
        html = sign_in(CAMILLE).get("/referent/").text
    assert "3\u00a0déclarations attendues pour le 1er\u00a0semestre 2026" in html
    assert "1\u00a0déclaration attendue pour le 3e\u00a0trimestre 2026" in html
    assert said in html


def test_R12_nothing_of_before_the_first_semester_is_asked_for(app: Flask, home: Callable[[], str]) -> None:
    with app.app_context():
        a_convention(a_signataire(), "S2")
        with transaction(actor=PLANIFICATEUR, now=datetime(2026, 8, 2, 9, tzinfo=UTC)) as session:
            session.get_one(Departement, "41").premier_semestre = "2026-S2"
    html = home()
    assert "réponses attendues" not in html and "n’est pas encore produit" not in html
    assert "Tout est à jour" not in html


def test_R4_a_convention_that_ends_within_180_days_is_to_renew(app: Flask, home: Callable[[], str]) -> None:
    with app.app_context():
        a_convention(a_signataire("Fonderie (fictif)"), "S2", debut=date(2023, 11, 1), fin=date(2026, 10, 31))
    html = home().split("À renouveler dans les 180 jours")
    assert "Fonderie (fictif)" in html[1]


def test_R7_a_charter_in_force_is_to_transform(app: Flask, home: Callable[[], str]) -> None:
    with app.app_context():
        a_convention(a_signataire("Laiterie (fictif)"), dispositif="charte", fin=date(2026, 12, 31))
    html = home()
    assert "Laiterie (fictif)" in html.split("Chartes à transformer")[1]
    assert "À renouveler dans les 180 jours" not in html


def test_R7_a_charter_never_signed_or_ended_early_is_not_to_transform(app: Flask, home: Callable[[], str]) -> None:
    """The home page listed them, where no list finds them and no gesture transforms them."""
    ended = {"statut": "resiliee", "resiliee_le": date(2026, 3, 31), "motif_resiliation": "Départ"}
    with app.app_context():
        a_convention(a_signataire("Laiterie (fictif)"), dispositif="charte", statut="projet", signee_le=None)
        a_convention(a_signataire("Fonderie (fictif)"), dispositif="charte", **ended)
    assert "Chartes à transformer" not in home()


def test_R41_a_convention_without_engagement_is_to_complete_with_its_next_step(
    app: Flask, home: Callable[[], str], sign_in: Callable[..., FlaskClient]
) -> None:
    with app.app_context():
        key = a_convention(a_signataire("Laiterie (fictif)"))
    html = home()
    assert "1\u00a0convention à compléter" in html and f'href="/referent/conventions/{key}/engagements"' in html
    assert 'Laiterie (fictif), <span class="une-ligne">41-2025-001</span>. Sans engagement, rien n’est demandé' in html
    with app.app_context():
        a_convention(a_signataire("Fonderie (fictif)"))
        a_convention(a_signataire("Scierie (fictif)"), "S2")
    html = home()
    assert "2\u00a0conventions à compléter" in html and 'href="/referent/signataires?etat=a_completer"' in html
    listed = sign_in(CAMILLE).get("/referent/signataires?etat=a_completer").text
    assert "Fonderie (fictif)" in listed and "Scierie (fictif)" not in listed
    assert listed.count("choisir les engagements de") == 2


def test_nothing_of_the_41_reaches_zoe(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    with app.app_context():
        a_convention(a_signataire("Menuiserie Val (fictif)"), "S2")
    assert "Menuiserie" not in sign_in(ZOE).get("/referent/").text


def test_a_task_of_the_scheduler_that_failed_comes_first(app: Flask, home: Callable[[], str]) -> None:
    with app.app_context():
        a_convention(a_signataire("Menuiserie Val (fictif)"), "S2")
        moment = datetime(2026, 8, 1, tzinfo=UTC)
        with transaction(actor=PLANIFICATEUR, now=moment) as session:
            given = {"periode": "2026-S1", "etat": ECHOUEE, "due_le": moment, "prise_le": moment, "essais": 1}
            session.add_all([Tache(travail="bilan", departement_code=code, **given) for code in ("41", "972")])
    page = home()
    assert "1\u00a0tâche du planificateur a échoué" in page
    assert page.index("a échoué") < page.index("Où en est le département")


def test_R12_a_reminder_of_the_next_day_is_announced_with_whom_to_call_and_who_is_left_alone(
    app: Flask, home: Callable[[], str], sign_in: Callable[..., FlaskClient]
) -> None:
    with app.app_context():
        called, paused = a_signataire("À appeler (fictif)"), a_signataire("En pause (fictif)")
        reminded = a_signataire("Relancée (fictif)")
        for key in (called, paused, reminded):
            a_convention(key, "S2", debut=date(2026, 4, 1), fin=date(2029, 3, 31))
        invite_user(
            actor=PLANIFICATEUR,
            role="entreprise",
            courriel="nour@relancee.test",
            nom="Nour",
            signataires=[reminded],
            base_url="http://localhost",
            now=datetime(2026, 7, 1, tzinfo=UTC),
        )
        soon = datetime(2026, 7, 16, 9, tzinfo=UTC)
        pause_reminders(actor=factories.CAMILLE, signataire_id=paused, jusquau=date(2026, 12, 31), now=soon)
    with time_machine.travel(soon, tick=False):
        html = sign_in(CAMILLE).get("/referent/").text.replace("\u00a0", " ")
    assert "Relance J−3 demain : 1 entreprise" in html and "1 entreprise sans compte à appeler" in html
    assert "1 entreprise dont les relances sont suspendues" in html
    assert "demain :" not in home() and "1\u00a0entreprise dont les relances sont suspendues" in home()
