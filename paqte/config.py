"""Settings read from the environment, each also as NAME_FILE (contract: docs/exploitation.md)."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote, urlsplit

from paqte.domain.exposition import exposure_faults, former_keys, key_faults
from paqte.domain.personnes.entree.facteurs import NAMES as OF_FACTOR
from paqte.domain.personnes.entree.facteurs import FactorSettings, read_factor_settings
from paqte.domain.personnes.fournisseur import NAMES as OF_PROVIDER
from paqte.domain.personnes.fournisseur import ProviderSettings, read_provider
from paqte.domain.saisie.adresses import read_address
from paqte.domain.systeme import reason_of

CHECKOUT = Path(__file__).resolve().parent.parent
PRODUCTION = "production"
DEMONSTRATION = "demonstration"
MIN_SECRET = 32
Read = TypeVar("Read")
# A setting is a line of text.
LONGEST_FILE = 65_536
DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]+(?=@)")
_CLAMD = re.compile(r"unix:/[^/?#][^?#]*|tcp://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[1-9][0-9]{0,4}", re.ASCII)
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
    "PAQTE_SECRET_KEY_ANCIENNES",
    "PAQTE_ENV",
    "PAQTE_ANTIVIRUS_URL",
    "PAQTE_ENTREPRISES_URL",
    "PAQTE_ENTREPRISES_PROXY",
    *OF_PROVIDER,
    *OF_FACTOR,
)
# Asked by a préfecture's server alone: a demonstration asks nobody unless it is told to.
PUBLIC_SEARCH = "https://recherche-entreprises.api.gouv.fr"


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
    antivirus_url: str = ""
    # Where companies are looked up; "" for nowhere.
    entreprises_url: str = ""
    # The HTTP proxy by which they are; "" for none.
    entreprises_proxy: str = ""
    # Who signs people in beside mailed links; None for nobody.
    fournisseur: ProviderSettings | None = None
    facteur: FactorSettings = field(default_factory=FactorSettings)
    anciennes_cles: tuple[str, ...] = ()

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

    Raises ConfigurationRefused when a value cannot be read, when production lacks a strong secret or encryption, and
    when a demonstration would show itself outside its machine; a line for each of these.
    """
    values = {name: _setting(name, given or {}) for name in NAMES}
    env = values["PAQTE_ENV"] or DEMONSTRATION
    if env not in (PRODUCTION, DEMONSTRATION):
        raise ConfigurationRefused(f"PAQTE_ENV vaut « {env} » : écrivez production ou demonstration.")
    instance = _folder("PAQTE_INSTANCE", values, CHECKOUT / "instance")
    port = _port(values["PAQTE_PORT"] or "5000")
    host = _host(values["PAQTE_HOST"] or "127.0.0.1")
    base_url = _base_url(values["PAQTE_BASE_URL"] or f"http://127.0.0.1:{port}")
    _refuse_exposure(env == PRODUCTION, host, base_url, values["PAQTE_SECRET_KEY"])
    return Settings(
        host=host,
        port=port,
        instance=instance,
        reports=_folder("PAQTE_REPORTS", values, CHECKOUT / "reports"),
        database_url=_database_url(values["PAQTE_DATABASE_URL"]) or sqlite_url(instance / "paqte.sqlite3"),
        base_url=base_url,
        smtp_url=values["PAQTE_SMTP_URL"],
        smtp_from=_sender(values["PAQTE_SMTP_FROM"] or "ne-pas-repondre@paqte.invalid"),
        secret_key=_secret(values["PAQTE_SECRET_KEY"], instance),
        env=env,
        antivirus_url=_antivirus(values["PAQTE_ANTIVIRUS_URL"]),
        entreprises_url=_search(values["PAQTE_ENTREPRISES_URL"], given or {}, env),
        entreprises_proxy=_proxy("PAQTE_ENTREPRISES_PROXY", values),
        fournisseur=_read(read_provider, values),
        facteur=_read(read_factor_settings, values),
        anciennes_cles=_read(former_keys, values),
    )


def _refuse_exposure(is_production: bool, host: str, base_url: str, key: str) -> None:
    """Everything at once: whoever mends one must not meet the next at the following start."""
    faults = exposure_faults(is_production=is_production, host=host, base_url=base_url)
    if is_production:
        faults += key_faults(key)
    if faults:
        raise ConfigurationRefused("\n".join(faults))


def sqlite_url(path: Path) -> str:
    """The address of a base that is this file; « ? » and « % » in its name would mean something there."""
    return f"sqlite:///{quote(os.fsencode(path))}"


def hide_password(text: str) -> str:
    """An address without its password."""
    return _PASSWORD.sub(r"\1:••••••", text)


def _setting(name: str, given: Mapping[str, object]) -> str:
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
        _require_file(path)
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


def _require_file(path: Path) -> None:
    """Refuse a pipe or a device, which would be waited for without end, and a file that cannot hold a setting."""
    if path.exists() and not path.is_dir() and not path.is_file():
        raise ConfigurationRefused(f"{path} n’est pas un fichier : écrivez la valeur dans un fichier d’une ligne.")
    if path.is_file() and path.stat().st_size > LONGEST_FILE:
        raise ConfigurationRefused(f"{path} est trop gros pour un réglage : écrivez la valeur sur une ligne.")


def _sender(given: str) -> str:
    """The address that mails leave from, without a name."""
    try:
        read_address(given)
    except ValueError as error:
        raise ConfigurationRefused(
            f"PAQTE_SMTP_FROM vaut « {given} » : écrivez une adresse, par exemple paqte@exemple.fr."
        ) from error
    return given


def _antivirus(given: str) -> str:
    """The socket of clamd as given, "" for none."""
    if given and not _CLAMD.fullmatch(given):
        raise ConfigurationRefused(
            f"PAQTE_ANTIVIRUS_URL vaut « {given[:120]} » : écrivez unix:/run/clamav/clamd.ctl ou tcp://127.0.0.1:3310."
        )
    return given


def _search(text: str, given: Mapping[str, object], env: str) -> str:
    """Where companies are looked up: in production the State's own service, unless another or none ("") is given."""
    name = "PAQTE_ENTREPRISES_URL"
    if not text:
        is_said = name in given or name in os.environ or f"{name}_FILE" in os.environ
        return PUBLIC_SEARCH if env == PRODUCTION and not is_said else ""
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


def _read(read: Callable[[Mapping[str, str]], Read], values: Mapping[str, str]) -> Read:
    _proxy("PAQTE_OIDC_PROXY", values)
    try:
        return read(values)
    except ValueError as error:
        raise ConfigurationRefused(str(error)) from error


def _proxy(name: str, values: Mapping[str, str]) -> str:
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


def _folder(name: str, values: Mapping[str, str], default: Path) -> Path:
    given = values[name]
    if given.startswith("~"):
        raise ConfigurationRefused(f"{name} vaut « {given} » : écrivez le chemin en entier, « ~ » n’est pas compris.")
    _refuse_quotes(name, given)
    try:
        return Path(given or default).resolve()
    except OSError as error:
        raise ConfigurationRefused(f"{name} désigne {given}, qui ne mène nulle part : {reason_of(error)}.") from error


def _refuse_quotes(name: str, text: str) -> None:
    """A file of settings read by something else than a shell keeps its quotation marks: they would name a folder."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        raise ConfigurationRefused(f"{name} vaut {text} : écrivez la valeur sans guillemets.")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) < 65536):
        raise ConfigurationRefused(f"PAQTE_PORT vaut « {text[:40]} » : écrivez un numéro entre 1 et 65535.")
    return int(text)


def _host(text: str) -> str:
    if not (_HOST.fullmatch(text) or re.fullmatch(r"[0-9A-Fa-f]*:[0-9A-Fa-f:.]{1,45}", text, re.ASCII)):
        raise ConfigurationRefused(
            f"PAQTE_HOST vaut « {text[:80]} » : écrivez l’adresse à écouter, par exemple 127.0.0.1 ou 0.0.0.0."
        )
    return text.strip("[]")


def _base_url(text: str) -> str:
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


def _database_url(text: str) -> str:
    """The address of the base as given, '' for none; ConfigurationRefused for one that would lead elsewhere."""
    if not text:
        return ""
    _refuse_quotes("PAQTE_DATABASE_URL", text)
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


def _secret(given: str, instance: Path) -> str:
    """The given key; outside production, one drawn once and kept in the instance folder."""
    return given or _kept_secret(instance / "cle_secrete")


def _kept_secret(path: Path) -> str:
    """The key of this instance, drawn the first time; whole or absent, even when two processes draw it at once."""
    try:
        if not path.exists():
            _draw_secret(path)
        _require_file(path)
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
