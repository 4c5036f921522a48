"""Bases of synthetic volume, made once by `populate` and kept in the temporary folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from paqte import create_app
from paqte.domain.personnes.acteurs import operator
from paqte.jeux import peuplement, valeurs_inventees
from paqte.jeux.peuplement import populate
from paqte.models import db
from paqte.ops.base.migration import MIGRATIONS, upgrade_base
from paqte.services.reglages.territoire import load_territories

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SEED = 41


def populated(departements: int, entreprises: int, periodes: int) -> Flask:
    """The application on a base of that volume; made the first time, found again afterwards."""
    path = _folder() / f"{_version()}-{departements}x{entreprises}x{periodes}.sqlite3"
    if not path.exists():
        _make(path, departements, entreprises, periodes)
    return app_on(path)


@contextmanager
def base_copied(volume: tuple[int, int, int]) -> Iterator[Flask]:
    """The application on a copy of such a base, that may be changed."""
    with populated(*volume).app_context():
        source = str(db.engine.url.database)
        db.session.remove()
        db.engine.dispose()
    with tempfile.TemporaryDirectory() as folder:
        app = app_on(Path(shutil.copy(source, Path(folder) / "base.sqlite3")))
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def app_on(path: Path) -> Flask:
    return app_at(f"sqlite:///{path}", path.parent)


def app_at(url: str, instance: Path) -> Flask:
    given = {
        "PAQTE_DATABASE_URL": url,
        "PAQTE_INSTANCE": str(instance),
        "PAQTE_BASE_URL": "http://localhost",
        "WTF_CSRF_ENABLED": False,
    }
    return create_app(given)


def _make(path: Path, departements: int, entreprises: int, periodes: int) -> None:
    print(f"Préparation de {departements * entreprises} entreprises (une fois)…", file=sys.stderr, flush=True)
    aside = path.with_suffix(f".{os.getpid()}")
    upgrade_base(f"sqlite:///{aside}", backups=path.parent, now=NOW)
    app = app_on(aside)
    fill(app, departements, entreprises, periodes)
    aside.rename(path)


def fill(app: Flask, departements: int, entreprises: int, periodes: int) -> None:
    """Have an empty base hold that volume."""
    with app.app_context():
        load_territories(actor=operator(), now=NOW)
        volume = {"departements": departements, "entreprises": entreprises, "periodes": periodes, "graine": SEED}
        for _ in populate(actor=operator(), now=NOW, **volume):
            pass
        db.session.remove()
        db.engine.dispose()


def _folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"paqte-bench-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _version() -> str:
    """Changes with the tables and with what fills them."""
    sources = [
        *sorted((MIGRATIONS / "versions").glob("*.py")),
        *map(Path, (peuplement.__file__, valeurs_inventees.__file__)),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
