"""What a reading of the register changes, what a night proposes of it, and what is taken or left."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from paqte.domain.conventions.etablissements import EtablissementLu
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import ANIMATEUR, NATIONAL, PLANIFICATEUR, REGION, Acteur
from paqte.models import (
    Etablissement,
    Journal,
    Signataire,
    Veille,
)
from paqte.models.base import BUSY_TIMEOUT_MS
from paqte.ops.annuaire import EtablissementFound
from paqte.services.conventions.entreprises import annuaire
from paqte.services.conventions.entreprises.annuaire import keep_rows, look_up, search_by_name, told_of
from paqte.services.conventions.entreprises.sirene import import_sirene
from paqte.services.conventions.entreprises.veille import (
    _is_night,
    _is_renamed,
    accept_finding,
    fill_all,
    ignore_finding,
)
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_signataire, bruno
from tests.services.conventions.entreprises.test_sirene import COLUMNS, HEAD
from tests.services.conventions.entreprises.test_sirene import SHOP as SHOP_SHUT
from tests.services.journal.test_journal_des_comptes import last, written
from tests.services.refus import refusals

FIRST, SECOND_ONE, OTHER = "55208131766522", "55208131700018", "55208131700026"
MEANWHILE = "Quelqu’un d’autre vient de s’en occuper : rouvrez la page."


SHOP = EtablissementLu(FIRST, "VAL", adresse="8 RUE HAUTE", code_postal="41000", commune="BLOIS", naf="43.32A",
                       categorie="PME")  # fmt: skip


def test_an_establishment_is_told_by_field_and_what_the_register_does_not_say_is_left_out() -> None:
    assert told_of(None) == {} and told_of(EtablissementLu(FIRST, "", nature="")) == {}
    told = told_of(SHOP)
    assert told.pop("secteur")
    assert told == {
        "nom": "VAL", "nature": "entreprise", "categorie": "PME", "naf": "43.32A", "adresse": "8 RUE HAUTE",
        "code_postal": "41000", "commune": "BLOIS",
    }  # fmt: skip
    shut = told_of(replace(SHOP, nom="", enseigne="LE VAL", is_diffusible=False))
    assert (shut["nom"], shut["is_partial_diffusion"]) == ("LE VAL", True)


def test_what_a_reading_changes_is_counted_new_changed_or_closed(session: Any, now: datetime) -> None:
    def keep(*rows: EtablissementLu, origine: str = "annuaire", moment: datetime = now) -> tuple[int, ...]:
        with transaction(actor=PLANIFICATEUR, now=moment) as writing:
            return tuple(keep_rows(writing, rows, origine, moment))

    other = replace(SHOP, siret=OTHER)
    later = now + timedelta(days=1)
    assert keep(SHOP, other) == (2, 0, 0)
    assert keep(SHOP, other, moment=later) == (0, 0, 0)
    session.rollback()
    e = Etablissement
    assert session.scalars(select(e.lu_le)).all() == [later] * 2, "read again, and the same"
    assert keep(SHOP, moment=now, origine="fichier") == (0, 0, 0)
    session.rollback()
    assert session.scalars(select(e.lu_le)).all() == [later] * 2
    assert keep(replace(SHOP, commune="VENDÔME"), replace(other, is_ouvert=False, ferme_le=date(2026, 1, 2))) == (
        0,
        1,
        1,
    )
    assert keep(replace(other, is_ouvert=False, ferme_le=date(2026, 1, 3))) == (0, 1, 0), "closed already"
    silent = replace(SHOP, nom="", commune="", nature="")
    assert keep(silent, origine="fichier") == (0, 0, 0), "what a file does not say stays as it was known"
    assert keep(replace(silent, enseigne="LE VAL"), origine="fichier") == (0, 1, 0)
    session.rollback()
    row = session.execute(select(e.nom, e.commune, e.nature, e.origine).where(e.siret == FIRST)).one()
    assert tuple(row) == ("VAL", "VENDÔME", "entreprise", "fichier")


def test_a_file_of_the_register_leaves_a_line_with_its_counts(session: Any, now: datetime) -> None:
    head, rows = COLUMNS, HEAD + SHOP_SHUT
    start = last(session)
    told = import_sirene(actor=PLANIFICATEUR, file=io.BytesIO((head + rows).encode()), now=now)
    assert tuple(told) == (2, 0, 0)
    counts = {"ajoutes": 2, "modifies": 0, "fermes": 0, "lignes": 2}
    session.rollback()
    line = session.execute(select(Journal.objet, Journal.apres).where(Journal.id > start)).one()
    assert line.objet == "etablissement" and json.loads(line.apres) == counts
    session.rollback()
    import_sirene(actor=PLANIFICATEUR, file=io.BytesIO((head + rows).encode()), now=now)
    assert last(session) == start + 1, "nothing changed, nothing told"
    with pytest.raises(Refused, match="Aucun établissement dans ce fichier"):
        import_sirene(actor=PLANIFICATEUR, file=io.BytesIO(head.encode()), now=now)


def test_what_the_register_says_is_given_without_waiting_for_who_writes_and_read_again_the_next_time(
    app: Any, session: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no lock of the whole base")
    a_signataire()
    monkeypatch.setattr(annuaire, "find_etablissement", lambda *_, **__: EtablissementFound(SHOP, (SHOP,)))
    holding, answered = Event(), Event()

    def hold() -> bool:
        """Keep the base locked until the answer is there, or it was waited for."""
        with app.app_context(), transaction(actor=PLANIFICATEUR, now=now):
            holding.set()
            return answered.wait(BUSY_TIMEOUT_MS / 2_000)

    with ThreadPoolExecutor(1) as pool:
        is_not_waited_for = pool.submit(hold)
        assert holding.wait(BUSY_TIMEOUT_MS / 2_000)
        told = look_up(actor=CAMILLE, url="https://annuaire.test", identifiant=FIRST, now=now)
        answered.set()
        assert is_not_waited_for.result()
    assert told.etablissement == SHOP
    session.rollback()
    assert session.scalars(select(Etablissement.siret)).all() == []
    look_up(actor=CAMILLE, url="https://annuaire.test", identifiant=FIRST, now=now)
    session.rollback()
    assert session.scalars(select(Etablissement.siret)).all() == [FIRST]


def test_what_somebody_else_keeps_of_the_register_at_this_very_moment_stops_nobody(
    session: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept_meanwhile(*_: Any) -> None:
        raise IntegrityError("INSERT INTO etablissement", {}, Exception("unique"))

    a_signataire()
    monkeypatch.setattr(annuaire, "find_etablissement", lambda *_, **__: EtablissementFound(SHOP, (SHOP,)))
    monkeypatch.setattr(annuaire, "keep_rows", kept_meanwhile)
    assert look_up(actor=CAMILLE, url="https://annuaire.test", identifiant=FIRST, now=now).etablissement == SHOP


def test_what_the_register_finds_of_a_name_comes_without_a_word(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    a_signataire()
    monkeypatch.setattr(annuaire, "search_etablissements", lambda *_, **__: (SHOP,))
    found = search_by_name(actor=CAMILLE, url="https://annuaire.test", texte="Val")
    assert (found.etablissements, found.phrase) == ((SHOP,), "")


@pytest.mark.parametrize(
    ("first", "last_hour", "hours"),
    [(22, 6, {22, 23, 0, 1, 2, 3, 4, 5}), (1, 4, {1, 2, 3}), (6, 6, set(range(24)))],
)
def test_the_night_goes_from_an_hour_to_another_over_midnight(first: int, last_hour: int, hours: set[int]) -> None:
    found = {h for h in range(24) if _is_night(datetime(2026, 11, 22, h, 30, tzinfo=UTC) - timedelta(hours=1), first,
                                               last_hour)}  # fmt: skip
    assert found == hours


def at_siret(nom: str, siret: str) -> int:
    key = a_signataire(nom, siren=siret[:9])
    with transaction(actor=PLANIFICATEUR, now=datetime(2026, 1, 1, tzinfo=UTC)) as writing:
        writing.get_one(Signataire, key).identifiant = siret
    return key


@pytest.fixture
def found(session: Any, now: datetime) -> Any:
    """`found(constat, …)`: the key of a signatory and of what a night found of it."""

    def make(constat: str, siret: str = FIRST, etat: str = "ouvert", **more: Any) -> tuple[int, int]:
        signataire = at_siret("Val", siret)
        with transaction(actor=PLANIFICATEUR, now=now) as writing:
            row = Veille(signataire_id=signataire, departement_code="41", identifiant=siret, constat=constat, etat=etat,
                         vu_le=now, constate_le=now, **more)  # fmt: skip
            writing.add(row)
            writing.flush()
            return signataire, row.id

    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        rows = [replace(SHOP, is_ouvert=False), replace(SHOP, siret=SECOND_ONE, adresse="9 RUE BASSE"),
                replace(SHOP, siret=OTHER, adresse="10 RUE")]  # fmt: skip
        keep_rows(writing, rows, "annuaire", now)
    return make


def test_what_a_night_found_is_taken_or_left_once_and_leaves_its_line(found: Any, session: Any, now: datetime) -> None:
    signataire, key = found("renomme", nom_lu="VAL NEUF")
    given: dict[str, Any] = {"actor": CAMILLE, "veille_id": key, "now": now}
    start = last(session)
    with pytest.raises(Conflict) as moved:
        accept_finding(**given, version=9, siret="")
    assert (str(moved.value), moved.value.current) == (MEANWHILE, {})
    assert accept_finding(**given, version=1, siret="") == signataire
    session.rollback()
    row = session.get_one(Veille, key)
    assert (row.traite_par, row.traite_le, session.get_one(Signataire, signataire).nom) == (
        CAMILLE.nom, now, "VAL NEUF",
    )  # fmt: skip
    session.rollback()
    for act in (lambda: accept_finding(**given, version=2, siret=""), lambda: ignore_finding(**given, version=2)):
        assert refusals(act) == {"": "Ce constat est déjà traité."}
    with pytest.raises(NotFound, match="Ce constat n’existe pas"):
        ignore_finding(**{**given, "actor": ZOE}, version=1)
    other, ignored = found("renomme", SECOND_ONE, nom_lu="AUTRE")
    assert ignore_finding(actor=CAMILLE, veille_id=ignored, version=1, now=now) == other
    assert session.get_one(Signataire, other).nom == "Val"
    acts = [(line[0], line[1:]) for line in written(session, start)]
    assert [line for _, line in acts] == [
        ("signataire", str(one), "41", {"constat": "renomme"}) for one in (signataire, other)
    ]
    assert [act for act, _ in acts] == ["accepter", "ignorer"]


def test_a_closed_establishment_gives_its_place_to_one_of_the_list_that_nobody_else_bears(
    found: Any, session: Any, now: datetime
) -> None:
    signataire, key = found("ferme", ferme_le=date(2026, 1, 1))
    at_siret("Second", SECOND_ONE)
    given: dict[str, Any] = {"actor": CAMILLE, "veille_id": key, "version": 1, "now": now}
    choose = {"siret": "Choisissez un établissement de la liste."}
    assert [refusals(lambda one=one: accept_finding(**given, siret=one)) for one in ("", FIRST)] == [choose] * 2
    taken = {"siret": "« Second » porte déjà ce numéro dans votre département."}
    assert refusals(lambda: accept_finding(**given, siret=SECOND_ONE)) == taken
    assert accept_finding(**given, siret=OTHER) == signataire
    session.rollback()
    row = session.get_one(Signataire, signataire)
    assert (row.identifiant, row.adresse, row.code_postal, row.commune) == (OTHER, "10 RUE", "41000", "BLOIS")


def test_sheets_that_lack_something_are_filled_at_once_and_what_was_typed_stays(
    found: Any, session: Any, now: datetime
) -> None:
    first, _ = found("incomplet", OTHER)
    second, _ = found("renomme", SECOND_ONE, nom_lu="X")
    with transaction(actor=CAMILLE, now=now) as writing:
        writing.get_one(Signataire, first).commune = "Romorantin"
    start = last(session)
    assert fill_all(actor=CAMILLE, now=now) == 1
    session.rollback()
    row = session.get_one(Signataire, first)
    assert (row.commune, row.adresse, row.code_postal, row.naf, row.categorie, row.nom) == (
        "Romorantin", "10 RUE", "41000", "43.32A", "PME", "Val",
    )  # fmt: skip
    assert row.secteur and session.get_one(Signataire, second).adresse == ""
    assert written(session, start) == [("accepter", "signataire", str(first), "41", {"constat": "incomplet"})]
    assert fill_all(actor=ZOE, now=now) == 0


@pytest.mark.parametrize(
    ("ours", "read_before", "is_told"),
    [
        ("Garage Dupont", "", False), ("garage dupont", "AUTRE", False), ("Garage Dupont et fils", "", False),
        ("Menuiserie Val", "", True), ("Garage Dupont et fils", "Garage Dupont", False),
        ("Garage Dupont et fils", "GARAGE MARTIN", True), ("Menuiserie Val", "GARAGE DUPONT", True),
    ],
)  # fmt: skip
def test_a_first_look_proposes_a_name_that_the_register_changed_or_that_has_no_word_of_ours(
    ours: str, read_before: str, is_told: bool
) -> None:
    told = replace(SHOP, nom="GARAGE DUPONT")
    assert _is_renamed(ours, told, None, read_before) == is_told


@pytest.mark.parametrize(
    "actor",
    [
        Acteur(7, "Rémi", REGION, "41", departements=frozenset({"41"})), Acteur(8, "Nadia", NATIONAL),
        Acteur(9, "Inès", ANIMATEUR, signataires=frozenset({1})), bruno(1),
    ],
    ids=lambda actor: actor.role,
)  # fmt: skip
def test_nobody_but_who_enters_signatories_asks_the_register(
    session: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, actor: Acteur
) -> None:
    for step in ("find_etablissement", "search_etablissements"):
        monkeypatch.setattr(annuaire, step, lambda *_, **__: pytest.fail("the register was asked"), raising=False)
    a_signataire()
    with pytest.raises((NotFound, Refused)):
        look_up(actor=actor, url="https://annuaire.test", identifiant=FIRST, now=now)
    with pytest.raises((NotFound, Refused)):
        search_by_name(actor=actor, url="https://annuaire.test", texte="Val")
