"""A préfecture's own columns: typed, limited, for its référents alone, outside every figure, erased with the person."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.conventions.propres import read_own, told_own
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, ANIMATEUR, ENTREPRISE, NATIONAL, PLANIFICATEUR, REGION, Acteur
from paqte.models import ColonnePropre, ContactSignataire, Journal, JournalPersonne, Reglage, Signataire, ValeurPropre
from paqte.queries.comptes.donnees_personne import everything_about
from paqte.queries.comptes.effacements import preview_contact
from paqte.queries.comptes.personnes import person_of_contact
from paqte.queries.conventions.journaux.journal_signataire import signataire_history
from paqte.queries.conventions.propres import (
    ColonneKept,
    own_column_content,
    own_columns,
    own_values,
    signatories_with,
)
from paqte.services.comptes.conservation import erase_expired
from paqte.services.comptes.personnes import erase_contact
from paqte.services.conventions.propres import change_column, keep_column, keep_own_values, remove_column
from paqte.services.conventions.retraits import delete_signataire
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_departement, a_signataire, a_siren
from tests.services.refus import refusals

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def signataire(session: Any) -> int:
    a_departement("41")
    a_departement("972")
    return a_signataire()


def kept(titre: str = "Couleur", genre: str = "texte", actor: Acteur = CAMILLE, departement: str = "41") -> int:
    return keep_column(actor=actor, departement=departement, titre=titre, genre=genre, now=NOW)


def typed(signataire: int, values: dict[int, str], version: int = 1, actor: Acteur = CAMILLE) -> bool:
    return keep_own_values(actor=actor, signataire_id=signataire, version=version, typed=values, now=NOW)


def read(signataire: int) -> dict[int, str]:
    return own_values(actor=CAMILLE, signataires=[signataire]).get(signataire, {})


def columns() -> tuple[ColonneKept, ...]:
    return own_columns(actor=CAMILLE, departement="41")


@pytest.mark.parametrize(
    ("genre", "text", "told"),
    [
        ("texte", "  bleu   nuit ", "bleu nuit"),
        ("nombre", "1\u202f234,50", "1\u202f234,5"),
        ("nombre", "100", "100"),
        ("nombre", "0", "0"),
        ("jour", "1er mars 2026", "01/03/2026"),
        ("ouinon", "X", "oui"),
        ("ouinon", "faux", "non"),
        ("texte", "   ", ""),
    ],
)
def test_a_value_is_read_by_its_kind_and_typed_again_as_it_is_told(genre: str, text: str, told: str) -> None:
    value = read_own(genre, text)
    assert told_own(genre, value) == told
    assert read_own(genre, told) == value


@pytest.mark.parametrize(("genre", "text"), [("nombre", "1.234"), ("jour", "31/02/2026"), ("ouinon", "peut-être")])
def test_a_value_that_is_not_of_its_kind_is_refused_beside_its_field_and_nothing_is_kept(
    signataire: int, genre: str, text: str
) -> None:
    first, second = kept("Un"), kept("Deux", genre)
    with pytest.raises(Refused) as refused:
        typed(signataire, {first: "bleu", second: text})
    assert list(refused.value.errors) == [f"propre_{second}"]
    assert read(signataire) == {}


def test_a_title_is_one_column_however_it_is_written_and_another_kind_of_it_is_refused(signataire: int) -> None:
    key = kept("Chargé de mission")
    assert kept("  CHARGE   de mission ") == key
    with pytest.raises(Refused, match="déjà gardée dans votre département, comme « texte »"):
        kept("Chargé de mission", "nombre")
    assert refusals(lambda: kept("Autre", "monnaie")) == {"genre": "Choisissez une sorte dans la liste."}
    assert refusals(lambda: kept("  ")) == {"titre": "Donnez un titre à cette colonne."}
    assert [c.titre for c in columns()] == ["Chargé de mission"]


def test_a_departement_keeps_as_many_columns_as_the_setting_says_and_no_more(signataire: int, session: Any) -> None:
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.add(Reglage(departement_code=None, cle="colonnes_propres", valeur="2"))
    first = kept("Un")
    kept("Deux")
    with pytest.raises(Refused, match="garde déjà 2 colonnes"):
        kept("Trois")
    assert kept("deux") != first, "one that is there is no more"
    kept("Trois", actor=ZOE, departement="972")
    remove_column(actor=CAMILLE, colonne_id=first, now=NOW)
    kept("Trois")
    assert [c.titre for c in columns()] == ["Deux", "Trois"]


def test_only_the_referents_of_the_departement_read_and_change_them(signataire: int) -> None:
    key = kept()
    typed(signataire, {key: "bleu"})
    others = [
        ZOE,
        Acteur(3, "Bruno", ENTREPRISE, None, signataires=frozenset({signataire})),
        Acteur(4, "Ines", ANIMATEUR, None, signataires=frozenset({signataire})),
        Acteur(5, "Rene", REGION, None, departements=frozenset({"41"})),
        Acteur(6, "Nadia", NATIONAL, None),
        Acteur(7, "Alix", ADMIN, None),
    ]
    for actor in others:
        assert own_columns(actor=actor, departement="41") == (), actor.role
        assert own_values(actor=actor, signataires=[signataire]) == {}, actor.role
        with pytest.raises(NotFound):
            typed(signataire, {key: "vert"}, version=2, actor=actor)
        with pytest.raises(NotFound):
            own_column_content(actor=actor, colonne_id=key)
        with pytest.raises(NotFound):
            remove_column(actor=actor, colonne_id=key, now=NOW)
        with pytest.raises(NotFound):
            change_column(actor=actor, colonne_id=key, titre="x", is_listed=True, now=NOW)
    with pytest.raises(NotFound):
        kept(departement="972")
    far = a_signataire("Rhum (fictif)", "972", siren=a_siren(3))
    with pytest.raises(NotFound):
        typed(far, {kept("Ici", actor=ZOE, departement="972"): "x", key: "bleu"}, actor=ZOE)


def test_two_who_type_at_once_are_shown_each_other_and_the_same_again_changes_nothing(signataire: int) -> None:
    key = kept()
    assert typed(signataire, {key: "bleu"})
    assert not typed(signataire, {key: "bleu"}, version=2)
    told = "^Quelqu’un d’autre a modifié cette fiche pendant votre saisie : comparez, puis enregistrez à nouveau.$"
    with pytest.raises(Conflict, match=told) as conflict:
        typed(signataire, {key: "vert"})
    assert conflict.value.current == {f"propre_{key}": "bleu", "version": "2"}
    assert typed(signataire, {key: ""}, version=2)
    assert read(signataire) == {}


def test_the_list_is_narrowed_to_what_a_column_says_by_its_kind(signataire: int) -> None:
    other = a_signataire("Autre (fictif)", siren=a_siren(5))
    color, budget, day, club = kept(), kept("Budget", "nombre"), kept("Vu le", "jour"), kept("Club", "ouinon")
    typed(signataire, {color: "Bleu nuit", budget: "1 234,5", day: "01/03/2026", club: "oui"})
    typed(other, {club: "non"})
    by_key = {c.id: c for c in columns()}
    asked = {
        (color, "remplie", ""): {signataire},
        (color, "remplie", "NUIT bleu"): {signataire},
        (color, "remplie", "vert"): set(),
        (color, "vide", ""): {other},
        (budget, "remplie", "1234,50"): {signataire},
        (budget, "remplie", "1234"): set(),
        (budget, "remplie", "bleu"): set(),
        (day, "remplie", "2026-03-01"): {signataire},
        (club, "oui", ""): {signataire},
        (club, "non", ""): {other},
        (club, "vide", ""): set(),
    }
    for (key, choix, cherche), expected in asked.items():
        told = signatories_with(actor=CAMILLE, colonne=by_key[key], choix=choix, cherche=cherche)
        assert told == expected, (key, choix, cherche)


def test_what_goes_with_a_column_is_shown_before_and_goes_whole(signataire: int, session: Any) -> None:
    others = [a_signataire(f"Autre {n} (fictif)", siren=a_siren(n)) for n in range(11, 20)]
    key, stays = kept(), kept("Reste")
    for one in (signataire, *others):
        typed(one, {key: f"bleu {one}", stays: "ici"})
    content = own_column_content(actor=CAMILLE, colonne_id=key)
    assert (content.colonne.nombre, len(content.valeurs)) == (10, 8)
    assert content.valeurs[0][1:] == ("Autre 11 (fictif)", f"bleu {others[0]}")
    typed(others[0], {key: ""}, version=2)
    assert remove_column(actor=CAMILLE, colonne_id=key, now=NOW) == "Couleur"
    (line,) = session.scalars(select(Journal).where(Journal.acte == "supprimer_colonne"))
    assert json.loads(line.avant or "") == {"titre": "Couleur", "valeurs": 9}, "its own alone"
    assert [(c.titre, c.nombre) for c in columns()] == [("Reste", 10)]
    assert session.scalar(select(func.count(ValeurPropre.id))) == 10
    assert set(read(signataire).values()) == {"ici"}


def test_the_history_of_a_signatory_tells_what_was_typed_in_its_columns(signataire: int) -> None:
    key = kept()
    typed(signataire, {key: "bleu"})
    typed(signataire, {key: "vert"}, version=2)
    told = signataire_history(actor=CAMILLE, signataire_id=signataire)
    assert ("Colonnes gardées modifiées", ("Couleur : vide → bleu", "Couleur : bleu → vert")) in [
        (g.titre, g.details) for g in told
    ]


def test_a_signatory_removed_takes_its_values_away(signataire: int, session: Any) -> None:
    key = kept()
    typed(signataire, {key: "bleu"})
    delete_signataire(actor=CAMILLE, signataire_id=signataire, version=2, motif="Saisi deux fois.", now=NOW)
    assert session.scalars(select(ValeurPropre)).all() == []
    assert [c.nombre for c in columns()] == [0]


def a_card(signataire: int, nom: str, created_at: datetime = NOW) -> int:
    with transaction(actor=PLANIFICATEUR, now=NOW) as session:
        card = ContactSignataire(signataire_id=signataire, nom=nom, courriel="", created_at=created_at)
        session.add(card)
        session.flush()
        return card.id


def test_what_names_a_person_is_in_her_data_announced_at_her_erasure_and_forgotten_by_the_journal(
    signataire: int, session: Any
) -> None:
    """R30: the words are read by eye, the journal keeps none of what they said before."""
    key = kept("Interlocutrice")
    typed(signataire, {key: "Odile Marchand, le jeudi"})
    card = a_card(signataire, "Odile Marchand")
    hers = everything_about(session, CAMILLE, person_of_contact(session, CAMILLE, signataire, card))
    told = [(one["colonne"], one["valeur"]) for one in hers["colonnes_de_la_prefecture"]]
    assert told == [("Interlocutrice", "Odile Marchand, le jeudi")]
    preview = preview_contact(actor=CAMILLE, signataire_id=signataire, contact_id=card)
    assert [m.nombre for m in preview.mentions if "colonne" in m.singulier] == [1]
    typed(signataire, {key: ""}, version=2)
    words = select(JournalPersonne.valeur).where(JournalPersonne.sujet.startswith("valeur_propre/"))
    assert "Odile Marchand, le jeudi" in session.scalars(words).all()
    erase_contact(actor=CAMILLE, signataire_id=signataire, contact_id=card, now=NOW)
    assert set(session.scalars(words)) == {""}


def test_when_nobody_needs_a_signatory_s_contacts_any_more_the_words_kept_of_it_go_and_figures_stay(
    signataire: int, session: Any
) -> None:
    words, count = kept(), kept("Budget", "nombre")
    typed(signataire, {words: "Odile le jeudi", count: "12"})
    a_card(signataire, "Odile Marchand", datetime(2020, 1, 1, tzinfo=UTC))
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.get_one(Signataire, signataire).created_at = datetime(2020, 1, 1, tzinfo=UTC)
    erase_expired(now=NOW.replace(year=2040))
    assert read(signataire) == {count: "12"}
    assert session.scalar(select(func.count(ColonnePropre.id))) == 2
