"""Reading a spreadsheet handed in by anybody, in a process of its own that may take so much memory and time."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paqte.domain.erreurs import Refused
from paqte.importing.door.cells import MergedRange, SheetGiven, WorkbookGiven
from paqte.importing.door.guard import CSV, DAMAGED, XLSX, check_spreadsheet

SECONDS = 8
MEMORY = 200 * 1024**2
MOST_SAID = 48 * 1024**2
_ROOT = Path(__file__).resolve().parents[3]
# Each takes memory: those of more people wait for one another.
_PLACES = threading.BoundedSemaphore(2)
_PATIENCE = 25
BUSY = "Plusieurs fichiers sont en cours de lecture : réessayez dans une minute. Rien n’a été enregistré."
TOO_MUCH = "Lire ce fichier demande trop de temps ou de mémoire : gardez les feuilles utiles seulement."


def read_spreadsheet(content: bytes, nom: str = "", *, memory: int = MEMORY) -> WorkbookGiven:
    """Sheets, rows and cells of an .xlsx, .ods or CSV; Refused with a sentence, and nothing else, whatever it is.

    `nom`, when it is known, must say the kind that the bytes are. What is a bomb is refused before it is inflated.
    The reader may hold `memory` bytes.
    """
    kind = check_spreadsheet(content, nom)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": "0"}
    with _a_place():
        try:
            done = subprocess.run(
                [sys.executable, "-X", "utf8", "-m", __name__, kind, str(memory)],
                input=content,
                env=environment,
                capture_output=True,
                timeout=2 * SECONDS,
                check=True,
            )
        except subprocess.SubprocessError as error:
            raise Refused(TOO_MUCH) from error
    return _heard(kind, done.stdout)


def _heard(kind: str, said: bytes) -> WorkbookGiven:
    """What the child said: a line a row, then what each sheet is, or why there is none."""
    lines = said.splitlines()
    try:
        told = json.loads(lines.pop())
        if "refus" in told:
            raise Refused(told["refus"])
        sheets, start = [], 0
        for titre, is_hidden, merged, count in told["sheets"]:
            ranges = tuple(MergedRange(*m) for m in merged)
            sheets.append(SheetGiven(titre, is_hidden, ranges, lines[start : start + count]))
            start += count
    except (IndexError, ValueError, TypeError, KeyError) as error:
        raise Refused(TOO_MUCH) from error
    return WorkbookGiven(kind, tuple(sheets))


@contextmanager
def _a_place() -> Iterator[None]:
    if not _PLACES.acquire(timeout=_PATIENCE):
        raise Refused(BUSY)
    try:
        yield
    finally:
        _PLACES.release()


def main() -> None:
    """Read standard input within bounds; write its rows, then what its sheets are, or why nothing is read."""
    memory = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    out = sys.stdout.buffer
    try:
        sheets = sheets_of(sys.argv[1], sys.stdin.buffer.read())
        said = sum(len(line) + 1 for sheet in sheets for line in sheet.lines)
        if said > MOST_SAID:
            raise Refused(TOO_MUCH)
    except Refused as refused:
        out.write(json.dumps({"refus": str(refused)}).encode())
        return
    except (RecursionError, MemoryError):
        out.write(json.dumps({"refus": TOO_MUCH}).encode())
        return
    for sheet in sheets:
        out.writelines(line + b"\n" for line in sheet.lines)
    out.write(json.dumps({"sheets": [[s.titre, s.is_hidden, s.merged, len(s.lines)] for s in sheets]}).encode())


def sheets_of(kind: str, content: bytes) -> list[SheetGiven]:
    """What the child reads, in this process. Each kind loads its own reader, and no other."""
    if kind == CSV:
        from paqte.importing.door.delimited import read_csv

        return read_csv(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if kind == XLSX:
                from paqte.importing.door.xlsx import read_xlsx

                return read_xlsx(archive)
            from paqte.importing.door.ods import read_ods

            return read_ods(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, NotImplementedError) as error:
        raise Refused(DAMAGED) from error


if __name__ == "__main__":
    main()
