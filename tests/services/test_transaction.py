"""What a document is made from is of one moment, whatever others write meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Region
from paqte.services.transaction import transaction


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
