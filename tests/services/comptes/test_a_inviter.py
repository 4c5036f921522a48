"""Inviting all contacts at once: each named once; who has an access is not written to again (R30)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR, Acteur
from paqte.models import ContactSignataire, Courriel, Rattachement, Utilisateur
from paqte.queries.suivi.acces_prevus import INVITE, SANS_ADRESSE, SANS_CONTACT, forecast_giving, forecast_invitations
from paqte.services.comptes.acces import disable_account
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.invitations import invite_contacts
from paqte.services.envois import BatchDone
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire

SITE = "https://paqte.exemple.fr"
NOW = datetime(2026, 10, 17, 6, 0, tzinfo=UTC)


def a_company(nom: str, *courriels: str, departement: str = "41", **convention: Any) -> int:
    """A signatory bound by a convention, with a card for each address ("" for none)."""
    key = a_signataire(nom, departement)
    a_convention(key, "S2", **convention)
    with transaction(actor=PLANIFICATEUR, now=NOW) as session:
        for rank, courriel in enumerate(courriels):
            card = {"nom": f"{nom} {rank}", "courriel": courriel, "created_at": NOW}
            session.add(ContactSignataire(signataire_id=key, **card))
    return key


def invite(*contacts: int, only: list[int] | None = None, actor: Acteur = CAMILLE) -> BatchDone:
    return invite_contacts(actor=actor, now=NOW, contacts=contacts, signataires=only, base_url=SITE)


def foreseen(only: list[int] | None = None, actor: Acteur = CAMILLE) -> tuple[dict[str, list[str]], dict[str, str]]:
    found = forecast_invitations(actor=actor, now=NOW, signataires=only)
    people = {p.courriel: list(p.signataires.values()) for p in found.a_inviter}
    return people, {e.signataire: e.motif for e in found.ecartes}


def keys(session: Any) -> list[int]:
    return list(session.scalars(select(ContactSignataire.id).order_by(ContactSignataire.id)))


def mailed(session: Any) -> list[str]:
    session.rollback()
    query = select(Courriel.destinataire).where(Courriel.motif == "invitation").order_by(Courriel.id)
    return list(session.scalars(query))


def test_all_those_with_an_address_are_named_once_with_all_their_signatories_and_the_others_with_why(
    session: Any,
) -> None:
    a_company("Alpha", "a@val.test", "b@val.test")
    a_company("Béta", "", "A@val.test")
    a_company("Gamma", "")
    a_company("Delta")
    a_company("Finie", "f@val.test", debut=date(2022, 1, 1), fin=date(2024, 12, 31))
    assert foreseen() == (
        {"a@val.test": ["Alpha", "Béta"], "b@val.test": ["Alpha"]},
        {"Delta": SANS_CONTACT, "Gamma": SANS_ADRESSE},
    )


def test_those_ticked_are_invited_with_one_mail_each_and_then_no_more(session: Any) -> None:
    alpha, beta = a_company("Alpha", "a@val.test", "b@val.test"), a_company("Béta", "a@val.test")
    first, _second, _third = keys(session)
    assert invite(first, 999_999) == BatchDone((first,), {})
    assert mailed(session) == ["a@val.test"]
    given = select(Rattachement.signataire_id).order_by(Rattachement.signataire_id)
    assert list(session.scalars(given)) == [alpha, beta]
    assert foreseen() == ({"b@val.test": ["Alpha"]}, {"Béta": INVITE})
    assert invite(first) == BatchDone((), {}) and mailed(session) == ["a@val.test"]


def test_one_address_that_cannot_serve_holds_none_of_the_others_back(session: Any) -> None:
    a_company("Alpha", "a@val.test", "pas une adresse", "c@val.test")
    done = invite(*keys(session))
    assert mailed(session) == ["a@val.test", "c@val.test"] and list(done.refuses) == [keys(session)[1]]


def test_whoever_was_shut_out_is_not_let_in_again_by_an_invitation_of_all(session: Any) -> None:
    alpha = a_company("Alpha", "a@val.test")
    given = {"courriel": "a@val.test", "nom": "A", "signataires": [alpha]}
    invite_user(actor=CAMILLE, role=ENTREPRISE, base_url=SITE, now=NOW, **given)
    user = session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == "a@val.test")).one()
    disable_account(actor=CAMILLE, now=NOW, utilisateur_id=user)
    assert foreseen([alpha]) == ({}, {"Alpha": INVITE})
    assert invite(*keys(session), only=[alpha]).faits == ()
    assert [row.is_suspendu for row in session.scalars(select(Rattachement))] == [True]


def test_Zoe_invites_nobody_of_the_41(session: Any) -> None:
    alpha = a_company("Alpha", "a@val.test")
    assert foreseen([alpha], ZOE) == ({}, {})
    assert invite(*keys(session), only=[alpha], actor=ZOE) == BatchDone((), {}) and mailed(session) == []


@pytest.mark.parametrize(("actor", "numbers"), [(CAMILLE, 2), (ZOE, 0)])
def test_conventions_that_are_over_are_not_given_to_an_animateur(session: Any, actor: Acteur, numbers: int) -> None:
    alpha, beta = a_company("Alpha"), a_company("Béta", debut=date(2022, 1, 1), fin=date(2024, 12, 31))
    a_convention(alpha, "S3", statut="projet", signee_le=None)
    found = forecast_giving(actor=actor, signataires=[alpha, beta], now=NOW)
    assert len(found.conventions) == numbers and found.ecartes == (("Béta",) if numbers else ())
