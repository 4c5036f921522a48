"""What an installation shows: production refuses what a demonstration may do, and verifier says each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from paqte.reporting.publication import narrow_published
from tests.cli.conftest import Rendu

Paqte = Callable[..., Rendu]


def faults_of(paqte: Paqte) -> dict[str, str]:
    """The sentence of each fault by its subject."""
    told = (
        line.removeprefix("FAUTE ").split(" : ", 1) for line in paqte("verifier").lignes if line.startswith("FAUTE")
    )
    return dict(told)


def in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAQTE_ENV", "production")
    monkeypatch.setenv("PAQTE_BASE_URL", "https://paqte.exemple.fr")
    monkeypatch.setenv("PAQTE_SECRET_KEY", "hVvJ1r7Zb0Qm2cXw9eTgLk4sYnPd8uAo")


def test_verifier_says_each_setting_that_exposes_the_installation(
    base: Path, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_production(monkeypatch)
    monkeypatch.setenv("PAQTE_BASE_URL", "http://paqte.exemple.fr")
    monkeypatch.setenv("PAQTE_SECRET_KEY", "motdepasse" * 5)
    found = paqte("verifier")
    assert found.code == 1
    assert [line.split(" vaut")[0].split(" manque")[0] for line in found.lignes] == [
        "FAUTE réglages : PAQTE_BASE_URL",
        "FAUTE réglages : PAQTE_SECRET_KEY",
    ]


def test_production_invents_nothing(base: Path, paqte: Paqte, monkeypatch: pytest.MonkeyPatch) -> None:
    in_production(monkeypatch)
    before = base.read_bytes()
    for words in (("peupler", "--departements", "1", "--entreprises", "1", "--periodes", "1"), ("demo", "charger")):
        refused = paqte(*words)
        assert refused.code == 1 and "refusée en production" in refused.erreur
    assert base.read_bytes() == before


def test_production_serves_no_account_of_the_demonstration(
    demonstration: Path, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_production(monkeypatch)
    found = faults_of(paqte)
    assert "camille" not in found and "7 comptes ouverts de démonstration" in found["comptes"]
    for name in ("alix", "bruno", "camille", "ines", "nadia", "rose", "zoe"):
        refused = paqte("lancer") if name == "alix" else None
        assert refused is None or (refused.code == 1 and "désactivez-les" in refused.erreur)
        assert paqte("utilisateur", "desactiver", "--courriel", f"{name}@demo.paqte.invalid").code == 0
    assert "aucun compte de démonstration" in paqte("verifier").sortie
    invited = paqte("utilisateur", "inviter", "--role", "admin", "--courriel", "x@exemple.invalid")
    assert invited.code == 1 and "n’existe pas" in invited.erreur


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_verifier_says_which_internal_file_others_read(demonstration: Path, paqte: Paqte, mode: int) -> None:
    folder = demonstration / "reports" / "41" / "2026-S1"
    folder.mkdir(parents=True)
    for name in ("bilan-paqte_41_2026-S1_edition-1.xlsx", "bilan-paqte_41_2026-S1_edition-1_publiable.xlsx"):
        (folder / name).write_bytes(b"PK")
        (folder / name).chmod(mode)
    assert "par d’autres comptes de la machine (1)" in faults_of(paqte)["fichiers publiés"]
    assert narrow_published(demonstration / "reports") == 1
    modes = sorted(path.stat().st_mode & 0o777 for path in folder.iterdir())
    assert modes == sorted([0o600, mode])
    assert paqte("verifier").code == 0


def test_a_key_that_is_lost_is_left_by_an_order_that_the_journal_keeps(
    base: Path, paqte: Paqte, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_production(monkeypatch)
    assert paqte("base", "adopter").code == 0
    monkeypatch.setenv("PAQTE_SECRET_KEY", "kWq3Zs8Lp1Vn6Rt0Yb5Hd2Gf7Jc4Mx9a")
    assert "n’est pas celle des machines" in faults_of(paqte)["clé secrète"]
    adopted = paqte("base", "adopter")
    assert (adopted.code, adopted.erreur) == (0, "")
    assert "clé secrète" not in faults_of(paqte)
    with sqlite3.connect(base) as connection:
        acts = connection.execute("SELECT acte FROM journal WHERE objet = 'cle_secrete' ORDER BY id").fetchall()
    assert acts == [("adopter",), ("adopter",)]
