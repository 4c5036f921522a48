"""Pages that show figures against the same page drawn from its context in memory: when nothing moved, then when one

declaration did; whatever the number of companies and of past quarters.
"""

from __future__ import annotations

import inspect
import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from paqte.domain.declarations.sceau import seal, unseal
from paqte.domain.personnes.acteurs import operator
from paqte.models import Declaration, db
from paqte.ops import clock
from paqte.ops.base.migration import upgrade_base
from paqte.services.transaction import transaction
from tests.bench.bases import NOW, app_at, base_copied, fill
from tests.bench.ecritures import postgresql_base
from tests.bench.liste import DEPARTEMENT, open_page, signed_in
from tests.bench.mesure import ROUNDS, Figure, interleaved

VOLUME = (1, 100, 12)
# The same département among ever more companies, then after ever more quarters.
GROWTH = ((10, 100, 12), (101, 100, 12), (1, 100, 40))
PAGES = {
    "accueil": "/referent/",
    "bilan": "/referent/bilans/2026-S1",
    "trimestre": "/referent/trimestres/2026-T3",
    "taux de réponse": "/referent/completude",
    "relances": "/referent/relances",
    "déclarations": "/referent/declarations",
}
MOVED = "2026-T2"
STILL, ONE_MOVED = 2, 3


def figures() -> Iterator[Figure]:
    """Every page on both bases, then what grows with the volume."""
    with _at_the_time():
        with base_copied(VOLUME) as app:
            yield from _pages_of("SQLite", app)
        with tempfile.TemporaryDirectory() as place, postgresql_base(Path(place)) as url:
            yield from _pages_of("PostgreSQL", _filled(url, Path(place)))
        for volume in GROWTH:
            with base_copied(volume) as app:
                places, companies, quarters = volume
                yield from _pages_of(f"SQLite, {places * companies} entreprises × {quarters} trimestres", app)


def _pages_of(base: str, app: Flask) -> Iterator[Figure]:
    client, rank = signed_in(app), itertools.count()
    for name, page in PAGES.items():
        floor, asked = drawn_from_memory(client, page), partial(open_page, client, page)
        drawn, still = interleaved(floor, asked)
        yield Figure(f"{base}, {name}, rien n’a bougé / même page en mémoire", still / drawn, STILL, ROUNDS)
        drawn, again, _ = interleaved(floor, asked, lambda: move_one(app, next(rank)))
        yield Figure(
            f"{base}, {name}, une déclaration a bougé / même page en mémoire", again / drawn, ONE_MOVED, ROUNDS
        )


def drawn_from_memory(client: FlaskClient, page: str) -> Callable[[], None]:
    """The same request, signed in as anybody, whose view has in memory all that its template is drawn from."""
    app = client.application
    with app.test_request_context(page) as asked:
        endpoint = str(asked.request.endpoint)
    view = app.view_functions[endpoint]
    module: Any = inspect.getmodule(inspect.unwrap(view))
    real, told = module.render_template, []

    def spy(name: str, **context: Any) -> str:
        told.append((name, context))
        return str(real(name, **context))

    with patch.object(module, "render_template", spy):
        open_page(client, page)
    name, context = told[-1]

    def drawn(**_arguments: Any) -> str:
        return str(real(name, **context))

    drawn.paqte_roles = view.paqte_roles  # type: ignore[attr-defined]

    def run() -> None:
        with patch.dict(app.view_functions, {endpoint: drawn}):
            open_page(client, page)

    return run


def move_one(app: Flask, rank: int) -> None:
    """Every figure of one validated declaration grows by one, by the way that no reading foresees."""
    d = Declaration
    query = select(d).where(d.departement_code == DEPARTEMENT, d.periode == MOVED, d.sceau.is_not(None))
    with app.app_context():
        with transaction(actor=operator(), now=NOW) as session:
            one = session.scalars(query.order_by(d.id).offset(rank % 100).limit(1)).one()
            answers = unseal(one.sceau or "[]")
            one.sceau = seal(a._replace(valeur=a.valeur + 1) if a.valeur else a for a in answers)
        db.session.remove()


@contextmanager
def _at_the_time() -> Iterator[None]:
    """The day of the bases: what is asked then is what they hold."""
    with patch.object(clock, "now", lambda: NOW):
        yield


def _filled(url: str, folder: Path) -> Flask:
    upgrade_base(url, backups=folder, now=NOW)
    app = app_at(url, folder)
    fill(app, *VOLUME)
    return app
