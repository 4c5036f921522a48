"""What a référent does with the accounts of her companies and animateurs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from paqte.auth.session import INVITATION_LIFE
from paqte.domain.acteurs import ANIMATEUR, ENTREPRISE, PLANIFICATEUR, REFERENT
from paqte.domain.erreurs import NotFound, Refused
from paqte.models import Courriel, Journal, Utilisateur
from paqte.queries.comptes import find_session, is_link_open
from paqte.queries.invitations import access_of_signatory, list_access, read_access
from paqte.services.acces import disable_account, enable_account, give_signatories, invite_again, withdraw_right
from paqte.services.comptes import invite_user
from paqte.services.connexion import LinkRefused, Ouverture, open_session
from tests.factories import CAMILLE, ZOE, a_departement, a_signataire

SITE = "https://paqte.exemple.fr"


def invite(now: datetime, *signataires: int, actor: Any = CAMILLE, role: str = ENTREPRISE, **asked: Any) -> str:
    """The secret of the link."""
    given = {"courriel": "bruno@val.test", "nom": "Bruno Lenoir", **asked}
    link = invite_user(actor=actor, role=role, signataires=signataires, base_url=SITE, now=now, **given)
    return link.removeprefix(f"{SITE}/connexion/")


def key_of(session: Any, courriel: str = "bruno@val.test") -> int:
    return session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == courriel)).one()


def sees(opened: Ouverture, now: datetime) -> frozenset[int] | None:
    """Signatories the session sees at its next request; None when it is closed."""
    found = find_session(secret=opened.secret, now=now)
    return found.acteur.signataires if found else None


def test_a_referent_invites_contacts_and_animateurs_of_her_own_signatories(session: Any, now: datetime) -> None:
    val, loir = a_signataire("Val (fictif)"), a_signataire("Loir (fictif)")
    secret = invite(now, val)
    invite(now, val, role=ANIMATEUR, courriel="face@face.test", nom="Inès (FACE)")
    invite(now, loir, role=ANIMATEUR, courriel="face@face.test", nom="Inès (FACE)")
    assert open_session(secret=secret, now=now).acteur.signataires == {val}
    assert [(a.nom, [s.id for s in a.signataires]) for a in list_access(actor=CAMILLE)] == [
        ("Bruno Lenoir", [val]),
        ("Inès (FACE)", [loir, val]),
    ]
    mail = session.scalars(select(Courriel).where(Courriel.destinataire == "bruno@val.test")).one()
    assert mail.departement_code == "41" and "Val (fictif)" in mail.texte and CAMILLE.nom in mail.texte


def test_a_referent_invites_nobody_else_and_nowhere_else(session: Any, now: datetime) -> None:
    elsewhere = a_signataire("Rhum (fictif)", "972")
    val = a_signataire("Val (fictif)")
    for role in (REFERENT, "national", "admin"):
        with pytest.raises(NotFound):
            invite(now, val, role=role)
    for key in (elsewhere, 999_999):
        with pytest.raises(NotFound, match="Ce signataire n’existe pas"):
            invite(now, val, key)
    with pytest.raises(Refused):
        invite(now)
    assert session.scalar(select(Utilisateur)) is None


def test_an_address_that_serves_otherwise_is_refused_in_one_sentence_that_tells_nothing(
    session: Any, now: datetime
) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    invite(now, actor=PLANIFICATEUR, role=REFERENT, courriel="zoe@972.test", nom="Zoé", departement="972")
    invite(now, rhum, actor=ZOE, role=ANIMATEUR, courriel="face@face.test", nom="Inès")
    invite(now, rhum, actor=ZOE, courriel="parti@rhum.test", nom="Parti")
    disable_account(actor=ZOE, now=now, utilisateur_id=key_of(session, "parti@rhum.test"))
    told = set()
    for courriel in ("zoe@972.test", "face@face.test", "parti@rhum.test"):
        with pytest.raises(Refused) as refusal:
            invite(now, val, courriel=courriel, nom="X")
        told.add(refusal.value.errors["courriel"])
    (sentence,) = told
    assert "972" not in sentence and "Zoé" not in sentence


def test_a_contact_known_elsewhere_gains_the_signatory_and_nothing_is_told_of_elsewhere(
    session: Any, now: datetime
) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    invite(now, rhum, actor=ZOE)
    secret = invite(now, val)
    assert open_session(secret=secret, now=now).acteur.signataires == {val, rhum}
    assert [s.id for s in read_access(actor=CAMILLE, utilisateur_id=key_of(session)).signataires] == [val]


def test_an_invitation_serves_once_for_three_days_and_the_last_one_only(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    first, second = invite(now, val), invite(now, val)
    almost = now + INVITATION_LIFE - timedelta(seconds=1)
    assert not is_link_open(secret=first, now=now)
    assert is_link_open(secret=second, now=almost) and not is_link_open(secret=second, now=now + INVITATION_LIFE)
    open_session(secret=second, now=almost)
    with pytest.raises(LinkRefused):
        open_session(secret=second, now=almost)


def test_a_right_withdrawn_acts_at_the_next_request(session: Any, now: datetime) -> None:
    val, loir = a_signataire("Val (fictif)"), a_signataire("Loir (fictif)")
    opened = open_session(secret=invite(now, val, loir), now=now)
    withdraw_right(actor=CAMILLE, now=now, utilisateur_id=key_of(session), signataire_id=val)
    assert sees(opened, now) == {loir}
    with pytest.raises(NotFound):
        withdraw_right(actor=CAMILLE, now=now, utilisateur_id=key_of(session), signataire_id=val)
    assert access_of_signatory(actor=CAMILLE, signataire_id=val) == []


def test_an_account_disabled_is_out_at_the_next_request_and_back_when_enabled(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    opened, key = open_session(secret=invite(now, val), now=now), key_of(session)
    secret = invite(now, val)
    disable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    assert sees(opened, now) is None
    assert not is_link_open(secret=secret, now=now)
    with pytest.raises(Refused, match="désactivé"):
        invite_again(actor=CAMILLE, now=now, utilisateur_id=key, base_url=SITE)
    enable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    assert sees(opened, now) is None, "a closed session stays closed"
    invite_again(actor=CAMILLE, now=now, utilisateur_id=key, base_url=SITE)


def test_an_account_another_departement_uses_is_not_disabled(session: Any, now: datetime) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    invite(now, val)
    invite(now, rhum, actor=ZOE)
    with pytest.raises(Refused, match="hors de votre département"):
        disable_account(actor=CAMILLE, now=now, utilisateur_id=key_of(session))
    give_signatories(actor=CAMILLE, now=now, utilisateur_id=key_of(session), signataires={val})
    assert len(read_access(actor=ZOE, utilisateur_id=key_of(session)).signataires) == 1


def test_an_animateur_sees_exactly_what_is_ticked(session: Any, now: datetime) -> None:
    val, loir, cher = (a_signataire(f"{nom} (fictif)") for nom in ("Val", "Loir", "Cher"))
    opened = open_session(secret=invite(now, val, loir, role=ANIMATEUR), now=now)
    give_signatories(actor=CAMILLE, now=now, utilisateur_id=key_of(session), signataires={loir, cher})
    assert sees(opened, now) == {loir, cher}
    with pytest.raises(Refused, match="Gardez au moins un signataire"):
        give_signatories(actor=CAMILLE, now=now, utilisateur_id=key_of(session), signataires=())


def test_Zoe_cannot_touch_the_accounts_of_the_41_nor_tell_them_from_none(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    a_departement("972")
    invite(now, val)
    for key in (key_of(session), 999_999):
        for act in (disable_account, enable_account):
            with pytest.raises(NotFound, match=r"^Ce compte n’existe pas"):
                act(actor=ZOE, now=now, utilisateur_id=key)
        with pytest.raises(NotFound, match=r"^Ce compte"):
            invite_again(actor=ZOE, now=now, utilisateur_id=key, base_url=SITE)
        with pytest.raises(NotFound, match=r"^Ce compte"):
            give_signatories(actor=ZOE, now=now, utilisateur_id=key, signataires={val})
        with pytest.raises(NotFound, match=r"^Cet accès"):
            withdraw_right(actor=ZOE, now=now, utilisateur_id=key, signataire_id=val)
    assert list_access(actor=ZOE) == []


def test_each_gesture_leaves_a_journal_line_in_the_departement(session: Any, now: datetime) -> None:
    val, loir = a_signataire("Val (fictif)"), a_signataire("Loir (fictif)")
    invite(now, val, loir)
    key = key_of(session)
    withdraw_right(actor=CAMILLE, now=now, utilisateur_id=key, signataire_id=val)
    disable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    enable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    session.rollback()
    lines = session.execute(
        select(Journal.acte, Journal.objet)
        .where(Journal.departement_code == "41", Journal.objet.in_(("utilisateur", "rattachement")))
        .where(Journal.qui == CAMILLE.nom)
        .order_by(Journal.id)
    ).all()
    assert [tuple(line) for line in lines if line[0] != "modifier"] == [
        ("creer", "utilisateur"),
        ("creer", "rattachement"),
        ("creer", "rattachement"),
        ("inviter", "utilisateur"),
        ("supprimer", "rattachement"),
        ("desactiver", "utilisateur"),
        ("reactiver", "utilisateur"),
    ]


def test_the_list_says_who_signed_in_last_and_what_became_of_the_invitation(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    secret = invite(now, val)
    (before,) = list_access(actor=CAMILLE)
    assert (before.connexion, before.courriel_etat) == (None, "en_attente")
    open_session(secret=secret, now=now + timedelta(minutes=5))
    (after,) = list_access(actor=CAMILLE)
    assert after.connexion == now + timedelta(minutes=5)
