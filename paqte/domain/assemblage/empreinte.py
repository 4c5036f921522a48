"""A fingerprint of everything a document is made from, rules included: while it stands, no cell can differ (R44)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import fields
from functools import cache
from pathlib import Path

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.consolidation import Fait

RULES = Path(__file__).parent.parent
Memo = dict[Hashable, bytes]


def inputs_sha256(donnees: DonneesBilan, memo: Memo | None = None) -> str:
    """Of the rows of the base and of the rules: every field counts, one added later too.

    `memo` spares what several periods read together share; it must not outlive them.
    """
    seen = {} if memo is None else memo
    whole = hashlib.sha256(rules_digest())
    for field in fields(donnees):
        value = getattr(donnees, field.name)
        given = _facts(value, seen) if field.name == "faits" else _once(("field", field.name, id(value)), value, seen)
        whole.update(given)
    return whole.hexdigest()


@cache
def rules_digest() -> bytes:
    """Of the rules and of the grid: a new version of either may move a cell."""
    found = sorted(p for p in RULES.rglob("*") if p.suffix in (".py", ".toml"))
    return hashlib.sha256(b"".join(hashlib.sha256(p.read_bytes()).digest() for p in found)).digest()


def _facts(faits: tuple[Fait, ...], memo: Memo) -> bytes:
    """Those of one declared period are the same for every window that holds it, whatever their order."""
    by_period: defaultdict[str, list[Fait]] = defaultdict(list)
    for fait in faits:
        by_period[fait.periode].append(fait)
    parts = (_once(("faits", code), sorted(map(repr, by_period[code])), memo) for code in sorted(by_period))
    return hashlib.sha256(b"".join(parts)).digest()


def _once(key: Hashable, value: object, memo: Memo) -> bytes:
    if key not in memo:
        memo[key] = hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).digest()
    return memo[key]
