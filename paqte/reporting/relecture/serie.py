"""Reading many workbooks of a kind handed in by anybody: one process for them all, bounded file by file.

Starting a process takes longer than reading a workbook. A file that takes too much ends the process that reads it:
another one goes on from there, and a file is refused only by a process that read nothing before it.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from typing import IO, Any

from paqte.reporting.relecture.relecture import RelectureRefused, WorkbookReread
from paqte.reporting.relecture.relecture_a_part import (
    MAX_OCTETS,
    MEMORY,
    ROOT,
    SECONDS,
    TOO_MUCH,
    number_again,
    number_told,
    read_whole,
)

_LENGTH = 8
# Objects made between two looks for those that hold one another.
_RARELY = 100_000


def read_back_series(
    contents: Iterable[bytes], genre: str, *, memory: int = MEMORY
) -> Iterator[WorkbookReread | RelectureRefused]:
    """What each untouched workbook of that kind (reporting.formats) says, or why it is refused; in the same order.

    The process that reads them may hold `memory` bytes.
    """
    with _readers(genre, memory) as ask:
        for content in contents:
            if len(content) > MAX_OCTETS:
                yield RelectureRefused(f"il dépasse {MAX_OCTETS // 1024**2} Mo")
                continue
            said = ask(content)
            yield RelectureRefused(said["refus"], said.get("cause", "")) if "refus" in said else _reread(said)


def _reread(said: dict[str, Any]) -> WorkbookReread:
    return WorkbookReread(**said | {"tableaux": {name: tuple(rows) for name, rows in said["tableaux"].items()}})


class _Reader:
    """A process that reads one file after another, started when the first is given."""

    def __init__(self, genre: str, memory: int) -> None:
        self._genre, self._memory = genre, memory
        self._process: subprocess.Popen[bytes] | None = None
        self._has_read = False

    def __call__(self, content: bytes) -> dict[str, Any]:
        while True:
            was_used = self._has_read
            said = self._asked(content)
            if said is not None and not (was_used and said.get("refus") == TOO_MUCH):
                self._has_read = True
                return said
            self.stop()
            if not was_used:
                return {"refus": TOO_MUCH}

    def _asked(self, content: bytes) -> dict[str, Any] | None:
        """What it says; None when it ended, or was ended, before."""
        process = self._process = self._process or _started(self._genre, self._memory)
        late = threading.Timer(2 * SECONDS, process.kill)
        late.start()
        try:
            _hand_over(process.stdin, content)
            said: dict[str, Any] = json.loads(_answer_line(process.stdout), object_hook=number_again)
        except (OSError, ValueError):
            return None
        finally:
            late.cancel()
        return said

    def stop(self) -> None:
        """End the process, whatever it is at."""
        process, self._process, self._has_read = self._process, None, False
        if process is not None:
            process.kill()
            with suppress(OSError):
                process.communicate()


@contextmanager
def _readers(genre: str, memory: int) -> Iterator[_Reader]:
    reader = _Reader(genre, memory)
    try:
        yield reader
    finally:
        reader.stop()


def _started(genre: str, memory: int) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", __name__, genre, str(memory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def _hand_over(stream: IO[bytes] | None, content: bytes) -> None:
    assert stream is not None
    stream.write(len(content).to_bytes(_LENGTH, "big") + content)
    stream.flush()


def _answer_line(stream: IO[bytes] | None) -> bytes:
    assert stream is not None
    return stream.readline()


def main() -> None:
    """Read from standard input one file after another within bounds; a line of JSON for each."""
    genre, memory = sys.argv[1], int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # The trees of a workbook are given back without its help: looked for at every turn, they take half of the time.
    gc.set_threshold(_RARELY, 10, 10)
    given, out = sys.stdin.buffer, sys.stdout.buffer
    while length := given.read(_LENGTH):
        content = given.read(int.from_bytes(length, "big"))
        _allow(SECONDS)
        try:
            said: dict[str, Any] = _plainly(read_whole(content, genre))
        except RelectureRefused as refused:
            said = {"refus": refused.reason, "cause": refused.cause}
        except (MemoryError, RecursionError):
            said = {"refus": TOO_MUCH}
        out.write(json.dumps(said, default=number_told).encode() + b"\n")
        out.flush()


def _plainly(read: WorkbookReread) -> dict[str, Any]:
    return {field.name: getattr(read, field.name) for field in fields(read)}


def _allow(seconds: int) -> None:
    """So many seconds more of the processor, from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
