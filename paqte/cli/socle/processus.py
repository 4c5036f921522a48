"""The processes that `paqte lancer` starts: watched, and never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType

GRACE_SECONDS = 20
_PR_SET_PDEATHSIG = 1


class Processes:
    """A set of child processes: leaving the block stops them all."""

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Start `python arguments…` under a name people understand."""
        # In a session of its own: Ctrl-C reaches the parent alone, which then stops each child in order.
        self._children[name] = subprocess.Popen(
            [sys.executable, *arguments],
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - this process has one thread
        )

    def dead(self) -> tuple[str, int] | None:
        """Name and exit code of a child that ended, None while all live."""
        for name, child in self._children.items():
            code = child.poll()
            if code is not None:
                return name, code
        return None

    def stop(self) -> None:
        """Ask each to end, then insist."""
        for child in self._children.values():
            with suppress(ProcessLookupError):
                child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self._children.values():
            try:
                child.wait(timeout=max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def _die_with_parent() -> None:
    """A parent killed outright takes its children along (Linux); they would keep the port otherwise."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
