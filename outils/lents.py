"""Write tests/lents.txt anew: the tests that `make test-vite` leaves aside for the processor that they take.

.venv/bin/python -m pytest -p outils.lents -n 2 -m "not navigateur and not postgresql and not tableur and not long"
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

# Seconds of processor of this process, what the test asks for made, on average over what it is tried with.
LIMIT = 0.15
LIST = Path(__file__).resolve().parents[1] / "tests" / "lents.txt"
# What the house looks like is told at once, whatever it takes.
ALWAYS = "tests/architecture/"
TAKEN: defaultdict[str, float] = defaultdict(float)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Generator[None, Any, Any]:
    """Reports go from the processes of the run to the one that began it, with what is written on them."""
    report = yield
    before, item.processor = getattr(item, "processor", 0.0), time.process_time()
    report.processor = item.processor - before if before else 0.0
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: Any) -> None:
    item.processor = time.process_time()


def pytest_runtest_logreport(report: Any) -> None:
    if report.when != "teardown":
        TAKEN[report.nodeid] += report.processor


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        LIST.write_text("".join(f"{name}\n" for name in slow(TAKEN)), encoding="utf-8")


def slow(taken: dict[str, float]) -> list[str]:
    """The functions that take more than LIMIT, in order."""
    tried: defaultdict[str, list[float]] = defaultdict(list)
    for name, seconds in taken.items():
        tried[name.partition("[")[0]].append(seconds)
    long = (name for name, all_of_it in tried.items() if sum(all_of_it) > LIMIT * len(all_of_it))
    return sorted(name for name in long if not name.startswith(ALWAYS))
