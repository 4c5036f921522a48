"""What a use case answers when it refuses."""

from __future__ import annotations

from paqte.domain.erreurs import GENERAL, Conflict, NotFound, Refused
from tests.domain.phrases import is_french_sentence


def test_a_refusal_ties_each_sentence_to_its_field() -> None:
    errors = {"debut": "Indiquez la date de début.", "fin": "La fin précède le début."}
    refused = Refused(errors)
    errors.clear()
    assert refused.errors == {"debut": "Indiquez la date de début.", "fin": "La fin précède le début."}
    assert str(refused) == "Indiquez la date de début. La fin précède le début."


def test_a_bare_sentence_is_about_the_whole() -> None:
    assert Refused("Rien n’a été enregistré.").errors == {GENERAL: "Rien n’a été enregistré."}


def test_what_is_not_there_and_what_is_not_yours_are_answered_alike() -> None:
    assert str(NotFound("Ce compte")) == "Ce compte n’existe pas ou ne vous est pas ouvert."
    assert str(NotFound("Cet axe")) == "Cet axe n’existe pas ou ne vous est pas ouvert."
    assert str(NotFound("Cette convention")) == "Cette convention n’existe pas ou ne vous est pas ouverte."
    assert is_french_sentence(str(NotFound()))
    assert isinstance(NotFound(), Refused)


def test_a_conflict_keeps_what_the_base_holds() -> None:
    current = {"version": "3", "nom": "Atelier du Val"}
    conflict = Conflict("Zoé a enregistré entre-temps.", current)
    current.clear()
    assert conflict.current == {"version": "3", "nom": "Atelier du Val"}
    assert conflict.errors == {GENERAL: "Zoé a enregistré entre-temps."}
