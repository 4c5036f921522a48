"""Reading a workbook handed in by anybody, in a process of its own, which stops when it takes too much.

A small file can ask for hours or for all the memory there is; whatever it does, it does it to that process alone.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from paqte.reporting.formats import FORMATS
from paqte.reporting.relecture import Dit, RelectureRefused, read_claim

MAX_OCTETS = 10 * 1024 * 1024
SECONDS = 8
_MEMORY = 512 * 1024**2
_ROOT = Path(__file__).resolve().parents[2]


def read_apart(content: bytes) -> Dit:
    """What a workbook says of itself; RelectureRefused, and nothing else, for whatever else it is."""
    if len(content) > MAX_OCTETS:
        raise RelectureRefused(f"il dépasse {MAX_OCTETS // 1024**2} Mo")
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(
            command, input=content, env=environment, capture_output=True, timeout=2 * SECONDS, check=True
        )
        said = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise RelectureRefused("le lire demande trop de temps ou de mémoire") from error
    if "refus" in said:
        raise RelectureRefused(said["refus"])
    return Dit(**said)


def main() -> None:
    """Read standard input within bounds and write what it says, or why it is refused, as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        said = asdict(_read_any(sys.stdin.buffer.read(MAX_OCTETS + 1)))
    except RelectureRefused as refused:
        said = {"refus": refused.reason}
    sys.stdout.write(json.dumps(said))


def _read_any(content: bytes) -> Dit:
    """What a workbook of any of our kinds says; the refusal of the first kind when it is of none."""
    refusals = []
    for format in FORMATS.values():
        try:
            return read_claim(content, format)
        except RelectureRefused as refused:
            refusals.append(refused)
    raise refusals[0]


if __name__ == "__main__":
    main()
