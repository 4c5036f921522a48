"""A declaration opened, typed and sent (R5, R11–R17)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.declarations.reponses import AnswerTyped, Saisie, SaisieRefused
from paqte.domain.erreurs import Refused
from paqte.domain.statuts.declarations import A_SAISIR, MANQUANTE, NEANT, NOMBRE, TRANSMISE
from paqte.models import Avertissement, Declaration, Realisation
from paqte.services.declarations.declarations import (
    open_declaration,
    save_draft,
    submit_declaration,
)
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, engagement_of
from tests.services.maison import JULIEN, T2, T3, Maison

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
        f"numerateur_{maison.keys['F1p']}": "La partie dépasse le total. Vérifiez les deux nombres."
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
    (row,) = session.scalars(select(Avertissement.id))
    maison.call(save_draft, saisie=maison.saisie(R3=13, dire={("R3", "effectif_depasse"): "Trois intérimaires."}))
    assert session.execute(select(Avertissement.id, Avertissement.commentaire)).all() == [(row, "Trois intérimaires.")]
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
