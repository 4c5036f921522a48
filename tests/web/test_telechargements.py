"""Whoever takes a file away leaves a line: who, what, when (R30)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from sqlalchemy import func, select

from paqte.models import Journal, db
from paqte.ops.routes import route_table
from tests.architecture.acces.gens import Monde
from tests.architecture.acces.monde import NOW

if TYPE_CHECKING:
    from flask import Flask

ABOUT_PAGES = True
# Nobody's data: the product's own files, and an administrator's templates.
WITHOUT = frozenset({"static", "bootstrap.static"})
GABARITS = "admin.gabarit"
BY_ROLE = {"referent": "référente du 41", "entreprise": "l’entreprise", "admin": "admin", "national": "national"}


def lines(app: Flask) -> int:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Journal)) or 0
        db.session.rollback()
    return count


@pytest.fixture
def monde(app: Flask, accounts: object, tmp_path: Path) -> Monde:
    with time_machine.travel(NOW, tick=False):
        return Monde(app, tmp_path)


def test_R30_every_file_handed_out_is_journaled(monde: Monde) -> None:
    seen, silent = [], []
    with time_machine.travel(NOW, tick=False):
        for route in route_table(monde.app):
            who = next((who for role, who in BY_ROLE.items() if role in route.roles), "")
            if (
                "GET" not in route.methods
                or not who
                or route.endpoint in WITHOUT
                or route.endpoint.startswith(GABARITS)
            ):
                continue
            before, answer = lines(monde.app), monde.browsers[who].get(monde.address(route))
            if "attachment" in answer.headers.get("Content-Disposition", ""):
                seen.append(route.endpoint)
                # An attestation leaves two: who took it, and the code by which it is verified.
                expected = 2 if route.endpoint == "entreprise.attestation" else 1
                silent += [] if lines(monde.app) == before + expected else [route.endpoint]
    assert silent == []
    assert {"bilans.telecharger", "bilans.telecharger_publiable", "bilans.donnees", "bilans.donnees_publiables"} <= set(
        seen
    )
    assert {"justificatifs.telecharger", "referent.convention_texte", "referent.signataires_telecharger"} <= set(seen)
    assert {f"referent.{name}_telecharger" for name in ("actions", "appels", "declarations", "rencontres")} <= set(seen)
    assert {"national.textes_telecharger", "national.classeur_telecharger"} <= set(seen)
    assert {"entreprise.attestation", "compte.mes_donnees", "referent.acces_donnees"} <= set(seen)
