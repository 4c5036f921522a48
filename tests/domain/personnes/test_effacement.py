"""What gives somebody away inside a text, and what is read in place of her once erased (R30)."""

from __future__ import annotations

from paqte.domain.personnes.effacement import Personne, erased_value


def test_R30_a_person_is_told_by_her_full_name_her_address_and_her_number() -> None:
    bruno = Personne(frozenset({"Bruno Lenoir"}), frozenset({"bruno@val.test"}), frozenset({"02 54 00 00 01"}))
    assert bruno.marks == ("02 54 00 00 01", "bruno@val.test", "Bruno Lenoir")


def test_R30_a_name_of_one_word_and_a_short_number_are_looked_for_in_no_text() -> None:
    assert Personne(frozenset({"Accueil"}), telephones=frozenset({"poste 12"})).marks == ()


def test_R30_an_erased_word_is_read_as_its_column_asks() -> None:
    assert [erased_value(name) for name in ("nom", "courriel", "telephone", "notes")] == [
        "Personne effacée", "adresse effacée", "effacé", "effacé",
    ]  # fmt: skip
