"""A fingerprint of everything a document is made from, rules included: while it stands, no cell can differ (R44)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.consolidation import Fait
from paqte.domain.sommes import Answers

RULES = Path(__file__).parent.parent
Memo = dict[int, bytes]


def inputs_sha256(donnees: DonneesBilan, memo: Memo | None = None) -> str:
    """Of the rows of the base and of the rules: every field counts, one added later too.

    `memo` spares what several periods read together share; it must not outlive them.
    """
    seen = {} if memo is None else memo
    whole = hashlib.sha256(rules_digest())
    for field in fields(donnees):
        value = getattr(donnees, field.name)
        if field.name == "faits":
            whole.update(_of_answers(donnees.answers))
        else:
            whole.update(_once(value, seen))
    return whole.hexdigest()


@cache
def rules_digest() -> bytes:
    """Of the rules and of the grid: a new version of either may move a cell."""
    found = sorted(p for p in RULES.rglob("*") if p.suffix in (".py", ".toml"))
    return hashlib.sha256(b"".join(hashlib.sha256(p.read_bytes()).digest() for p in found)).digest()


def _of_answers(answers: Answers) -> bytes:
    """Those of one declared period are the same for every window that holds it, whatever their order."""
    parts = answers.each("empreinte", _of_period)
    return hashlib.sha256(b"".join(parts[code] for code in sorted(parts))).digest()


def _of_period(faits: Sequence[Fait]) -> bytes:
    """Nothing of a period that nobody answered."""
    text = repr(sorted(map(repr, faits)))  # which writes a lone surrogate as an escape
    return hashlib.sha256(text.encode()).digest() if faits else b""


def _once(value: object, memo: Memo) -> bytes:
    """By identity: fields that hold one thing say the same of it."""
    key = id(value)
    if key not in memo:
        memo[key] = hashlib.sha256(repr(value).encode()).digest()
    return memo[key]
