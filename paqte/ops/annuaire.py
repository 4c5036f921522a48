"""The State's company search (API Recherche d'entreprises): asked briefly, believed with care, never waited for.

One question takes three seconds at most in all, name of the machine, headers and body included: it is asked in a thread
of its own that the caller leaves behind. A service that says it is asked too much is left alone as long as it says.
"""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import unquote, urlencode, urlsplit

from paqte.domain.conventions.etablissements import EtablissementLu
from paqte.importing.annuaire import read_answer

SECONDS = 3.0
AGENT = {"User-Agent": "PAQTE (suivi des conventions du PAQTE)"}
LARGEST = 1024 * 1024
MOST_FOUND = 20
MOST_ESTABLISHMENTS = 100
# At once, by process: those that time left behind are still counted until they end.
_SLOTS = threading.BoundedSemaphore(4)
_LONGEST_REST = 3600.0
_REST = 5.0
# Until when a service asked to be left alone, by address, on the monotonic clock.
_resting: dict[str, float] = {}
OFF = "La recherche d’entreprises est coupée sur cette installation."
DOWN = "Le service de recherche d’entreprises ne répond pas."
SLOW = "Le service de recherche d’entreprises répond trop lentement."
PROXY = "Le serveur mandataire (proxy) refuse de joindre le service de recherche d’entreprises."
LIMITED = "Le service de recherche d’entreprises est très demandé en ce moment."
STRANGE = "Le service de recherche d’entreprises a donné une réponse inattendue."


class AnnuaireRefused(Exception):
    """Nothing could be learnt; the message is a French sentence. `seconds`: how long the service asks to be left."""

    def __init__(self, sentence: str, cause: str = "", seconds: float = 0.0) -> None:
        super().__init__(sentence)
        self.cause, self.seconds = cause, seconds


class EtablissementFound(NamedTuple):
    """What the service says of the number asked; None when it knows none. `ouverts`: the unit's others, still open."""

    etablissement: EtablissementLu | None
    ouverts: tuple[EtablissementLu, ...] = ()


def find_etablissement(url: str, identifiant: str, *, proxy: str = "", seconds: float = SECONDS) -> EtablissementFound:
    """The establishment of a SIRET, or the head office of a SIREN, and the open ones beside a closed one.

    `proxy` is the address of the HTTP proxy by which the service is reached, "" for none.

    AnnuaireRefused when it cannot be told in `seconds`.
    """
    end = time.monotonic() + seconds
    found = _of_siren(_ask(url, _query(identifiant, 1), end, proxy), identifiant[:9])
    if len(identifiant) == 9:
        asked = next((one for one in found if one.is_siege), None)
    else:
        asked = next((one for one in found if one.siret == identifiant), None)
    if asked is None or asked.is_ouvert:
        return EtablissementFound(asked)
    # A closed one has no successor there: the référent chooses among those still open (R24).
    try:
        others = _of_siren(_ask(url, _query(identifiant[:9], 1), end, proxy), identifiant[:9])
    except AnnuaireRefused:
        others = found
    return EtablissementFound(asked, tuple(one for one in others if one.is_ouvert and one.siret != asked.siret))


def search_etablissements(
    url: str, texte: str, departement: str, *, proxy: str = "", seconds: float = SECONDS
) -> tuple[EtablissementLu, ...]:
    """Open establishments of the département whose name answers to a text, twenty companies at most."""
    asked = {**_query(texte, MOST_FOUND), "etat_administratif": "A", "departement": departement}
    units = _ask(url, {**asked, "limite_matching_etablissements": "10"}, time.monotonic() + seconds, proxy)
    found = (one for unit in units for one in unit)
    return tuple(one for one in found if one.is_ouvert and one.departement == departement)


def _query(texte: str, units: int) -> dict[str, str]:
    """Never the directors: nobody here needs their names."""
    return {
        "q": texte,
        "minimal": "true",
        "include": "siege,complements,matching_etablissements",
        "page": "1",
        "per_page": str(units),
        "limite_matching_etablissements": str(MOST_ESTABLISHMENTS),
    }


def _of_siren(units: list[list[EtablissementLu]], siren: str) -> list[EtablissementLu]:
    return [one for unit in units for one in unit if one.siren == siren]


def _ask(url: str, query: dict[str, str], end: float, proxy: str) -> list[list[EtablissementLu]]:
    if not url:
        raise AnnuaireRefused(OFF)
    left = _resting.get(url, 0.0) - time.monotonic()
    if left > 0:
        raise AnnuaireRefused(LIMITED, "429", left)
    content = _Request(url, f"/search?{urlencode(query)}", end, proxy).content()
    try:
        return read_answer(content)
    except ValueError as error:
        raise AnnuaireRefused(STRANGE, str(error)) from error


class _Request:
    """One question and its answer, in a thread that is left to itself when the time is over."""

    def __init__(self, url: str, path: str, end: float, proxy: str = "") -> None:
        self.url, self.path, self.end, self.proxy = url, path, end, proxy
        self.connection: http.client.HTTPConnection | None = None
        self.body, self.refusal = b"", AnnuaireRefused(SLOW)
        self.is_good = False

    def content(self) -> bytes:
        """The body of a good answer; AnnuaireRefused otherwise, in time."""
        left = self.end - time.monotonic()
        if left <= 0 or not _SLOTS.acquire(blocking=False):
            raise AnnuaireRefused(SLOW)
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        thread.join(left)
        if thread.is_alive():
            self._close()
            raise AnnuaireRefused(SLOW)
        if not self.is_good:
            raise self.refusal
        return self.body

    def _run(self) -> None:
        try:
            self.body = self._exchange()
            self.is_good = True
        except AnnuaireRefused as refused:
            self.refusal = refused
        except TimeoutError:
            self.refusal = AnnuaireRefused(SLOW)
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            # AttributeError: the connection was closed under the reading, time being over.
            is_tunnel = self.proxy and str(error).startswith("Tunnel connection failed")
            self.refusal = AnnuaireRefused(PROXY if is_tunnel else DOWN, f"{type(error).__name__}: {error}"[:200])
        finally:
            self._close()
            _SLOTS.release()

    def _exchange(self) -> bytes:
        parts = urlsplit(self.url)
        headers = {**AGENT, "Accept": "application/json", "Accept-Encoding": "identity"}
        asked = f"{parts.path}{self.path}"
        self.connection = self._opened()
        if self.proxy and parts.scheme == "http":
            # Without encryption the proxy asks in our place: it is told the whole address.
            asked = f"http://{parts.netloc}{asked}"
            headers |= _credentials(self.proxy)
        self.connection.request("GET", asked, headers=headers)
        answer = self.connection.getresponse()
        if self.proxy and answer.status in (407, 502, 504):
            raise AnnuaireRefused(PROXY, str(answer.status))
        _require_good(self.url, answer)
        return self._whole(answer)

    def _opened(self) -> http.client.HTTPConnection:
        """A connection to the service, or to the proxy; encrypted, the proxy only carries what it cannot read."""
        parts, by = urlsplit(self.url), urlsplit(self.proxy or self.url)
        left = max(0.1, self.end - time.monotonic())
        if parts.scheme != "https":
            return http.client.HTTPConnection(by.hostname or "", by.port, timeout=left)
        context = ssl.create_default_context()
        made = http.client.HTTPSConnection(by.hostname or "", by.port, timeout=left, context=context)
        if self.proxy:
            made.set_tunnel(parts.hostname or "", parts.port or 443, headers={**AGENT, **_credentials(self.proxy)})
        return made

    def _whole(self, answer: http.client.HTTPResponse) -> bytes:
        held = bytearray()
        while piece := answer.read1(65_536):
            held += piece
            if len(held) > LARGEST:
                raise AnnuaireRefused(STRANGE, "more than a megabyte")
            if time.monotonic() > self.end:
                raise AnnuaireRefused(SLOW)
        if answer.length:
            raise AnnuaireRefused(DOWN, "answer cut short")
        return bytes(held)

    def _close(self) -> None:
        connection = self.connection
        if connection is None:
            return
        if connection.sock is not None:
            # Closing alone would leave the thread reading what drips.
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()


def _credentials(proxy: str) -> dict[str, str]:
    """What a proxy asks of whoever has an account there; nothing when its address bears none."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}


def _require_good(url: str, answer: http.client.HTTPResponse) -> None:
    """Nothing but a 200 in JSON: a redirection leads elsewhere than where the operator allowed."""
    if answer.status == 429:
        rest = _asked_rest(answer.getheader("Retry-After", ""))
        _resting[url] = time.monotonic() + rest
        raise AnnuaireRefused(LIMITED, "429", rest)
    if answer.status >= 500:
        raise AnnuaireRefused(DOWN, str(answer.status))
    if answer.status != 200:
        raise AnnuaireRefused(STRANGE, str(answer.status))
    if "json" not in answer.getheader("Content-Type", "").lower():
        raise AnnuaireRefused(STRANGE, "not JSON")


def _asked_rest(given: str) -> float:
    """Seconds to leave the service alone; a date, or nothing, is a few."""
    is_number = given.isascii() and given.isdigit() and len(given) < 8
    return min(_LONGEST_REST, max(1.0, float(given))) if is_number else _REST
