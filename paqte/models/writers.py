"""Whose turn it is to write in an SQLite base: first come, first served, in this process and between processes.

SQLite lets one write at a time, and whoever waits tries its luck again after a pause that grows: with sixteen who
write, one may wait for all the others. Here those of one process stand in line, and the first of each process stands
before a turnstile, a file beside the base that the kernel locks: whoever has just written goes behind whoever waits.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

TURNSTILE = "-tour"
PAUSE = 0.002


class WaitingQueue:
    """The writers of one base in this process. A turn is handed on, so that nobody comes between."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_held = False
        self._waiting: deque[Lock] = deque()

    def __len__(self) -> int:
        """How many wait."""
        with self._lock:
            return len(self._waiting)

    def take(self, seconds: float) -> bool:
        """Wait for one's turn; False when it has not come within so many seconds."""
        with self._lock:
            if not self._is_held:
                self._is_held = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # handed over at that very moment

    def give(self) -> None:
        """The turn of the next."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False


_QUEUES: dict[str, WaitingQueue] = {}
_QUEUES_LOCK = Lock()


def queue_of(path: str) -> WaitingQueue:
    """The queue before the base of that file."""
    with _QUEUES_LOCK:
        return _QUEUES.setdefault(os.path.realpath(path), WaitingQueue())


@contextmanager
def turnstile(path: str, seconds: float) -> Iterator[None]:
    """Hold the turnstile while one waits for SQLite's own lock, and no longer.

    Where the folder takes no file or knows no lock, or after so many seconds, SQLite's lock alone decides: it is the
    one that keeps the base whole, this one only keeps the order.
    """
    try:
        descriptor = os.open(path + TURNSTILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            _pass(descriptor, time.monotonic() + seconds)
        yield
    finally:
        os.close(descriptor)


def _pass(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return
            time.sleep(PAUSE)
        else:
            return
