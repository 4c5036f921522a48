"""`make audit`: known vulnerabilities of what is locked to run. 0: none; 1: some, listed; 2: no service answered.

Two services know them. The second is asked when the first does not answer for every library: silence is never taken
for good news, nor for bad.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "run.txt"
SERVICES = ("osv", "pypi")
SILENT = (
    "Les failles connues n’ont pas pu être demandées : aucun service ne répond d’ici pour toutes les bibliothèques. "
    "Rien n’est dit de leur état : recommencez avec un accès à Internet."
)


class Answer(NamedTuple):
    """What a service says: of how many libraries, and a line for each vulnerability; None when it said nothing."""

    libraries: int
    faults: list[str]


def ask(service: str, lock: Path, more: Sequence[str] = ()) -> Answer | None:
    """What this service knows of the libraries of this lock; None unless it answered for each of them."""
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", service, *more, "--format", "json"]
    command += ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--timeout", "10", "-r", str(lock)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        told = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    if not told or any("skip_reason" in one for one in told):
        return None
    return Answer(len(told), [line for one in told for line in _lines(one)])


def _lines(one: dict[str, object]) -> list[str]:
    found = one["vulns"]
    assert isinstance(found, list)
    mends = [", ".join(fault["fix_versions"]) or "rien encore" for fault in found]
    named = f"{one['name']} {one['version']}"
    return [f"{named} : {fault['id']}, corrigée par {mend}" for fault, mend in zip(found, mends, strict=True)]


def first_alone(lock: Path, folder: Path) -> Path:
    """A lock of one library: whether a service answers is learnt from it, without asking a hundred times in vain."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    start = next(rank for rank, line in enumerate(lines) if line and line[0].isalnum())
    end = next(rank for rank in range(start, len(lines)) if not lines[rank].endswith("\\"))
    made = folder / "une.txt"
    made.write_text("\n".join(lines[start : end + 1]) + "\n", encoding="utf-8")
    return made


def audit(lock: Path = LOCK, more: Sequence[str] = (), services: Sequence[str] = SERVICES) -> int:
    """Ask each service in turn until one answers; prints what it says, and gives the code to end with."""
    with tempfile.TemporaryDirectory() as folder:
        one = first_alone(lock, Path(folder))
        found = None
        for service in services:
            found = ask(service, one, more) and ask(service, lock, more)
            if found is not None:
                break
    if found is None:
        print(SILENT)
        return 2
    print(*found.faults, sep="\n", end="\n" if found.faults else "")
    print(f"{len(found.faults)} faille(s) connue(s) dans {found.libraries} bibliothèques (service {service}).")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(audit(more=sys.argv[1:]))
