"""The receipt: the figures that were sent, to whoever sent them, queued with the sending or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.declarations.reponses import AnswerTyped
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.models import Courriel, Utilisateur
from paqte.queries.declarations.lecture.declaration_lue import ReponseLue
from paqte.services.declarations.courriers.accuses import queue_receipt
from paqte.services.declarations.declarations import submit_declaration
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, bruno
from tests.services.declarations.test_declarations import Maison

URL = "https://paqte.exemple.fr"


@pytest.fixture
def maison(session: Any, now: datetime) -> Maison:
    return Maison(now, "S2", "S2p", "S7", "R1", "R3", "X1")


@pytest.fixture
def contact(maison: Maison, session: Any) -> Acteur:
    with transaction(actor=PLANIFICATEUR, now=maison.now) as write:
        user = Utilisateur(
            courriel="bruno@entreprise.test", nom="Bruno Garnier", role="entreprise", created_at=maison.now
        )
        write.add(user)
        write.flush()
        key = user.id
    return replace(bruno(maison.signataire), utilisateur_id=key)


def mails(session: Any) -> list[Courriel]:
    return list(session.scalars(select(Courriel).order_by(Courriel.id)))


def send(maison: Maison, actor: Acteur, texte: str = "", base_url: str = URL, **given: Any) -> None:
    maison.call(submit_declaration, actor=actor, saisie=maison.saisie(texte, **given), base_url=base_url)


def test_R13_the_receipt_says_each_answer_as_it_was_sent(maison: Maison, contact: Acteur, session: Any) -> None:
    yes = AnswerTyped(valeur=1, datee_du=maison.now.date().replace(month=9, day=12))
    send(maison, contact, "Bonne saison.", S2=4, S2p=(4, 9), S7="1234.5", R1=yes, R3="néant")
    (mail,) = mails(session)
    assert (mail.destinataire, mail.etat, mail.motif) == ("bruno@entreprise.test", "en_attente", "transmission")
    for told in (
        ": 4\u00a0personnes",
        ": 4 sur 9",
        ": 1\u202f234,50\u00a0€",
        ": oui, le 12/09/2026",
        ": zéro confirmé",
    ):
        assert told in mail.texte
    assert ": sans réponse" in mail.texte and "Bonne saison." in mail.texte
    for told in ("4\u00a0personnes", "4 sur 9", "1\u202f234,50\u00a0€", "Bonne saison.", "sans réponse"):
        assert told in mail.html
    assert f"?next=/entreprise/declarations/{maison.id}" in mail.texte
    assert mail.texte.splitlines()[0].startswith("Vous n’avez plus rien à faire")


def test_a_text_of_the_company_stays_text_in_the_mail(maison: Maison, contact: Acteur, session: Any) -> None:
    send(maison, contact, "<script>alert(1)</script>", S2=4)
    assert "<script>" not in mails(session)[0].html


def test_a_refused_sending_leaves_no_receipt(maison: Maison, contact: Acteur, session: Any) -> None:
    with pytest.raises(Refused):
        send(maison, contact, S2p=(12, 9))
    assert mails(session) == []


def test_the_referent_s_own_typing_sends_her_no_receipt(maison: Maison, session: Any) -> None:
    send(maison, CAMILLE, S2=4)
    assert mails(session) == []


def test_without_a_public_address_nobody_is_told(maison: Maison, contact: Acteur, session: Any) -> None:
    send(maison, contact, base_url="", S2=4)
    assert mails(session) == []


def test_the_receipt_tells_a_closed_measure_only_when_it_was_answered(
    maison: Maison, contact: Acteur, session: Any
) -> None:
    page = maison.read()
    closed = tuple(replace(ligne, is_owed=ligne.indicateur.code not in ("S7", "R3")) for ligne in page.lignes)
    answered = ReponseLue(
        "nombre", Decimal(900), None, None, None, "", maison.now, "Bruno Garnier", is_on_behalf=False, origine="saisie"
    )
    lignes = tuple(
        replace(ligne, actuelle=answered if ligne.indicateur.code == "S7" else ligne.actuelle) for ligne in closed
    )
    with transaction(actor=contact, now=maison.now) as write:
        queue_receipt(write, replace(page, lignes=lignes), actor=contact, now=maison.now, base_url=URL)
    (mail,) = mails(session)
    by_code = {ligne.indicateur.code: ligne.libelle for ligne in page.lignes}
    told = {code for code, libelle in by_code.items() if f"{libelle}\u00a0:" in mail.texte}
    assert told == {"S2", "S2p", "S7", "R1", "X1"}
