"""The life of a declaration: opened, typed, sent, validated, sent back, re-opened (R5, R11–R18)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.acteurs import NATIONAL, Acteur
from paqte.domain.declarations import A_COMPLETER, A_SAISIR, BROUILLON, MANQUANTE, NEANT, NOMBRE, TRANSMISE, VALIDEE
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.periodes import Periode
from paqte.domain.reponses import AnswerTyped, Saisie, SaisieRefused
from paqte.models import Avertissement, Declaration, Journal, Realisation, Retour
from paqte.queries.declaration import read_declaration
from paqte.queries.historique import declaration_history
from paqte.services.declarations import (
    open_declaration,
    reopen_declaration,
    save_draft,
    send_back,
    submit_and_validate,
    submit_declaration,
    validate_declaration,
)
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, engagement_of

T2 = Periode.from_code("2026-T2")
T3 = Periode.from_code("2026-T3")
JULIEN = replace(CAMILLE, utilisateur_id=9, nom="Julien Besnard")


class Maison:
    """A convention of Camille's with the engagements asked for, and its declaration for 2026-T3."""

    def __init__(self, now: datetime, *indicateurs: str, effectif: int | None = None, **more: Any) -> None:
        self.now = now
        self.signataire = a_signataire(effectif=effectif)
        self.convention = a_convention(self.signataire, *indicateurs, **more)
        self.keys = {code: engagement_of(self.convention, code) for code in indicateurs}
        self.id = self.opened(T3)

    def opened(self, periode: Periode) -> int:
        return open_declaration(actor=CAMILLE, now=self.now, convention_id=self.convention, periode=periode)

    def saisie(self, texte: str | None = None, dire: dict[tuple[str, str], str] | None = None, **given: Any) -> Saisie:
        answers = {self.keys[code]: _typed(value) for code, value in given.items()}
        sentences = {(self.keys[code], warning): text for (code, warning), text in (dire or {}).items()}
        return Saisie(answers, texte, sentences)

    def call(self, use_case: Any, *, actor: Acteur = CAMILLE, key: int | None = None, **given: Any) -> Any:
        """Call a use case on the declaration as it stands now."""
        key = key or self.id
        version = given.pop("version", None) or read_declaration(actor=CAMILLE, declaration_id=key).version
        return use_case(actor=actor, now=self.now, declaration_id=key, version=version, **given)

    def read(self, key: int | None = None) -> Any:
        return read_declaration(actor=CAMILLE, declaration_id=key or self.id)

    def answer(self, code: str) -> Any:
        return self.read().ligne(self.keys[code]).actuelle


def _typed(value: Any) -> AnswerTyped:
    if isinstance(value, AnswerTyped):
        return value
    if value == "néant":
        return AnswerTyped(is_neant=True)
    if isinstance(value, tuple):
        upper, lower = (None if part is None else Decimal(part) for part in value)
        return AnswerTyped(numerateur=upper, denominateur=lower)
    return AnswerTyped(valeur=None if value is None else Decimal(value))


def _lines(session: Any, objet: str = "declaration") -> list[Journal]:
    return list(session.scalars(select(Journal).where(Journal.objet == objet).order_by(Journal.id)))


def _states(session: Any) -> list[tuple[str, str]]:
    found = [(line.qui, json.loads(line.apres).get("etat")) for line in _lines(session)]
    return [(qui, etat) for qui, etat in found if etat]


# --- opening -----------------------------------------------------------------------------------------------


def test_R18_a_declaration_opens_to_be_typed_and_twice_gives_the_same(session: Any, now: datetime) -> None:
    maison = Maison(now, "R3")
    assert maison.read().etat == A_SAISIR
    assert maison.opened(T3) == maison.id
    assert len(list(session.scalars(select(Declaration.id)))) == 1


def test_R11_a_semester_declarant_owes_no_quarter(session: Any, now: datetime) -> None:
    convention = a_convention(a_signataire(), "R3", rythme="S")
    with pytest.raises(Refused, match="ne doit pas de déclaration"):
        open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=T3)


def test_R7_a_charte_owes_nothing(session: Any, now: datetime) -> None:
    convention = a_convention(a_signataire(), "R3", dispositif="charte")
    with pytest.raises(Refused, match="ne doit pas de déclaration"):
        open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=T3)


def test_R12_a_period_opens_when_it_is_over_in_the_legal_time_of_the_departement(session: Any) -> None:
    """30 September, 22:00 in Martinique, is already 1 October in Paris: not yet the next quarter there."""
    convention = a_convention(a_signataire(departement="972"), "R3")
    evening = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
    with pytest.raises(Refused, match=r"ouvre le 01/10/2026"):
        open_declaration(actor=ZOE, now=evening, convention_id=convention, periode=T3)
    night = datetime(2026, 10, 1, 4, 0, tzinfo=UTC)
    assert open_declaration(actor=ZOE, now=night, convention_id=convention, periode=T3)


# --- typing ------------------------------------------------------------------------------------------------


def test_R13_a_number_a_confirmed_zero_and_a_missing_answer_stay_three_things(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2", "S3", "F1", "F2")
    maison.call(save_draft, saisie=maison.saisie(S2=4, S3="néant", F1=None, F2=0))
    assert (maison.answer("S2").reponse, maison.answer("S2").valeur) == (NOMBRE, 4)
    assert (maison.answer("S3").reponse, maison.answer("S3").valeur) == (NEANT, 0)
    assert maison.answer("F1") is None
    assert maison.answer("F2").reponse == NEANT, "a zero somebody typed is a confirmed zero"
    assert [ligne.indicateur.code for ligne in maison.read().manquantes] == ["F1"]


def test_R13_an_answer_taken_back_is_missing_again_never_zero(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    maison.call(save_draft, saisie=maison.saisie(S2=4))
    maison.call(save_draft, saisie=maison.saisie(S2=None))
    assert (maison.answer("S2").reponse, maison.answer("S2").valeur) == (MANQUANTE, None)


def test_R14_a_ratio_is_kept_as_two_numbers(session: Any, now: datetime) -> None:
    maison = Maison(now, "F1p", "A2p", "S2p")
    maison.call(save_draft, saisie=maison.saisie(F1p=(3, 12), A2p="néant", S2p=(0, 5)))
    assert maison.answer("F1p")[:4] == (NOMBRE, None, Decimal(3), Decimal(12))
    assert maison.answer("A2p")[:4] == (NEANT, None, None, None)
    assert maison.answer("S2p")[:4] == (NEANT, None, Decimal(0), Decimal(5))


@pytest.mark.parametrize(
    ("code", "given", "field"),
    [
        ("F1p", (3, None), "numerateur"),
        ("F1p", (None, 12), "numerateur"),
        ("S2", AnswerTyped(valeur=Decimal(3), is_neant=True), "valeur"),
        ("F1p", AnswerTyped(numerateur=Decimal(3), is_neant=True), "numerateur"),
        ("R1", AnswerTyped(valeur=Decimal(0), datee_du=T3.debut), "date"),
    ],
)
def test_a_draft_that_no_table_could_hold_is_refused_beside_its_field(
    session: Any, now: datetime, code: str, given: Any, field: str
) -> None:
    maison = Maison(now, code, "S3")
    with pytest.raises(SaisieRefused) as refused:
        maison.call(save_draft, saisie=maison.saisie(**{code: given, "S3": 7}))
    assert list(refused.value.errors) == [f"{field}_{maison.keys[code]}"]
    assert maison.answer("S3") is None, "nothing is half-saved"
    assert maison.read().etat == A_SAISIR


def test_R1_yes_bears_its_date_and_no_is_a_confirmed_zero(session: Any, now: datetime) -> None:
    maison = Maison(now, "R1")
    maison.call(save_draft, saisie=maison.saisie(R1=AnswerTyped(valeur=Decimal(1), datee_du=T3.debut)))
    assert maison.answer("R1")[:5] == (NOMBRE, 1, None, None, T3.debut)
    maison.call(save_draft, saisie=maison.saisie(R1=0))
    assert maison.answer("R1")[:5] == (NEANT, 0, None, None, None)


def test_R5_a_free_commitment_keeps_its_own_number_and_text(session: Any, now: datetime) -> None:
    maison = Maison(now, "X1")
    free = AnswerTyped(valeur=Decimal("12.5"), commentaire="Une haie plantée avec l’école.")
    maison.call(save_draft, saisie=maison.saisie(X1=free))
    assert (maison.answer("X1").valeur, maison.answer("X1").commentaire) == (Decimal("12.5"), free.commentaire)


def test_a_partial_typing_leaves_the_other_answers_alone(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2", "S3")
    maison.call(save_draft, saisie=maison.saisie(S2=4, texte="Premier texte"))
    maison.call(save_draft, saisie=maison.saisie(S3=5))
    assert (maison.answer("S2").valeur, maison.answer("S3").valeur, maison.read().texte_libre) == (
        4,
        5,
        "Premier texte",
    )


def test_an_engagement_of_another_convention_cannot_be_answered(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    other = engagement_of(a_convention(a_signataire("Autre (fictif)"), "S2"), "S2")
    with pytest.raises(Refused, match="pas de cette convention"):
        maison.call(save_draft, saisie=Saisie({other: AnswerTyped(valeur=Decimal(1))}))
    assert not list(session.scalars(select(Realisation.id)))


def test_each_value_knows_who_typed_it_and_only_a_change_makes_an_author(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2", "S3")
    maison.call(save_draft, saisie=maison.saisie(S2=4, S3=5))
    maison.now += timedelta(hours=1)
    maison.call(save_draft, actor=JULIEN, saisie=maison.saisie(S2=4, S3=6))
    assert (maison.answer("S2").saisie_par, maison.answer("S2").saisie_le) == (CAMILLE.nom, now)
    assert (maison.answer("S3").saisie_par, maison.answer("S3").saisie_le) == (JULIEN.nom, maison.now)
    assert maison.answer("S3").is_on_behalf and maison.answer("S3").origine == "formulaire"


@pytest.mark.parametrize("text", ["a" * 8_001, "\x00" + "é" * 8_001])
def test_a_text_too_long_is_refused_and_never_cut(session: Any, now: datetime, text: str) -> None:
    maison = Maison(now, "S2")
    with pytest.raises(Refused) as refused:
        maison.call(save_draft, saisie=maison.saisie(S2=1, texte=text))
    assert list(refused.value.errors) == ["texte_libre"]
    assert maison.read().texte_libre == ""


def test_what_a_base_or_a_workbook_cannot_hold_is_taken_out_of_texts(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    maison.call(save_draft, saisie=maison.saisie(S2=1, texte="=2+3\x00\x0b\ud800\uffff 🌳"))
    assert maison.read().texte_libre == "=2+3 🌳"


# --- sending -----------------------------------------------------------------------------------------------


def test_R17_an_error_blocks_and_nothing_is_saved(session: Any, now: datetime) -> None:
    maison = Maison(now, "F1p", "S2")
    with pytest.raises(SaisieRefused) as refused:
        maison.call(submit_declaration, saisie=maison.saisie(F1p=(13, 12), S2=4))
    assert refused.value.errors == {
        f"numerateur_{maison.keys['F1p']}": "La partie dépasse le total : vérifiez les deux nombres."
    }
    assert maison.answer("S2") is None
    assert maison.read().etat == A_SAISIR


def test_R17_a_warning_asks_for_a_sentence_which_is_kept(session: Any, now: datetime) -> None:
    maison = Maison(now, "R3", effectif=10)
    typed = maison.saisie(R3=12)
    with pytest.raises(SaisieRefused) as refused:
        maison.call(submit_declaration, saisie=typed)
    assert list(refused.value.errors) == [f"explication_{maison.keys['R3']}_effectif_depasse"]
    assert [c.code for c in refused.value.constats] == ["effectif_depasse"]
    blank = maison.saisie(R3=12, dire={("R3", "effectif_depasse"): "  \n "})
    with pytest.raises(SaisieRefused):
        maison.call(submit_declaration, saisie=blank)
    said = maison.saisie(R3=12, dire={("R3", "effectif_depasse"): "Deux intérimaires en plus."})
    maison.call(submit_declaration, saisie=said)
    assert maison.read().etat == TRANSMISE
    assert maison.read().ligne(maison.keys["R3"]).explications == {"effectif_depasse": "Deux intérimaires en plus."}


def test_R17_a_jump_of_more_than_three_is_held_against_the_period_before(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    before = maison.opened(T2)
    maison.call(submit_declaration, key=before, saisie=maison.saisie(S2=4))
    with pytest.raises(SaisieRefused) as refused:
        maison.call(submit_declaration, saisie=maison.saisie(S2=13))
    assert [c.code for c in refused.value.constats] == ["saut"]
    maison.call(submit_declaration, saisie=maison.saisie(S2=12))
    assert maison.read().etat == TRANSMISE


def test_a_warning_that_went_away_takes_its_sentence_along(session: Any, now: datetime) -> None:
    maison = Maison(now, "R3", effectif=10)
    maison.call(save_draft, saisie=maison.saisie(R3=12, dire={("R3", "effectif_depasse"): "Deux intérimaires."}))
    assert len(list(session.scalars(select(Avertissement.id)))) == 1
    maison.call(submit_declaration, saisie=maison.saisie(R3=9))
    assert not list(session.scalars(select(Avertissement.id)))


def test_R13_a_declaration_may_be_sent_with_missing_answers_but_not_empty(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2", "S3")
    with pytest.raises(Refused, match="Aucune réponse"):
        maison.call(submit_declaration, saisie=maison.saisie(S2=None, texte="rien"))
    maison.call(submit_declaration, saisie=maison.saisie(S2="néant"))
    page = maison.read()
    assert (page.etat, page.transmise_par, page.is_on_behalf) == (TRANSMISE, CAMILLE.nom, True)
    assert [ligne.indicateur.code for ligne in page.manquantes] == ["S3"]


# --- validating --------------------------------------------------------------------------------------------


def test_R18_enregistrer_et_valider_leaves_each_step_in_the_journal(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    maison.call(submit_and_validate, saisie=maison.saisie(S2=4))
    page = maison.read()
    assert (page.etat, page.validee_par, page.validee_le) == (VALIDEE, CAMILLE.nom, now)
    assert _states(session) == [(CAMILLE.nom, A_SAISIR), (CAMILLE.nom, TRANSMISE), (CAMILLE.nom, VALIDEE)]
    told = declaration_history(actor=CAMILLE, declaration_id=maison.id)
    assert [event.titre for event in told] == ["Validée", "Transmise", "Ouverte"]
    assert told[1].details == ("S2 : sans réponse → 4",)


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
    assert [etat for _, etat in _states(session)].count(VALIDEE) == 1


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
    assert held[f"valeur_{maison.keys['S3']}"] == "néant"
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
    assert any("S2 : 4 → 2" in e.details for e in told)


# --- rights ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", [ZOE, Acteur(5, "Nadia", NATIONAL)], ids=["Zoé", "national"])
def test_another_departement_and_the_national_team_change_nothing(session: Any, now: datetime, actor: Acteur) -> None:
    maison = Maison(now, "S2")
    maison.call(save_draft, saisie=maison.saisie(S2=4))
    before = [(line.objet, line.objet_id, line.apres) for line in session.scalars(select(Journal))]
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
    assert [(line.objet, line.objet_id, line.apres) for line in session.scalars(select(Journal))] == before
    assert maison.answer("S2").valeur == 4


def test_Zoe_reads_neither_the_declaration_nor_its_history(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    with pytest.raises(NotFound):
        read_declaration(actor=ZOE, declaration_id=maison.id)
    assert declaration_history(actor=ZOE, declaration_id=maison.id) == []
