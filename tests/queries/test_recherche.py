"""The search of the header finds what people type as they type it, and nothing of another département."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Action, ContactSignataire, Signataire, db
from paqte.queries.conventions.signataires import list_contacts
from paqte.queries.recherche import MOST_SHOWN, SearchOutcome, search_all
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan
from tests.factories import CAMILLE, LONG_AGO, ZOE, a_convention, a_signataire

pytestmark = pytest.mark.usefixtures("session")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def a_contact(signataire: int, nom: str, courriel: str = "", telephone: str = "") -> None:
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as session:
        card = {"nom": nom, "courriel": courriel, "telephone": telephone}
        session.add(ContactSignataire(signataire_id=signataire, created_at=LONG_AGO, **card))


def an_action(titre: str, texte: str = "Récit", departement: str = "41", signataire: int | None = None) -> None:
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as session:
        told = {"date": date(2026, 3, 1), "axe": "RECRUTER", "titre": titre, "texte": texte}
        session.add(Action(departement_code=departement, signataire_id=signataire, created_at=LONG_AGO, **told))


def found(q: str, actor: Any = CAMILLE) -> dict[str, list[str]]:
    """What was found, by kind, in words; kinds that have nothing are left out."""
    outcome = search_all(actor=actor, q=q)
    told = {
        "signataires": [one.nom for one in outcome.signataires.lignes],
        "conventions": [one.numero for one in outcome.conventions.lignes],
        "contacts": [one.nom for one in outcome.contacts.lignes],
        "actions": [one.titre for one in outcome.actions.lignes],
        "editions": [one.titre for one in outcome.editions.lignes],
    }
    return {kind: lines for kind, lines in told.items() if lines}


def a_world(departement: str = "41") -> int:
    """A company with former numbers, its convention, its contact and an action; its key."""
    key = a_signataire("L’Étoile du Nord", departement, siren="123456789")
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as session:
        company = session.get_one(Signataire, key)
        company.identifiant = "12345678900012"
        session.flush()
        company.identifiant = "12345678900020"
    a_convention(key, "S2")
    a_contact(key, "Maëlys Guérin", "m.guerin@etoile.test", "02 54 11 22 33")
    an_action("Forum des métiers à Vendôme", "Une journée avec des lycéens.", departement, key)
    return key


@pytest.mark.parametrize(
    "q", ["etoile", "ÉTOILE", "nord etoile", "l'etoile", "123456789", "123 456 789", "123 456 789 00012",
          "12345678900020", "123.456.789.00020", "456 789 00012"]
)  # fmt: skip
def test_a_company_is_found_by_name_siren_siret_and_former_siret_with_or_without_spaces(q: str) -> None:
    a_world()
    a_signataire("Même chiffres, autre ordre", siren="789123456")
    assert found(q)["signataires"] == ["L’Étoile du Nord"]


@pytest.mark.parametrize("q", ["41-2025-001", "2025-001", "2025 001", "41 2025 001", "412025001", "etoile 2025"])
def test_a_convention_is_found_by_its_number_however_it_is_typed_or_by_its_signatory(q: str) -> None:
    a_world()
    a_convention(a_signataire("Menuiserie Val", siren="987654321"), "S2")
    assert found(q)["conventions"] == ["41-2025-001"]


@pytest.mark.parametrize(
    "q", ["guerin", "GUÉRIN maelys", "m.guerin@etoile.test", "02 54 11 22 33", "0254112233", "+33 2 54 11 22 33",
          "0033254112233", "54 11 22 33", "02.54.11.22.33", "guerin nord"]
)  # fmt: skip
def test_a_contact_is_found_by_name_address_and_telephone_however_it_is_written(q: str) -> None:
    a_contact(a_world(), "Paul Petit", "paul@etoile.test", "02 54 99 88 77")
    assert found(q)["contacts"] == ["Maëlys Guérin"]


def test_a_telephone_kept_as_dialled_from_abroad_is_found_as_dialled_from_france() -> None:
    a_contact(a_world(), "Paul Petit", telephone="+33 6 01 02 03 04")
    assert found("06 01 02 03 04")["contacts"] == ["Paul Petit"]


@pytest.mark.parametrize("q", ["vendome", "LYCÉENS", "metiers forum", "etoile forum"])
def test_an_action_is_found_by_any_of_its_words_in_any_order(q: str) -> None:
    a_world()
    an_action("Visite d’atelier")
    assert found(q)["actions"] == ["Forum des métiers à Vendôme"]


@pytest.mark.parametrize("q", ["bilan 2026", "1er semestre 2026", "bilan-paqte", "2026-S1"])
def test_an_edition_is_found_by_its_title_its_period_and_its_file(q: str) -> None:
    a_world()
    freeze_bilan(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-S1"), now=NOW)
    assert found(q)["editions"] == ["Bilan semestriel, 1er semestre 2026, n°\u00a01"]
    assert "editions" not in found("semestre 2025")


@pytest.mark.parametrize("q", ["etoile", "guerin", "forum", "123456789", "0254112233", "2026-S1", "41-2025"])
def test_another_departement_finds_nothing_of_it(q: str) -> None:
    a_world()
    freeze_bilan(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-S1"), now=NOW)
    a_signataire("Rhumerie (fictif)", "972", siren="555555555")
    assert found(q) != {}
    assert found(q, ZOE) == {}


@pytest.mark.parametrize("q", ["", " ", "e", "é", "-", "’’"])
def test_nothing_is_looked_for_of_less_than_two_characters(q: str) -> None:
    a_world()
    outcome = search_all(actor=CAMILLE, q=q)
    assert outcome.is_too_short and outcome.total == 0


@pytest.mark.parametrize("q", ["%%", "__", "%_%", "\\\\", "''", '""', "étoile%"])
def test_signs_that_a_base_reads_its_own_way_are_letters_like_others(q: str) -> None:
    a_world()
    assert found(q) == {}


def test_only_the_first_lines_of_a_kind_are_given_and_all_are_counted() -> None:
    for rank in range(MOST_SHOWN + 3):
        a_convention(a_signataire(f"Atelier {rank:02}", siren=f"{700_000_000 + rank}"), "S2")
    outcome = search_all(actor=CAMILLE, q="atelier")
    assert [one.nom for one in outcome.signataires.lignes] == [f"Atelier {rank:02}" for rank in range(MOST_SHOWN)]
    assert (outcome.signataires.total, outcome.conventions.total) == (MOST_SHOWN + 3, MOST_SHOWN + 3)


def test_names_that_begin_so_come_first() -> None:
    for nom, siren in (("À l’Atelier", "111111111"), ("Atelier Zed", "222222222")):
        a_signataire(nom, siren=siren)
    assert found("atelier")["signataires"] == ["Atelier Zed", "À l’Atelier"]


def test_the_convention_that_ends_last_comes_first() -> None:
    key = a_world()
    a_convention(key, "S2", debut=date(2028, 1, 1), fin=date(2030, 12, 31))
    assert found("etoile")["conventions"] == ["41-2025-002", "41-2025-001"]


def test_R4_the_end_of_a_convention_ended_early_is_told_and_ranked_as_such() -> None:
    key = a_world()
    early = {"statut": "resiliee", "motif_resiliation": "Départ", "resiliee_le": date(2026, 3, 31)}
    a_convention(key, "S2", debut=date(2025, 1, 1), fin=date(2030, 12, 31), **early)
    lines = search_all(actor=CAMILLE, q="etoile").conventions.lignes
    assert [(c.numero, c.fin) for c in lines] == [
        ("41-2025-001", date(2027, 12, 31)),
        ("41-2025-002", date(2026, 3, 31)),
    ]


def test_a_search_costs_the_same_statements_whatever_there_is(session: Any) -> None:
    def statements() -> int:
        sent: list[str] = []

        def count(*args: Any) -> None:
            sent.append(args[2])

        event.listen(db.engine, "before_cursor_execute", count)
        outcome: SearchOutcome = search_all(actor=CAMILLE, q="etoile")
        event.remove(db.engine, "before_cursor_execute", count)
        assert outcome.total
        return len(sent)

    a_world()
    before = statements()
    for rank in range(12):
        key = a_signataire(f"Étoile {rank}", siren=f"{800_000_000 + rank}")
        a_convention(key, "S2")
        a_contact(key, f"Étoile Martin {rank}")
        an_action(f"Étoile {rank}", signataire=key)
    assert statements() == before <= 6


def test_each_reading_goes_by_an_index_of_the_departement(session: Any) -> None:
    """Another département's rows are never walked through, however many there are."""
    a_world()
    sent: list[tuple[str, Any]] = []

    def keep(*args: Any) -> None:
        sent.append((args[2], args[3]))

    event.listen(db.engine, "before_cursor_execute", keep)
    search_all(actor=CAMILLE, q="etoile")
    event.remove(db.engine, "before_cursor_execute", keep)
    if db.engine.dialect.name == "sqlite":
        driver: Any = db.session.connection().connection.driver_connection
        asked = [(statement, given) for statement, given in sent if statement.startswith("SELECT")]
        plans = [
            row[3] for statement, given in asked for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", given)
        ]
        assert len(asked) == 5 <= len(plans)
        assert [plan for plan in plans if plan.startswith("SCAN") and "subquery" not in plan] == []


def test_R30_the_contacts_of_lists_are_those_of_one_s_own_signatories_in_the_order_of_the_card() -> None:
    key = a_world()
    a_contact(key, "Alain Avant")
    assert [card.nom for card in list_contacts(actor=CAMILLE)[key]] == ["Maëlys Guérin", "Alain Avant"]
    assert list_contacts(actor=ZOE) == {}
