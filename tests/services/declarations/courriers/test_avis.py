"""A company's contacts are told by mail what became of their declaration."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE
from paqte.models import Courriel, Utilisateur
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.comptes.comptes import invite_user
from paqte.services.declarations.declarations import (
    open_declaration,
    reopen_declaration,
    send_back,
    submit_and_validate,
    submit_declaration,
    validate_declaration,
)
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, bruno, engagement_of

SITE = "https://paqte.exemple.fr"
T1 = Periode.from_code("2026-T1")
KEYS = {"actor": CAMILLE, "base_url": SITE}


class Dossier:
    """A declaration of the Atelier Val sent by Bruno; his address and an animateur's are known."""

    def __init__(self, now: datetime, *, is_sent: bool = True) -> None:
        self.signataire = a_signataire("Atelier Val (fictif)")
        self.convention = a_convention(self.signataire, "S2")
        for role, courriel in ((ENTREPRISE, "bruno@val.test"), (ANIMATEUR, "face@face.test")):
            invite_user(
                actor=CAMILLE,
                role=role,
                courriel=courriel,
                nom=courriel.split("@")[0].title(),
                signataires=[self.signataire],
                base_url=SITE,
                now=now,
            )
        self.actor = bruno(self.signataire)
        self.key = open_declaration(actor=self.actor, now=now, convention_id=self.convention, periode=T1)
        self.saisie = Saisie({engagement_of(self.convention, "S2"): AnswerTyped(valeur=Decimal(4))})
        if is_sent:
            submit_declaration(actor=self.actor, now=now, declaration_id=self.key, version=1, saisie=self.saisie)

    @property
    def version(self) -> int:
        return read_declaration(actor=CAMILLE, declaration_id=self.key).version


def mails(session: Any, motif: str) -> list[Courriel]:
    session.rollback()
    return list(session.scalars(select(Courriel).where(Courriel.motif == motif).order_by(Courriel.id)))


def test_R18_sent_back_the_contact_reads_the_very_questions(session: Any, now: datetime) -> None:
    dossier = Dossier(now)
    engagement = engagement_of(dossier.convention, "S2")
    asked = {engagement: "En REP+ ou ailleurs ?", None: "Le texte manque."}
    send_back(**KEYS, now=now, declaration_id=dossier.key, version=2, commentaires=asked)
    (mail,) = mails(session, "renvoi")
    assert (mail.destinataire, mail.departement_code) == ("bruno@val.test", "41")
    assert mail.texte.startswith("Répondez à ces 2 questions pour terminer votre déclaration")
    assert mail.texte.index("En REP+ ou ailleurs\u00a0?") < mail.texte.index("Sur l’ensemble\u00a0: Le texte manque.")
    assert (
        f"{SITE}/connexion/[lien-personnel]?next=/entreprise/declarations/{dossier.key}" in mail.texte
        and "En REP+" in mail.html
    )


def test_R30_the_mail_calls_the_contact_as_whoever_invited_her_does_and_not_as_another_departement(
    session: Any, now: datetime
) -> None:
    elsewhere = a_signataire("Rhum (fictif)", "972")
    given = {"courriel": "bruno@val.test", "base_url": SITE, "now": now, "signataires": [elsewhere]}
    invite_user(actor=ZOE, role=ENTREPRISE, nom="Monsieur Ailleurs", **given)
    dossier = Dossier(now)
    validate_declaration(**KEYS, now=now, declaration_id=dossier.key, version=2)
    told = [mail.texte + mail.html for mail in mails(session, "validation")]
    assert told and all("Bruno" in text and "Ailleurs" not in text for text in told)


def test_a_lone_question_is_told_as_one(session: Any, now: datetime) -> None:
    dossier = Dossier(now)
    asked = {engagement_of(dossier.convention, "S2"): "En REP+ ?"}
    send_back(**KEYS, now=now, declaration_id=dossier.key, version=2, commentaires=asked)
    assert mails(session, "renvoi")[0].texte.startswith("Répondez à cette question pour")


def test_R18_validated_the_contact_is_thanked_once_and_re_opened_told_why(session: Any, now: datetime) -> None:
    dossier = Dossier(now)
    validate_declaration(**KEYS, now=now, declaration_id=dossier.key, version=2)
    with pytest.raises(Refused):
        validate_declaration(**KEYS, now=now, declaration_id=dossier.key, version=2)
    (mail,) = mails(session, "validation")
    assert "Merci" in mail.sujet and "saisis pour vous" not in mail.texte
    reopen_declaration(**KEYS, now=now, declaration_id=dossier.key, version=dossier.version, motif="Compté deux fois.")
    (mail,) = mails(session, "reouverture")
    assert "Compté deux fois." in mail.texte


def test_typed_on_behalf_and_validated_the_contact_is_asked_to_read_it(session: Any, now: datetime) -> None:
    dossier = Dossier(now, is_sent=False)
    submit_and_validate(**KEYS, now=now, declaration_id=dossier.key, version=1, saisie=dossier.saisie)
    (mail,) = mails(session, "validation")
    assert "les a saisis pour vous" in mail.texte


def test_a_refused_act_sends_nothing_and_neither_does_one_without_a_public_address(session: Any, now: datetime) -> None:
    dossier = Dossier(now)
    with pytest.raises(Refused):
        send_back(**KEYS, now=now, declaration_id=dossier.key, version=2, commentaires={None: " "})
    validate_declaration(actor=CAMILLE, now=now, declaration_id=dossier.key, version=2)
    assert mails(session, "renvoi") == mails(session, "validation") == []


def test_without_a_public_address_nobody_is_written_to(session: Any, now: datetime) -> None:
    """A mail that leads nowhere is worse than none: the demonstration is told by nobody."""
    dossier = Dossier(now)
    before = [mail.id for mail in mails(session, "invitation")]
    key = session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == "bruno@val.test")).one()
    given = {"actor": CAMILLE, "now": now, "declaration_id": dossier.key}
    send_back(**given, version=2, commentaires={None: "Sûr ?"})
    sent = {**given, "saisie": dossier.saisie}
    submit_declaration(**{**sent, "actor": replace(dossier.actor, utilisateur_id=key)}, version=dossier.version)
    validate_declaration(**given, version=dossier.version)
    reopen_declaration(**given, version=dossier.version, motif="Compté deux fois.")
    submit_and_validate(**sent, version=dossier.version)
    session.rollback()
    assert list(session.scalars(select(Courriel.id).order_by(Courriel.id))) == before
