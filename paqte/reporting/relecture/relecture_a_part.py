"""Reading a workbook handed in by anybody, in a process of its own, which stops when it takes too much.

A small file can ask for hours or for all the memory there is; whatever it does, it does it to that process alone.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from paqte.reporting.classeurs.formats import FORMATS
from paqte.reporting.ooxml.parts.package import PaquetRefused
from paqte.reporting.ooxml.parts.received import open_received
from paqte.reporting.relecture.relecture import (
    FAULTS,
    RelectureRefused,
    WorkbookReread,
    WorkbookSaid,
    read_back,
    read_claim,
)
from paqte.reporting.relecture.vue import read_view
from paqte.reporting.relecture.vues_comparees import MOST, Difference, compare_views

MAX_OCTETS = 10 * 1024 * 1024
SECONDS = 8
MEMORY = 512 * 1024**2
_LENGTH = 8
_COMPARE = "comparer"
TOO_MUCH = "le lire demande trop de temps ou de mémoire"
_NUMBER = "nombre"
ROOT = Path(__file__).resolve().parents[3]


def read_apart(content: bytes) -> WorkbookSaid:
    """What a workbook says of itself; RelectureRefused, and nothing else, for whatever else it is."""
    if len(content) > MAX_OCTETS:
        raise RelectureRefused(f"il dépasse {MAX_OCTETS // 1024**2} Mo")
    return WorkbookSaid(**_apart((), content, SECONDS))


def compare_apart(issued: bytes, found: bytes) -> list[Difference]:
    """What differs between an edition and a file, at most MOST things; RelectureRefused when it cannot be known."""
    length = len(issued).to_bytes(_LENGTH, "big")
    said = _apart((_COMPARE,), length + issued + found, 2 * SECONDS)
    return [Difference(*difference) for difference in said["differences"]]


def _apart(arguments: Sequence[str], given: bytes, seconds: float) -> dict[str, Any]:
    """What a process of its own, that may take so many seconds, says of these bytes."""
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", __name__, *arguments]
    try:
        done = subprocess.run(
            command, input=given, env=environment, capture_output=True, timeout=2 * seconds, check=True
        )
        said: dict[str, Any] = json.loads(done.stdout, object_hook=number_again)
    except (subprocess.SubprocessError, ValueError) as error:
        raise RelectureRefused(TOO_MUCH) from error
    if "refus" in said:
        raise RelectureRefused(said["refus"])
    return said


def main() -> None:
    """Read standard input within bounds and write what it says, or why it is refused, as JSON."""
    is_comparing = sys.argv[1:] == [_COMPARE]
    seconds = (2 if is_comparing else 1) * SECONDS
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        if is_comparing:
            length = int.from_bytes(sys.stdin.buffer.read(_LENGTH), "big")
            issued, found = sys.stdin.buffer.read(length), sys.stdin.buffer.read(MAX_OCTETS + 1)
            said: dict[str, Any] = {"differences": _compared(issued, found)}
        else:
            said = asdict(_read_any(sys.stdin.buffer.read(MAX_OCTETS + 1)))
    except RelectureRefused as refused:
        said = {"refus": refused.reason}
    sys.stdout.write(json.dumps(said, default=number_told))


def number_told(value: object) -> dict[str, str]:
    """An exact number as it crosses from one process to the other."""
    if isinstance(value, Decimal):
        return {_NUMBER: str(value)}
    raise TypeError(type(value).__name__)


def number_again(told: dict[str, Any]) -> Any:
    """The same, on this side."""
    return Decimal(told[_NUMBER]) if told.keys() == {_NUMBER} else told


def _compared(issued: bytes, found: bytes) -> list[Difference]:
    try:
        return list(islice(compare_views(read_view(issued), read_view(found)), MOST))
    except (PaquetRefused, *FAULTS) as error:
        raise RelectureRefused("sa présentation n’est pas lisible") from error


def read_whole(content: bytes, genre: str) -> WorkbookReread:
    """What an untouched workbook of that kind says, in this process; RelectureRefused for anything else."""
    _guard(content)
    return read_back(content, FORMATS[genre])


def _guard(content: bytes) -> None:
    try:
        open_received(content)
    except (PaquetRefused, *FAULTS) as error:
        why = str(error) if isinstance(error, PaquetRefused) else "le fichier est abîmé ou incomplet"
        raise RelectureRefused(why) from error


def _read_any(content: bytes) -> WorkbookSaid:
    """What a workbook of any of our kinds says; the refusal of the first kind when it is of none."""
    _guard(content)
    refusals = []
    for format in FORMATS.values():
        try:
            return read_claim(content, format)
        except RelectureRefused as refused:
            refusals.append(refused)
    raise refusals[0]


if __name__ == "__main__":
    main()
