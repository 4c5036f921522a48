"""The seal of a validated declaration: its answers as they were validated, in one text (R18).

Validation freezes a declaration: what it answered is written once, and figures are made from that text alone until it
is re-opened. Reading 1,200 seals costs a tenth of reading their 30,000 answers row by row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.consolidation import Fait, Number
from paqte.domain.statuts.declarations import MANQUANTE


class Scelle(NamedTuple):
    """One answer under the seal; figures are exact: whole numbers as int, others as Decimal."""

    engagement: int
    indicateur: str
    reponse: str
    valeur: Number | None
    numerateur: Number | None
    denominateur: Number | None


class Sceau(NamedTuple):
    """The seal of one declaration and whose it is."""

    signataire: int
    convention: int
    declaration: int
    periode: str
    texte: str


def seal(answers: Iterable[Scelle]) -> str:
    """Canonical text of the answers, in order of engagement: the same answers give the same text."""
    rows = [[*a[:3], *map(_json_number, a[3:])] for a in sorted(answers, key=lambda a: a.engagement)]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def unseal(text: str) -> list[Scelle]:
    """The answers of a seal."""
    return [Scelle._make(row) for row in json.loads(text, parse_float=Decimal)]


def answered_under(text: str) -> frozenset[int]:
    """The engagements that a seal answers (R13)."""
    return frozenset(key for key, _, reponse, *_ in json.loads(text) if reponse != MANQUANTE)


def read_facts(departement: str, seals: Iterable[Sceau]) -> list[Fait]:
    """The facts under many seals of one département, all texts read in one go."""
    given = list(seals)
    texts = json.loads(f"[{','.join(one.texte for one in given)}]", parse_float=Decimal)
    return [
        Fait._make((departement, one.signataire, one.convention, key, code, one.declaration, one.periode, *answer))
        for one, rows in zip(given, texts, strict=True)
        for key, code, *answer in rows
    ]


def _json_number(value: Number | None) -> int | float | None:
    """As a JSON number: under 10^13 with two decimals a float is written, and read back as Decimal, exactly."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
