"""Every setting of a process (contract: docs/exploitation.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from paqte.config.addresses import (
    read_antivirus,
    read_base_url,
    read_contact,
    read_host,
    read_port,
    read_proxy,
    read_search,
    read_sender,
)
from paqte.config.backups import DAYS, read_days, read_public_keys
from paqte.config.backups import NAMES as OF_BACKUPS
from paqte.config.database import read_database_url, sqlite_url
from paqte.config.given import ConfigurationRefused, read_folder, setting
from paqte.config.metrics import NAMES as OF_METRICS
from paqte.config.metrics import read_networks, read_token
from paqte.config.secret import read_secret
from paqte.domain.exposition import exposure_faults, former_keys, key_faults
from paqte.domain.personnes.entree.facteurs import NAMES as OF_FACTOR
from paqte.domain.personnes.entree.facteurs import FactorSettings, read_factor_settings
from paqte.domain.personnes.fournisseur import NAMES as OF_PROVIDER
from paqte.domain.personnes.fournisseur import ProviderSettings, read_provider

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = "production"
DEMONSTRATION = "demonstration"
Read = TypeVar("Read")
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
    "PAQTE_SECURITE_CONTACT",
    "PAQTE_ANTIVIRUS_URL",
    "PAQTE_ENTREPRISES_URL",
    "PAQTE_ENTREPRISES_PROXY",
    *OF_PROVIDER,
    *OF_FACTOR,
    *OF_BACKUPS,
    *OF_METRICS,
)


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
    # Where a weakness found is to be told, "" for nowhere.
    securite_contact: str = ""
    antivirus_url: str = ""
    # Where companies are looked up; "" for nowhere.
    entreprises_url: str = ""
    # The HTTP proxy by which they are; "" for none.
    entreprises_proxy: str = ""
    # Who signs people in beside mailed links; None for nobody.
    fournisseur: ProviderSettings | None = None
    facteur: FactorSettings = field(default_factory=FactorSettings)
    anciennes_cles: tuple[str, ...] = ()
    # Public keys of who opens the back-ups; () for back-ups in clear.
    sauvegarde_cles: tuple[str, ...] = ()
    # Where the scheduler puts one each night; None for nowhere.
    sauvegarde_dossier: Path | None = None
    sauvegarde_jours: int = DAYS
    # Who reads the figures for monitoring; neither for nobody.
    metriques_jeton: str = ""
    metriques_adresses: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def is_production(self) -> bool:
        return self.env == PRODUCTION

    @property
    def has_metrics(self) -> bool:
        """Whether somebody may read the figures told to monitoring."""
        return bool(self.metriques_jeton or self.metriques_adresses)

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
    values = {name: setting(name, given or {}) for name in NAMES}
    env = values["PAQTE_ENV"] or DEMONSTRATION
    if env not in (PRODUCTION, DEMONSTRATION):
        raise ConfigurationRefused(f"PAQTE_ENV vaut « {env} » : écrivez production ou demonstration.")
    instance = read_folder("PAQTE_INSTANCE", values, CHECKOUT / "instance")
    port = read_port(values["PAQTE_PORT"] or "5000")
    host = read_host(values["PAQTE_HOST"] or "127.0.0.1")
    base_url = read_base_url(values["PAQTE_BASE_URL"] or f"http://127.0.0.1:{port}")
    _refuse_exposure(env == PRODUCTION, host, base_url, values["PAQTE_SECRET_KEY"])
    return Settings(
        host=host,
        port=port,
        instance=instance,
        reports=read_folder("PAQTE_REPORTS", values, CHECKOUT / "reports"),
        database_url=read_database_url(values["PAQTE_DATABASE_URL"]) or sqlite_url(instance / "paqte.sqlite3"),
        base_url=base_url,
        smtp_url=values["PAQTE_SMTP_URL"],
        smtp_from=read_sender(values["PAQTE_SMTP_FROM"] or "ne-pas-repondre@paqte.invalid"),
        secret_key=read_secret(values["PAQTE_SECRET_KEY"], instance),
        env=env,
        securite_contact=read_contact(values["PAQTE_SECURITE_CONTACT"]),
        antivirus_url=read_antivirus(values["PAQTE_ANTIVIRUS_URL"]),
        entreprises_url=read_search(values["PAQTE_ENTREPRISES_URL"], given or {}, env == PRODUCTION),
        entreprises_proxy=read_proxy("PAQTE_ENTREPRISES_PROXY", values),
        fournisseur=_read(read_provider, values),
        facteur=_read(read_factor_settings, values),
        anciennes_cles=_read(former_keys, values),
        sauvegarde_cles=read_public_keys(values),
        sauvegarde_dossier=_optional_folder("PAQTE_SAUVEGARDE_DOSSIER", values),
        sauvegarde_jours=read_days(values),
        metriques_jeton=read_token(values),
        metriques_adresses=read_networks(values),
    )


def _optional_folder(name: str, values: Mapping[str, str]) -> Path | None:
    return read_folder(name, values, Path()) if values[name] else None


def _refuse_exposure(is_production: bool, host: str, base_url: str, key: str) -> None:
    """Everything at once: whoever mends one must not meet the next at the following start."""
    faults = exposure_faults(is_production=is_production, host=host, base_url=base_url)
    if is_production:
        faults += key_faults(key)
    if faults:
        raise ConfigurationRefused("\n".join(faults))


def _read(read: Callable[[Mapping[str, str]], Read], values: Mapping[str, str]) -> Read:
    read_proxy("PAQTE_OIDC_PROXY", values)
    try:
        return read(values)
    except ValueError as error:
        raise ConfigurationRefused(str(error)) from error
