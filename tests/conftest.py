"""What every test may ask for; the fixtures themselves are in tests/fixtures_*.py, one subject a file."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.fixtures_base",
    "tests.fixtures_application",
    "tests.fixtures_acteurs",
    "tests.fixtures_navigateur",
    "tests.fixtures_libreoffice",
    "tests.fixtures_classeurs",
    "tests.fixtures_courriel",
    "tests.fixtures_demonstration",
]

FOR_TESTS = ("PAQTE_CHROMIUM", "PAQTE_SOFFICE", "PAQTE_CONTROLES", "PAQTE_IMAGES")
ON_BOTH_BASES = ("sqlite", "postgresql")
COLLECTED = (2_000, 10, 50)
# The tests that outils/lents.py saw take long.
SLOW = frozenset((Path(__file__).parent / "lents.txt").read_text(encoding="utf-8").splitlines())

# A shared machine is slow at times: only a wrong result fails a property, never a slow one. The draws of `make test`
# are the same each time, for its result to say something of what changed; `--hypothesis-profile=tirages` draws others.
settings.register_profile(
    "paqte", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("tirages", settings.get_profile("paqte"), derandomize=False, max_examples=1_000)
settings.load_profile("paqte")


def pytest_configure() -> None:
    """The settings of whoever runs the tests must not change their result."""
    for name in [n for n in os.environ if n.startswith("PAQTE_") and n not in FOR_TESTS]:
        del os.environ[name]


def pytest_generate_tests(metafunc: Any) -> None:
    """Tests that touch the base run on both; those about pages alone (a browser, ABOUT_PAGES) on SQLite."""
    if "database_kind" in metafunc.fixturenames:
        about_pages = "live_server" in metafunc.fixturenames or getattr(metafunc.module, "ABOUT_PAGES", False)
        metafunc.parametrize("database_kind", ON_BOTH_BASES[:1] if about_pages else ON_BOTH_BASES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say of each test what it asks of the machine: `make test-vite` leaves these aside, `make test` runs all."""
    for item in items:
        for name in _asked(item):
            item.add_marker(name)


def pytest_collection_finish() -> None:
    """Thousands of tests once gathered stay to the end: the collector need not go through them again at each turn.

    Nor through all that the tests made at each 70,000 objects, as it would: once in a million is enough.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED)


def _asked(item: Any) -> Iterator[str]:
    fixtures, given = set(item.fixturenames), getattr(item, "callspec", None)
    if {"live_server", "chromium_path", "axe"} & fixtures:
        yield "navigateur"
    if "postgres" in fixtures or (given and given.params.get("database_kind") == "postgresql"):
        yield "postgresql"
    # Another thing of the domain bears that name in the services: the fixture itself is looked at.
    office = item._fixtureinfo.name2fixturedefs.get("bureau", [])
    if any(one.func.__module__ == "tests.fixtures_libreoffice" for one in office[-1:]):
        yield "tableur"
    if "demonstration_file" in fixtures or item.nodeid.partition("[")[0] in SLOW:
        yield "lent"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Repeat, above the closing line, the checks of `make test` that failed before pytest started."""
    failed = os.environ.get("PAQTE_CONTROLES")
    if failed:
        terminalreporter.write_line(f"Contrôles en échec avant les tests : {failed} (voir plus haut).", red=True)


@pytest.fixture
def now() -> datetime:
    """The present moment of every test: a Sunday, 10 in the morning in Paris, semester 2026-S2 open."""
    return datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def lines_of_no_other_test() -> Iterator[None]:
    """A program that a test started in this process says no more once it is over: its stream is closed."""
    root = logging.getLogger()
    _silence(root, {id(handler) for handler in root.handlers if not _is_closed(handler)})
    level, before = root.level, {id(handler) for handler in root.handlers}
    yield
    _silence(root, before)
    root.setLevel(level)


def _silence(logger: logging.Logger, spared: set[int]) -> None:
    for handler in [h for h in logger.handlers if type(h) is logging.StreamHandler and id(h) not in spared]:
        logger.removeHandler(handler)


def _is_closed(handler: logging.Handler) -> bool:
    return bool(getattr(getattr(handler, "stream", None), "closed", False))
