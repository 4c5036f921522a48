"""The only signatory that a meeting could have is one of those it gathers since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from paqte.ops.base.migration import upgrade_base
from tests.migrations.conftest import insert

pytestmark = pytest.mark.lent
LINKS = "SELECT rencontre_id, signataire_id, decisions, promesses FROM rencontre_signataire ORDER BY rencontre_id"
TEXTS = "SELECT id, decisions, version FROM rencontre ORDER BY id"


def test_a_meeting_keeps_the_signatory_it_had_and_one_with_nobody_has_none(
    base_before: Callable[[str], Engine], tmp_path: Path, now: datetime
) -> None:
    engine = base_before("0054")
    with engine.begin() as base:
        insert(base, "departement", code="41", nom="Loir-et-Cher", prefecture="Blois")
        entreprise = insert(base, "entreprise", siren="732829320")
        said = {"departement_code": "41", "entreprise_id": entreprise, "nature": "entreprise"}
        lenoir, val = (
            insert(base, "signataire", identifiant=one, nom=one, **said) for one in ("73282932000074", "73282932000082")
        )
        held = {"departement_code": "41", "genre": "comite", "version": 3}
        keys = [
            insert(base, "rencontre", signataire_id=met, decisions=f"Décision {rank}", **held)
            for rank, met in enumerate((val, None, lenoir))
        ]
        insert(base, "presence", rencontre_id=keys[0], nom="Odile Marchand")
        before = base.execute(text(TEXTS)).all()
    upgrade_base(engine.url.render_as_string(hide_password=False), backups=tmp_path / "s", now=now)
    with engine.begin() as base:
        assert base.execute(text(LINKS)).all() == [(keys[0], val, "", ""), (keys[2], lenoir, "", "")]
        assert base.execute(text(TEXTS)).all() == before
        assert base.execute(text("SELECT rencontre_id, nom FROM presence")).all() == [(keys[0], "Odile Marchand")]
        assert "signataire_id" not in {column["name"] for column in inspect(base).get_columns("rencontre")}
        assert insert(base, "rencontre", **held) > max(keys)
    engine.dispose()
