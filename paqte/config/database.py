"""The address of the base."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from paqte.config.given import ConfigurationRefused, hide_password, refuse_quotes


def sqlite_url(path: Path) -> str:
    """The address of a base that is this file; « ? » and « % » in its name would mean something there."""
    return f"sqlite:///{quote(os.fsencode(path))}"


def read_database_url(text: str) -> str:
    """The address of the base as given, '' for none; ConfigurationRefused for one that would lead elsewhere."""
    if not text:
        return ""
    refuse_quotes("PAQTE_DATABASE_URL", text)
    scheme, separator, rest = text.partition("://")
    if separator and scheme in ("sqlite", "sqlite+pysqlite"):
        return _sqlite_given(text, rest)
    if separator and scheme == "postgresql+psycopg":
        return _postgres_given(text)
    if scheme in ("postgres", "postgresql"):
        raise _database_refused(text, "écrivez « postgresql+psycopg:// » au début")
    raise _database_refused(
        text, "écrivez sqlite:////chemin/complet/paqte.sqlite3 ou postgresql+psycopg://compte:motdepasse@hote/base"
    )


def _sqlite_given(text: str, rest: str) -> str:
    path = rest[1:]
    if not rest.startswith("/") or not path.startswith("/"):
        raise _database_refused(text, "le chemin du fichier doit être complet (sqlite:////srv/paqte/paqte.sqlite3)")
    if "?" in path:
        raise _database_refused(text, "« ? » s’écrit %3F dans le chemin, et aucune option n’est admise")
    if path.endswith("/"):
        raise _database_refused(text, "c’est un dossier : ajoutez le nom du fichier")
    return sqlite_url(Path(unquote(path)))


def _postgres_given(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_port_good = parts.port != 0
    except ValueError:
        raise _database_refused(text, "son port ou son hôte ne se lit pas") from None
    if not is_port_good or not parts.path.strip("/"):
        raise _database_refused(text, "il manque le nom de la base, après l’hôte : …@hote/base")
    return text


def _database_refused(text: str, why: str) -> ConfigurationRefused:
    return ConfigurationRefused(f"PAQTE_DATABASE_URL vaut « {hide_password(text)[:160]} » : {why}.")
