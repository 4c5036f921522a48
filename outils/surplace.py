"""Which changes a test notices without pytest being begun anew for each: it reads everything once, then forks.

    python outils/surplace.py FILE     {"processus": n, "essais": [{"rang", "fichier", "avant", "apres", "tests"}]}

`avant` and `apres` are the whole text of `fichier`. It prints {"rang", "par"} a line: the test that noticed, "-" when
all of them passed on the changed code, "" when it could not be put there or when they did not come to an end.

For each change a child puts the changed code into the functions already read, and runs its tests up to the first that
fails. The change is noticed if that test passes in another child, where nothing was changed. All the rest is left to a
whole run in a copy (outils/mutations.py): constants, tables and classes, made as a file is read; tests that read files
of code or start other processes; and every change that no test has noticed here.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from passages import WITHOUT_BROWSER

SECONDS = 300
PASSED = "-"
NEW_LOCALS = 0x2
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


class MadeAtReading(Exception):
    """The change is in what a file makes as it is read: no function already read holds it."""


def replaced(avant: CodeType, apres: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The functions of a file, and methods of its classes, whose code is another one: before, after."""
    if _own(avant) != _own(apres):
        raise MadeAtReading  # as many inner codes on both sides otherwise
    for old, new in zip(_inner(avant), _inner(apres), strict=True):
        if not old.co_flags & NEW_LOCALS:
            yield from replaced(old, new)
        elif not _is_same(old, new):
            if old.co_name in COMPREHENSIONS:
                raise MadeAtReading
            yield old, new
            yield from _closures(old, new)


def _closures(avant: CodeType, apres: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Those of the functions made inside, which some of those already read may have made (a table of questions)."""
    for old, new in zip(_inner(avant), _inner(apres), strict=False):
        if not _is_same(old, new):
            yield old, new
            yield from _closures(old, new)


def _is_same(one: CodeType, other: CodeType) -> bool:
    """Whether two codes do the same, wherever their lines are."""
    return _own(one) == _own(other) and all(map(_is_same, _inner(one), _inner(other)))


def _own(code: CodeType) -> tuple[Any, ...]:
    # 1, True and 1.0 are equal and not the same constant: told apart by what they are written as.
    constants = [repr(c) for c in code.co_consts if not isinstance(c, CodeType)]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_name, code.co_code, names, constants, len(_inner(code)))


def _inner(code: CodeType) -> list[CodeType]:
    return [c for c in code.co_consts if isinstance(c, CodeType)]


class Warm:
    """A plugin of pytest that tries the changes asked for instead of running what was gathered."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.asked = asked
        self.items: defaultdict[str, list[pytest.Item]] = defaultdict(list)
        self.functions: defaultdict[str, list[FunctionType]] = defaultdict(list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            self.items[item.nodeid.split("[")[0].replace(".py::", ".").replace("/", ".")].append(item)
        gc.unfreeze()
        for one in gc.get_objects():
            if isinstance(one, FunctionType):
                self.functions[one.__code__.co_filename].append(one)
        gc.freeze()
        waiting = [os.fork() or self._serve(session, n) for n in range(self.asked["processus"])]
        for process in waiting:
            os.waitpid(process, 0)
        return True

    def _serve(self, session: pytest.Session, rank: int) -> None:
        """Try each change whose turn is with this process, and say in a line each what noticed it, "" for nothing."""
        for one in self.asked["essais"][rank :: self.asked["processus"]]:
            by = self._noticed_by(session, one, [item for test in one["tests"] for item in self.items[test]])
            os.write(1, f"\n{json.dumps({'rang': one['rang'], 'par': by})}\n".encode())
        os._exit(0)

    def _noticed_by(self, session: pytest.Session, change: dict[str, Any], items: list[pytest.Item]) -> str:
        """The first test that fails on the changed code alone: one that fails without it too is left aside."""
        while (by := _apart(self._first_failed, session, items, change)) not in ("", PASSED):
            alone = [item for item in items if item.nodeid == by]
            if _apart(self._first_failed, session, alone, None) == PASSED:
                break
            items = [item for item in items if item.nodeid != by]
        return by

    def _first_failed(self, session: pytest.Session, items: list[pytest.Item], change: dict[str, Any] | None) -> str:
        if change and not self._put(change):
            return ""
        failed: list[str] = []
        session.config.pluginmanager.register(_Watch(failed))
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if failed:
                return failed[0]
        return PASSED

    def _put(self, change: dict[str, Any]) -> bool:
        """Put the changed code into the functions that have it; False when it is made as the file is read."""
        path = str(Path(change["fichier"]).resolve())
        try:
            avant, apres = (compile(change[side], path, "exec", dont_inherit=True) for side in ("avant", "apres"))
            pairs = list(replaced(avant, apres))
        except (MadeAtReading, SyntaxError):
            return False
        found = [(f, new) for old, new in pairs for f in self.functions[path] if f.__code__ == old]
        try:
            for function, new in found:
                function.__code__ = new
        except ValueError:  # it takes more, or less, from the function around it
            return False
        return bool(found)


class _Watch:
    def __init__(self, failed: list[str]) -> None:
        self.failed = failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def _apart(act: Callable[..., str], *given: Any) -> str:
    """What `act` gives in a child of this process, "" if it does not come to an end; it leaves nothing here."""
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if not child:
            with contextlib.suppress(BaseException):
                _alone(folder)
                os.write(writing, act(*given).encode())
            os._exit(0)
        os.close(writing)
        ready, _, _ = select.select([reading], [], [], SECONDS)
        said = os.read(reading, 10_000).decode() if ready else ""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
    return said


def _alone(folder: str) -> None:
    """A group of processes, silence, and folders of its own: what the changed code made serves no other change."""
    os.setsid()
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(silence, descriptor)
    os.environ["TMPDIR"] = tempfile.tempdir = folder


def main() -> None:
    """Gather the tests of all these changes, then try each."""
    asked = json.loads(Path(sys.argv[1]).read_text())
    modules = sorted({test.rsplit(".", 1)[0] for one in asked["essais"] for test in one["tests"]})
    files = [path for path in (f"{module.replace('.', '/')}.py" for module in modules) if Path(path).exists()]
    run = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", WITHOUT_BROWSER[-1]]
    sys.exit(pytest.main([*run, *files], plugins=[Warm(asked)]))


if __name__ == "__main__":
    main()
