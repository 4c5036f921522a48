"""What a base of before makes of its texts: an issued period keeps what it printed, the others today's text (R36)."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from paqte.ops.base.migration import upgrade_base

pytestmark = pytest.mark.lent

STEP = import_module("paqte.migrations.versions.0008_rubriques")
NOVEMBER = date(2026, 11, 22)
# A file is checked against its hash before anything else is done to a base.
WHOLE = hashlib.sha256(b"x").hexdigest()


def lines(genre: str, texte: str, frozen: dict[str, str], first: str | None) -> list[tuple[Any, ...]]:
    return [tuple(line) for line in STEP.lines_of(genre, texte, frozen, first, NOVEMBER)]


def test_R36_an_issued_period_keeps_its_own_text_and_the_others_take_today_s() -> None:
    assert lines("S", "Aujourd’hui.", {"2025-S2": "En 2025.", "2026-S1": "Au printemps."}, "2025-S1") == [
        ("2025-S1", "Aujourd’hui.", True, ""),
        ("2025-S2", "En 2025.", True, ""),
        ("2026-S1", "Au printemps.", True, ""),
        ("2026-S2", "Aujourd’hui.", True, ""),
    ]


def test_R36_the_open_period_is_repris_when_nothing_was_written_since_the_last_edition() -> None:
    assert lines("S", "Toujours.", {"2026-S1": "Toujours."}, "2026-S1") == [("2026-S1", "Toujours.", True, "")]


def test_R36_closed_quarters_without_edition_have_a_line_of_their_own() -> None:
    assert lines("T", "Toujours.", {}, "2026-S1") == [
        ("2026-T1", "Toujours.", True, ""),
        ("2026-T2", "Toujours.", False, "2026-T1"),
        ("2026-T3", "Toujours.", False, "2026-T1"),
    ]


def test_a_departement_that_follows_nothing_yet_keeps_its_text_for_the_open_period() -> None:
    assert lines("S", "Premier.", {}, None) == [("2026-S2", "Premier.", True, "")]
    assert lines("S", "", {}, None) == [("2026-S2", "", False, "")]


@pytest.fixture
def former_base(empty_url: str, migrations: Path, tmp_path: Path, now: datetime) -> str:
    """A base as it was before this step, with one text and two editions of one semester."""
    steps = sorted((migrations / "versions").glob("0*.py"))
    for path in steps[[p.name for p in steps].index("0008_rubriques.py") :]:
        path.unlink()
    upgrade_base(empty_url, backups=tmp_path / "s", now=now, migrations=migrations)
    engine = create_engine(empty_url)
    with engine.begin() as base:
        base.execute(text("INSERT INTO region (code, nom) VALUES ('24', 'Centre-Val de Loire')"))
        base.execute(
            text(
                "INSERT INTO departement (code, nom, region_code, prefecture, premier_semestre) "
                "VALUES ('41', 'Loir-et-Cher', '24', 'Blois', '2026-S1')"
            )
        )
        base.execute(
            text(
                "INSERT INTO rubrique (departement_code, code, texte, version) "
                "VALUES ('41', 'obstacles', 'Aujourd’hui.', 3)"
            )
        )
        base.execute(
            text(
                "INSERT INTO gabarit (nom, sha256, octets, en_vigueur_le, genre, installe_par, created_at) "
                "VALUES ('g', :h, :o, '2026-01-01', 'bilan', '', '2026-01-01')"
            ),
            {"h": WHOLE, "o": b"x"},
        )
        for numero, told in ((1, "D’abord."), (2, "Ensuite.")):
            contenu = json.dumps({"obstacles": told, "strategie": ""})
            sha256 = hashlib.sha256(contenu.encode()).hexdigest()
            base.execute(
                text(
                    "INSERT INTO edition (departement_code, periode, numero, contenu, faits, sha256, fichier, "
                    "fichier_sha256, fichier_nom, gabarit_id, catalogue, produite_par, created_at) "
                    "SELECT '41', '2026-S1', :n, :c, '[]', :s, :o, :h, 'f', id, 'c', 'p', '2026-08-01' FROM gabarit"
                ),
                {"n": numero, "c": contenu, "s": sha256, "h": WHOLE, "o": b"x"},
            )
    engine.dispose()
    return empty_url


def test_R36_the_step_reads_the_last_edition_of_each_period_and_keeps_the_line_that_was_there(
    former_base: str, tmp_path: Path, now: datetime
) -> None:
    upgrade_base(former_base, backups=tmp_path / "s", now=now)
    engine = create_engine(former_base)
    with engine.connect() as base:
        today = base.scalar(text("SELECT current_date"))
        rows = base.execute(text("SELECT id, periode, texte, version FROM rubrique ORDER BY periode")).all()
    engine.dispose()
    assert rows[0][1:] == ("2026-S1", "Ensuite.", 1)
    year, month = str(today)[:4], int(str(today)[5:7])
    assert rows[-1] == (1, f"{year}-S{1 if month < 7 else 2}", "Aujourd’hui.", 3)
