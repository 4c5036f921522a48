"""Doors: origins counted as they are shared, links no third person ends, dead links told, one's own sessions."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR
from paqte.domain.personnes.origines import browser_of, network_of
from paqte.models import Courriel, Journal
from paqte.queries.comptes.comptes import find_session, list_sessions, read_link
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import (
    LinkRefused,
    RequestSource,
    TooManyLinks,
    end_session,
    open_session,
    record_dead_link,
    request_link,
)
from tests.factories import secret_received
from tests.fixtures_acteurs import BRUNO, CAMILLE, EVERYBODY, ZOE, Personne

BASE = "https://paqte.exemple.fr"


@pytest.fixture(autouse=True)
def _people(accounts: object, session: object) -> None:
    """Everybody has an account."""


def ask(courriel: str, now: datetime, origine: str) -> None:
    request_link(courriel=courriel, origine=origine, base_url=BASE, now=now)


def link_of(person: Personne, now: datetime) -> str:
    """The secret of a link handed over at this moment, good for an hour."""
    given = {"courriel": person.courriel, "nom": person.nom, "siret": person.siret, "departement": person.departement}
    link = invite_user(actor=PLANIFICATEUR, role=person.role, base_url=BASE, now=now, by_mail=False, **given)
    return link.rpartition("/")[2]


def enter(person: Personne, now: datetime, origine: str, navigateur: str = "") -> Any:
    return open_session(secret=link_of(person, now), now=now, depuis=RequestSource(origine, navigateur))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:0DB8:1:2:bbbb:0:0:9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_origin_is_an_address_or_the_64_of_one(address: str, network: str) -> None:
    assert network_of(address) == network


def test_changing_one_s_address_within_a_64_gives_no_more_links(now: datetime) -> None:
    for rank in range(20):
        ask(f"inconnu{rank}@ailleurs.test", now, f"2001:db8:1:2::{rank:x}:1")
    with pytest.raises(TooManyLinks):
        ask(CAMILLE.courriel, now, "2001:db8:1:2:ffff:ffff:ffff:ffff")
    ask(CAMILLE.courriel, now, "2001:db8:1:3::1")


def test_a_prefecture_behind_one_address_signs_in_whole_and_is_bounded_too(now: datetime) -> None:
    """Three accounts with a session opened from there make an origin shared: 120 requests, not 20."""
    for person in EVERYBODY[:3]:
        enter(person, now, "198.51.100.4")
    for rank in range(120):
        ask(f"agent{rank}@prefecture41.test", now, "198.51.100.4")
    with pytest.raises(TooManyLinks):
        ask("agent120@prefecture41.test", now, "198.51.100.4")


def test_one_account_with_many_sessions_makes_no_origin_shared(now: datetime) -> None:
    for _ in range(5):
        enter(CAMILLE, now, "198.51.100.4")
    for rank in range(20):
        ask(f"inconnu{rank}@ailleurs.test", now, "198.51.100.4")
    with pytest.raises(TooManyLinks):
        ask(CAMILLE.courriel, now, "198.51.100.4")


def test_a_third_person_who_asks_for_a_link_ends_no_invitation(session: Any, now: datetime) -> None:
    """Neither the one that waits in the outbox, nor the one that was received."""
    given = {"courriel": BRUNO.courriel, "nom": BRUNO.nom, "siret": BRUNO.siret, "role": ENTREPRISE}
    invite_user(actor=PLANIFICATEUR, base_url=BASE, now=now, **given)
    ask(BRUNO.courriel, now, "203.0.113.66")
    session.rollback()
    waiting = session.scalars(select(Courriel.motif).where(Courriel.etat == "en_attente").order_by(Courriel.id)).all()
    assert waiting == ["invitation", "connexion"]
    secret_received(BRUNO.courriel, now)  # both leave
    invited = link_of(BRUNO, now)
    ask(BRUNO.courriel, now, "203.0.113.66")
    asked = secret_received(BRUNO.courriel, now)
    assert asked != invited
    assert open_session(secret=invited, now=now + timedelta(minutes=30)).acteur.nom == BRUNO.nom


def test_each_dead_link_leaves_a_line_without_its_secret_one_a_minute(session: Any, now: datetime) -> None:
    used, old = link_of(CAMILLE, now), link_of(ZOE, now)
    open_session(secret=used, now=now)
    here = RequestSource("192.0.2.9")
    for _ in range(3):
        for secret, moment in (("inventé" * 6, now), (used, now), (old, now + timedelta(hours=2))):
            with pytest.raises(LinkRefused):
                open_session(secret=secret, now=moment, depuis=here)
    assert refused(session) == ["lien inconnu", "lien déjà utilisé", "lien périmé"]
    record_dead_link(secret="autre" * 9, now=now + timedelta(seconds=61), depuis=here)
    record_dead_link(secret="autre" * 9, now=now, depuis=RequestSource("192.0.2.10"))
    assert refused(session)[3:] == ["lien inconnu", "lien inconnu"]
    lines = session.scalars(select(Journal.apres).where(Journal.acte == "connexion_refusee")).all()
    told = " ".join(lines)
    assert used not in told and old not in told and "192.0.2" not in told


def refused(session: Any) -> list[str]:
    session.rollback()
    query = select(Journal.apres).where(Journal.acte == "connexion_refusee").order_by(Journal.id)
    return [json.loads(apres)["motif"] for apres in session.scalars(query)]


def test_the_page_of_a_link_names_its_account_in_part_and_a_dead_one_names_nobody(now: datetime) -> None:
    secret = link_of(BRUNO, now)
    shown = read_link(secret=secret, now=now)
    assert shown is not None
    assert (shown.nom, shown.courriel) == ("Bruno Lenoir", "b••••@entreprise.test")
    open_session(secret=secret, now=now)
    assert read_link(secret=secret, now=now) is None
    assert read_link(secret="inconnu", now=now) is None


def test_one_s_own_sessions_are_listed_and_ended_one_by_one(session: Any, now: datetime) -> None:
    here = enter(CAMILLE, now, "192.0.2.1", "Firefox, Windows")
    away = enter(CAMILLE, now + timedelta(minutes=5), "2001:db8::7", "Safari, iPhone")
    hers = enter(ZOE, now, "192.0.2.3")
    later = now + timedelta(minutes=6)
    listed = list_sessions(actor=here.acteur, secret=here.secret, now=later)
    assert [(s.origine, s.navigateur, s.is_this) for s in listed] == [
        ("2001:db8::7", "Safari, iPhone", False),
        ("192.0.2.1", "Firefox, Windows", True),
    ]
    session.rollback()
    end_session(actor=here.acteur, session_id=listed[0].numero, now=later)
    assert find_session(secret=away.secret, now=later) is None
    assert find_session(secret=here.secret, now=later) is not None
    other = list_sessions(actor=hers.acteur, secret=hers.secret, now=later)[0].numero
    for gone in (listed[0].numero, other):
        session.rollback()
        with pytest.raises(NotFound):
            end_session(actor=here.acteur, session_id=gone, now=later)
    assert find_session(secret=hers.secret, now=later) is not None


def test_a_session_left_too_long_is_no_longer_listed(now: datetime) -> None:
    opened = enter(CAMILLE, now, "192.0.2.1")
    assert list_sessions(actor=opened.acteur, secret=opened.secret, now=now + timedelta(minutes=31)) == []


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Mobile Safari/604",
         "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/126 Safari/537 Edg/126", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/126 Mobile Safari/537", "Chrome, Android"),
        ("curl/8.5", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
    ],
)  # fmt: skip
def test_a_browser_is_told_by_its_name_and_its_system(agent: str, told: str) -> None:
    assert browser_of(agent) == told
