"""A quantity asked for in several places of one declaration is typed once, at whatever door (R10, R13, R17)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.declarations.reponses import AnswerTyped, SaisieRefused
from paqte.domain.statuts.declarations import MANQUANTE, NEANT, NOMBRE
from paqte.models import Avertissement
from paqte.services.declarations.declarations import save_draft, send_back, submit_declaration
from tests.factories import CAMILLE, bruno
from tests.services.maison import Maison


@pytest.fixture
def maison(session: Any, now: datetime) -> Maison:
    return Maison(now, "S2", "S2p", "F1", "P01", "P03", is_in_plan_10000=True)


def told(maison: Maison) -> dict[str, tuple[Any, ...]]:
    """What the base holds of each answer: a figure, the two numbers of a share, a word."""
    found = {}
    for ligne in maison.read().lignes:
        given = ligne.actuelle
        if given is None:
            continue
        figures = (given.valeur,) if given.denominateur is None else (given.numerateur, given.denominateur)
        found[ligne.indicateur.code] = (given.reponse, *figures)
    return found


def test_R13_what_is_typed_once_is_kept_in_each_place(maison: Maison) -> None:
    maison.call(save_draft, saisie=maison.saisie(S2=12, S2p=(None, 30), F1="néant"))
    assert told(maison) == {
        "S2": (NOMBRE, Decimal(12)),
        "S2p": (NOMBRE, Decimal(12), Decimal(30)),
        "F1": (NEANT, Decimal(0)),
        "P01": (NOMBRE, Decimal(12)),
        "P03": (NEANT, Decimal(0)),
    }


def test_R13_missing_stays_missing_where_it_is_repeated(maison: Maison) -> None:
    maison.call(save_draft, saisie=maison.saisie(S2=12, P01=None, F1=None, P03=None))
    assert set(told(maison)) == {"S2", "P01"}
    maison.call(save_draft, saisie=maison.saisie(S2=None))
    assert told(maison)["P01"] == (MANQUANTE, None)


def test_R17_another_number_is_refused_without_its_sentence_and_kept_with_it(maison: Maison, session: Any) -> None:
    given = {"S2": 12, "P01": 15}
    with pytest.raises(SaisieRefused) as refused:
        maison.call(submit_declaration, saisie=maison.saisie(**given))
    assert [c.code for c in refused.value.constats] == ["reprise_differente"]
    maison.call(
        submit_declaration, saisie=maison.saisie(dire={("P01", "reprise_differente"): "Trois hors QPV."}, **given)
    )
    row = session.scalars(select(Avertissement)).one()
    assert (row.message, row.commentaire) == (
        "Ce nombre, 15, diffère de celui qu’il reprend, 12 "
        "(« Nombre d’élèves de 3e de REP+/REP/QPV effectivement accueillis en stage »).",
        "Trois hors QPV.",
    )
    assert told(maison)["P01"] == (NOMBRE, Decimal(15))


def test_R18_an_answer_asked_back_is_corrected_in_each_place_by_whoever_corrected_it(maison: Maison) -> None:
    contact = bruno(maison.signataire)
    maison.call(submit_declaration, saisie=maison.saisie(S2=12, S2p=(None, 30)))
    maison.call(send_back, commentaires={maison.keys["S2"]: "Douze ?"})
    assert {maison.keys["S2"], maison.keys["P01"], maison.keys["S2p"]} <= maison.read().rouvertes
    maison.call(save_draft, actor=contact, saisie=maison.saisie(S2=10))
    assert told(maison)["P01"] == (NOMBRE, Decimal(10))
    assert told(maison)["S2p"] == (NOMBRE, Decimal(10), Decimal(30))
    assert (maison.answer("P01").saisie_par, maison.answer("P01").is_on_behalf) == (contact.nom, False)


def test_whoever_filled_nothing_becomes_the_author_of_nothing(maison: Maison) -> None:
    maison.call(save_draft, saisie=maison.saisie(S2=12))
    maison.call(save_draft, actor=bruno(maison.signataire), saisie=maison.saisie(S2=12, P01=12, F1=1))
    assert maison.answer("P01").saisie_par == CAMILLE.nom
    assert maison.answer("P03").saisie_par == "Bruno Garnier"


def test_R13_the_words_beside_an_answer_stay_when_its_number_follows_another(maison: Maison) -> None:
    """Nobody typed it this time: what was said of it once is still said."""
    said = AnswerTyped(valeur=Decimal(12), commentaire="Dont deux par l’association.")
    maison.call(save_draft, saisie=maison.saisie(S2=12, P01=said))
    maison.call(save_draft, saisie=maison.saisie(S2=10))
    given = maison.answer("P01")
    assert (given.valeur, given.commentaire) == (Decimal(10), "Dont deux par l’association.")
    maison.call(save_draft, saisie=maison.saisie(F1=3))
    assert (maison.answer("P03").valeur, maison.answer("P03").commentaire) == (Decimal(3), "")
