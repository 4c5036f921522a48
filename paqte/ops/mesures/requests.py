"""Requests counted and timed: of which kind and how they ended, never by whom nor about what."""

from __future__ import annotations

import os
import time
from typing import Any

from flask import Flask, Response, current_app, g, request

PLACE = "PROMETHEUS_MULTIPROC_DIR"
_KEPT = "paqte_mesures"
_METHODS = frozenset({"GET", "HEAD", "POST"})
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


def count_requests(app: Flask) -> None:
    """Count the requests of this process; with PLACE in the environment, those of all that share the folder it names.

    Call it where somebody is to read them: the library costs its import.
    """
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    counted = Counter("paqte_requetes", "Demandes servies.", ("genre", "methode", "statut"), registry=registry)
    timed = Histogram("paqte_requete_secondes", "Temps de réponse.", ("genre",), registry=registry, buckets=_SECONDS)
    app.extensions[_KEPT] = registry

    @app.before_request
    def begin() -> None:
        g.counted_from = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        # What is asked for freely is no label: each new one would be kept for ever.
        kind = request.blueprint or request.endpoint or "inconnu"
        method = request.method if request.method in _METHODS else "autre"
        counted.labels(kind, method, str(response.status_code)).inc()
        timed.labels(kind).observe(time.perf_counter() - g.get("counted_from", time.perf_counter()))
        return response


def registry_of_all() -> Any:
    """What every process of this web server counted, to which more may be added before it is written out."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    if os.environ.get(PLACE):
        MultiProcessCollector(registry)
    else:
        registry.register(current_app.extensions[_KEPT])
    return registry
