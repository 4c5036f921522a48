"""A setting as the environment, or the file it names, gives it: one line of text."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from paqte.domain.systeme import reason_of

# A setting is a line of text.
LONGEST_FILE = 65_536
_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]+(?=@)")


class ConfigurationRefused(Exception):
    """A setting is missing or wrong; the message is a French sentence that says what to do."""


def setting(name: str, given: Mapping[str, object]) -> str:
    if name in given:
        return str(given[name])
    path = os.environ.get(f"{name}_FILE")
    value = _read_file(name, Path(path)) if path else os.environ.get(name, "")
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise ConfigurationRefused(f"{name} doit tenir sur une ligne, sans caractère de commande.")
    return value


def _read_file(name: str, path: Path) -> str:
    """The only line of a file; one without anything in it would silently mean the default."""
    try:
        require_file(path)
        text = path.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        raise ConfigurationRefused(f"{name}_FILE désigne {path}, qui ne se lit pas : {reason_of(error)}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationRefused(
            f"{name}_FILE désigne {path}, qui n’est pas un fichier de texte (UTF-8) : écrivez-y une ligne."
        ) from error
    if not text:
        raise ConfigurationRefused(f"{name}_FILE désigne {path}, qui est vide : écrivez-y la valeur sur une ligne.")
    return text


def require_file(path: Path) -> None:
    """Refuse a pipe or a device, which would be waited for without end, and a file that cannot hold a setting."""
    if path.exists() and not path.is_dir() and not path.is_file():
        raise ConfigurationRefused(f"{path} n’est pas un fichier : écrivez la valeur dans un fichier d’une ligne.")
    if path.is_file() and path.stat().st_size > LONGEST_FILE:
        raise ConfigurationRefused(f"{path} est trop gros pour un réglage : écrivez la valeur sur une ligne.")


def refuse_quotes(name: str, text: str) -> None:
    """A file of settings read by something else than a shell keeps its quotation marks: they would name a folder."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        raise ConfigurationRefused(f"{name} vaut {text} : écrivez la valeur sans guillemets.")


def read_folder(name: str, values: Mapping[str, str], default: Path) -> Path:
    given = values[name]
    if given.startswith("~"):
        raise ConfigurationRefused(f"{name} vaut « {given} » : écrivez le chemin en entier, « ~ » n’est pas compris.")
    refuse_quotes(name, given)
    try:
        return Path(given or default).resolve()
    except OSError as error:
        raise ConfigurationRefused(f"{name} désigne {given}, qui ne mène nulle part : {reason_of(error)}.") from error


def hide_password(text: str) -> str:
    """An address without its password."""
    return _PASSWORD.sub(r"\1:••••••", text)
