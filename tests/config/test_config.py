"""Odd settings: each is a sentence, or exactly the folder that was meant; never a trace, never another folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from paqte.config import ConfigurationRefused, read_settings
from paqte.ops.base.migration import check_base, upgrade_base

IN_PRODUCTION = {"PAQTE_ENV": "production", "PAQTE_SECRET_KEY": "hVvJ1r7Zb0Qm2cXw9eTgLk4sYnPd8uAo"}
KEY_FILE = "PAQTE_SECRET_KEY" + "_FILE"  # as a file of the setting documented under its own name


@pytest.mark.parametrize(
    "name", ["sous ?x=1", "a%41b", "dièse #1", "deux  espaces", "préfecture é", 'l\'une "deux"', "a&b;c"]
)
def test_the_base_is_in_the_very_folder_of_the_instance(
    name: str, tmp_path: Path, migrated_file: Path, now: Any
) -> None:
    settings = read_settings({"PAQTE_INSTANCE": str(tmp_path / name)})
    assert make_url(settings.database_url).database == str(tmp_path / name / "paqte.sqlite3")
    # Taken for another file, the address would have one made elsewhere.
    (tmp_path / name).mkdir(exist_ok=True)
    shutil.copy(migrated_file, tmp_path / name / "paqte.sqlite3")
    upgrade_base(settings.database_url, backups=tmp_path, now=now)
    check_base(settings.database_url)
    assert (tmp_path / name / "paqte.sqlite3").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PAQTE_BASE_URL", "paqte.exemple.fr", "https://"),
        ("PAQTE_BASE_URL", "localhost:5000", "https://"),
        ("PAQTE_BASE_URL", "ftp://paqte.exemple.fr", "https://"),
        ("PAQTE_BASE_URL", "https://", "nom de machine"),
        ("PAQTE_BASE_URL", "https://paqte.exemple.fr:99999", "port"),
        ("PAQTE_BASE_URL", "https://paqte.exemple.fr:0", "port"),
        ("PAQTE_BASE_URL", "https://paqte.exemple.fr:abc", "port"),
        ("PAQTE_BASE_URL", "https://[::1", "ne se lit pas"),
        ("PAQTE_BASE_URL", "https://exemple.fr/paqte", "sans chemin"),
        ("PAQTE_BASE_URL", "https://exemple.fr/?a=b", "sans chemin"),
        ("PAQTE_BASE_URL", "https://exemple.fr#ancre", "sans chemin"),
        ("PAQTE_BASE_URL", "https://jean:tres-secret@exemple.fr", "ni nom ni mot de passe"),
        ("PAQTE_BASE_URL", '"https://paqte.exemple.fr"', "https://"),
        ("PAQTE_BASE_URL", "https://paqte exemple.fr", "nom de machine"),
        ("PAQTE_BASE_URL", "https://<script>", "nom de machine"),
        ("PAQTE_BASE_URL", "https://préfecture.fr", "xn--prfecture-c4a.fr"),
        ("PAQTE_DATABASE_URL", "paqte.sqlite3", "sqlite:////chemin/complet"),
        ("PAQTE_DATABASE_URL", "mysql://hote/base", "postgresql+psycopg"),
        ("PAQTE_DATABASE_URL", "postgres://hote/base", "postgresql+psycopg"),
        ("PAQTE_DATABASE_URL", "postgresql://hote/base", "postgresql+psycopg"),
        ("PAQTE_DATABASE_URL", "postgresql+psycopg://jean:tres-secret@hote:port/base", "ne se lit pas"),
        ("PAQTE_DATABASE_URL", "postgresql+psycopg://hote:99999/base", "ne se lit pas"),
        ("PAQTE_DATABASE_URL", "postgresql+psycopg://jean:tres-secret@hote", "nom de la base"),
        ("PAQTE_DATABASE_URL", "sqlite://", "complet"),
        ("PAQTE_DATABASE_URL", "sqlite:///:memory:", "complet"),
        ("PAQTE_DATABASE_URL", "sqlite:///paqte.sqlite3", "complet"),
        ("PAQTE_DATABASE_URL", "sqlite:////srv/a?b/paqte.sqlite3", "%3F"),
        ("PAQTE_DATABASE_URL", "sqlite:////srv/paqte/", "dossier"),
        ("PAQTE_DATABASE_URL", "'sqlite:////srv/paqte.sqlite3'", "sans guillemets"),
        ("PAQTE_PORT", "0", "65535"),
        ("PAQTE_PORT", "65536", "65535"),
        ("PAQTE_PORT", "-1", "65535"),
        ("PAQTE_PORT", "5000.0", "65535"),
        ("PAQTE_PORT", "５０００", "65535"),
        ("PAQTE_PORT", "9" * 5000, "65535"),
        ("PAQTE_HOST", "hôte", "127.0.0.1"),
        ("PAQTE_HOST", "a" * 300, "127.0.0.1"),
        ("PAQTE_HOST", "http://127.0.0.1", "127.0.0.1"),
        ("PAQTE_INSTANCE", "~/paqte", "en entier"),
        ("PAQTE_INSTANCE", '"/srv/paqte"', "sans guillemets"),
        ("PAQTE_REPORTS", "~", "en entier"),
        ("PAQTE_SMTP_FROM", "a b", "paqte@exemple.fr"),
        ("PAQTE_SMTP_FROM", "PAQTE <paqte@exemple.fr>", "paqte@exemple.fr"),
        ("PAQTE_SECURITE_CONTACT", "http://exemple.fr/faille", "https://"),
        ("PAQTE_SECURITE_CONTACT", "a b", "adresse électronique"),
        ("PAQTE_ENV", "prod", "demonstration"),
    ],
)
def test_an_odd_value_is_refused_in_a_sentence(name: str, value: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        read_settings({"PAQTE_INSTANCE": str(tmp_path / "instance"), name: value})
    sentence = str(refused.value)
    assert sentence.startswith(name) and said in sentence and sentence.endswith(".")
    assert "tres-secret" not in sentence


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://paqte.exemple.fr/", "https://paqte.exemple.fr"),
        ("https://paqte.exemple.fr///", "https://paqte.exemple.fr"),
        ("HTTPS://Paqte.Exemple.fr:443", "https://paqte.exemple.fr"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("http://localhost:80/", "http://localhost"),
    ],
)
def test_an_address_is_kept_as_a_browser_sends_it(given: str, kept: str, tmp_path: Path) -> None:
    assert read_settings(IN_PRODUCTION | {"PAQTE_INSTANCE": str(tmp_path), "PAQTE_BASE_URL": given}).base_url == kept


def test_a_given_sqlite_address_keeps_its_file(tmp_path: Path) -> None:
    found = read_settings({"PAQTE_INSTANCE": str(tmp_path), "PAQTE_DATABASE_URL": "sqlite:////srv/d#1 é/a%2541.db"})
    assert make_url(found.database_url).database == "/srv/d#1 é/a%41.db"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "n’existe pas"),
        (b"", "est vide"),
        (b" \r\n\r\n", "est vide"),
        (b"\xa6W$\xfd\x1bV\x81-Y[\x8e\xdc\xde&\x9eT\x9b6T\xdc\xff\xfe", "fichier de texte"),
        (b"\xff" * 64, "fichier de texte"),
        (b"premiere-ligne\nseconde-ligne\n", "une ligne"),
        (b"a" * 70_000, "trop gros"),
        ("tube", "n’est pas un fichier"),
        ("dossier", "c’est un dossier"),
    ],
)
def test_a_file_of_setting_that_cannot_serve_is_refused_in_a_sentence(
    content: Any, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cle"
    if content == "dossier":
        path.mkdir()
    elif content == "tube":
        os.mkfifo(path)
    elif content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(KEY_FILE, str(path))
    with pytest.raises(ConfigurationRefused, match=said):
        read_settings({"PAQTE_INSTANCE": str(tmp_path / "instance")})


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_key_file_may_end_its_line_in_any_way(
    start: bytes, end: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cle").write_bytes(start + b"0123456789abcdefghijklmnopqrstuvwxyz" + end)
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "cle"))
    assert read_settings({"PAQTE_INSTANCE": str(tmp_path)}).secret_key == "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize("content", [b"", b"court", b"\xff\xfe\x00binaire"])
def test_a_kept_key_that_is_none_is_refused_with_the_remedy(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "cle_secrete").write_bytes(content)
    with pytest.raises(ConfigurationRefused, match="supprimez-le"):
        read_settings({"PAQTE_INSTANCE": str(tmp_path)})


@pytest.mark.timeout(20)
def test_a_kept_key_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cle_secrete")
    with pytest.raises(ConfigurationRefused, match="n’est pas un fichier"):
        read_settings({"PAQTE_INSTANCE": str(tmp_path)})


@pytest.mark.parametrize("command", [("paqte.cli", "taches", "lister"), ("paqte.cli", "lancer"), ("paqte.scheduling",)])
@pytest.mark.lent
def test_no_process_shows_a_trace_for_a_setting(command: tuple[str, ...], tmp_path: Path) -> None:
    given = os.environ | {"PAQTE_INSTANCE": str(tmp_path / "i"), "PAQTE_BASE_URL": "https://exemple.fr:99999"}
    done = subprocess.run(
        [sys.executable, "-m", *command], env=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("PAQTE_BASE_URL vaut")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.lent
def test_the_web_server_by_its_own_command_shows_no_trace_for_a_setting(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gunicorn", "-c", "python:paqte.ops.gunicorn", "paqte:create_app()"]
    given = os.environ | {"PAQTE_INSTANCE": str(tmp_path / "i"), "PAQTE_PORT": "cinq mille"}
    done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "PAQTE_PORT vaut" in done.stderr and "Traceback" not in done.stderr
