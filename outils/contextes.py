"""A plugin of pytest, under coverage: what is run belongs to the test it is run for, what its fixtures do too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from coverage import Coverage


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Name the context as passages.py names a test, all its cases together."""
    running = Coverage.current()
    if running is not None:
        running.switch_context(item.nodeid.split("[")[0].replace(".py::", ".").replace("/", "."))
    return (yield)
