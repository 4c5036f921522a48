"""What a document is made from is of one moment, whatever others write meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Region, Rubrique, Signataire, db
from paqte.services import states_read
from paqte.services.transaction import transaction
from tests.factories import a_signataire, a_siren


def test_R18_what_is_read_for_a_document_stays_as_it_was_at_its_first_look(
    app: Any, session: Any, now: datetime
) -> None:
    def write() -> None:
        with app.app_context(), transaction(actor=PLANIFICATEUR, now=now) as writing:
            writing.add(Region(code="24", nom="Centre-Val de Loire"))

    count = select(func.count()).select_from(Region)
    with ThreadPoolExecutor(1) as pool:
        with transaction(actor=PLANIFICATEUR, now=now, is_snapshot=True) as reading:
            assert reading.scalar(count) == 0
            written = pool.submit(write)
            if session.get_bind().dialect.name == "postgresql":  # on SQLite one who writes waits for the other
                written.result(timeout=20)
            assert reading.scalar(count) == 0
        written.result(timeout=20)
    assert session.scalar(count) == 1


def test_what_moved_where_a_new_row_goes_is_seen_though_rows_of_elsewhere_are_held(
    app: Any, session: Any, now: datetime
) -> None:
    """One who holds a row of the 972 and adds one to the 41 has read both."""
    if session.get_bind().dialect.name != "sqlite":
        return
    here, there = a_signataire(siren=a_siren(1)), a_signataire("Rhum de l’Anse (fictif)", "972", siren=a_siren(2))
    with app.app_context(), db.engine.connect() as connection, Session(db.engine) as mine:
        read = states_read.what_is_read(connection, None)
        of_the_41 = states_read.what_is_read(connection, "41")
        connection.rollback()
        held = mine.get_one(Signataire, there)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_renamed, app, here, now).result(timeout=20)
        assert held.departement_code == "972"
        assert not states_read.has_moved(mine, connection, read), "the 41 is nothing to it"
        assert states_read.has_moved(mine, connection, of_the_41), "what was read for the 41 is, whatever is held"
        mine.add(Rubrique(departement_code="41", periode="2026-S1", code="analyse", texte="x"))
        assert states_read.has_moved(mine, connection, read)


def _renamed(app: Any, signataire: int, now: datetime) -> None:
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.get_one(Signataire, signataire).nom = "Autre (fictif)"
