"""An SQLite base moved to PostgreSQL: every row, every number given, the journal and its chain, or nothing at all."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.cli.bases_jumelles import assert_every_row_is_alike, files_beside, live, opened, rows_in

Paqte = Callable[..., Any]
PRODUCE = ("bilan", "produire", "--departement", "41", "--periode")


def test_the_demonstration_is_moved_whole_and_goes_on_as_before(
    demonstration: Path, target: str, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = paqte(*PRODUCE, "2026-S1")
    assert made.code == 0
    assert int(paqte("base", "sommes").sortie.split()[0]) > 0
    before = files_beside(live(demonstration))
    moved = paqte("base", "transferer", target)
    assert (moved.code, moved.erreur) == (0, "")
    assert files_beside(live(demonstration)) == before
    told = [line.split("\t") for line in moved.lignes[:-2]]
    assert assert_every_row_is_alike(live(demonstration), target) == sum(int(rows) for _, rows, _ in told) + 1
    monkeypatch.setenv("PAQTE_DATABASE_URL", target)
    assert "FAUTE" not in (checked := paqte("verifier")).sortie
    assert checked.code == 0
    assert paqte("journal", "verifier").code == 0
    again = paqte(*PRODUCE, "2026-S1")
    assert "rien n’a changé depuis" in again.sortie
    assert again.lignes[-1] == made.lignes[-1]
    # Nothing kept in the way of a new one, nor of those who write in the journal.
    assert paqte("export", "trimestriel", "--departement", "41", "--periode", "2026-T3").code == 0
    assert paqte("journal", "verifier").code == 0
    with opened(target) as base, pytest.raises(psycopg.Error, match="le journal ne se modifie pas"):
        base.execute("DELETE FROM journal")


def test_no_number_ever_given_is_given_again(demonstration: Path, target: str, paqte: Paqte) -> None:
    with closing(sqlite3.connect(live(demonstration))) as base:
        for table in ("justificatif", "retour", "relance_ligne", "rencontre_signataire"):
            base.execute(f"DELETE FROM {table}")
        base.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('envoi', 41)")
        base.commit()
        given = dict(base.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0").fetchall())
    assert given["justificatif"] > 0 < given["retour"]
    assert paqte("base", "transferer", target).code == 0
    with opened(target) as base:
        following = {
            name: base.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", (name,)).fetchone()[0]
            for name in given
        }
    assert following == {name: last + 1 for name, last in given.items()}


def test_the_password_of_the_target_is_not_shown(base: Path, target: str, paqte: Paqte) -> None:
    named = make_url(target).set(password="tres:cachotier@x").render_as_string(hide_password=False)
    moved = paqte("base", "transferer", named)
    assert moved.code == 0
    assert "cachotier" not in moved.sortie
    assert "PAQTE_DATABASE_URL=postgresql+psycopg://postgres:***@" in moved.lignes[-1]
    assert "paqte verifier" in moved.lignes[-1]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("UPDATE departement SET nom = 'Ailleurs' WHERE code = '41'", "Table departement, ligne 41 : elle n’a pas"),
        ("DELETE FROM realisation WHERE id = (SELECT max(id) FROM realisation)", "Table realisation, ligne "),
        ("UPDATE edition_fichier SET octets = octets || 'x'::bytea WHERE id = 1", "Table edition_fichier, ligne 1 :"),
        ("UPDATE journal SET quand = quand + interval '1 microsecond' WHERE id = 7", "Table journal, ligne 7 :"),
        ("INSERT INTO region (code, nom) VALUES ('zz', 'De trop')", "ligne zz : elle est dans la base d’arrivée seule"),
    ],
)
def test_a_row_altered_on_the_way_is_named_and_nothing_is_kept(
    fault: str, said: str, demonstration: Path, target: str, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paqte.ops.base.transfer import move

    copied, before = move.copy_rows, files_beside(live(demonstration))

    def spoil(table: Any, source: Any, other: Any) -> None:
        copied(table, source, other)
        if table.name == "signalement":  # the last one
            other.exec_driver_sql(fault)

    monkeypatch.setattr(move, "copy_rows", spoil)
    refused = paqte("base", "transferer", target)
    assert (refused.code, refused.sortie) == (1, "")
    assert said in refused.erreur and "Rien n’a été gardé" in refused.erreur
    assert rows_in(target) == 0
    assert files_beside(live(demonstration)) == before
    monkeypatch.undo()


def test_what_a_second_connection_reads_otherwise_is_told(
    base: Path, target: str, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paqte.ops.base.transfer import move

    read_again = move._read_again

    def late(source: Any, engine: Any) -> Any:
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO region (code, nom) VALUES ('24', 'Centre')")
        return read_again(source, engine)

    monkeypatch.setattr(move, "_read_again", late)
    refused = paqte("base", "transferer", target)
    assert refused.code == 1
    assert "Table region, ligne 24" in refused.erreur and "Ne vous en servez pas" in refused.erreur


def test_nobody_writes_in_the_base_while_it_is_moved(
    base: Path, target: str, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paqte.ops.base.transfer import move

    copied, tried = move.copy_rows, []

    def meddle(table: Any, source: Any, other: Any) -> None:
        copied(table, source, other)
        with closing(sqlite3.connect(base, timeout=0)) as writer, pytest.raises(sqlite3.OperationalError) as locked:
            writer.execute("INSERT INTO region (code, nom) VALUES ('24', 'Centre')")
        tried.append(str(locked.value))

    monkeypatch.setattr(move, "copy_rows", meddle)
    assert paqte("base", "transferer", target).code == 0
    assert set(tried) == {"database is locked"}


def test_what_waits_in_the_journal_beside_is_moved_and_left_there(
    base: Path, target: str, paqte: Paqte, tmp_path: Path
) -> None:
    """As after a kill: the last rows are not in the base itself."""
    with closing(sqlite3.connect(base)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("INSERT INTO region (code, nom) VALUES ('24', 'Centre')")
        writer.commit()
        for one in (base, base.with_name(f"{base.name}-wal")):
            shutil.copy(one, tmp_path / one.name)
    for name in (base.name, f"{base.name}-wal"):
        shutil.copy(tmp_path / name, base.parent / name)
    before = files_beside(base)
    assert len(before[f"{base.name}-wal"]) > 0
    assert paqte("base", "transferer", target).code == 0
    assert files_beside(base) == before
    with opened(target) as other:
        assert other.execute("SELECT code, nom FROM region").fetchall() == [("24", "Centre")]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("INSERT INTO region (code, nom) VALUES ('24', 'a' || char(0))", "Table region, ligne 24, colonne nom : un te"),
        ("INSERT INTO region (code, nom) VALUES ('2444', 'Centre')", "Table region, ligne 2444, colonne code : un tex"),
        ("INSERT INTO region (code, nom) VALUES ('24', X'41')", "Table region, ligne 24 : elle n’a pas la même valeur"),
    ],
)
def test_a_value_that_would_not_come_out_the_same_is_named(
    statement: str, said: str, base: Path, target: str, paqte: Paqte
) -> None:
    with closing(sqlite3.connect(base)) as writer:
        writer.execute("PRAGMA ignore_check_constraints = ON")
        writer.execute(statement)
        writer.commit()
    refused = paqte("base", "transferer", target)
    assert refused.code == 1
    assert said in refused.erreur and refused.erreur.count("\n") == 1
    assert rows_in(target) == 0


def _write_odd_values(path: Path) -> None:
    """What one base or the other, or a copy by text, would be the one to bend."""
    odd = "\\N \\. \t|\r\n« é 🏭 » \x01\x7f\u00a0\\\\ '\" %s"
    every_byte = bytes(range(256)) * 500
    with closing(sqlite3.connect(path)) as base:
        for code, nom in (("a", ""), ("A", "\\N"), ("é", odd), ("-", " "), ("_", "\u2028"), ("Z", "e\u0301")):
            base.execute("INSERT INTO region (code, nom) VALUES (?, ?)", (code, nom))
        keys = [key for (key,) in base.execute("SELECT id FROM realisation ORDER BY id")]
        values = (0.01, 0.1, 1234567890123.45, 9_999_999_999_999, 0.29, 100, 0)
        for key, value in zip(keys, values, strict=False):
            base.execute(
                "UPDATE realisation SET reponse = 'nombre', valeur = ?, numerateur = NULL, denominateur = NULL, "
                "commentaire = ?, saisie_le = ?, datee_du = '0001-01-01', is_on_behalf = ? WHERE id = ?",
                (value, odd, f"1969-12-31 23:59:59.{key:06}", key % 2, key),
            )
        base.execute("UPDATE fichier SET octets = ?, sha256 = ?", (every_byte, hashlib.sha256(every_byte).hexdigest()))
        base.execute("UPDATE courriel SET texte = ?, envoye_le = '2026-03-29 01:30:00'", (odd * 20_000,))
        base.commit()
    assert len(keys) >= len(values)


def test_odd_values_come_out_as_they_were(demonstration: Path, target: str, paqte: Paqte) -> None:
    _write_odd_values(live(demonstration))
    moved = paqte("base", "transferer", target)
    assert (moved.code, moved.erreur) == (0, "")
    assert assert_every_row_is_alike(live(demonstration), target) > 1_000
    with opened(target) as other:
        found = other.execute("SELECT max(valeur)::text, min(datee_du)::text FROM realisation").fetchone()
        assert found == ("9999999999999.00", "0001-01-01")
        assert other.execute("SELECT count(*) FROM region WHERE nom = ''").fetchone() == (1,)
