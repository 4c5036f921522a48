"""The company search, played by a server of the tests' own: in the documented shape, and in every bad way."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Behaviour = Callable[[BaseHTTPRequestHandler, dict[str, str]], None]
ATELIER = "73282932000074"
CLOSED = "73282932000082"


def establishment(siret: str, **more: Any) -> dict[str, Any]:
    """An establishment as the service gives it, open and in Blois."""
    return {
        "siret": siret,
        "est_siege": False,
        "etat_administratif": "A",
        "date_fermeture": None,
        "adresse": "8 RUE DU DOCTEUR ROUX 41000 BLOIS",
        "code_postal": "41000",
        "commune": "41018",
        "libelle_commune": "BLOIS",
        "departement": "41",
        "nom_commercial": None,
        "liste_enseignes": None,
        "activite_principale": "43.32A",
        "tranche_effectif_salarie": "12",
        "statut_diffusion_etablissement": "O",
        **more,
    }


def unit(*others: dict[str, Any], siege: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A legal unit as the service gives it."""
    siege = siege or establishment(ATELIER, est_siege=True)
    return {
        "siren": siege["siret"][:9],
        "nom_complet": "MENUISERIE DU VAL (MDV)",
        "nom_raison_sociale": "MENUISERIE DU VAL",
        "sigle": "MDV",
        "categorie_entreprise": "PME",
        "etat_administratif": "A",
        "date_fermeture": None,
        "activite_principale": "43.32A",
        "nature_juridique": "5710",
        "tranche_effectif_salarie": "12",
        "statut_diffusion": "O",
        "complements": {"est_association": False, "est_administration": False},
        "siege": siege,
        "matching_etablissements": list(others),
        **more,
    }


def body(*units: dict[str, Any]) -> bytes:
    """The whole answer."""
    told = {"results": list(units), "total_results": len(units), "page": 1, "per_page": 1, "total_pages": 1}
    return json.dumps(told).encode()


def answering(*units: dict[str, Any]) -> Behaviour:
    """Give these units, whatever is asked."""
    return raw(body(*units))


def raw(content: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> Behaviour:
    """Give these bytes."""

    def answer(handler: BaseHTTPRequestHandler, _asked: dict[str, str]) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def silent(handler: BaseHTTPRequestHandler, _asked: dict[str, str]) -> None:
    """Accept, and say nothing."""
    time.sleep(2)


def dripping(handler: BaseHTTPRequestHandler, _asked: dict[str, str]) -> None:
    """A byte at a time, each soon enough for a time-out of each reading."""
    content = body(unit())
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    for octet in content:
        handler.wfile.write(bytes([octet]))
        time.sleep(0.05)


def dripping_headers(handler: BaseHTTPRequestHandler, _asked: dict[str, str]) -> None:
    """The same, before the body."""
    for octet in b"HTTP/1.1 200 OK\r\n" + b"X-Filler: a\r\n" * 50:
        handler.wfile.write(bytes([octet]))
        time.sleep(0.05)


def endless(handler: BaseHTTPRequestHandler, _asked: dict[str, str]) -> None:
    """A body without end nor length."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * 65_536)


def cut_short(handler: BaseHTTPRequestHandler, _asked: dict[str, str]) -> None:
    """Half of what it announces."""
    content = body(unit())
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[: len(content) // 2])


class Search:
    """The server; `answers` may be changed on the way, `asked` is what was asked of it."""

    def __init__(self, url: str) -> None:
        self.url, self.asked = url, list[dict[str, str]]()
        self.agents: list[str] = []
        self.answers: Behaviour = answering(unit())


@contextmanager
def serving() -> Iterator[Search]:
    """A server on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            search.asked.append(asked | {"path": parts.path})
            search.agents.append(self.headers.get("User-Agent", ""))
            try:
                search.answers(self, asked)
            except OSError:
                self.close_connection = True

        def log_message(self, *_given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    search = Search(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield search
    finally:
        server.shutdown()
        server.server_close()
