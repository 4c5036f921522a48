"""What is kept of an import, whatever happens meanwhile: all of it or nothing, and all that others wrote."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Engine

from paqte.models import Convention, Declaration, Journal, Signataire, db
from paqte.models.base import Base
from paqte.queries.journal import check_chain
from paqte.services.conventions import create_convention
from paqte.services.conventions.signataires import change_signataire
from paqte.services.imports import CREATED, LEFT, OutcomeSaid, apply_tracker, guess_mapping
from tests.factories import CAMILLE, ZOE, a_departement, a_signataire, a_siren, an_identite, some_termes
from tests.services.imports.test_tracker import WIDE, a_workbook, everything, kept

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture(autouse=True)
def departements(session: Any) -> None:
    a_departement("41")
    a_departement("972")


class Killed(BaseException):
    """The process ends here."""


def import_it(now: datetime, **more: Any) -> tuple[OutcomeSaid, ...]:
    workbook = a_workbook(WIDE)
    told: dict[str, Any] = {"workbook": workbook, "mapping": guess_mapping(workbook), "nom": "suivi.csv", **more}
    return apply_tracker(actor=CAMILLE, departement="41", now=now, **told)


def aside(app: Any, act: Callable[[], Any]) -> Any:
    """What another person does at this moment, with a session of her own."""

    def run() -> Any:
        with app.app_context():
            return act()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=20)


def once(act: Callable[[], Any]) -> Callable[[int, int], None]:
    """A progress that lets somebody else act the first time it is told."""
    done: list[bool] = []

    def tell(_done: int, _total: int) -> None:
        if not done:
            done.append(True)
            act()

    return tell


@contextmanager
def killed_at(rank: int) -> Iterator[list[int]]:
    """Every process dies at its statement of that rank, on whatever base it is."""
    count = [0]

    def tell(*_given: Any) -> None:
        count[0] += 1
        if count[0] == rank:
            raise Killed

    event.listen(Engine, "before_cursor_execute", tell)
    try:
        yield count
    finally:
        event.remove(Engine, "before_cursor_execute", tell)


def whole_base() -> dict[str, list[Any]]:
    """Every row, but what is drawn at random."""
    with db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name != "mouvement"
        }


@pytest.mark.lent
def test_killed_at_any_moment_an_import_leaves_all_or_nothing(now: datetime) -> None:
    before, counts = whole_base(), []
    for _ in range(2):  # the first reads what is then known of the process, and counts more
        with killed_at(-1) as count, pytest.raises(Killed):
            import_it(now, closing=dying)
        db.session.rollback()
        assert whole_base() == before
        counts += count
    total = min(counts)
    # The last statements, one by one, are those that carry what was prepared.
    moments = sorted(random.Random(41).sample(range(1, total - 8), 14) + list(range(total - 8, total)))
    for moment in moments:
        with killed_at(moment), pytest.raises(Killed):
            import_it(now)
        db.session.rollback()
        assert whole_base() == before, moment
    assert {line.resultat for line in import_it(now)} == {CREATED}
    assert check_chain().fautes == ()


def dying(_lines: object, _sent: object) -> None:
    raise Killed


def test_two_at_once_on_the_same_file_give_one(app: Any, now: datetime) -> None:
    gate = Barrier(2)

    def act(_rank: int) -> set[str]:
        with app.app_context():
            gate.wait(10)
            return {line.resultat for line in import_it(now)}

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(sorted, pool.map(act, range(2)))) == [[CREATED], [LEFT]]
    alone = everything()
    assert alone[:3] == (2, 1, 2)
    assert len(kept()) == 3
    assert check_chain().fautes == ()


def test_what_another_departement_writes_meanwhile_neither_waits_nor_is_lost(app: Any, now: datetime) -> None:
    hers = a_signataire("Rhum de l’Anse (fictif)", "972", siren=a_siren(9))
    kept_meanwhile: list[int] = []

    def write() -> None:
        saved = aside(app, lambda: create_convention(actor=ZOE, signataire_id=hers, termes=some_termes(), now=now))
        kept_meanwhile.append(saved.convention_id)

    import_it(now, progress=once(write))
    numbers = dict(db.session.execute(select(Convention.id, Convention.numero)).all())
    assert sorted(numbers.values()) == ["41-2025-001", "41-2025-002", "972-2025-001"]
    assert numbers[kept_meanwhile[0]] == "972-2025-001"
    db.session.rollback()
    assert len(kept()) == 3
    assert check_chain().fautes == ()
    objects = set(db.session.execute(select(Journal.objet, Journal.objet_id).where(Journal.objet == "convention")))
    assert objects == {("convention", str(key)) for key in numbers}


def test_what_the_referent_changes_meanwhile_is_read_again_and_stays(app: Any, now: datetime) -> None:
    known = a_signataire("Élan (fictif)", siren=a_siren(1))
    identite = an_identite(identifiant=a_siren(1), nom="Élan", secteur="Bois")

    def change() -> None:
        told: dict[str, Any] = {"actor": CAMILLE, "signataire_id": known, "version": 1, "contacts": [], "now": now}
        aside(app, lambda: change_signataire(identite=identite, **told))

    if db.engine.dialect.name == "sqlite":
        import_it(now, progress=once(change))
        assert check_chain().fautes == ()
        found = db.session.scalar(select(Signataire.secteur).where(Signataire.id == known))
        assert found == "Bois"
        assert db.session.scalar(select(func.count()).select_from(Declaration)) == 2


def test_R4_a_convention_that_the_referent_signs_meanwhile_takes_its_number_and_the_others_follow(
    app: Any, now: datetime
) -> None:
    """None of the rows that the import touches has changed: its département has, all the same."""
    hers = a_signataire("Menuiserie (fictif)", siren=a_siren(9))
    signed: list[int] = []

    def sign() -> None:
        saved = aside(app, lambda: create_convention(actor=CAMILLE, signataire_id=hers, termes=some_termes(), now=now))
        signed.append(saved.convention_id)

    if db.engine.dialect.name == "sqlite":
        import_it(now, progress=once(sign))
        numbers = dict(db.session.execute(select(Convention.id, Convention.numero)).all())
        assert numbers.pop(signed[0]) == "41-2025-001"
        assert sorted(numbers.values()) == ["41-2025-002", "41-2025-003"]
        assert check_chain().fautes == ()


def test_what_moves_in_the_departement_has_the_whole_file_read_again_though_no_row_of_it_did(
    app: Any, now: datetime
) -> None:
    """What was decided may rest on it: a setting, a neighbour of the same name, an answer."""
    other, told = a_signataire("Menuiserie (fictif)", siren=a_siren(9)), list[int]()
    given: dict[str, Any] = {"actor": CAMILLE, "signataire_id": other, "version": 1, "contacts": [], "now": now}
    identite = an_identite(identifiant=a_siren(9), nom="Menuiserie du Val")
    act = once(lambda: aside(app, lambda: change_signataire(identite=identite, **given)))

    def tell(done: int, total: int) -> None:
        told.append(done)
        act(done, total)

    if db.engine.dialect.name == "sqlite":
        import_it(now, progress=tell)
        assert told.count(told[0]) == 2
        assert db.session.scalar(select(Signataire.nom).where(Signataire.id == other)) == "Menuiserie du Val"


def test_keys_that_were_kept_and_not_used_are_given_back(now: datetime) -> None:
    import_it(now)
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    another = a_signataire("Œuvre (fictif)", siren=a_siren(3))
    assert another == max(db.session.scalars(select(Signataire.id).where(Signataire.id != another))) + 1


def test_numbers_are_kept_for_rows_to_come_where_nobody_else_may_write(session: Any, now: datetime) -> None:
    """Of two files at once, neither may read the last number before the other has moved it."""
    base, held = db.engine.url.database, []

    def try_to_write(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT name, seq FROM sqlite_sequence") and not held:
            with closing(sqlite3.connect(str(base), timeout=0)) as other:
                with pytest.raises(sqlite3.OperationalError) as refused:
                    other.execute("BEGIN IMMEDIATE")
                held.append(refused.value)

    if db.engine.dialect.name == "sqlite":
        event.listen(db.engine, "before_cursor_execute", try_to_write)
        import_it(now)
        assert [*map(str, held)] == ["database is locked"]
