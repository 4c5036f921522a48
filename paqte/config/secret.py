"""The key that signs: given, or drawn once in the instance folder."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from paqte.config.given import ConfigurationRefused, require_file
from paqte.domain.systeme import reason_of

MIN_SECRET = 32


def read_secret(given: str, instance: Path) -> str:
    """The given key; outside production, one drawn once and kept in the instance folder."""
    return given or _kept_secret(instance / "cle_secrete")


def _kept_secret(path: Path) -> str:
    """The key of this instance, drawn the first time; whole or absent, even when two processes draw it at once."""
    try:
        if not path.exists():
            _draw_secret(path)
        require_file(path)
        kept = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationRefused(
            f"La clé secrète ne se lit ni ne s’écrit dans {path} : {reason_of(error)}."
        ) from error
    except UnicodeDecodeError:
        kept = ""
    if len(kept) < MIN_SECRET:
        raise ConfigurationRefused(
            f"Le fichier {path} ne contient pas de clé : supprimez-le, une autre sera tirée et chacun se reconnectera."
        )
    return kept


def _draw_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(aside, "x", encoding="utf-8", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process drew it at this moment: that one serves
            os.link(aside, path)
    finally:
        aside.unlink(missing_ok=True)
