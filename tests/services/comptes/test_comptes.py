"""Invitations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur, operator
from paqte.models import Courriel, Rattachement, Utilisateur
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import open_session
from tests.factories import secret_received
from tests.fixtures_acteurs import CAMILLE, NADIA, SIRET_BRUNO

BASE = "https://paqte.exemple.fr"


@pytest.fixture(autouse=True)
def _people(accounts: object, session: object) -> Iterator[None]:
    yield


def invite(now: datetime, actor: Acteur = PLANIFICATEUR, **asked: Any) -> str:
    given = {"role": "referent", "courriel": "lea@prefecture41.test", "nom": "Léa Morin", "departement": "41", **asked}
    return invite_user(actor=actor, base_url=BASE, now=now, **given)


def refusals(now: datetime, **asked: Any) -> set[str]:
    with pytest.raises(Refused) as refused:
        invite(now, **asked)
    return set(refused.value.errors)


def test_an_invitation_makes_the_account_mails_the_link_and_the_link_works(session: Any, now: datetime) -> None:
    assert invite(now) == ""
    mail = session.scalar(select(Courriel).where(Courriel.destinataire == "lea@prefecture41.test"))
    assert f"{BASE}/connexion/" in mail.texte
    secret = secret_received("lea@prefecture41.test", now)
    assert open_session(secret=secret, now=now).acteur.departement == "41"


def test_an_address_is_one_account_whatever_its_capitals(session: Any, now: datetime) -> None:
    invite(now)
    invite(now, courriel="Lea@Prefecture41.test")
    assert len(list(session.scalars(select(Utilisateur).where(Utilisateur.nom == "Léa Morin")))) == 1


def test_an_address_of_another_account_is_refused(now: datetime) -> None:
    assert refusals(now, courriel=NADIA.courriel) == {"courriel"}
    assert refusals(now, courriel=CAMILLE.courriel, role="national", departement=None) == {"courriel"}


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("role", {"role": "prefet"}),
        ("departement", {"departement": None}),
        ("departement", {"departement": "20"}),
        ("courriel", {"courriel": "lea@"}),
        ("courriel", {"courriel": "lea@prefecture41.test\r\nBcc: x@y.test"}),
        ("siret", {"role": "entreprise", "departement": None}),
        ("siret", {"role": "entreprise", "departement": None, "siret": "123"}),
        ("siret", {"role": "entreprise", "departement": "972", "siret": SIRET_BRUNO}),
    ],
)
def test_what_is_wrong_is_named_and_no_account_is_made(
    field: str, asked: dict[str, Any], session: Any, now: datetime
) -> None:
    assert refusals(now, **asked) == {field}
    assert session.scalar(select(Utilisateur).where(Utilisateur.nom == "Léa Morin")) is None


def test_a_contact_sees_the_signatories_of_her_siret_once(session: Any, now: datetime) -> None:
    for departement in (None, "41"):
        invite(now, role="entreprise", departement=departement, siret=SIRET_BRUNO)
    key = session.scalar(select(Utilisateur.id).where(Utilisateur.nom == "Léa Morin"))
    assert len(list(session.scalars(select(Rattachement).where(Rattachement.utilisateur_id == key)))) == 1


def test_only_an_administrator_or_the_command_line_may_invite(now: datetime) -> None:
    invite(now, actor=operator())
    with pytest.raises(NotFound):
        invite(now, actor=Acteur(1, "Camille", "referent", "41"), courriel="autre@prefecture41.test")
