"""Comparing two editions against making one: what a person waits for in each case, base included."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.sceau import seal, unseal
from paqte.domain.personnes.acteurs import operator
from paqte.models import Declaration, db
from paqte.services.editions.comparaisons import compare_editions
from paqte.services.editions.gabarit import read_template
from paqte.services.transaction import transaction
from tests.bench.bases import NOW, app_on, populated
from tests.bench.mesure import Figure, interleaved
from tests.editions import compute_bilan, freeze_bilan
from tests.reporting.mondes.bilans import fill

DEPARTEMENT, PERIODE = "01", Periode.from_code("2026-S1")
# Both are short: more rounds cost little and settle the median.
ROUNDS = 31
CORRECTED = 12


def figures() -> Iterator[Figure]:
    """Time of comparing two editions of a hundred companies to that of making the first of them."""
    small = populated(1, 100, 12)
    template = read_template().octets
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "base.sqlite3"
        with small.app_context():
            shutil.copy(str(db.engine.url.database), path)
        with app_on(path).app_context():
            before, after = two_editions()
            made, compared = interleaved(
                lambda: make_first(small, template), lambda: compare(before, after), rounds=ROUNDS
            )
            db.session.remove()
            db.engine.dispose()
    yield Figure("comparaison de deux éditions / en faire une", compared / made, 0.10, ROUNDS)


def make_first(app: object, template: bytes) -> None:
    """Read, consolidate, write, where there is no edition yet to compare with."""
    with app.app_context():  # type: ignore[attr-defined]
        db.session.rollback()
        fill(compute_bilan(actor=operator(), departement=DEPARTEMENT, periode=PERIODE, now=NOW), template)


def compare(before: int, after: int) -> None:
    """Both editions read from the base, every cell looked at."""
    db.session.rollback()
    assert compare_editions(actor=operator(), avant=before, apres=after).ecarts


def two_editions() -> tuple[int, int]:
    """An edition, a dozen declarations corrected, the next edition."""
    return _issue(0), _issue(_correct())


def _issue(days: int) -> int:
    now = NOW + timedelta(days=days)
    return freeze_bilan(actor=operator(), departement=DEPARTEMENT, periode=PERIODE, now=now).id


def _correct() -> int:
    """Every answer in figures of a dozen declarations grows by one; gives the days after which to issue again."""
    query = select(Declaration).where(Declaration.periode == "2026-T2", Declaration.sceau.is_not(None))
    with transaction(actor=operator(), now=NOW) as session:
        for declaration in session.scalars(query.limit(CORRECTED)):
            answers = unseal(declaration.sceau or "[]")
            declaration.sceau = seal(a._replace(valeur=a.valeur + 1) if a.valeur else a for a in answers)
    return 1
