"""Every kind of damage: one sentence with the way out from every command, never a trace, never « bien »; and restoring
works over it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from paqte.ops.base.backup import BackupRefused, save_base
from paqte.ops.base.restore import restore_base
from tests.cli.editions_abimees import an_edition, changed_edition, half_a_publishable_edition

HEADER = b"SQLite format 3\x00"
ABOUT_PAGES = True  # about files: a base that is one
NOTHING = "Rien n’a été modifié."


def random_bytes(path: Path) -> None:
    path.write_bytes(os.urandom(50_000))


def header(path: Path) -> None:
    path.write_bytes(b"\x00" * 16 + path.read_bytes()[16:])


def page_size(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:16] + b"\xff\xff" + content[18:])


def schema(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + os.urandom(3996) + content[4096:])


def schema_of_no_text(path: Path) -> None:
    """Bytes that are no text where SQLite quotes its schema in what it says."""
    content = path.read_bytes()
    begin = content.index(b"CREATE TABLE ") + len(b"CREATE ")
    path.write_bytes(content[:begin] + b"\xad\xff\xfe\xad\xff" + content[begin + 5 :])


def data_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for page in range(3, len(content) // 4096, 2):
        content[page * 4096 : page * 4096 + 2000] = b"\xa5" * 2000
    path.write_bytes(bytes(content))


def invalid_text(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("UPDATE utilisateur SET nom = CAST(x'436c6ff02e' AS TEXT) WHERE id = 1")
    base.close()


def changed_file(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute(
            "INSERT INTO gabarit (nom, sha256, octets, en_vigueur_le, genre, installe_par, created_at) "
            "VALUES ('m', ?, x'00', '2026-01-01', 'bilan', '', '2026-01-01 00:00:00')",
            ("0" * 64,),
        )
    base.close()


def word_for_a_number(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("UPDATE utilisateur SET is_active = 'oui' WHERE id = 1")
    base.close()


def word_for_a_date(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("UPDATE utilisateur SET created_at = 'hier' WHERE id = 1")
    base.close()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def lost_table(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("DROP TABLE tache")
    base.close()


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 8192 * 4096])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def lost_link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("ailleurs") / "paqte.sqlite3")


DAMAGES = (
    random_bytes,
    header,
    page_size,
    schema,
    schema_of_no_text,
    data_pages,
    cut,
    emptied,
    folder,
    lost_table,
)
HIDDEN = (
    invalid_text,
    changed_file,
    changed_edition,
    half_a_publishable_edition,
    word_for_a_number,
    word_for_a_date,
)


@pytest.fixture
def live(instance: Path, base: Path, now: datetime) -> Path:
    """A base in use, with an account; beside it, `sauvegarde.sqlite3` and `vide.sqlite3`, from before any row."""
    path = base
    shutil.copy(path, instance / "vide.sqlite3")
    with sqlite3.connect(path) as opened:
        opened.execute("INSERT INTO region (code, nom) VALUES ('24', 'Centre-Val de Loire')")
        opened.execute(
            "INSERT INTO utilisateur (courriel, nom, role, is_active, created_at) "
            "VALUES ('alix@cget.test', 'Alix', 'admin', 1, '2026-01-01 00:00:00')"
        )
    opened.close()
    shutil.copy(save_base(f"sqlite:///{path}", instance, now), instance / "sauvegarde.sqlite3")
    with sqlite3.connect(path) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
    opened.close()
    return path


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("command", ["taches lister", "bilan lister", "base migrer", "sauvegarder copies", "verifier"])
def test_each_command_tells_a_damaged_base_and_the_way_out(
    damage: Callable[[Path], None], command: str, live: Path, paqte: Callable[..., Any], monkeypatch: Any
) -> None:
    monkeypatch.chdir(live.parent)
    damage(live)
    told = paqte(*command.split())
    assert told.code == 1
    said = told.sortie if command == "verifier" else told.erreur
    assert "paqte restaurer FICHIER" in said
    if command == "verifier":
        assert [line for line in told.lignes if line.startswith("bien  base")] == []
        assert any(line.startswith("FAUTE base") for line in told.lignes)
    else:
        assert said.count("\n") == 1


@pytest.mark.parametrize("damage", HIDDEN, ids=lambda f: f.__name__)
@pytest.mark.parametrize("command", ["verifier", "sauvegarder copies"])
def test_what_sqlite_itself_does_not_see_is_seen(
    damage: Callable[[Path], None], command: str, live: Path, paqte: Callable[..., Any], monkeypatch: Any
) -> None:
    monkeypatch.chdir(live.parent)
    damage(live)
    told = paqte(*command.split())
    assert told.code == 1
    assert "paqte restaurer FICHIER" in told.sortie + told.erreur
    assert list(live.parent.glob("copies/*")) == []


@pytest.mark.parametrize("damage", (*DAMAGES[:-1], *HIDDEN, lost_link), ids=lambda f: f.__name__)
def test_a_damaged_base_is_restored_over_and_kept_aside(
    damage: Callable[[Path], None], live: Path, instance: Path, paqte: Callable[..., Any]
) -> None:
    damage(live)
    done = paqte("restaurer", str(instance / "sauvegarde.sqlite3"))
    assert done.code == 0, done.erreur
    with sqlite3.connect(live) as base:
        assert base.execute("SELECT nom FROM region").fetchall() == [("Centre-Val de Loire",)]
    base.close()
    (former,) = (live.parent / "sauvegardes").iterdir()
    assert "-abimee" in former.name and str(former) in done.sortie
    assert "abîmé, gardé tel quel" in done.sortie
    assert [path.name for path in live.parent.iterdir() if "restauration" in path.name] == []


def test_a_whole_edition_is_no_damage(live: Path, paqte: Callable[..., Any]) -> None:
    an_edition(live)
    assert any(line.startswith("bien  base") for line in paqte("verifier").lignes)


def test_verifying_an_emptied_base_leaves_it_as_it_is(live: Path, paqte: Callable[..., Any]) -> None:
    """Written in, it would be taken for a new base by the next command, which would begin again from nothing."""
    emptied(live)
    assert paqte("verifier").code == 1
    assert live.read_bytes() == b""
    told = paqte("base", "migrer")
    assert told.code == 1 and "est vide (0 octet)" in told.erreur


def test_a_pipe_is_told_and_never_waited_for(live: Path, instance: Path, paqte: Callable[..., Any]) -> None:
    source = instance / "source.sqlite3"
    os.mkfifo(source)
    told = paqte("restaurer", str(source))
    assert told.code == 1 and "n’est pas un fichier" in told.erreur and NOTHING in told.erreur
    pipe(live)
    assert "ce n’est pas un fichier" in paqte("taches", "lister").erreur
    done = paqte("restaurer", str(instance / "sauvegarde.sqlite3"))
    assert done.code == 0 and live.is_file()


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE client (id INTEGER, nom TEXT)")
        base.execute("INSERT INTO client VALUES (1, 'a')")
    base.close()


def other_alembic(path: Path) -> None:
    foreign(path)
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        base.execute("INSERT INTO alembic_version VALUES ('0001')")
    base.close()


def text_file(path: Path) -> None:
    path.write_text("une liste de noms\n")


def postgres_dump(path: Path) -> None:
    path.write_bytes(b"PGDMP\x01\x0e" + b"\x00" * 200)


def newer(path: Path) -> None:
    shutil.copy(path.with_name("sauvegarde.sqlite3"), path)
    with sqlite3.connect(path) as base:
        base.execute("UPDATE alembic_version SET version_num = '9999'")
    base.close()


def of_no_data(path: Path) -> None:
    shutil.copy(path.with_name("vide.sqlite3"), path)


def with_journal(path: Path) -> None:
    shutil.copy(path.with_name("sauvegarde.sqlite3"), path)
    path.with_name(f"{path.name}-wal").write_bytes(b"\x37\x7f\x06\x82" + b"\x00" * 100)


def without_column(path: Path) -> None:
    shutil.copy(path.with_name("sauvegarde.sqlite3"), path)
    with sqlite3.connect(path) as base:
        base.execute("ALTER TABLE utilisateur DROP COLUMN nom")
    base.close()


def damaged_copy(path: Path) -> None:
    shutil.copy(path.with_name("sauvegarde.sqlite3"), path)
    data_pages(path)


def with_rollback_journal(path: Path) -> None:
    shutil.copy(path.with_name("sauvegarde.sqlite3"), path)
    path.with_name(f"{path.name}-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\x00" * 600)


def of_another_version_than_it_says(path: Path) -> None:
    _with_version(path, "UPDATE alembic_version SET version_num = '0006'")


def of_two_versions(path: Path) -> None:
    _with_version(path, "INSERT INTO alembic_version VALUES ('0006')")


def of_no_version(path: Path) -> None:
    _with_version(path, "DELETE FROM alembic_version")


def _with_version(path: Path, statement: str) -> None:
    shutil.copy(path.with_name("sauvegarde.sqlite3"), path)
    with sqlite3.connect(path) as base:
        base.execute(statement)
    base.close()


def cut_copy(path: Path) -> None:
    shutil.copy(path.with_name("sauvegarde.sqlite3"), path)
    cut(path)


def without_table(path: Path) -> None:
    shutil.copy(path.with_name("sauvegarde.sqlite3"), path)
    lost_table(path)


SOURCES = {
    foreign: "autre programme",
    other_alembic: "autre programme",
    text_file: "n’est pas une sauvegarde",
    postgres_dump: "PostgreSQL",
    newer: "9999",
    of_no_data: "aucune donnée",
    with_journal: "journal est resté à côté",
    without_column: "utilisateur.nom y manque",
    damaged_copy: "abîmé",
    with_rollback_journal: "journal est resté à côté",
    of_another_version_than_it_says: "n’est pas de la version qu’il porte",
    of_two_versions: "un seul numéro de version",
    of_no_version: "un seul numéro de version",
    cut_copy: "source.sqlite3 : la fin du fichier manque",
    without_table: "source.sqlite3 : sa table tache manque",
    emptied: "vide",
}


@pytest.mark.parametrize(("make", "said"), SOURCES.items(), ids=lambda v: getattr(v, "__name__", ""))
def test_a_source_is_judged_before_anything_is_replaced(
    make: Callable[[Path], None], said: str, live: Path, instance: Path, paqte: Callable[..., Any]
) -> None:
    source = instance / "source.sqlite3"
    make(source)
    before = live.read_bytes()
    told = paqte("restaurer", str(source))
    assert told.code == 1
    assert said in told.erreur and NOTHING in told.erreur and told.erreur.count("\n") == 1
    assert "paqte restaurer" not in told.erreur and ".restauration" not in told.erreur
    assert "La base est" not in told.erreur, "it speaks of the file, not of the base in use"
    assert live.read_bytes() == before, "the sentence is true"
    assert sorted(path.name for path in live.parent.iterdir()) == ["cle_secrete", "paqte.sqlite3"]


def test_a_folder_is_no_source(live: Path, tmp_path: Path, now: datetime) -> None:
    with pytest.raises(BackupRefused, match="est un dossier"):
        restore_base(f"sqlite:///{live}", tmp_path, now=now)


def test_the_base_of_a_running_application_is_exchanged_and_nothing_written_after_is_lost(
    app: Any, database_url: str, tmp_path: Path, now: datetime
) -> None:
    from paqte.models import Region, db
    from paqte.services.transaction import transaction
    from tests.factories import CAMILLE

    with app.app_context():
        with transaction(actor=CAMILLE, now=now) as session:
            session.add(Region(code="24", nom="Centre-Val de Loire"))
        saved = save_base(database_url, tmp_path / "copies", now)
        with transaction(actor=CAMILLE, now=now) as session:
            session.add(Region(code="02", nom="Martinique"))
        db.session.remove()
        restore_base(database_url, saved, now=now)
        assert [region.nom for region in db.session.query(Region)] == ["Centre-Val de Loire"]
        with transaction(actor=CAMILLE, now=now) as session:
            session.add(Region(code="04", nom="La Réunion"))
        db.session.remove()
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as base:
        found = base.execute("SELECT nom FROM region ORDER BY nom").fetchall()
    base.close()
    assert found == [("Centre-Val de Loire",), ("La Réunion",)]


def test_a_page_on_a_damaged_base_is_a_sentence_with_503(client: Any, app: Any, database_url: str) -> None:
    path = Path(database_url.removeprefix("sqlite:///"))
    path.write_bytes(HEADER + os.urandom(60_000))
    for address in ("/sante", "/connexion/abc"):
        assert client.get(address).status_code == 503
    page = client.post("/connexion", data={"courriel": "bruno@exemple.fr"})
    assert page.status_code in (400, 503)
