"""A declaration validated, sent back, re-opened, and out of reach of whoever it is not (R18)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.declarations.reponses import AnswerTyped
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import NATIONAL, Acteur
from paqte.domain.statuts.declarations import A_COMPLETER, A_SAISIR, BROUILLON, TRANSMISE, VALIDEE
from paqte.models import Journal, Retour
from paqte.queries.conventions.journaux.historique import declaration_history
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import (
    open_declaration,
    reopen_declaration,
    save_draft,
    send_back,
    submit_and_validate,
    submit_declaration,
    validate_declaration,
)
from tests.factories import CAMILLE, ZOE
from tests.services.maison import JULIEN, T2, Maison, states_reached

S2 = "Nombre d’élèves de 3e de REP+/REP/QPV effectivement accueillis en stage"

# --- validating --------------------------------------------------------------------------------------------


def test_R18_enregistrer_et_valider_leaves_each_step_in_the_journal(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    maison.call(submit_and_validate, saisie=maison.saisie(S2=4))
    page = maison.read()
    assert (page.etat, page.validee_par, page.validee_le) == (VALIDEE, CAMILLE.nom, now)
    assert states_reached(session) == [(CAMILLE.nom, A_SAISIR), (CAMILLE.nom, TRANSMISE), (CAMILLE.nom, VALIDEE)]
    told = declaration_history(actor=CAMILLE, declaration_id=maison.id)
    assert [event.titre for event in told] == ["Validée", "Transmise", "Ouverte"]
    assert told[1].details == (f"{S2} : sans réponse → 4",)


def test_the_history_tells_each_answer_in_words_under_the_name_of_what_was_asked(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2", "S3", "S7", "R1", "F1p", "X1")
    yes = AnswerTyped(valeur=Decimal(1), datee_du=date(2026, 9, 12))
    maison.call(save_draft, saisie=maison.saisie(S2=1_500, S3=2, S7="1234.5", R1=yes, F1p=(1, 40), X1="2.5"))
    maison.call(save_draft, saisie=maison.saisie(S2=1_400, S3="néant", R1=0, F1p=(2, 40), X1=None))
    last, first = declaration_history(actor=CAMILLE, declaration_id=maison.id)[:2]
    names = {code: maison.read().ligne(maison.keys[code]).libelle for code in maison.keys}
    assert names["S2"] == S2 and names["X1"] != "X1"
    assert set(first.details) == {
        f"{S2} : sans réponse → 1\u202f500",
        f"{names['S3']} : sans réponse → 2",
        f"{names['S7']} : sans réponse → 1\u202f234,50",
        f"{names['R1']} : sans réponse → oui",
        f"{names['F1p']} : sans réponse → 1 sur 40",
        f"{names['X1']} : sans réponse → 2,5",
    }
    assert set(last.details) == {
        f"{S2} : 1\u202f500 → 1\u202f400",
        f"{names['S3']} : 2 → zéro confirmé",
        f"{names['R1']} : oui → non",
        f"{names['F1p']} : 1 sur 40 → 2 sur 40",
        f"{names['X1']} : 2,5 → sans réponse",
    }


def test_R18_a_validated_declaration_is_frozen(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    maison.call(submit_and_validate, saisie=maison.saisie(S2=4))
    sentence = r"déjà été validée par Camille Perrin le 22/11/2026 à 10\sh\s00"
    for use_case in (save_draft, submit_declaration, submit_and_validate):
        with pytest.raises(Refused, match=sentence):
            maison.call(use_case, saisie=maison.saisie(S2=5))
    assert maison.answer("S2").valeur == 4


def test_R18_the_second_validation_is_told_who_did_it_and_when(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    maison.call(submit_declaration, saisie=maison.saisie(S2=4))
    seen = maison.read().version
    maison.call(validate_declaration, version=seen)
    with pytest.raises(Conflict, match=r"validée par Camille Perrin le 22/11/2026 à 10\sh\s00"):
        maison.call(validate_declaration, actor=JULIEN, version=seen)
    assert [etat for _, etat in states_reached(session)].count(VALIDEE) == 1


def test_a_draft_cannot_be_validated(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    maison.call(save_draft, saisie=maison.saisie(S2=4))
    with pytest.raises(Refused, match="On ne peut pas valider une déclaration « brouillon »"):
        maison.call(validate_declaration)


def test_a_second_save_is_refused_with_what_the_base_holds(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2", "S3", "F1p")
    seen = maison.read().version
    maison.call(save_draft, version=seen, saisie=maison.saisie(S2=4, S3="néant", F1p=(1, 4), texte="De Camille"))
    with pytest.raises(Conflict, match="Camille Perrin a enregistré cette déclaration") as conflict:
        maison.call(save_draft, actor=JULIEN, version=seen, saisie=maison.saisie(S2=9, texte="De Julien"))
    held = conflict.value.current
    assert held[f"valeur_{maison.keys['S2']}"] == "4"
    assert held[f"valeur_{maison.keys['S3']}"] == "zéro confirmé"
    assert held[f"denominateur_{maison.keys['F1p']}"] == "4"
    assert (held["texte_libre"], held["version"]) == ("De Camille", str(maison.read().version))
    assert maison.answer("S2").valeur == 4


def test_a_save_that_only_changes_answers_makes_the_version_grow(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    first = maison.call(save_draft, saisie=maison.saisie(S2=4))
    second = maison.call(save_draft, saisie=maison.saisie(S2=5))
    assert (maison.read().etat, second) == (BROUILLON, first + 1)


# --- sending back and re-opening ---------------------------------------------------------------------------


def test_R18_a_declaration_is_sent_back_with_a_comment_per_field(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2", "S3")
    maison.call(submit_declaration, saisie=maison.saisie(S2=4, S3=5))
    with pytest.raises(Refused, match="au moins une question"):
        maison.call(send_back, commentaires={maison.keys["S2"]: " ", None: ""})
    maison.call(send_back, commentaires={maison.keys["S2"]: "Est-ce bien des élèves de REP+ ?", None: "Merci !"})
    page = maison.read()
    assert page.etat == A_COMPLETER
    assert [q.commentaire for q in page.ligne(maison.keys["S2"]).questions] == ["Est-ce bien des élèves de REP+ ?"]
    assert [q.commentaire for q in page.questions] == ["Merci !"]
    maison.call(submit_declaration, saisie=maison.saisie(S2=3))
    assert all(session.scalars(select(Retour.is_answered)))
    assert maison.read().etat == TRANSMISE


def test_R18_reopening_asks_for_a_reason_and_is_logged(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    maison.call(submit_and_validate, saisie=maison.saisie(S2=4))
    with pytest.raises(Refused) as refused:
        maison.call(reopen_declaration, motif="  ")
    assert list(refused.value.errors) == ["motif"]
    assert maison.read().etat == VALIDEE
    maison.call(reopen_declaration, motif="Deux stages comptés deux fois.")
    page = maison.read()
    assert (page.etat, page.validee_le, page.motif_reouverture) == (A_COMPLETER, None, "Deux stages comptés deux fois.")
    maison.call(submit_and_validate, saisie=maison.saisie(S2=2))
    told = declaration_history(actor=CAMILLE, declaration_id=maison.id)
    assert ("Rouverte", ("Motif : Deux stages comptés deux fois.",)) in [(e.titre, e.details) for e in told]
    assert any(f"{S2} : 4 → 2" in e.details for e in told)


# --- rights ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", [ZOE, Acteur(5, "Nadia", NATIONAL)], ids=["Zoé", "national"])
def test_another_departement_and_the_national_team_change_nothing(session: Any, now: datetime, actor: Acteur) -> None:
    maison = Maison(now, "S2")
    maison.call(save_draft, saisie=maison.saisie(S2=4))
    before = [(line.objet, line.objet_id, line.apres) for line in session.scalars(select(Journal).order_by(Journal.id))]
    attempts: list[tuple[Any, dict[str, Any]]] = [
        (save_draft, {"saisie": maison.saisie(S2=5)}),
        (submit_declaration, {"saisie": maison.saisie(S2=5)}),
        (submit_and_validate, {"saisie": maison.saisie(S2=5)}),
        (validate_declaration, {}),
        (send_back, {"commentaires": {None: "?"}}),
        (reopen_declaration, {"motif": "?"}),
    ]
    for use_case, given in attempts:
        with pytest.raises(NotFound) as foreign:
            maison.call(use_case, actor=actor, **given)
        with pytest.raises(NotFound) as absent:
            maison.call(use_case, actor=actor, key=999_999, version=1, **given)
        assert str(foreign.value) == str(absent.value)
    with pytest.raises(NotFound):
        open_declaration(actor=actor, now=now, convention_id=maison.convention, periode=T2)
    assert [
        (line.objet, line.objet_id, line.apres) for line in session.scalars(select(Journal).order_by(Journal.id))
    ] == before
    assert maison.answer("S2").valeur == 4


def test_Zoe_reads_neither_the_declaration_nor_its_history(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    with pytest.raises(NotFound):
        read_declaration(actor=ZOE, declaration_id=maison.id)
    assert declaration_history(actor=ZOE, declaration_id=maison.id) == []
