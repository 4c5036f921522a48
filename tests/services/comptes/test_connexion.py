"""Links by mail, sessions, and how often one may ask."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Courriel, JetonConnexion, Journal, SessionOuverte, TentativeConnexion, Utilisateur
from paqte.queries.comptes.comptes import find_session, is_link_open
from paqte.services.comptes.comptes import purge_expired
from paqte.services.comptes.connexion import LinkRefused, TooManyLinks, close_session, open_session, request_link
from paqte.services.transaction import transaction
from tests.factories import secret_received
from tests.fixtures_acteurs import BRUNO, CAMILLE, ZOE, Personne

if TYPE_CHECKING:
    from flask import Flask

BASE = "https://paqte.exemple.fr"


@pytest.fixture(autouse=True)
def _people(accounts: object, session: object) -> Iterator[None]:
    yield


def ask(person: Personne | str, now: datetime, origine: str = "192.0.2.1") -> None:
    courriel = person if isinstance(person, str) else person.courriel
    request_link(courriel=courriel, origine=origine, base_url=BASE, now=now)


def mails(session: Any, person: Personne | None = None) -> list[Courriel]:
    query = select(Courriel).order_by(Courriel.id)
    if person:
        query = query.where(Courriel.destinataire == person.courriel)
    return list(session.scalars(query))


def last_secret(session: Any, now: datetime, person: Personne = CAMILLE) -> str:
    secret = secret_received(person.courriel, now)
    session.rollback()
    return secret


def acts(session: Any) -> list[str]:
    return list(session.scalars(select(Journal.acte).where(Journal.objet != "departement").order_by(Journal.id)))


def disable(person: Personne, now: datetime) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        session.execute(update(Utilisateur).where(Utilisateur.courriel == person.courriel).values(is_active=False))


def test_a_link_opens_a_session_of_its_owner(session: Any, now: datetime) -> None:
    ask(CAMILLE, now)
    opened = open_session(secret=last_secret(session, now), now=now)
    found = find_session(secret=opened.secret, now=now)
    assert found is not None
    assert (found.acteur.nom, found.acteur.role, found.acteur.departement) == (CAMILLE.nom, "referent", "41")
    assert found.territoire == "Loir-et-Cher (41)"


def test_a_company_contact_brings_her_signatories_along(session: Any, now: datetime) -> None:
    ask(BRUNO, now)
    opened = open_session(secret=last_secret(session, now, BRUNO), now=now)
    assert len(opened.acteur.signataires) == 1


def test_a_link_works_once(session: Any, now: datetime) -> None:
    ask(CAMILLE, now)
    secret = last_secret(session, now)
    open_session(secret=secret, now=now)
    with pytest.raises(LinkRefused, match="qu’une fois"):
        open_session(secret=secret, now=now)
    assert session.scalar(select(func.count()).select_from(SessionOuverte)) == 1
    assert acts(session)[-2:] == ["connexion", "connexion_refusee"]


def test_a_link_used_by_several_at_once_opens_one_session(app: Flask, session: Any, now: datetime) -> None:
    ask(CAMILLE, now)
    secret = last_secret(session, now)
    session.rollback()
    gate = Barrier(4)

    def use(_: int) -> bool:
        with app.app_context():
            gate.wait()
            try:
                return bool(open_session(secret=secret, now=now))
            except LinkRefused:
                return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]
    assert session.scalar(select(func.count()).select_from(SessionOuverte)) == 1


def test_a_link_lives_ten_minutes(session: Any, now: datetime) -> None:
    ask(CAMILLE, now)
    secret = last_secret(session, now)
    with pytest.raises(LinkRefused):
        open_session(secret=secret, now=now + timedelta(minutes=10))
    open_session(secret=secret, now=now + timedelta(minutes=9, seconds=59))


def test_only_the_last_link_asked_for_works(session: Any, now: datetime) -> None:
    ask(CAMILLE, now)
    former = last_secret(session, now)
    ask(CAMILLE, now)
    assert not is_link_open(secret=former, now=now)
    with pytest.raises(LinkRefused):
        open_session(secret=former, now=now)
    open_session(secret=last_secret(session, now), now=now)


def test_a_link_cut_short_opens_nothing(session: Any, now: datetime) -> None:
    ask(CAMILLE, now)
    with pytest.raises(LinkRefused):
        open_session(secret=last_secret(session, now)[:-1], now=now)


def test_the_base_keeps_no_secret(session: Any, now: datetime) -> None:
    ask(CAMILLE, now)
    secret = last_secret(session, now)
    opened = open_session(secret=secret, now=now)
    kept = [*session.scalars(select(JetonConnexion.empreinte)), *session.scalars(select(SessionOuverte.empreinte))]
    assert secret not in kept
    assert opened.secret not in kept


@pytest.mark.parametrize("kind", ["unknown", "disabled"])
def test_an_unknown_or_disabled_address_gets_no_mail_and_leaves_a_line(kind: str, session: Any, now: datetime) -> None:
    disable(CAMILLE, now)
    ask("personne@ailleurs.test" if kind == "unknown" else CAMILLE, now)
    assert mails(session) == []
    assert acts(session)[-1] == "lien_refuse"
    assert "ailleurs" not in "".join(session.scalars(select(Journal.objet_id)))


def test_disabling_an_account_refuses_its_link_and_ends_its_session_at_once(session: Any, now: datetime) -> None:
    ask(CAMILLE, now)
    opened = open_session(secret=last_secret(session, now), now=now)
    ask(CAMILLE, now)
    secret = last_secret(session, now)
    disable(CAMILLE, now)
    assert find_session(secret=opened.secret, now=now) is None
    with pytest.raises(LinkRefused):
        open_session(secret=secret, now=now)


def test_closing_a_session_ends_it_for_every_copy(session: Any, now: datetime) -> None:
    ask(CAMILLE, now)
    opened = open_session(secret=last_secret(session, now), now=now)
    close_session(secret=opened.secret, actor=opened.acteur, now=now)
    assert find_session(secret=opened.secret, now=now) is None
    assert acts(session)[-1] == "deconnexion"


def test_at_most_five_mails_an_address_in_a_quarter_of_an_hour(session: Any, now: datetime) -> None:
    for second in range(50):
        ask(CAMILLE, now + timedelta(seconds=second))
    assert len(mails(session, CAMILLE)) == 5
    assert acts(session).count("lien_refuse") == 1
    assert session.scalar(select(func.count()).select_from(TentativeConnexion)) <= 12
    ask(CAMILLE, now + timedelta(minutes=16))
    assert len(mails(session, CAMILLE)) == 6


def test_whoever_insists_on_one_address_does_not_shut_out_her_neighbours(session: Any, now: datetime) -> None:
    for _ in range(50):
        ask(CAMILLE, now)
    ask(ZOE, now)
    assert len(mails(session, ZOE)) == 1


def test_an_origin_that_tries_many_addresses_is_stopped_and_others_are_not(session: Any, now: datetime) -> None:
    for number in range(20):
        ask(f"inconnu{number}@ailleurs.test", now)
    with pytest.raises(TooManyLinks, match="quart d’heure"):
        ask(CAMILLE, now)
    ask(CAMILLE, now, origine="198.51.100.7")
    assert len(mails(session)) == 1
    ask(CAMILLE, now + timedelta(minutes=16))
    assert len(mails(session)) == 2


def test_what_no_longer_serves_is_thrown_away_and_what_serves_stays(session: Any, now: datetime) -> None:
    ask(CAMILLE, now - timedelta(days=1))
    open_session(secret=last_secret(session, now - timedelta(days=1)), now=now - timedelta(days=1))
    ask(CAMILLE, now)
    opened = open_session(secret=last_secret(session, now), now=now)
    ask(CAMILLE, now)
    purge_expired(actor=PLANIFICATEUR, now=now)
    assert find_session(secret=opened.secret, now=now) is not None
    assert is_link_open(secret=last_secret(session, now), now=now)
    assert session.scalar(select(func.count()).select_from(SessionOuverte)) == 1
    assert session.scalar(select(func.count()).select_from(TentativeConnexion)) == 4
