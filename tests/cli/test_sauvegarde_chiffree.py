"""The documented commands: make a key, save, restore elsewhere with it; each mistake has its sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from pyrage import passphrase

from paqte.config import ConfigurationRefused, read_settings

Paqte = Callable[..., Any]


@pytest.fixture
def saved(demonstration: Path, paqte: Paqte, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demonstration saved for the key of `cle.txt`, and a clean machine to restore it on."""
    public = paqte("base", "cle", str(demonstration / "cle.txt")).lignes[0]
    monkeypatch.setenv("PAQTE_SAUVEGARDE_CLE", public)
    made = Path(paqte("sauvegarder", str(demonstration / "copies"), "--garder", "30").lignes[0])
    monkeypatch.delenv("PAQTE_SAUVEGARDE_CLE")
    monkeypatch.setenv("PAQTE_INSTANCE", str(demonstration / "ailleurs"))
    return made


def test_an_encrypted_back_up_comes_back_on_a_clean_machine(demonstration: Path, saved: Path, paqte: Paqte) -> None:
    assert saved.name.endswith(".sqlite3.age")
    key = demonstration / "cle.txt"
    assert oct(key.stat().st_mode & 0o777) == "0o600"
    restored = paqte("restaurer", str(saved), "--cle", str(key))
    assert restored.code == 0
    assert restored.lignes[0] == f"Base restaurée depuis {saved}."
    with sqlite3.connect(demonstration / "ailleurs" / "paqte.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM signataire").fetchone() == (28,)


def test_a_key_under_a_passphrase_is_asked_for_it(
    demonstration: Path, saved: Path, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = demonstration / "cle.age"
    key.write_bytes(passphrase.encrypt((demonstration / "cle.txt").read_bytes(), "une longue phrase", armored=True))
    given = iter(["une autre phrase", "une longue phrase"])
    monkeypatch.setattr(click, "prompt", lambda said, hide_input: next(given))
    refused = paqte("restaurer", str(saved), "--cle", str(key))
    assert refused.code != 0
    assert "La phrase de passe n’ouvre pas le fichier de clé" in refused.erreur
    assert paqte("restaurer", str(saved), "--cle", str(key)).code == 0


def test_each_mistake_about_a_key_is_a_sentence_and_nothing_is_restored(
    demonstration: Path, saved: Path, paqte: Paqte
) -> None:
    paqte("base", "cle", str(demonstration / "autre.txt"))
    (demonstration / "publique.txt").write_text("age1qqqqqqq\n")
    (demonstration / "coupee.txt").write_text("AGE-SECRET-KEY-1QQQQ\n")
    mistakes = {
        (): "est chiffré : donnez sa clé privée par --cle FICHIER",
        ("--cle", str(demonstration / "autre.txt")): "ne s’ouvre pas avec cette clé",
        ("--cle", str(demonstration / "publique.txt")): "ne contient pas de clé privée",
        ("--cle", str(demonstration / "coupee.txt")): "contient une clé privée abîmée",
    }
    for options, said in mistakes.items():
        refused = paqte("restaurer", str(saved), *options)
        assert refused.code != 0
        assert said in refused.erreur and "Rien n’a été modifié" in refused.erreur
    assert not (demonstration / "ailleurs" / "paqte.sqlite3").exists()
    again = paqte("base", "cle", str(demonstration / "cle.txt"))
    assert again.code != 0 and "n’a pas pu être écrite" in again.erreur


def test_what_was_there_before_a_restoration_is_encrypted_too(
    demonstration: Path, saved: Path, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAQTE_INSTANCE", str(demonstration / "instance"))
    monkeypatch.setenv("PAQTE_SAUVEGARDE_CLE", paqte("base", "cle", str(demonstration / "seconde.txt")).lignes[0])
    restored = paqte("restaurer", str(saved), "--cle", str(demonstration / "cle.txt"))
    kept = Path(restored.lignes[0].removeprefix("État précédent : "))
    assert kept.name.endswith(".sqlite3.age")
    assert paqte("restaurer", str(kept), "--cle", str(demonstration / "seconde.txt")).code == 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PAQTE_SAUVEGARDE_CLE", "AGE-SECRET-KEY-1ABCDEF", "contient une clé privée"),
        ("PAQTE_SAUVEGARDE_CLE", "ssh-ed25519 AAAA", "commence par age1"),
        ("PAQTE_SAUVEGARDE_CLE", "age1zzz", "commence par age1"),
        ("PAQTE_SAUVEGARDE_JOURS", "0", "entre 1 et 3650"),
        ("PAQTE_SAUVEGARDE_JOURS", "trente", "entre 1 et 3650"),
        ("PAQTE_SAUVEGARDE_DOSSIER", "~/copies", "chemin en entier"),
    ],
)
def test_a_setting_that_cannot_serve_is_refused(name: str, value: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused, match=said) as refused:
        read_settings({"PAQTE_INSTANCE": str(tmp_path), name: value})
    assert "ABCDEF" not in str(refused.value)
