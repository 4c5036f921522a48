"""Where this process listens, and whom it speaks to."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from paqte.config.given import ConfigurationRefused, hide_password
from paqte.domain.saisie.adresses import read_address

DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_CLAMD = re.compile(r"unix:/[^/?#][^?#]*|tcp://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[1-9][0-9]{0,4}", re.ASCII)
# Asked by a préfecture's server alone: a demonstration asks nobody unless it is told to.
PUBLIC_SEARCH = "https://recherche-entreprises.api.gouv.fr"


def read_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) < 65536):
        raise ConfigurationRefused(f"PAQTE_PORT vaut « {text[:40]} » : écrivez un numéro entre 1 et 65535.")
    return int(text)


def read_host(text: str) -> str:
    if not (_HOST.fullmatch(text) or re.fullmatch(r"[0-9A-Fa-f]*:[0-9A-Fa-f:.]{1,45}", text, re.ASCII)):
        raise ConfigurationRefused(
            f"PAQTE_HOST vaut « {text[:80]} » : écrivez l’adresse à écouter, par exemple 127.0.0.1 ou 0.0.0.0."
        )
    return text.strip("[]")


def read_base_url(text: str) -> str:
    """Scheme and host alone, as a browser sends them: links are made of it, and what is asked is compared with it."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _base_refused(text, "son port ou son nom ne se lit pas") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise _base_refused(text, "elle doit commencer par https:// (ou http:// sans chiffrement)")
    if parts.username is not None or parts.password is not None:
        raise _base_refused(text, "elle ne porte ni nom ni mot de passe")
    if parts.path.strip("/") or parts.query or parts.fragment or "?" in text or "#" in text:
        raise _base_refused(text, "PAQTE répond à la racine d’un nom, sans chemin")
    if not host.isascii():
        raise _base_refused(text, _ascii_name(host))
    shown = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(shown):
        raise _base_refused(text, "ce nom de machine ne s’écrit pas ainsi")
    if port == 0:
        raise _base_refused(text, "un port va de 1 à 65535")
    suffix = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{shown}{suffix}"


def _base_refused(text: str, why: str) -> ConfigurationRefused:
    return ConfigurationRefused(
        f"PAQTE_BASE_URL vaut « {hide_password(text)[:120]} » : {why}. Écrivez par exemple https://paqte.exemple.fr."
    )


def _ascii_name(host: str) -> str:
    try:
        return f"un nom accentué s’écrit comme les navigateurs l’envoient : {host.encode('idna').decode()}"
    except UnicodeError:
        return "ce nom de machine ne s’écrit pas ainsi"


def read_sender(given: str) -> str:
    """The address that mails leave from, without a name."""
    try:
        read_address(given)
    except ValueError as error:
        raise ConfigurationRefused(
            f"PAQTE_SMTP_FROM vaut « {given} » : écrivez une adresse, par exemple paqte@exemple.fr."
        ) from error
    return given


def read_contact(given: str) -> str:
    """Where a weakness found is to be told, as RFC 9116 writes it: « mailto:… » or a page in https; "" for nowhere."""
    if not given or re.fullmatch(r"https://[!-~]{3,500}", given):
        return given
    try:
        return f"mailto:{read_address(given.removeprefix('mailto:'))}"
    except ValueError as error:
        raise ConfigurationRefused(
            f"PAQTE_SECURITE_CONTACT vaut « {given[:120]} » : écrivez une adresse électronique, ou celle d’une page en "
            "https://."
        ) from error


def read_antivirus(given: str) -> str:
    """The socket of clamd as given, "" for none."""
    if given and not _CLAMD.fullmatch(given):
        raise ConfigurationRefused(
            f"PAQTE_ANTIVIRUS_URL vaut « {given[:120]} » : écrivez unix:/run/clamav/clamd.ctl ou tcp://127.0.0.1:3310."
        )
    return given


def read_search(text: str, given: Mapping[str, object], is_production: bool) -> str:
    """Where companies are looked up: in production the State's own service, unless another or none ("") is given."""
    name = "PAQTE_ENTREPRISES_URL"
    if not text:
        is_said = name in given or name in os.environ or f"{name}_FILE" in os.environ
        return PUBLIC_SEARCH if is_production and not is_said else ""
    try:
        parts = urlsplit(text)
        is_good = parts.port != 0 and bool(_HOST.fullmatch(_bracketed(parts.hostname or "")))
    except ValueError:
        is_good = False
    if not is_good or parts.scheme not in DEFAULT_PORTS or parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationRefused(
            f"{name} vaut « {hide_password(text)[:120]} » : écrivez par exemple {PUBLIC_SEARCH}, ou rien pour ne "
            "chercher nulle part."
        )
    return text.rstrip("/")


def read_proxy(name: str, values: Mapping[str, str]) -> str:
    """The proxy as given, with its account when it asks for one; "" for none."""
    text = values[name]
    try:
        parts = urlsplit(text)
        is_good = bool(parts.port) and bool(_HOST.fullmatch(_bracketed(parts.hostname or "")))
    except ValueError:
        is_good = False
    if text and (not is_good or parts.scheme != "http" or parts.path.strip("/") or parts.query or parts.fragment):
        raise ConfigurationRefused(
            f"{name} vaut « {hide_password(text)[:120]} » : écrivez par exemple "
            "http://proxy.exemple.fr:3128, ou http://nom:motdepasse@proxy.exemple.fr:3128."
        )
    return text.rstrip("/")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
