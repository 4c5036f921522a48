"""How somebody's name, address and number leave a text, and nothing else with them (R30)."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.effacement import NOM_EFFACE, VALEUR_EFFACEE, Personne, blanked

BRUNO = Personne(frozenset({"Bruno Lenoir"}), frozenset({"bruno@val.test"}), frozenset({"02 54 00 00 01"}))
WORDS = st.lists(st.sampled_from(["Bruno Lenoir", "bruno@val.test", "BRUNO@VAL.TEST", "02 54 00 00 01", "12", "Val"]))
FIGURES = st.dictionaries(
    st.sampled_from(["valeur", "numerateur", "etat", "reponse"]),
    st.none() | st.booleans() | st.integers() | st.just("4.5"),
)


@given(WORDS)
def test_R30_nothing_that_names_her_is_left_and_the_rest_is_word_for_word(words: list[str]) -> None:
    kept = " ; ".join("effacé" if w.casefold() not in ("12", "val") else w for w in words)
    assert BRUNO.scrub(" ; ".join(words)) == kept


@given(FIGURES)
def test_R30_figures_and_states_of_a_journal_line_do_not_move(values: dict[str, Any]) -> None:
    assert BRUNO.scrub_values(values) == values
    assert blanked(values) == values


def test_R30_who_is_replaced_and_what_stays() -> None:
    line = {"saisie_par": "Bruno Lenoir", "valeur": "4", "commentaire": "voir Bruno Lenoir"}
    assert BRUNO.scrub_values(line) == {
        "saisie_par": NOM_EFFACE,
        "valeur": "4",
        "commentaire": f"voir {VALEUR_EFFACEE}",
    }
    assert blanked({"nom": "Bruno Lenoir", "telephone": "", "is_active": True}) == {
        "nom": NOM_EFFACE, "telephone": "", "is_active": True,
    }  # fmt: skip


def test_R30_a_name_of_one_word_takes_no_common_word_with_it() -> None:
    desk = Personne(frozenset({"Accueil"}))
    assert desk.scrub("Accueil de stagiaires") == "Accueil de stagiaires"
    assert desk.scrub_values({"saisie_par": "Accueil", "titre": "Accueil"}) == {
        "saisie_par": NOM_EFFACE,
        "titre": "Accueil",
    }


def test_R30_what_another_still_bears_is_not_taken_away() -> None:
    switchboard = Personne(telephones=frozenset({"02 54 00 00 01"}))
    assert BRUNO.apart_from(switchboard).scrub("02 54 00 00 01, Bruno Lenoir") == "02 54 00 00 01, effacé"


@given(st.text(max_size=30), st.text(max_size=30))
def test_R30_whatever_is_typed_is_scrubbed_without_an_error(nom: str, text: str) -> None:
    someone = Personne(frozenset({nom}), frozenset({nom.lower()}), frozenset({nom}))
    json.dumps(someone.scrub_values({"nom": text, "autre": nom + text}))
