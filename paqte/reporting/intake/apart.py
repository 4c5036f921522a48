"""Looking at a file handed in, in a process of its own that may take so much time and memory, and no more."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from paqte.reporting.intake.refus import PieceRefused

SECONDS = 15
_MEMORY = 1024**3
_ROOT = Path(__file__).resolve().parents[3]
_LENGTH = 8
# Each takes memory: those of more people wait for one another.
_PLACES = threading.BoundedSemaphore(2)
_PATIENCE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
BUSY = "Plusieurs fichiers sont en cours de contrôle : réessayez dans une minute. Rien n’a été enregistré."
TOO_MUCH = (
    "Contrôler ce fichier demande trop de temps ou de mémoire : simplifiez-le, ou joignez seulement les pages utiles."
)


class PieceKept(NamedTuple):
    """A file as it may be kept: its bytes, drawn again when it is a picture, what it is, and its extension."""

    octets: bytes
    media_type: str
    extension: str


def examine_apart(content: bytes, accepted: str = "") -> PieceKept:
    """What may be kept of a file; PieceRefused, and nothing else, whatever the file is.

    `accepted` "application/pdf" takes nothing but that.
    """
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-m", __name__, accepted]
    with _a_place():
        try:
            done = subprocess.run(
                command, input=content, env=environment, capture_output=True, timeout=2 * SECONDS, check=True
            )
            length = int.from_bytes(done.stdout[:_LENGTH], "big")
            said = json.loads(done.stdout[_LENGTH : _LENGTH + length])
        except (subprocess.SubprocessError, ValueError) as error:
            raise PieceRefused(TOO_MUCH) from error
    if "refus" in said:
        raise PieceRefused(said["refus"])
    return PieceKept(done.stdout[_LENGTH + length :], said["media_type"], said["extension"])


@contextmanager
def _a_place() -> Iterator[None]:
    if not _PLACES.acquire(timeout=_PATIENCE):
        raise PieceRefused(BUSY)
    try:
        yield
    finally:
        _PLACES.release()


def main() -> None:
    """Read standard input within bounds; write what may be kept, or why nothing may, then the bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    octets = b""
    said: dict[str, str]
    try:
        octets, media_type, extension = examine(sys.stdin.buffer.read(), sys.argv[1] if sys.argv[1:] else "")
        said = {"media_type": media_type, "extension": extension}
    except PieceRefused as refused:
        said = {"refus": str(refused)}
    told = json.dumps(said).encode()
    sys.stdout.buffer.write(len(told).to_bytes(_LENGTH, "big") + told + octets)


def examine(content: bytes, accepted: str = "") -> PieceKept:
    """The same, in this process. Each kind loads its own reader, and no other."""
    if content.startswith(b"%PDF-"):
        from paqte.reporting.intake.pdf import check_pdf

        check_pdf(content)
        return PieceKept(content, PDF, ".pdf")
    if accepted == PDF:
        raise PieceRefused("Ce fichier n’est pas un PDF, même si son nom le dit : enregistrez-le au format PDF.")
    # A zip is found by its end, whatever stands before it.
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or (b"PK\x05\x06" in content[-65_600:] and b"xl/" in content):
        from paqte.reporting.intake.office import check_workbook

        check_workbook(content)
        return PieceKept(content, XLSX, ".xlsx")
    from paqte.reporting.intake.pictures import redraw

    return PieceKept(*redraw(content))


if __name__ == "__main__":
    main()
