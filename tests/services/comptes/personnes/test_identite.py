"""A name or an address changes without a new account: proved where it goes, told where it was."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR, Acteur
from paqte.domain.statuts.courriels import Message
from paqte.models import ContactSignataire, Courriel, Journal, Rattachement, Utilisateur
from paqte.queries.comptes.comptes import actor_of, find_session
from paqte.queries.comptes.invitations import list_access
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import LinkRefused, open_session, request_link
from paqte.services.comptes.identite import ask_new_address, change_own_name, prove_address
from paqte.services.comptes.personnes import erase_account, export_own
from paqte.services.courriels.courriels import send_due
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_signataire
from tests.services.vie_de_bruno import found_in_base

SITE, FORMER, NEW = "https://paqte.exemple.fr", "bruno@val.test", "b.lenoir@val-nouveau.test"
HOUR = timedelta(hours=1)


@pytest.fixture
def signataire(session: Any, now: datetime) -> int:
    """Bruno's company; he has an account and a card."""
    key = a_signataire()
    invited = {"courriel": FORMER, "nom": "Bruno Lenoir", "signataires": [key], "by_mail": False}
    link = invite_user(actor=CAMILLE, role=ENTREPRISE, base_url=SITE, now=now - HOUR, **invited)
    open_session(secret=link.rpartition("/")[2], now=now - HOUR)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(ContactSignataire(signataire_id=key, nom="Bruno Lenoir", courriel="Bruno@Val.test", created_at=now))
    return key


@pytest.fixture
def bruno(signataire: int, session: Any) -> Acteur:
    user = session.scalars(select(Utilisateur).where(Utilisateur.courriel == FORMER)).one()
    found = actor_of(user)
    session.rollback()
    return found


def sent(now: datetime) -> list[Message]:
    mails: list[Message] = []
    send_due(transport=mails.append, now=now)
    return mails


def secret_of(mail: Message) -> str:
    return re.findall(r"/connexion/([\w-]{40,})", mail.texte)[0]


def ask(bruno: Acteur, now: datetime, to: str = NEW) -> None:
    ask_new_address(actor=bruno, courriel=to, base_url=SITE, now=now)


def addresses(session: Any) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Utilisateur.courriel).where(Utilisateur.role == ENTREPRISE)))


def test_a_new_address_counts_once_its_link_is_opened_and_the_former_one_is_told(
    bruno: Acteur, signataire: int, session: Any, now: datetime
) -> None:
    ask(bruno, now, "  B.Lenoir@Val-Nouveau.test ")
    (mail,) = sent(now)
    assert mail.destinataire == NEW and "b••••@val.test" in mail.texte
    assert addresses(session) == [FORMER]
    assert prove_address(secret=secret_of(mail), kept="", base_url=SITE, now=now + HOUR) == NEW
    assert addresses(session) == [NEW]
    (told,) = sent(now + HOUR)
    assert told.destinataire == FORMER and "b••••@val-nouveau.test" in told.texte and NEW not in told.texte
    # Her préfecture follows both mails.
    asked = session.execute(select(Courriel.motif, Courriel.departement_code).order_by(Courriel.id)).all()
    assert [tuple(row) for row in asked[-2:]] == [("nouvelle_adresse", "41"), ("adresse_changee", "41")]
    # What is kept of him follows: the access that Camille gave, his card.
    assert [(a.nom, a.courriel) for a in list_access(actor=CAMILLE)] == [("Bruno Lenoir", NEW)]
    assert session.scalars(select(ContactSignataire.courriel)).all() == [NEW]
    session.rollback()
    request_link(courriel=NEW, origine="192.0.2.1", base_url=SITE, now=now + HOUR)
    (link,) = sent(now + HOUR)
    opened = open_session(secret=secret_of(link), now=now + HOUR)
    assert (opened.acteur.utilisateur_id, opened.acteur.signataires) == (bruno.utilisateur_id, frozenset({signataire}))


def test_a_link_already_in_the_box_of_the_former_address_opens_nothing_any_more(bruno: Acteur, now: datetime) -> None:
    request_link(courriel=FORMER, origine="192.0.2.1", base_url=SITE, now=now)
    (unused,) = sent(now)
    ask(bruno, now)
    (proof,) = sent(now)
    prove_address(secret=secret_of(proof), kept="", base_url=SITE, now=now)
    with pytest.raises(LinkRefused):
        open_session(secret=secret_of(unused), now=now)


def test_the_former_address_opens_nothing_any_more_and_its_sessions_end_but_the_one_that_proves(
    bruno: Acteur, session: Any, now: datetime
) -> None:
    secrets = []
    for _ in range(2):
        request_link(courriel=FORMER, origine="192.0.2.1", base_url=SITE, now=now)
        secrets.append(open_session(secret=secret_of(sent(now)[0]), now=now).secret)
    request_link(courriel=FORMER, origine="192.0.2.1", base_url=SITE, now=now)
    (unused,) = sent(now)
    ask(bruno, now)
    (proof,) = sent(now)
    request_link(courriel=FORMER, origine="192.0.2.1", base_url=SITE, now=now)
    prove_address(secret=secret_of(proof), kept=secrets[1], base_url=SITE, now=now)
    assert [find_session(secret=secret, now=now) is None for secret in secrets] == [True, False]
    with pytest.raises(LinkRefused):
        open_session(secret=secret_of(unused), now=now)
    # What waited for the former address leaves for the new one, with a link drawn then.
    assert sorted(mail.destinataire for mail in sent(now)) == [NEW, FORMER]


def test_a_link_of_proof_works_once_within_a_day_and_opens_no_session(bruno: Acteur, now: datetime) -> None:
    ask(bruno, now)
    secret = secret_of(sent(now)[0])
    with pytest.raises(LinkRefused):
        open_session(secret=secret, now=now)
    with pytest.raises(LinkRefused):
        prove_address(secret=secret, kept="", base_url=SITE, now=now + 24 * HOUR)
    prove_address(secret=secret, kept="", base_url=SITE, now=now + 23 * HOUR)
    with pytest.raises(LinkRefused):
        prove_address(secret=secret, kept="", base_url=SITE, now=now + 23 * HOUR)


def test_asking_for_a_sign_in_link_ends_no_proof_and_the_last_proof_asked_for_alone_works(
    bruno: Acteur, session: Any, now: datetime
) -> None:
    ask(bruno, now, "premiere@val.test")
    first = secret_of(sent(now)[0])
    ask(bruno, now)
    second = secret_of(sent(now)[0])
    request_link(courriel=FORMER, origine="192.0.2.1", base_url=SITE, now=now)
    sent(now)
    with pytest.raises(LinkRefused):
        prove_address(secret=first, kept="", base_url=SITE, now=now)
    prove_address(secret=second, kept="", base_url=SITE, now=now)
    assert addresses(session) == [NEW]


def test_an_address_that_serves_already_is_told_to_its_owner_alone(bruno: Acteur, session: Any, now: datetime) -> None:
    other = {"courriel": NEW, "nom": "Bruna", "signataires": [a_signataire("Autre (fictif)")], "by_mail": False}
    invite_user(actor=CAMILLE, role=ENTREPRISE, base_url=SITE, now=now, **other)
    ask(bruno, now)
    (mail,) = sent(now)
    assert (
        mail.destinataire == NEW and "/connexion/" not in mail.texte and "val.test" not in mail.texte.split("PAQTE")[0]
    )
    assert sorted(addresses(session)) == [NEW, FORMER]


def test_an_address_taken_between_the_request_and_the_proof_changes_nothing(
    bruno: Acteur, session: Any, now: datetime
) -> None:
    ask(bruno, now)
    (mail,) = sent(now)
    other = {"courriel": NEW, "nom": "Bruna", "signataires": [a_signataire("Autre (fictif)")], "by_mail": False}
    invite_user(actor=CAMILLE, role=ENTREPRISE, base_url=SITE, now=now, **other)
    with pytest.raises(Refused, match="autre compte"):
        prove_address(secret=secret_of(mail), kept="", base_url=SITE, now=now)
    assert sorted(addresses(session)) == [NEW, FORMER]


@pytest.mark.parametrize(("typed", "said"), [("bruno@", "complète"), (FORMER.upper(), "déjà l’adresse")])
def test_what_is_no_new_address_is_refused_beside_the_field(
    typed: str, said: str, bruno: Acteur, now: datetime
) -> None:
    with pytest.raises(Refused, match=said) as refused:
        ask(bruno, now, typed)
    assert list(refused.value.errors) == ["courriel"]


def test_an_account_writes_to_five_strangers_a_quarter_of_an_hour_at_most(bruno: Acteur, now: datetime) -> None:
    for rank in range(5):
        ask(bruno, now, f"inconnu{rank}@ailleurs.test")
    with pytest.raises(Refused, match="quart d’heure"):
        ask(bruno, now)
    ask(bruno, now + timedelta(minutes=16))


def test_a_name_changes_everywhere_but_where_it_was_signed(bruno: Acteur, session: Any, now: datetime) -> None:
    change_own_name(actor=bruno, nom=" Bruno  Lenoir-Garnier ", now=now)
    session.rollback()
    assert session.scalars(select(Utilisateur.nom).where(Utilisateur.id == bruno.utilisateur_id)).one() == (
        "Bruno Lenoir-Garnier"
    )
    assert session.scalars(select(Rattachement.nom)).all() == ["Bruno Lenoir-Garnier"]
    assert session.scalars(select(ContactSignataire.nom)).all() == ["Bruno Lenoir-Garnier"]
    with pytest.raises(Refused, match="prénom"):
        change_own_name(actor=bruno, nom="  ", now=now)


def test_R30_the_copy_and_the_erasure_know_the_former_address(
    bruno: Acteur, signataire: int, session: Any, now: datetime
) -> None:
    request_link(courriel=FORMER, origine="192.0.2.1", base_url=SITE, now=now)
    ask(bruno, now)
    secret = next(secret_of(mail) for mail in sent(now) if mail.destinataire == NEW)
    prove_address(secret=secret, kept="", base_url=SITE, now=now)
    sent(now)
    session.execute(update(Courriel).values(departement_code="41"))
    session.commit()
    told = json.loads(export_own(actor=bruno, now=now).octets)
    assert FORMER in json.dumps(told)
    erase_account(actor=replace(CAMILLE, utilisateur_id=99), utilisateur_id=bruno.utilisateur_id or 0, now=now)
    assert found_in_base(FORMER) == [] and found_in_base(NEW) == []
    acts = session.scalars(select(Journal.acte).where(Journal.objet == "utilisateur").order_by(Journal.id)).all()
    assert [a for a in acts if "adresse" in a] == ["demander_adresse", "changer_adresse"]
