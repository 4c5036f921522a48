"""What is ticked in a list: plain boxes, sent by GET, so that the page of what would be done may be opened again.

A line stands for a signatory and, where it has one, for a declaration: « 12.345 » is declaration 345 of signatory 12.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flask import request

# How many may be acted on in one gesture: their keys must fit into the address of a page (4,094 octets for gunicorn).
MOST = 180
CHOICE, TICK = "choix", "cocher"
PAGE, EVERYTHING = "page", "tout"


class ChoiceMade(NamedTuple):
    """The keys ticked, each once, in the order of the list; `lines` counts what was ticked, `left` what is beyond MOST.

    A line without a declaration yet has none among `declarations`.
    """

    signataires: tuple[int, ...]
    declarations: tuple[int, ...]
    lines: int
    left: int
    most: int = MOST


def ticked() -> ChoiceMade:
    """What the address or the form says is ticked; what is no key is nothing."""
    told = dict.fromkeys(request.values.getlist(CHOICE))
    pairs = [(first, second) for first, _, second in (text.partition(".") for text in told)]
    read = [(whole(first), whole(second)) for first, second in pairs]
    kept = [(signataire, declaration) for signataire, declaration in read if signataire]
    return ChoiceMade(
        _each_once(signataire for signataire, _ in kept[:MOST]),
        _each_once(declaration for _, declaration in kept[:MOST]),
        len(kept),
        max(0, len(kept) - MOST),
    )


def ticks_asked() -> str:
    """Which boxes a list opens ticked: those of the page, all of the filter, or none ("")."""
    asked = request.args.get(TICK, "")
    return asked if asked in (PAGE, EVERYTHING) else ""


def whole(text: str | None) -> int | None:
    """A key or a version as a form sends it; None for anything else."""
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number and text else None


def version_of(key: int) -> int | None:
    """The version of a declaration as the page that was read bore it."""
    return whole(request.form.get(f"version_{key}"))


def _each_once(keys: Iterable[int | None]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(key for key in keys if key))
