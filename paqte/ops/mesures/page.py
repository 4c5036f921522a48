"""The page of figures that Prometheus reads, and who may read it."""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from paqte.config import Settings
from paqte.ops.base.rotation import last_saved
from paqte.ops.health import BASE_ERROR, check_base
from paqte.ops.mesures.requests import registry_of_all
from paqte.queries.planificateur.mesures import count_tasks, last_passages, waiting_mails

TYPE = "text/plain; version=0.0.4; charset=utf-8"


def may_read(settings: Settings, authorization: str, address: str) -> bool:
    """Whether who asks shows the token and comes from an address that the settings name; nobody when they name none."""
    token, networks = settings.metriques_jeton, settings.metriques_adresses
    if not token and not networks:
        return False
    if token and not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return False
    try:
        asking = ip_address(address)
    except ValueError:
        return not networks
    return not networks or any(asking in network for network in networks)


def metrics_page(settings: Settings, now: datetime) -> bytes:
    """Requests of this web server, then how the installation stands now; a base that is away is told as such."""
    from prometheus_client import generate_latest

    registry = registry_of_all()
    registry.register(ServerState(settings, now))
    return bytes(generate_latest(registry))


class ServerState:
    """How the installation stands, asked at each reading: the base knows what the schedulers of all machines did."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self.settings, self.now = settings, now

    def collect(self) -> Iterator[Any]:
        """Families of figures, in the words of the library."""
        from prometheus_client.metrics_core import GaugeMetricFamily as Family

        found = check_base()
        yield Family("paqte_base", "1 quand la base répond à la bonne version.", value=int(found.is_good))
        free = Family("paqte_disque_libre_octets", "Place libre de cette machine.", labels=["dossier"])
        for name, place in (("instance", self.settings.instance), ("reports", self.settings.reports)):
            if place.exists():
                free.add_metric([name], shutil.disk_usage(place).free)
        yield free
        saved = self.settings.sauvegarde_dossier and last_saved(self.settings.sauvegarde_dossier, self.now)
        if saved:
            told = "Âge de la dernière sauvegarde du dossier réglé."
            yield Family("paqte_sauvegarde_age_secondes", told, value=(self.now - saved).total_seconds())
        if found.is_good:
            try:
                yield from list(self._in_base())
            except BASE_ERROR:
                return

    def _in_base(self) -> Iterator[Any]:
        from prometheus_client.metrics_core import GaugeMetricFamily as Family

        passed = Family("paqte_travail_age_secondes", "Temps depuis le dernier passage.", labels=["travail"])
        failed = Family("paqte_travail_echecs", "Échecs de suite.", labels=["travail"])
        for travail, ended, failures in last_passages():
            passed.add_metric([travail], (self.now - ended).total_seconds())
            failed.add_metric([travail], failures)
        tasks = Family("paqte_taches", "Tâches du planificateur.", labels=["etat"])
        for state, number in count_tasks().items():
            tasks.add_metric([state], number)
        waiting, oldest = waiting_mails()
        yield from (passed, failed, tasks)
        yield Family("paqte_courriels_en_attente", "Courriels qui attendent de partir.", value=waiting)
        age = (self.now - oldest).total_seconds() if oldest else 0
        yield Family("paqte_courriels_attente_secondes", "Attente du plus ancien.", value=age)
