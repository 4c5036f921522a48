"""What is kept serves until something it was made from moves, by whatever hand: never a figure of before."""

from __future__ import annotations

import pickle
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Boolean, Date, DateTime, Integer, LargeBinary, Numeric, text

from paqte import create_app
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Cle, Consolidation, Part
from paqte.domain.documents.commun.comparaison import lines
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import PLANIFICATEUR, operator
from paqte.models import Base, db
from paqte.models.journal import triggers
from paqte.models.mouvement import LUES
from paqte.queries.courriels.relances import Prevision, forecast
from paqte.queries.courriels.relances_prevues import RelancePrevue, coming_reminders
from paqte.queries.declarations.completude import _in_detail, completeness_of, read_completeness
from paqte.queries.declarations.listes.declarations import owed_declarations
from paqte.queries.editions.editions_depassees import _overtaken, overtaken_editions
from paqte.queries.editions.publiables import published
from paqte.queries.kept import _Made, _Shelf, kept, state_of, weight_of
from paqte.queries.suivi.accueil import home
from paqte.queries.suivi.phares import read_results
from paqte.services.editions.editions import compute_document, read_draft, revise_document
from paqte.services.planificateur.mouvements import gather_marks
from tests.editions import freeze_bilan
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire, engagement_of
from tests.reponses_comptees import rows_by_hand

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
S1, T3 = Periode.from_code("2026-S1"), Periode.from_code("2026-T3")
# What the marks themselves are kept in, and the base's own number.
OWN = {"mouvement", "part_edition", "somme"}
# Rows of the kinds that the demonstration has none of.
MORE = (
    "INSERT INTO numero_edition (departement_code, genre_document, periode, numero) "
    "VALUES ('41', 'bilan', '2020-S1', 9)",
    "INSERT INTO reglage (departement_code, cle, valeur) VALUES ('41', 'delai', '20')",
    "INSERT INTO anteriorite (convention_id, periode, is_owed, depuis) "
    "SELECT id, '2020-S1', 1, '2020-01-01' FROM convention LIMIT 1",
    "INSERT INTO justificatif (declaration_id, engagement_id, fichier_id, par, created_at) SELECT id, "
    "json_extract(sceau, '$[0][0]'), 999, 'Bruno', '2026-01-01' FROM declaration WHERE etat = 'validee' LIMIT 1",
)
# What a declaration holds of its answers, once it is validated.
SEALED = {"sceau", "hors_sceau"}
DRAFTS = "SELECT id FROM declaration WHERE etat IN ('a_saisir', 'brouillon')"


@pytest.fixture
def loir(demonstration_file: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy of the demonstration, its last bilan issued."""
    path = shutil.copy(demonstration_file, tmp_path / "paqte.sqlite3")
    app = create_app({"PAQTE_INSTANCE": str(tmp_path), "PAQTE_DATABASE_URL": f"sqlite:///{path}"})
    with app.app_context():
        freeze_bilan(actor=operator(), departement="41", periode=S1, now=NOW)
        yield app
        db.session.remove()
        db.engine.dispose()


def by_hand(*statements: str) -> None:
    """Run by somebody who knows nothing of PAQTE, references and checks aside."""
    db.session.rollback()
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            driver.execute(f"PRAGMA {pragma}")
        for statement in statements:
            driver.execute(statement)
        driver.execute("PRAGMA ignore_check_constraints = OFF")
        driver.execute("PRAGMA foreign_keys = ON")


def made_anew() -> tuple[Any, ...]:
    """Every document and count of the 41, worked out from the rows."""
    db.session.rollback()
    session = db.session()
    return (
        *(
            read_draft(session, DOCUMENTS[g], "41", p, now=NOW).document
            for g, p in (("bilan", S1), ("compte_rendu", T3))
        ),
        _in_detail("41", S1),
        tuple(_overtaken("41", None)),
    )


def pages_told() -> dict[str, Any]:
    """What pages of the 41 show, from what is kept."""
    db.session.rollback()
    documents = (("bilan", S1), ("compte_rendu", T3))
    return {
        genre: revise_document(DOCUMENTS[genre], actor=CAMILLE, departement="41", periode=periode, now=NOW)
        for genre, periode in documents
    } | {
        "completude": read_completeness(actor=CAMILLE, periode=S1),
        "entiere": completeness_of("41", S1),
        "depassees": overtaken_editions("41"),
        "accueil": home(actor=CAMILLE, now=NOW),
        "phares": read_results(actor=CAMILLE, departement="41", periode=S1, today=NOW.date()),
        "declarations": owed_declarations(actor=CAMILLE, departement="41", periodes=[S1, T3], now=NOW),
        "relances": coming_reminders(actor=CAMILLE, departement="41", now=NOW),
    }


def as_sent(steps: list[RelancePrevue]) -> Iterator[Prevision]:
    """What each of these steps would do, decided as when it is sent: nothing kept, nothing shared."""
    written: dict[date, set[int]] = {}
    for e in steps:
        deja = written.setdefault(e.jour, set())
        one = forecast(departement="41", periode=e.periode, etape=e.code, day=e.jour, deja=deja, is_shown=True)
        deja |= {person.utilisateur_id for person in one.destinataires}
        yield one


def who(prevision: Prevision) -> tuple[Any, ...]:
    """Everything but the questions asked, which no page of reminders shows."""
    people = [(p[:3], [replace(a.echeance, questions=()) for a in p.attendus]) for p in prevision.destinataires]
    return people, prevision.ecartes


@contextmanager
def from_nothing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process that has just started: nothing made before spares any work."""
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("paqte.queries.kept._SHELF", _Shelf())
        yield


def another(column: Any, rank: int) -> str:
    """Another value of the column's kind, as SQL."""
    kind = getattr(column.type, "impl_instance", None) or getattr(column.type, "impl", column.type)
    told = [(Boolean, f"NOT {column.name}"), (DateTime, "'2021-03-04 05:06:07'"), (Date, "'2021-03-04'")]
    told += [(LargeBinary, f"x'{rank:04x}'"), (Integer, f"{column.name} + 7"), (Numeric, f"{column.name} + 7")]
    return next((value for known, value in told if isinstance(kind, known)), f"'autre{rank}'")


def test_every_row_that_documents_read_moves_the_mark_when_it_comes_changes_or_goes(loir: Flask) -> None:
    by_hand(*MORE)
    for table in sorted(LUES):
        (key,) = [c.name for c in Base.metadata.tables[table].primary_key]
        row = _one_row(table, key)
        assert row is not None, f"the demonstration has no {table}: make one here"
        acts = [f"UPDATE {table} SET {key} = {key} WHERE {key} = '{row}'", f"DELETE FROM {table} WHERE {key} = '{row}'"]
        for statement in acts:
            before = _state("41")
            by_hand(statement)
            assert _state("41") != before, statement


def _one_row(table: str, key: str) -> Any:
    """A row of the 41, of what was sent where that matters."""
    sent = {"declaration": " AND etat = 'validee'"}.get(table, "")
    if table in ("realisation", "avertissement", "justificatif"):
        sent = f" AND declaration_id NOT IN ({DRAFTS})"
    columns = Base.metadata.tables[table].columns
    here = " AND departement_code = '41'" if "departement_code" in columns else ""
    here = " AND code = '41'" if table == "departement" else here
    db.session.rollback()
    return db.session.scalar(text(f"SELECT {key} FROM {table} WHERE 1 = 1{here}{sent} ORDER BY {key} LIMIT 1"))


def _state(departement: str) -> tuple[int, int]:
    db.session.rollback()
    return state_of(db.session(), departement)


def test_a_table_that_moves_no_mark_changes_no_document(loir: Flask) -> None:
    for statement in triggers("sqlite"):
        if statement.startswith("CREATE TRIGGER"):
            by_hand(f"DROP TRIGGER {statement.split()[2]}")
    before, state = made_anew(), _state("41")
    for table in sorted(set(Base.metadata.tables) - set(LUES) - OWN):
        columns = [c for c in Base.metadata.tables[table].columns if not c.primary_key]
        changes = [f"UPDATE OR IGNORE {table} SET {c.name} = {another(c, rank)}" for rank, c in enumerate(columns)]
        by_hand(*changes)
        assert (made_anew(), _state("41")) == (before, state), table


def test_what_is_typed_in_a_draft_changes_no_document_and_moves_no_mark(loir: Flask) -> None:
    """A draft that stays one: fifteen companies that type all day make no page be worked out again."""
    drafts = db.session.scalars(text(DRAFTS)).all()
    if not drafts:
        one = db.session.scalar(text("SELECT id FROM declaration WHERE etat = 'transmise' LIMIT 1"))
        by_hand(*rows_by_hand(one), f"UPDATE declaration SET etat = 'brouillon', sceau = NULL WHERE id = {one}")
    before, state = made_anew(), _state("41")
    fixed = {"id", "etat", "convention_id", "departement_code", "periode", "declaration_id", "engagement_id"} | SEALED
    for table, where in (("declaration", "id"), ("realisation", "declaration_id"), ("avertissement", "declaration_id")):
        for rank, column in enumerate(Base.metadata.tables[table].columns):
            if column.name not in fixed:
                by_hand(f"UPDATE {table} SET {column.name} = {another(column, rank)} WHERE {where} IN ({DRAFTS})")
    assert (made_anew(), _state("41")) == (before, state)


def test_the_list_tells_of_a_draft_as_it_is_though_a_draft_moves_no_mark(
    loir: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = db.session.scalar(text("SELECT id FROM declaration WHERE periode = '2026-T3' AND etat = 'validee' LIMIT 1"))
    by_hand(
        *rows_by_hand(one),
        "UPDATE declaration SET etat = 'brouillon', sceau = NULL, transmise_le = NULL, validee_le = NULL "
        f"WHERE id = {one}",
    )
    before = next(line for line in pages_told()["declarations"].lignes if line.declaration_id == one)
    by_hand(f"UPDATE realisation SET reponse = 'manquante' WHERE declaration_id = {one}")
    by_hand(f"UPDATE declaration SET is_on_behalf = NOT is_on_behalf WHERE id = {one}")
    told = pages_told()
    after = next(line for line in told["declarations"].lignes if line.declaration_id == one)
    assert (before.repondus > 0, after.repondus, after.is_on_behalf) == (True, 0, not before.is_on_behalf)
    assert len(after.manquantes) == after.dus
    with from_nothing(monkeypatch):
        assert told == pages_told()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("times", [20, pytest.param(200, marks=pytest.mark.long)])
def test_R44_what_is_kept_is_what_would_be_made_anew_whatever_is_moved_by_whatever_hand(
    loir: Flask, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand(*MORE)
    drawn, moved, overtaken = random.Random(4), 0, 0
    assert overtaken_editions("41") == tuple(_overtaken("41", None))
    tables = [t for t in sorted(LUES) if t not in ("departement", "edition", "numero_edition")]
    for _ in range(times):
        table = Base.metadata.tables[drawn.choice(tables)]
        columns = [c for c in table.columns if not c.primary_key and c.name not in {"version", "etat"} | SEALED]
        column, before = drawn.choice(columns).name, _state("41")
        # A value that another row bears: as a person could have typed it.
        one, other = (drawn.choice(_keys(table.name)) for _ in range(2))
        given = f"SELECT {column} FROM {table.name} WHERE id = {other}"
        try:
            by_hand(f"UPDATE {table.name} SET {column} = ({given}) WHERE id = {one}")
        except sqlite3.IntegrityError:  # two rows of one name: this draw changes nothing
            continue
        moved += _state("41") != before
        overtaken += bool(overtaken_editions("41"))
        told = pages_told()
        with from_nothing(monkeypatch):
            assert told == pages_told()
            for genre, periode in (("bilan", S1), ("compte_rendu", T3)):
                anew = read_draft(db.session(), DOCUMENTS[genre], "41", periode, now=NOW).revision
                assert told[genre] == (anew.document, lines(anew.ecarts, anew.noms))
            db.session.rollback()
            assert told["completude"] == _in_detail("41", S1)
            assert told["entiere"] == _in_detail("41", S1).ensemble
            assert told["depassees"] == tuple(_overtaken("41", None))
        assert [who(e.prevision) for e in told["relances"]] == list(map(who, as_sent(told["relances"])))
    assert moved > times / 4 and overtaken > times / 4


def _keys(table: str) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(text(f"SELECT id FROM {table} ORDER BY id")))


def test_a_document_kept_bears_the_moment_at_which_it_is_asked_for(loir: Flask) -> None:
    def asked(now: datetime) -> Any:
        return compute_document(DOCUMENTS["bilan"], actor=CAMILLE, departement="41", periode=S1, now=now)

    first, later = asked(NOW), asked(NOW + timedelta(days=40))
    assert (first.genere_le, later.genere_le) == ("2026-11-22T10:00:00+01:00", "2027-01-01T10:00:00+01:00")
    assert replace(later, genere_le=first.genere_le) == first


def test_on_both_bases_a_departement_is_moved_by_its_own_rows_and_by_those_that_all_share(session: Any) -> None:
    a_departement("37")
    convention = a_convention(a_signataire(), "S2", cibles={"S2": 100})
    engagement = engagement_of(convention, "S2")

    def states() -> tuple[Any, Any]:
        session.rollback()
        return state_of(session, "41"), state_of(session, "37")

    own = (
        f"UPDATE convention SET notes = 'x' WHERE id = {convention}",
        f"UPDATE engagement SET reference = 3 WHERE id = {engagement}",
        f"UPDATE objectif SET cible = 120 WHERE engagement_id = {engagement}",
        "UPDATE signataire SET commune = 'Blois'",
        f"DELETE FROM objectif WHERE engagement_id = {engagement}",
    )
    for statement in own:
        before = states()
        session.execute(text(statement))
        session.commit()
        after = states()
        assert (after[0] != before[0], after[1] == before[1]) == (True, True), statement
    before = states()
    session.execute(text("UPDATE entreprise SET siren = siren"))
    assert state_of(session, "37") != before[1], "whoever changes sees it at once"
    session.rollback()
    assert states() == before, "what was given up never was"
    session.execute(text("UPDATE entreprise SET siren = siren"))
    session.commit()
    assert all(now != was for now, was in zip(states(), before, strict=True))


def test_what_is_kept_serves_until_the_mark_moves_and_never_beyond(session: Any) -> None:
    a_convention(a_signataire(), "S2")
    made: list[int] = []

    def ask() -> int:
        session.rollback()
        return kept(session, "41", "essai", lambda: made.append(len(made)) or len(made))

    assert (ask(), ask(), ask()) == (1, 1, 1)
    session.execute(text("UPDATE signataire SET commune = 'Vendôme'"))
    session.commit()
    assert (ask(), ask()) == (2, 2)


def test_a_published_edition_is_read_once_until_its_text_is_another(
    loir: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> list[Any]:
        db.session.rollback()
        return published(db.session(), "41", "bilan", "2026-S1")

    first, again = read(), read()
    assert len(first) > 1 and all(a is b for a, b in zip(first, again, strict=True))
    # A base put back bears other texts under the same numbers: here by a hand that nothing stops.
    for name in db.session.scalars(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'edition'")
    ):
        by_hand(f"DROP TRIGGER {name}")
    by_hand(
        f'UPDATE edition SET publiable = replace(publiable, \'"code":"S2"\', \'"code":"S3"\') WHERE id = {first[0].id}'
    )
    after = read()
    assert after[0] != first[0] and after[1] is first[1]
    with from_nothing(monkeypatch):
        assert after == read()


def test_the_shelf_holds_a_weight_and_forgets_first_what_was_asked_longest_ago() -> None:
    shelf, rows = _Shelf(most=10_000), [("ligne", n) for n in range(1_000)]
    whole = _Made((0, 0), catalogue(), rows)
    for key in "abc":
        shelf.keep(key, whole)
    assert [shelf.get(key) is whole for key in "abc"] == [True, True, True]
    shelf.get("a")
    shelf.keep("d", whole)
    assert [shelf.get(key) is whole for key in "abcd"] == [True, False, True, True]
    shelf.keep("d", _Made((0, 0), catalogue(), rows * 20))
    assert [shelf.get(key) is None for key in "abc"] == [True, True, True]
    assert shelf.get("d") is not None, "however heavy, what is looked at stays"
    shelf.keep("d", _Made((0, 0), catalogue(), ()))
    shelf.keep("e", whole)
    assert (shelf.get("d") is not None, shelf.weight < 4_000) == (True, True)


@pytest.mark.parametrize("count", [20, 300, 5_000])
def test_ten_times_as_much_weighs_about_ten_times_as_much(count: int) -> None:
    def sums(count: int) -> Consolidation:
        cles = (Cle("41", n, n, n) for n in range(count))
        return Consolidation({"S2": {cle: Part(1, 1, 0, n, declarations=frozenset({n})) for n, cle in enumerate(cles)}})

    assert 8 < weight_of(sums(10 * count)) / weight_of(sums(count)) < 12
    in_memory = len(pickle.dumps(sums(count)))
    assert 1 / 30 < weight_of(sums(count)) / in_memory < 1


def test_marks_are_gathered_into_one_and_what_was_kept_is_made_again(session: Any, now: datetime) -> None:
    a_convention(a_signataire(), "S2")
    for commune in ("Vendôme", "Blois"):
        session.execute(text("UPDATE signataire SET commune = :c"), {"c": commune})
        session.commit()
    before = _state("41")
    gone = gather_marks(actor=PLANIFICATEUR, now=now)
    after = _state("41")
    if session.get_bind().dialect.name == "sqlite":
        assert (gone, after) == (0, before), "one writes at a time: there is one already"
    else:
        assert gone >= 2 and after != before
        assert session.scalars(text("SELECT operation FROM mouvement WHERE departement_code = '41'")).all() == [0]
        assert gather_marks(actor=PLANIFICATEUR, now=now) == 0
