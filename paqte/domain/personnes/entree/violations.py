"""What a browser reports of our pages' content policy: read strictly, and reduced to what names nobody.

Of a report, three things of closed lists remain: which directive, on which page, and from what kind of source. Its
addresses, its lines of code and the name of the browser are thrown away.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

ONE, SEVERAL = "application/csp-report", "application/reports+json"
MEDIA = (ONE, SEVERAL)
LARGEST = 16 * 1024
# Of one sending: a browser gathers those of a minute.
MOST_READ = 20
# Sendings of an origin in a quarter of an hour (sessions.WINDOW), and reports counted in an hour, whoever sends them.
PER_ORIGIN, MOST_AN_HOUR = 20, 2_000
KEPT = timedelta(days=30)
SHOWN = timedelta(days=7)

_DIRECTIVES = """
default-src script-src script-src-elem script-src-attr style-src style-src-elem style-src-attr font-src img-src
connect-src form-action base-uri object-src frame-ancestors frame-src child-src worker-src media-src manifest-src
fenced-frame-src require-trusted-types-for trusted-types
"""
DIRECTIVES = frozenset(_DIRECTIVES.split())
EXTENSION = "extension"
SOURCES = {
    "en_ligne": "code écrit dans la page",
    "eval": "code fait d’un texte",
    "donnees": "données tenues dans la page",
    EXTENSION: "extension du navigateur",
    "ici": "fichier de l’application",
    "ailleurs": "autre site",
    "autre": "origine non dite",
}
# A page that is none of ours, or of an address that leads to none.
OTHER_PAGE = "autre"
_WORDS = {"inline": "en_ligne", "eval": "eval", "wasm-eval": "eval", "self": "ici"}


class ViolationSaid(NamedTuple):
    """One thing that a page was kept from: each of the three comes of a closed list."""

    directive: str
    page: str
    source: str


def read_reports(octets: bytes, media: str, *, host: str, page_of: Callable[[str], str]) -> list[ViolationSaid]:
    """The violations of our own pages, `page_of` naming the page of a path; ValueError when it makes no sense.

    What is reported of another site, and directives that no browser knows, are left out.
    """
    try:
        told = json.loads(octets.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deep") from None
    found = []
    for body in _bodies(told, media):
        said = _violation(body, host, page_of)
        if said is not None:
            found.append(said)
    return found


def _bodies(told: Any, media: str) -> Iterator[dict[str, Any]]:
    if media == ONE:
        body = told.get("csp-report") if isinstance(told, dict) else None
        if not isinstance(body, dict):
            raise ValueError("no report")
        yield body
        return
    if not isinstance(told, list):
        raise ValueError("no list of reports")
    for one in told[:MOST_READ]:
        body = one.get("body") if isinstance(one, dict) and one.get("type") == "csp-violation" else None
        if isinstance(body, dict):
            yield body


def _violation(body: dict[str, Any], host: str, page_of: Callable[[str], str]) -> ViolationSaid | None:
    page = _first_of(body, "documentURL", "document-uri")
    directive = _first_of(body, "effectiveDirective", "effective-directive", "violated-directive").partition(" ")[0]
    try:
        where = urlsplit(page)
    except ValueError:
        return None
    if where.netloc != host or directive not in DIRECTIVES:
        return None
    blocked, script = _first_of(body, "blockedURL", "blocked-uri"), _first_of(body, "sourceFile", "source-file")
    is_extension = EXTENSION in (_source_kind(blocked, host), _source_kind(script, host))
    return ViolationSaid(directive, page_of(where.path), EXTENSION if is_extension else _source_kind(blocked, host))


def _source_kind(address: str, host: str) -> str:
    if address in _WORDS:
        return _WORDS[address]
    try:
        parts = urlsplit(address)
    except ValueError:
        return "autre"
    if parts.scheme.endswith("-extension") or address.endswith("-extension"):
        return EXTENSION
    if parts.scheme in ("data", "blob", "filesystem") or address in ("data", "blob", "filesystem"):
        return "donnees"
    if parts.scheme in ("http", "https", "ws", "wss"):
        return "ici" if parts.netloc == host else "ailleurs"
    return "autre"


def _first_of(body: dict[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := body.get(name), str) and value), "")
