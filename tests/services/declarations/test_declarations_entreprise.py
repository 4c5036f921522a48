"""A company answers for itself: it types and sends, and nothing else (R5, R18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ANIMATEUR, Acteur
from paqte.domain.statuts.declarations import A_COMPLETER, BROUILLON, TRANSMISE
from paqte.models import Journal
from paqte.services.declarations.declarations import (
    open_declaration,
    reopen_declaration,
    save_draft,
    send_back,
    submit_and_validate,
    submit_declaration,
    validate_declaration,
)
from tests.factories import CAMILLE, a_signataire, bruno
from tests.services.declarations.test_declarations import Maison

T2 = Periode.from_code("2026-T2")


@pytest.fixture
def maison(session: Any, now: datetime) -> Maison:
    return Maison(now, "R3", "S2", "S2p", "S7")


@pytest.fixture
def contact(maison: Maison) -> Acteur:
    return bruno(maison.signataire)


def asked_back(maison: Maison, contact: Acteur, **commentaires: str) -> None:
    maison.call(submit_declaration, actor=contact, saisie=maison.saisie("Texte", R3=4, S2=3, S2p=(3, 5), S7=10))
    maison.call(send_back, commentaires={maison.keys.get(code): text for code, text in commentaires.items()})


def test_R18_a_company_opens_types_and_sends_its_own_declaration(maison: Maison, contact: Acteur) -> None:
    key = open_declaration(actor=contact, now=maison.now, convention_id=maison.convention, periode=T2)
    maison.call(save_draft, actor=contact, key=key, saisie=maison.saisie(R3=4))
    assert maison.read(key).etat == BROUILLON
    maison.call(submit_declaration, actor=contact, key=key, saisie=maison.saisie(S2=2))
    found = maison.read(key)
    assert (found.etat, found.transmise_par, found.is_on_behalf) == (TRANSMISE, "Bruno Garnier", False)
    answer = found.ligne(maison.keys["R3"]).actuelle
    assert (answer.saisie_par, answer.is_on_behalf, answer.origine) == ("Bruno Garnier", False, "formulaire")


def test_an_animateur_types_on_the_company_s_behalf_and_it_is_said(maison: Maison, contact: Acteur) -> None:
    animateur = replace(contact, role=ANIMATEUR, nom="Inès Face")
    maison.call(submit_declaration, actor=animateur, saisie=maison.saisie(R3=4))
    assert maison.read().is_on_behalf and maison.answer("R3").is_on_behalf


@pytest.mark.parametrize("use_case", [save_draft, submit_declaration])
def test_another_company_gets_the_answer_of_what_does_not_exist(maison: Maison, use_case: Any) -> None:
    other = bruno(a_signataire("Autre (fictif)"))
    with pytest.raises(NotFound) as refused:
        maison.call(use_case, actor=other, version=1, saisie=maison.saisie(R3=4))
    with pytest.raises(NotFound) as absent:
        use_case(actor=other, now=maison.now, declaration_id=999_999, version=1, saisie=maison.saisie())
    assert str(refused.value) == str(absent.value)
    with pytest.raises(NotFound):
        open_declaration(actor=other, now=maison.now, convention_id=maison.convention, periode=T2)


def test_R18_what_is_the_referent_s_stays_hers(maison: Maison, contact: Acteur) -> None:
    with pytest.raises(NotFound):
        maison.call(reopen_declaration, actor=contact, motif="Erreur")
    maison.call(submit_declaration, actor=contact, saisie=maison.saisie(R3=4))
    with pytest.raises(NotFound):
        maison.call(validate_declaration, actor=contact)
    with pytest.raises(NotFound):
        maison.call(send_back, actor=contact, commentaires={None: "Pourquoi ?"})
    with pytest.raises((NotFound, Refused)):
        maison.call(submit_and_validate, actor=contact, saisie=maison.saisie(R3=5))
    assert maison.read().etat == TRANSMISE and maison.answer("R3").valeur == 4


def test_a_company_cannot_validate_by_the_gesture_that_sends_and_validates(maison: Maison, contact: Acteur) -> None:
    with pytest.raises(NotFound):
        maison.call(submit_and_validate, actor=contact, saisie=maison.saisie(R3=4))
    assert maison.answer("R3") is None


def test_R18_sent_back_only_what_is_asked_and_what_hangs_with_it_opens(maison: Maison, contact: Acteur) -> None:
    asked_back(maison, contact, S2="Tous en REP+ ?")
    found = maison.read()
    assert found.etat == A_COMPLETER
    assert found.rouvertes == {maison.keys["S2"], maison.keys["S2p"]}
    maison.call(save_draft, actor=contact, saisie=maison.saisie(S2=2, S2p=(2, 5)))
    for saisie in (maison.saisie(S7=99), maison.saisie(S2=2, R3=9), maison.saisie("Autre texte", S2=2)):
        with pytest.raises(Refused, match="seules celles"):
            maison.call(save_draft, actor=contact, saisie=saisie)
        with pytest.raises(Refused, match="seules celles"):
            maison.call(submit_declaration, actor=contact, saisie=saisie)
    maison.call(submit_declaration, actor=contact, saisie=maison.saisie(S2=2))
    assert (maison.answer("S2").valeur, maison.answer("S7").valeur, maison.read().texte_libre) == (2, 10, "Texte")


def test_R18_a_question_on_the_whole_opens_everything(maison: Maison, contact: Acteur) -> None:
    asked_back(maison, contact, ensemble="Pouvez-vous tout relire ?")
    maison.call(submit_declaration, actor=contact, saisie=maison.saisie("Relu", S7=12))
    assert maison.answer("S7").valeur == 12


def test_the_referent_may_still_correct_everything_herself(maison: Maison, contact: Acteur) -> None:
    asked_back(maison, contact, R3="Tous en QPV ?")
    maison.call(save_draft, actor=CAMILLE, saisie=maison.saisie(S7=12))
    assert maison.answer("S7").valeur == 12


def test_what_a_company_types_stands_in_the_journal_of_its_departement(
    maison: Maison, contact: Acteur, session: Any
) -> None:
    maison.call(submit_declaration, actor=contact, saisie=maison.saisie("Texte", S2=3, S2p=(3, 5)))
    lines = session.execute(select(Journal.objet, Journal.departement_code).where(Journal.qui == contact.nom)).all()
    assert {objet for objet, _ in lines} >= {"declaration", "realisation"}
    assert {code for _, code in lines} == {"41"}
