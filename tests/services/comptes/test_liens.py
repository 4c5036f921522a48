"""A link that opens a session is made as its mail leaves: neither the outbox nor a back-up ever holds one (R30)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR
from paqte.domain.statuts.courriels import ENVOYE, REFUSE, SANS_OBJET, MailDelayed, Message
from paqte.models import Courriel, JetonConnexion, Utilisateur
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import LinkRefused, open_session, request_link
from paqte.services.courriels.courriels import read_outbox, send_due
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_signataire, secret_received
from tests.services.vie_de_bruno import found_in_base

SITE, MAIL = "https://paqte.exemple.fr", "bruno@val.test"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _bruno(session: Any, now: datetime) -> None:
    """Invited in September, his invitation long gone."""
    key = a_signataire()
    given = {"courriel": MAIL, "nom": "Bruno Lenoir", "signataires": [key], "by_mail": False}
    invite_user(actor=CAMILLE, role=ENTREPRISE, base_url=SITE, now=now - 60 * timedelta(days=1), **given)


def ask(now: datetime) -> None:
    request_link(courriel=MAIL, origine="203.0.113.9", base_url=SITE, now=now)


def invite(now: datetime) -> None:
    invite_user(actor=PLANIFICATEUR, role=ENTREPRISE, courriel=MAIL, nom="B", siret=None, base_url=SITE, now=now,
                signataires=[1])  # fmt: skip


def states(session: Any) -> list[tuple[str, str]]:
    session.rollback()
    return list(map(tuple, session.execute(select(Courriel.etat, Courriel.erreur).order_by(Courriel.id)).all()))


def test_R30_waiting_sent_or_refused_no_mail_keeps_what_opens_a_session(session: Any, now: datetime) -> None:
    ask(now)
    assert not re.search(r"/connexion/[\w-]{20,}", session.scalars(select(Courriel.texte)).one())
    secret = secret_received(MAIL, now)
    assert found_in_base(secret) == []
    assert states(session) == [(ENVOYE, "")]
    assert open_session(secret=secret, now=now).acteur.nom == "Bruno Lenoir"


def test_a_link_works_from_the_moment_its_mail_leaves(session: Any, now: datetime) -> None:
    ask(now)
    late = now + timedelta(minutes=59)
    secret = secret_received(MAIL, late)
    assert open_session(secret=secret, now=late + timedelta(minutes=9)).acteur.nom == "Bruno Lenoir"


def test_nobody_is_sent_a_sign_in_link_an_hour_after_asking_and_an_invitation_waits_a_month(
    session: Any, now: datetime
) -> None:
    ask(now)
    assert send_due(transport=[].append, now=now + HOUR) == 0
    assert [etat for etat, _ in states(session)] == [REFUSE]
    invite(now)
    days = now + timedelta(days=29)
    assert open_session(secret=secret_received(MAIL, days), now=days + timedelta(days=2)).acteur.nom == "Bruno Lenoir"


def test_of_two_that_wait_the_last_asked_for_alone_leaves(session: Any, now: datetime) -> None:
    ask(now)
    ask(now)
    assert states(session) == [(REFUSE, "Remplacé par une demande plus récente."), ("en_attente", "")]
    assert open_session(secret=secret_received(MAIL, now), now=now).acteur.nom == "Bruno Lenoir"


def test_a_mail_put_off_leaves_with_another_link_and_the_former_is_worth_nothing(session: Any, now: datetime) -> None:
    met: list[Message] = []

    def put_off(message: Message) -> None:
        met.append(message)
        raise MailDelayed("plus tard")

    ask(now)
    send_due(transport=put_off, now=now)
    first = re.findall(r"/connexion/([\w-]{40,})", met[0].texte)[0]
    assert found_in_base(first) == []
    later = now + timedelta(minutes=5)
    second = secret_received(MAIL, later)
    with pytest.raises(LinkRefused):
        open_session(secret=first, now=later)
    assert open_session(secret=second, now=later).acteur.nom == "Bruno Lenoir"


def test_no_link_leaves_for_an_account_closed_meanwhile(session: Any, now: datetime) -> None:
    ask(now)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.execute(update(Utilisateur).values(is_active=False))
    assert send_due(transport=[].append, now=now) == 0
    assert states(session)[0][0] == SANS_OBJET and "désactivé" in states(session)[0][1]
    links = select(JetonConnexion.id).where(JetonConnexion.utilise_le.is_(None), JetonConnexion.expire_le > now)
    assert session.scalar(links) is None


def test_where_no_mail_leaves_the_list_makes_a_link_when_it_is_read_and_keeps_none(session: Any, now: datetime) -> None:
    ask(now)
    days = now + timedelta(days=3)
    (told,) = read_outbox(is_all=False, is_link_drawn=True, now=days)
    secret = re.findall(r"/connexion/([\w-]{40,})", told.texte)[0]
    assert found_in_base(secret) == []
    assert open_session(secret=secret, now=days + timedelta(minutes=9)).acteur.nom == "Bruno Lenoir"
    (again,) = read_outbox(is_all=False, is_link_drawn=False, now=days)
    assert not re.search(r"/connexion/[\w-]{20,}", again.texte)
