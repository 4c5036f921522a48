"""What stands beside a seal: of each answer its number, who typed it, when, by which door, the text (R13, R18).

The figures are in the seal and nowhere else: a validated answer is stored once. What is the same for many answers is
written once for them all: who typed them, numbers that follow one another.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from paqte.domain.consolidation import Number
from paqte.domain.declarations.sceau import Scelle, seal, unseal
from paqte.domain.statuts.declarations import MANQUANTE

# How a text ends that has nothing written beside any answer.
NOTHING_BESIDE = ",[]]"
# Who, when, whether on a company's behalf, by which door.
_Signature = tuple[str, str, int, str]


class AnswerKept(NamedTuple):
    """One answer as it is stored, and the number by which the journal names it, 0 when it never had one."""

    numero: int
    engagement: int
    indicateur: str
    reponse: str
    valeur: Number | None
    numerateur: Number | None
    denominateur: Number | None
    datee_du: date | None
    commentaire: str
    saisie_le: datetime
    saisie_par: str
    is_on_behalf: bool
    origine: str


def put_apart(answers: Iterable[AnswerKept]) -> tuple[str, str]:
    """The seal of these answers, and what stands beside it; `put_together` gives them back exactly."""
    in_order = sorted(answers, key=lambda a: a.engagement)
    signatures = [_signature(a) for a in in_order]
    beside = [
        [a.engagement, a.datee_du.isoformat() if a.datee_du else None, a.commentaire]
        for a in in_order
        if a.datee_du or a.commentaire
    ]
    return seal(Scelle(*a[1:7]) for a in in_order), _set_out([a.numero for a in in_order], signatures, beside)


def put_together(sceau: str, hors_sceau: str) -> list[AnswerKept]:
    """The answers of a seal with what stands beside it, in the order of the seal."""
    numbers, signatures, ranks, beside = json.loads(hors_sceau)
    texts = {key: (date.fromisoformat(day) if day else None, comment) for key, day, comment in beside}
    signed = [(datetime.fromisoformat(le), par, bool(behalf), door) for par, le, behalf, door in signatures]
    return [
        AnswerKept._make((numero, *told[:3], *map(_exact, told[3:]), *texts.get(told[0], (None, "")), *signed[rank]))
        for numero, told, rank in zip(_numbers(numbers), unseal(sceau), _repeated(ranks), strict=True)
    ]


def go_together(sceau: str, hors_sceau: str) -> bool:
    """Whether a seal and what stands beside it tell of the same answers: as many of them, and beside no other."""
    try:
        answers = put_together(sceau, hors_sceau)
        beside = [key for key, _, _ in json.loads(hors_sceau)[3]]
    except (ValueError, TypeError, LookupError, ArithmeticError):
        return False
    return set(beside) <= {a.engagement for a in answers}


def comments_of(hors_sceau: str) -> dict[int, str]:
    """The texts written beside the answers, by engagement."""
    return {key: comment for key, _, comment in json.loads(hors_sceau)[3] if comment}


def ways_of(sceau: str, hors_sceau: str) -> list[tuple[bool, str, int]]:
    """How what is known was typed, in the order of the seal: on a company's behalf, by which door, how many answers."""
    _, signatures, ranks, _ = json.loads(hors_sceau)
    runs = list(zip(ranks[::2], ranks[1::2], strict=True))
    ends = list(accumulate(n for _, n in runs))
    # Read without exact numbers, which nobody asks for here: a list of a whole département goes through this.
    gaps = [n for n, row in enumerate(json.loads(sceau)) if row[2] == MANQUANTE] if f'"{MANQUANTE}"' in sceau else []
    known = [n - (bisect_left(gaps, end) - bisect_left(gaps, end - n)) for (_, n), end in zip(runs, ends, strict=True)]
    return [(bool(signatures[r][2]), signatures[r][3], n) for (r, _), n in zip(runs, known, strict=True)]


def signed_by(hors_sceau: str, nom: str) -> int:
    """How many of the answers bear this name."""
    _, signatures, ranks, _ = json.loads(hors_sceau)
    return sum(n for r, n in zip(ranks[::2], ranks[1::2], strict=True) if signatures[r][0] == nom)


def signed_over(hors_sceau: str, nom: str, numeros: Collection[int], other: str) -> str:
    """The same with another name in place of hers, on the answers of these numbers alone (R30)."""
    numbers, signatures, ranks, beside = json.loads(hors_sceau)
    keys = list(_numbers(numbers))
    signed: list[_Signature] = [
        (other if par == nom and key in numeros else par, le, behalf, door)
        for key, (par, le, behalf, door) in zip(keys, (signatures[r] for r in _repeated(ranks)), strict=True)
    ]
    return _set_out(keys, signed, beside)


def json_part(text: str) -> str:
    """A text as it stands inside what this module writes, to look for it there."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _signature(a: AnswerKept) -> _Signature:
    return a.saisie_par, a.saisie_le.astimezone(UTC).isoformat(), int(a.is_on_behalf), a.origine


def _set_out(numbers: Iterable[int], signed: Sequence[_Signature], beside: list[Any]) -> str:
    rank = {one: place for place, one in enumerate(dict.fromkeys(signed))}
    told = [_number_runs(numbers), list(rank), _runs(rank[one] for one in signed), beside]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _number_runs(numbers: Iterable[int]) -> list[int]:
    """Each first number, and how many follow one another from it on; after a 0, how many have none."""
    runs: list[int] = []
    for number in numbers:
        expected = runs[-2] + (runs[-1] if runs[-2] else 0) if runs else None
        if number == expected:
            runs[-1] += 1
        else:
            runs += [number, 1]
    return runs


def _numbers(runs: Sequence[int]) -> Iterator[int]:
    for first, count in zip(runs[::2], runs[1::2], strict=True):
        yield from range(first, first + count) if first else [0] * count


def _runs(ranks: Iterable[int]) -> list[int]:
    runs: list[int] = []
    for rank in ranks:
        if runs and runs[-2] == rank:
            runs[-1] += 1
        else:
            runs += [rank, 1]
    return runs


def _repeated(runs: Sequence[int]) -> list[int]:
    return [rank for rank, count in zip(runs[::2], runs[1::2], strict=True) for _ in range(count)]


def _exact(value: Number | None) -> Decimal | None:
    return None if value is None else Decimal(value)
