"""Settings read from the environment, each also as NAME_FILE (contract: docs/exploitation.md)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CHECKOUT = Path(__file__).resolve().parent.parent
PRODUCTION = "production"
DEMONSTRATION = "demonstration"
MIN_SECRET = 32
NAMES = (
    "PAQTE_HOST",
    "PAQTE_PORT",
    "PAQTE_INSTANCE",
    "PAQTE_REPORTS",
    "PAQTE_DATABASE_URL",
    "PAQTE_BASE_URL",
    "PAQTE_SMTP_URL",
    "PAQTE_SMTP_FROM",
    "PAQTE_SECRET_KEY",
    "PAQTE_ENV",
)


class ConfigurationRefused(Exception):
    """A setting is missing or wrong; the message is a French sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Effective settings of this process; `host` is the interface listened on."""

    host: str
    port: int
    instance: Path
    reports: Path
    database_url: str
    base_url: str
    smtp_url: str
    smtp_from: str
    secret_key: str
    env: str

    @property
    def is_production(self) -> bool:
        return self.env == PRODUCTION

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """Host and port of the public address, as a browser sends it."""
        return urlsplit(self.base_url).netloc


def read_settings(given: Mapping[str, object] | None = None) -> Settings:
    """Settings from `given`, else the environment, else defaults.

    Raises ConfigurationRefused when production lacks a strong secret or a value cannot be read.
    """
    values = {name: _read(name, given or {}) for name in NAMES}
    env = values["PAQTE_ENV"] or DEMONSTRATION
    if env not in (PRODUCTION, DEMONSTRATION):
        raise ConfigurationRefused(f"PAQTE_ENV vaut « {env} » : écrivez production ou demonstration.")
    instance = Path(values["PAQTE_INSTANCE"] or CHECKOUT / "instance").resolve()
    port = _port(values["PAQTE_PORT"] or "5000")
    return Settings(
        host=values["PAQTE_HOST"] or "127.0.0.1",
        port=port,
        instance=instance,
        reports=Path(values["PAQTE_REPORTS"] or CHECKOUT / "reports").resolve(),
        database_url=values["PAQTE_DATABASE_URL"] or f"sqlite:///{instance / 'paqte.sqlite3'}",
        base_url=_base_url(values["PAQTE_BASE_URL"] or f"http://127.0.0.1:{port}"),
        smtp_url=values["PAQTE_SMTP_URL"],
        smtp_from=values["PAQTE_SMTP_FROM"] or "ne-pas-repondre@paqte.invalid",
        secret_key=_secret(values["PAQTE_SECRET_KEY"], env, instance),
        env=env,
    )


def _read(name: str, given: Mapping[str, object]) -> str:
    if name in given:
        return str(given[name])
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationRefused(f"{name}_FILE désigne {path}, qui ne se lit pas : {error}.") from error
    return os.environ.get(name, "")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ConfigurationRefused(f"PAQTE_PORT vaut « {text} » : écrivez un numéro entre 1 et 65535.")
    return int(text)


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigurationRefused(f"PAQTE_BASE_URL vaut « {text} » : écrivez par exemple https://paqte.exemple.fr.")
    return text.rstrip("/")


def _secret(given: str, env: str, instance: Path) -> str:
    """The given key; outside production, one drawn once and kept in the instance folder."""
    if env == PRODUCTION:
        if len(given) < MIN_SECRET or len(set(given)) < 10:
            raise ConfigurationRefused(
                f"PAQTE_SECRET_KEY manque ou est trop faible : donnez au moins {MIN_SECRET} caractères tirés au "
                "hasard, par exemple ceux de « python3 -c 'import secrets; print(secrets.token_urlsafe(48))' »."
            )
        return given
    return given or _kept_secret(instance / "cle_secrete")


def _kept_secret(path: Path) -> str:
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = secrets.token_urlsafe(48)
    try:
        with open(path, "x", encoding="utf-8", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(drawn)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    return drawn
