"""The State's company search (API Recherche d'entreprises): asked briefly, believed with care, never waited for.

One question takes three seconds at most in all (ops/outward/exchange.py). A service that says it is asked too much is
left alone as long as it says.
"""

from __future__ import annotations

import http.client
import threading
import time
from typing import NamedTuple
from urllib.parse import urlencode

from paqte.domain.conventions.etablissements import EtablissementLu
from paqte.importing.annuaire import read_answer
from paqte.ops.outward.exchange import ExchangeFailed, Request, exchange

SECONDS = 3.0
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
SENTENCES = {"lent": SLOW, "muet": DOWN, "mandataire": PROXY, "étrange": STRANGE}


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
    headers = {"Accept": "application/json"}
    asked = Request(f"{url}/search?{urlencode(query)}", end, LARGEST, _SLOTS, headers=headers, proxy=proxy)
    try:
        content = exchange(asked, lambda answer: _require_good(url, answer)).body
    except ExchangeFailed as failed:
        raise AnnuaireRefused(SENTENCES[failed.kind], failed.cause) from failed
    try:
        return read_answer(content)
    except ValueError as error:
        raise AnnuaireRefused(STRANGE, str(error)) from error


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
