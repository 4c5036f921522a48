"""101 départements in one run, national merge included, against as many single bilans; what is done with them then.

The nation is opened (territoire), and what is due is decided.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import event

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import operator
from paqte.models import Departement, db
from paqte.ops.base.backup import sqlite_path
from paqte.queries.editions.nation import departements_followed
from paqte.queries.planificateur.taches import due_tasks
from paqte.services.editions.national import consolidate_nation, produce_everywhere
from paqte.services.reglages.planification import plan_all
from paqte.services.transaction import transaction
from tests.bench.bases import NOW, app_on, populated
from tests.bench.documents import territoire
from tests.bench.mesure import ROUNDS, Figure, interleaved, seconds
from tests.editions import produce_bilan

VOLUME = (101, 100, 12)
PERIODE = Periode.from_code("2026-S1")


def figures() -> Iterator[Figure]:
    """The run to the sum of its parts; the decision of what is due to one bare read."""
    app = populated(*VOLUME)
    with app.app_context():
        source = sqlite_path(db.engine.url)
        db.session.remove()
        db.engine.dispose()
    with tempfile.TemporaryDirectory() as folder:
        together, apart = (Path(shutil.copy(source, Path(folder) / name)) for name in ("un.sqlite3", "des.sqlite3"))
        yield whole_run(together, apart, Path(folder))
        yield from territoire.figures_of(together)
        yield from decision(together)


def whole_run(together: Path, apart: Path, folder: Path) -> Figure:
    """Département by département, turn by turn: a slow moment of the machine weighs on both."""
    one, many = app_on(together), app_on(apart)
    with one.app_context():
        codes = [d.code for d in departements_followed()]
        run = produce_everywhere(actor=operator(), periode=PERIODE, reports=folder / "un", now=NOW)
    steps, singles = [], []
    for code in codes:
        with one.app_context():
            steps.append(seconds(lambda: next(run)))
        with many.app_context():
            singles.append(seconds(lambda code=code: single(code, folder / "des")))
    with one.app_context():
        merge = seconds(lambda: consolidate_nation(actor=operator(), periode=PERIODE))
    whole = statistics.median(steps) * len(codes) + merge
    return Figure(
        f"{len(codes)} bilans et leur somme / {len(codes)} bilans seuls",
        whole / (statistics.median(singles) * len(codes)),
        1.3,
        len(codes),
    )


def single(departement: str, reports: Path) -> None:
    """One bilan as a référent produces it."""
    produce_bilan(actor=operator(), departement=departement, periode=PERIODE, reports=reports, now=NOW)


def decision(base: Path) -> Iterator[Figure]:
    """What one tick asks of the base when every département has its calendar."""
    with app_on(base).app_context():
        with transaction(actor=operator(), now=NOW) as session:
            for place in session.query(Departement):
                place.premier_semestre = "2024-S1"
        plan_all(now=NOW)
        run: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *given: run.append(given[2]))
        due_tasks(now=NOW)
        reads = [statement for statement in run if statement.startswith("SELECT")]
        yield Figure("lectures pour décider ce qui est dû", len(reads), 1, 1)
        db.session.rollback()
        connection = db.engine.raw_connection()
        bare = "SELECT * FROM tache WHERE etat IN ('prevue', 'en_cours', 'echouee') AND due_le <= ?"
        ours, theirs = interleaved(
            lambda: due_tasks(now=NOW), lambda: connection.cursor().execute(bare, (f"{NOW:%Y-%m-%d}",)).fetchall()
        )
        yield Figure("décider ce qui est dû / la même lecture nue", ours / theirs, 20, ROUNDS)
