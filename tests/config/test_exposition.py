"""A demonstration stays on its machine; production is encrypted and keeps a key that nobody guesses."""

from __future__ import annotations

from pathlib import Path

import pytest

from paqte.config import ConfigurationRefused, read_settings

KEY = "hVvJ1r7Zb0Qm2cXw9eTgLk4sYnPd8uAo"  # drawn at random, for these tests


def settings_of(folder: Path, **given: str) -> None:
    read_settings({"PAQTE_INSTANCE": str(folder), **{f"PAQTE_{name}": value for name, value in given.items()}})


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        "::",
        "192.168.1.4",
        "10.0.0.1",
        "paqte.exemple.fr",
        "127.1",
        "localhost.exemple.fr",
        "::ffff:10.0.0.1",
    ],
)
def test_a_demonstration_listens_on_its_machine_alone(host: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused, match=r"PAQTE_HOST vaut .*La démonstration reste sur sa machine"):
        settings_of(tmp_path, ENV="demonstration", HOST=host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost", "LocalHost", "::ffff:127.0.0.1"]
)
def test_a_demonstration_may_use_any_name_of_its_own_machine(host: str, tmp_path: Path) -> None:
    settings_of(tmp_path, ENV="demonstration", HOST=host)


@pytest.mark.parametrize(
    "address",
    [
        "http://192.168.1.4",
        "https://paqte.exemple.fr",
        "http://127.0.0.1.exemple.fr:5000",
        "http://localhost.fr",
        "http://[::2]",
    ],
)
def test_a_demonstration_has_no_public_address(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused, match=r"PAQTE_BASE_URL vaut .*adresse de cette machine"):
        settings_of(tmp_path, BASE_URL=address)


@pytest.mark.parametrize("address", ["http://paqte.exemple.fr", "http://10.1.2.3:8080", "HTTP://127.0.0.1.exemple.fr"])
def test_production_refuses_an_address_without_encryption(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused, match="commence par https://"):
        settings_of(tmp_path, ENV="production", SECRET_KEY=KEY, BASE_URL=address)


@pytest.mark.parametrize(
    "address", ["https://paqte.exemple.fr", "http://127.0.0.1:5000", "http://localhost", "http://[::1]:80"]
)
def test_production_is_encrypted_or_on_its_own_machine(address: str, tmp_path: Path) -> None:
    settings_of(tmp_path, ENV="production", SECRET_KEY=KEY, BASE_URL=address, HOST="0.0.0.0")


@pytest.mark.parametrize(
    "key",
    [
        "",
        KEY[:31],
        "a" * 64,
        "ab" * 32,
        "motdepasse" * 6,
        "Secret-2026!" * 4,
        "correct-horse-battery-staple-correct-horse",
        "MotDePasse-motdepasse-MOTDEPASSE-mot",
        "password1password2password3password4",
        "prefecture41 prefecture41 prefecture41",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "9876543210zyxwvutsrqponmlkjihgfedcba",
        KEY[:16] * 2,
    ],
)
def test_production_refuses_a_key_that_is_short_repeated_or_listed(key: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused, match="PAQTE_SECRET_KEY manque ou est trop faible"):
        settings_of(tmp_path, ENV="production", SECRET_KEY=key)


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "f3a91c07be5d2486d0e7f1b8a3c95264",  # 16 octets in hexadecimal
        "kD3v0yq0Jx7mZ4tYb1nS-8wUeR5cHg_2aLfPzQ9oIiX6jVhNsTrMlEuKd0BpWyG7",
    ],
)
def test_a_key_drawn_at_random_is_taken(key: str, tmp_path: Path) -> None:
    settings_of(tmp_path, ENV="production", SECRET_KEY=key)


def test_each_fault_of_exposure_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        settings_of(tmp_path, ENV="production", SECRET_KEY="ab" * 32, BASE_URL="http://paqte.exemple.fr")
    first, second = str(refused.value).splitlines()
    assert first.startswith("PAQTE_BASE_URL") and second.startswith("PAQTE_SECRET_KEY")
    assert "ab" * 32 not in str(refused.value)
