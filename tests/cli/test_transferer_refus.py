"""A base that is not fit to be moved, or to take another in, is refused in a sentence; a kill leaves nothing half."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from paqte.cli.socle.verrou import alone_on
from tests.cli.bases_jumelles import assert_every_row_is_alike, files_beside, live, opened, rows_in

Paqte = Callable[..., Any]
NOTHING = "Rien n’a été modifié."
KILLED = """
import os, sys
from paqte.cli.commandes import paqte
from paqte.cli.socle.sortie import run
from paqte.ops.base import migration
from paqte.ops.base.transfer import move

def killing(room, name, is_now):
    former = getattr(room, name)
    def act(*given):
        if is_now(given):
            print("tue", flush=True)
            os.kill(os.getpid(), 9)
        return former(*given)
    setattr(room, name, act)

MOMENTS = {
    "migration": (migration, "_run", lambda given: given[2] == "0041"),
    "copie": (move, "copy_rows", lambda given: given[0].name == "realisation"),
    "relecture": (move, "_compare", lambda given: True),
    "fin": (move, "go_on_from", lambda given: True),
}
killing(*MOMENTS[sys.argv[1]])
run(paqte, ["base", "transferer", sys.argv[2]])
"""


@pytest.mark.parametrize("moment", ["migration", "copie", "relecture", "fin"])
def test_a_kill_leaves_an_empty_base_that_the_same_command_fills(
    moment: str, demonstration: Path, target: str, paqte: Paqte
) -> None:
    before = files_beside(live(demonstration))
    given = [sys.executable, "-c", KILLED, moment, target]
    done = subprocess.run(given, check=False, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "tue\n"), done.stderr
    assert rows_in(target) == 0
    assert files_beside(live(demonstration)) == before
    assert paqte("base", "transferer", target).code == 0
    assert assert_every_row_is_alike(live(demonstration), target) > 1_000


@pytest.mark.parametrize("filled", ["CREATE TABLE autre (x int)", "autre version"])
def test_a_base_that_holds_something_is_refused_and_stays_as_it_is(
    filled: str, base: Path, target: str, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(target) as other:
        other.execute("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY)")
        if filled == "autre version":
            other.execute("INSERT INTO alembic_version VALUES ('9999')")
        else:
            other.execute(filled)
    listed = "SELECT relname, xmin::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    with opened(target) as other:
        before = other.execute(listed).fetchall()
    refused = paqte("base", "transferer", target)
    assert refused.code == 1 and refused.erreur.count("\n") == 1
    assert NOTHING in refused.erreur
    with opened(target) as other:
        assert other.execute(listed).fetchall() == before


def test_a_base_of_paqte_in_use_is_refused_and_keeps_its_rows(
    base: Path, target: str, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PAQTE_DATABASE_URL", target)
        assert paqte("base", "migrer").code == 0
    before = rows_in(target)
    refused = paqte("base", "transferer", target)
    assert refused.code == 1
    assert "n’est pas vide" in refused.erreur and NOTHING in refused.erreur
    assert rows_in(target) == before > 100


def test_rows_written_there_while_one_waits_are_kept(
    base: Path, target: str, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the first look and the copy."""
    from paqte.ops.base.transfer import move

    hold = move.hold_alone

    def late(connection: Any) -> None:
        with opened(target) as other:
            other.execute("INSERT INTO region (code, nom) VALUES ('24', 'Centre')")
        hold(connection)

    monkeypatch.setattr(move, "hold_alone", late)
    refused = paqte("base", "transferer", target)
    assert refused.code == 1 and "n’est pas vide (table region)" in refused.erreur
    assert rows_in(target) == 1


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("sqlite:////tmp/autre.sqlite3", "doit être une base PostgreSQL"),
        ("mysql://x:secret@hote/base", "doit être une base PostgreSQL"),
        ("paqte", "doit être une base PostgreSQL"),
        ("postgresql+psycopg://x:secret@127.0.0.1:1/base", "ne se joint pas"),
        ("postgresql://x:secret@127.0.0.1:port/base", "doit être une base PostgreSQL"),
    ],
)
def test_what_is_no_postgresql_base_that_answers_is_refused(named: str, said: str, base: Path, paqte: Paqte) -> None:
    before = files_beside(base)
    refused = paqte("base", "transferer", named)
    assert refused.code == 1 and refused.erreur.count("\n") == 1
    assert said in refused.erreur and NOTHING in refused.erreur
    assert "secret" not in refused.erreur
    assert files_beside(base) == before


def test_an_account_without_right_is_refused(base: Path, target: str, paqte: Paqte) -> None:
    who = f"lecteur_{make_url(target).database}"
    with opened(target) as other:
        other.execute(f"CREATE ROLE {who} LOGIN")
    try:
        named = make_url(target).set(username=who).render_as_string(hide_password=False)
        refused = paqte("base", "transferer", named)
    finally:
        with opened(target) as other:
            other.execute(f"DROP ROLE {who}")
    assert refused.code == 1
    assert "n’a pas le droit de créer des tables" in refused.erreur and NOTHING in refused.erreur


def _postgresql(base: Path, target: str, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PAQTE_DATABASE_URL", target)


def _absent(base: Path, target: str, patch: pytest.MonkeyPatch) -> None:
    base.unlink()


def _cut(base: Path, target: str, patch: pytest.MonkeyPatch) -> None:
    base.write_bytes(base.read_bytes()[: base.stat().st_size // 2])


def _overwritten(base: Path, target: str, patch: pytest.MonkeyPatch) -> None:
    content = base.read_bytes()
    base.write_bytes(content[:8192] + b"\xff" * 8192 + content[16384:])


def _a_folder(base: Path, target: str, patch: pytest.MonkeyPatch) -> None:
    base.unlink()
    base.mkdir()


def _run_on(base: Path, statement: str) -> None:
    with closing(sqlite3.connect(base)) as writer:
        writer.execute(statement)
        writer.commit()


def _former(base: Path, target: str, patch: pytest.MonkeyPatch) -> None:
    _run_on(base, "UPDATE alembic_version SET version_num = '0041'")


def _with_another_table(base: Path, target: str, patch: pytest.MonkeyPatch) -> None:
    _run_on(base, "CREATE TABLE notes_de_camille (texte TEXT)")


def _without_a_column(base: Path, target: str, patch: pytest.MonkeyPatch) -> None:
    _run_on(base, "ALTER TABLE region RENAME COLUMN nom TO nommee")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_postgresql, "n’est pas SQLite"),
        (_absent, "n’existe pas"),
        (_cut, "la fin du fichier manque"),
        (_overwritten, "abîmé"),
        (_a_folder, "c’est un dossier"),
        (_former, "La base est en version 0041"),
        (_with_another_table, "notes_de_camille.texte n’est pas de PAQTE"),
        (_without_a_column, "region.nom manque à la base"),
    ],
)
def test_a_source_that_is_not_fit_is_refused_and_the_target_stays_without_a_table(
    spoil: Callable[..., None], said: str, base: Path, target: str, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(base, target, monkeypatch)
    before = files_beside(base) if base.is_file() else {}
    refused = paqte("base", "transferer", target)
    assert refused.code == 1 and refused.erreur.count("\n") == 1
    assert said in refused.erreur
    assert (files_beside(base) if base.is_file() else {}) == before
    with opened(target) as other:
        assert other.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_a_base_in_use_is_refused(base: Path, instance: Path, target: str, paqte: Paqte) -> None:
    with alone_on(instance / "instance"):
        refused = paqte("base", "transferer", target)
    assert refused.code == 1
    assert "PAQTE tourne déjà" in refused.erreur and NOTHING in refused.erreur
