"""Inviting an address that serves elsewhere tells the one who invites nothing, and takes nothing from the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE, NATIONAL, PLANIFICATEUR, REFERENT
from paqte.domain.statuts.courriels import Message
from paqte.models import Courriel, Rattachement, Utilisateur
from paqte.queries.comptes.comptes import find_session
from paqte.queries.comptes.invitations import list_access
from paqte.services.comptes.acces import disable_account, enable_account, give_access, invite_again, withdraw_right
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import SessionOpened, open_session
from paqte.services.comptes.personnes import erase_account, export_account
from paqte.services.courriels.courriels import send_due
from tests.factories import CAMILLE, ZOE, a_departement, a_signataire, secret_received

SITE, MAIL = "https://paqte.exemple.fr", "bruno@rhum.test"
DAY = timedelta(days=1)
Before = Callable[[int, datetime], object]


@pytest.fixture(autouse=True)
def _referentes(session: Any, now: datetime) -> None:
    """Camille and Zoé have accounts of their own."""
    for code in ("41", "972"):
        a_departement(code)
    for rank, person in enumerate((CAMILLE, ZOE), 1):
        given = {"courriel": f"{rank}@pref.test", "nom": person.nom, "departement": person.departement}
        invite_user(actor=PLANIFICATEUR, role=REFERENT, base_url=SITE, now=now - 9 * DAY, by_mail=False, **given)


def invite(actor: Any, now: datetime, *signataires: int, role: str = ENTREPRISE, **asked: Any) -> str:
    given = {"courriel": MAIL, "nom": "B. Lenoir", **asked}
    return invite_user(actor=actor, role=role, signataires=signataires, base_url=SITE, now=now, **given)


def nobody(_rhum: int, _now: datetime) -> None:
    """The address is unknown."""


def a_contact(rhum: int, now: datetime) -> SessionOpened:
    """Zoé's own contact, who came in the day before."""
    invite(ZOE, now - DAY, rhum, nom="Bruno Le Noir de l’Anse")
    return open_session(secret=secret_received(MAIL, now - DAY), now=now - DAY)


def a_disabled_contact(rhum: int, now: datetime) -> None:
    a_contact(rhum, now)
    (there,) = list_access(actor=ZOE)
    disable_account(actor=ZOE, now=now - DAY, utilisateur_id=there.utilisateur_id)


def an_animateur(rhum: int, now: datetime) -> None:
    invite(ZOE, now - DAY, rhum, role=ANIMATEUR, nom="Inès de l’Anse")


def a_referent(_rhum: int, now: datetime) -> None:
    invite(PLANIFICATEUR, now - DAY, role=REFERENT, departement="972", nom="Réf de l’Anse")


def a_national(_rhum: int, now: datetime) -> None:
    invite(PLANIFICATEUR, now - DAY, role=NATIONAL, nom="Nadia de l’Anse")


EVERYBODY = (nobody, a_contact, a_disabled_contact, an_animateur, a_referent, a_national)


@pytest.mark.parametrize("before", EVERYBODY)
def test_unknown_accepted_and_refused_look_the_same_to_whoever_invites(
    session: Any, now: datetime, before: Before
) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    before(rhum, now)
    assert invite(CAMILLE, now, val) == ""
    (told,) = list_access(actor=CAMILLE)
    seen = json.loads(json.dumps(asdict(told), default=lambda value: value.isoformat()))
    key = seen.pop("utilisateur_id")
    assert seen.pop("numero") == session.scalar(select(func.max(Rattachement.id)))
    assert seen == {
        "nom": "B. Lenoir", "courriel": MAIL, "role": ENTREPRISE, "is_active": True, "cree_le": now.isoformat(),
        "connexion": None,
        "courriel_etat": "en_attente", "courriel_erreur": "",
        "signataires": [[val, "Val (fictif)", []]],
    }  # fmt: skip
    copy = json.loads(export_account(actor=CAMILLE, now=now, utilisateur_id=key).octets)
    assert copy["personne"]["nom"] == copy["compte"]["nom"] == "B. Lenoir" and copy["compte"]["courriel"] == MAIL
    assert not any(copy["sessions_et_liens"].values())
    assert "Anse" not in json.dumps(copy) and "Rhum" not in json.dumps(copy)
    assert not any(line["quand"] < now.isoformat() for line in copy["journal"])
    # Whatever she does next answers the same.
    invite_again(actor=CAMILLE, now=now, utilisateur_id=key, base_url=SITE)
    give_access(actor=CAMILLE, now=now, utilisateur_id=key, signataires=[val])
    disable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    assert [one.is_active for one in list_access(actor=CAMILLE)] == [False]
    enable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    assert [one.is_active for one in list_access(actor=CAMILLE)] == [True]
    erase_account(actor=CAMILLE, now=now, utilisateur_id=key)
    assert list_access(actor=CAMILLE) == []


@pytest.mark.parametrize("before", [an_animateur, a_referent, a_national])
def test_the_person_alone_is_told_that_her_address_serves_already(session: Any, now: datetime, before: Before) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    before(rhum, now)
    send_due(transport=[].append, now=now)
    invite(CAMILLE, now, val)
    sent: list[Message] = []
    send_due(transport=sent.append, now=now)
    (mail,) = sent
    assert (mail.destinataire, "/connexion/" in mail.texte) == (MAIL, False)
    assert "Donnez une autre adresse électronique à Camille Perrin" in mail.texte
    user = session.scalars(select(Utilisateur).where(Utilisateur.courriel == MAIL)).one()
    assert user.role != ENTREPRISE and user.is_active
    assert session.scalars(select(Courriel).order_by(Courriel.id.desc())).first().departement_code == "41"


def test_each_referent_suspends_her_own_part_and_no_other(session: Any, now: datetime) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    opened = a_contact(rhum, now)
    invite(CAMILLE, now, val)
    (hers,) = list_access(actor=ZOE)

    def sees() -> frozenset[int]:
        found = find_session(secret=opened.secret, now=now - DAY + timedelta(minutes=5))
        return found.acteur.signataires if found else frozenset()

    assert sees() == {val, rhum}
    disable_account(actor=ZOE, now=now, utilisateur_id=hers.utilisateur_id)
    assert sees() == {val}
    assert [one.is_active for one in list_access(actor=ZOE)] == [False]
    assert [one.is_active for one in list_access(actor=CAMILLE)] == [True]
    enable_account(actor=ZOE, now=now, utilisateur_id=hers.utilisateur_id)
    assert sees() == {val, rhum}
    disable_account(actor=CAMILLE, now=now, utilisateur_id=hers.utilisateur_id)
    disable_account(actor=ZOE, now=now, utilisateur_id=hers.utilisateur_id)
    assert sees() == frozenset(), "suspended everywhere: the session is closed"
    invite(CAMILLE, now, val)
    assert open_session(secret=secret_received(MAIL, now), now=now).acteur.signataires == {val}


def test_erasing_in_one_departement_leaves_the_account_to_the_other(session: Any, now: datetime) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    a_contact(rhum, now)
    invite(CAMILLE, now, val)
    (mine,) = list_access(actor=CAMILLE)
    erase_account(actor=CAMILLE, now=now, utilisateur_id=mine.utilisateur_id)
    assert list_access(actor=CAMILLE) == []
    (there,) = list_access(actor=ZOE)
    assert (there.nom, there.courriel, there.is_active) == ("Bruno Le Noir de l’Anse", MAIL, True)
    withdraw_right(actor=ZOE, now=now, utilisateur_id=there.utilisateur_id, signataire_id=rhum)
    assert list_access(actor=ZOE) == []
