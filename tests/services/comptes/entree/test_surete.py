"""Administrators are told once of what looks like somebody trying the doors: bursts, and places never seen before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.personnes.acteurs import ADMIN, ENTREPRISE, PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.personnes.entree.surete import burst_at, place_of
from paqte.domain.statuts.courriels import Message
from paqte.models import Courriel, Reglage, Utilisateur
from paqte.services.comptes.connexion import VISITEUR, RequestSource, add_session
from paqte.services.comptes.entree.surete import warn_of_attempts
from paqte.services.courriels.courriels import send_due
from paqte.services.transaction import note, transaction
from tests.factories import a_departement

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SITE = "https://paqte.exemple.fr"


class House:
    """Ada and Alix administer PAQTE, Alan no longer does; Camille is a référente, Bruno answers for a company."""

    def __init__(self) -> None:
        a_departement("41")
        self.keys: dict[str, int] = {}
        with transaction(actor=PLANIFICATEUR, now=NOW - 400 * DAY) as writing:
            for nom, role, place, is_active in (
                ("Ada", ADMIN, None, True), ("Alix", ADMIN, None, True), ("Alan", ADMIN, None, False),
                ("Camille", REFERENT, "41", True), ("Bruno", ENTREPRISE, None, True),
            ):  # fmt: skip
                given = {"departement_code": place, "is_active": is_active, "created_at": NOW - 400 * DAY}
                user = Utilisateur(courriel=f"{nom.lower()}@paqte.test", nom=nom, role=role, **given)
                writing.add(user)
                writing.flush()
                self.keys[nom] = user.id

    def actor(self, nom: str) -> Acteur:
        return Acteur(self.keys[nom], nom, REFERENT)

    def left(self, acte: str, moments: Sequence[datetime], nom: str = "") -> None:
        """Lines of this act, by somebody or by a visitor."""
        for moment in moments:
            with transaction(actor=self.actor(nom) if nom else VISITEUR, now=moment) as writing:
                note(writing, acte, "connexion")

    def came(self, nom: str, moment: datetime, origine: str) -> None:
        with transaction(actor=self.actor(nom), now=moment) as writing:
            add_session(writing, self.actor(nom), moment, RequestSource(origine, "Firefox, Windows"))


@pytest.fixture
def house(session: Any) -> House:
    return House()


def told(now: datetime = NOW) -> list[Message]:
    warn_of_attempts(base_url=SITE, now=now)
    sent: list[Message] = []
    send_due(transport=sent.append, now=now)
    return sent


def every(step: timedelta, count: int, end: datetime = NOW) -> list[datetime]:
    return [end - step * rank for rank in reversed(range(count))]


@pytest.mark.parametrize(
    ("acte", "least", "said"),
    [("acces_refuse", 20, "20 accès refusés"), ("facteur_refuse", 5, "5 codes du second facteur refusés")],
)
def test_a_burst_of_one_person_is_told_to_each_administrator_once(
    acte: str, least: int, said: str, house: House
) -> None:
    house.left(acte, every(2 * MINUTE, least - 1), "Camille")
    assert told() == []
    house.left(acte, [NOW + MINUTE], "Camille")
    mails = told(NOW + 2 * MINUTE)
    assert sorted(mail.destinataire for mail in mails) == ["ada@paqte.test", "alix@paqte.test"]
    sentence = f"Compte de Camille\u00a0: {said} en une heure, le 25/11/2026 à 09\u00a0h\u00a001."
    assert all(sentence in mail.texte and f"{SITE}/admin/journal" in mail.texte for mail in mails)
    house.left(acte, every(MINUTE, 5, NOW + HOUR), "Camille")
    assert [told(NOW + rank * HOUR) for rank in (1, 2, 12, 23, 24, 30)] == [[]] * 6


def test_what_is_spread_over_hours_or_below_the_threshold_is_no_burst(house: House, session: Any) -> None:
    house.left("acces_refuse", every(4 * MINUTE, 40), "Camille")
    assert told() == [], "sixteen an hour"
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.add(Reglage(departement_code=None, cle="alerte_refus", valeur="10"))
    assert len(told()) == 2, "the threshold is a setting"


def test_the_next_day_s_burst_is_another_one_and_a_new_administrator_is_told_too(house: House) -> None:
    house.left("facteur_refuse", every(MINUTE, 5), "Camille")
    assert len(told()) == 2
    house.left("facteur_refuse", every(MINUTE, 5, NOW + DAY), "Camille")
    assert len(told(NOW + DAY)) == 2
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        given = {"role": ADMIN, "is_active": True, "created_at": NOW}
        writing.add(Utilisateur(courriel="neuf@paqte.test", nom="Neuf", **given))
    assert [mail.destinataire for mail in told(NOW + DAY + HOUR)] == ["neuf@paqte.test"]


def test_refused_doors_are_counted_together_whoever_stands_there(house: House) -> None:
    house.left("lien_refuse", every(MINUTE, 30))
    house.left("connexion_refusee", every(MINUTE, 29))
    assert told() == []
    house.left("lien_refuse", [NOW + MINUTE])
    (ada, _) = told(NOW + MINUTE)
    assert "60 demandes de lien ou connexions refusées en une heure, tous comptes réunis" in ada.texte


def test_a_place_never_seen_is_told_for_an_account_of_the_state_alone(house: House) -> None:
    house.came("Camille", NOW - 40 * DAY, "192.0.2.7")
    house.came("Bruno", NOW - 40 * DAY, "192.0.2.7")
    assert told(NOW - 39 * DAY) == [], "the first place of all is new to nobody"
    house.came("Camille", NOW, "192.0.2.99")
    house.came("Bruno", NOW, "198.51.100.4")
    assert told() == [], "the same provider; and a company moves as it likes"
    house.came("Camille", NOW + MINUTE, "2001:db8:7:1::5")
    mails = told(NOW + HOUR)
    assert len(mails) == 2
    assert "connexion d’un nouvel endroit (2001:db8:7:1::5, Firefox, Windows)" in mails[0].texte
    house.came("Camille", NOW + 2 * HOUR, "2001:db8:7:2::9")
    assert told(NOW + 3 * HOUR) == []


def test_a_sign_in_whose_place_was_not_kept_makes_no_other_place_a_new_one(house: House) -> None:
    for source in ("", "inconnue"):
        house.came("Camille", NOW - 20 * DAY, source)
    house.came("Camille", NOW, "192.0.2.7")
    assert told(NOW + MINUTE) == []


def test_a_place_is_forgotten_after_as_many_days_as_set(house: House) -> None:
    house.came("Camille", NOW - 200 * DAY, "192.0.2.7")
    house.came("Camille", NOW - 10 * DAY, "198.51.100.4")
    assert told(NOW - 9 * DAY) == [], "told of at its own time: the one before was forgotten"
    house.came("Camille", NOW, "192.0.2.7")
    assert len(told(NOW + MINUTE)) == 2


def test_a_mail_bears_no_link_that_opens_a_session_and_names_whom_an_erasure_must_find(
    house: House, session: Any
) -> None:
    house.left("facteur_refuse", every(MINUTE, 5), "Camille")
    mails = told()
    assert all("/connexion/" not in mail.texte + mail.html for mail in mails)
    kept = session.scalars(select(Courriel.nomme).where(Courriel.motif == "surete")).all()
    assert kept == [f" utilisateur/{house.keys['Camille']} "] * 2


def test_a_burst_is_as_many_within_an_hour_and_none_at_its_very_end() -> None:
    """Counted a second way: every window of an hour, one by one."""
    for gaps in ([10, 10, 10], [30, 29, 50], [30, 30, 1], [59, 61, 59, 0], [0, 0, 0]):
        moments = [NOW + MINUTE * sum(gaps[:rank]) for rank in range(len(gaps) + 1)]
        windows = [[m for m in moments if start <= m < start + HOUR] for start in moments]
        expected = next((window[2] for window in windows if len(window) >= 3), None)
        assert burst_at(moments, 3) == expected, gaps


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("192.0.2.7, Firefox, Windows", "192.0.2.0/24"),
        ("::ffff:192.0.2.7, Safari, macOS", "192.0.2.0/24"),
        ("2001:db8:7:1::5, Edge", "2001:db8:7::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("Firefox, Windows", ""),
        ("", ""),
    ],
)
def test_a_place_is_what_a_provider_gives_one_subscriber(source: str, place: str) -> None:
    assert place_of(source) == place
