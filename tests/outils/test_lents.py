"""The list of the tests that the quick lane leaves aside: names that are there, and how it is written."""

from __future__ import annotations

import re
from pathlib import Path

from outils.lents import LIMIT, LIST, slow

ROOT = Path(__file__).resolve().parents[2]


def test_each_test_listed_is_there_once_and_in_order() -> None:
    listed = LIST.read_text(encoding="utf-8").splitlines()
    assert listed == sorted(set(listed)) and listed
    lost = []
    for name in listed:
        path, *_, function = name.split("::")
        file = ROOT / path
        if not file.is_file() or not re.search(rf"^ *def {function}\(", file.read_text(encoding="utf-8"), re.M):
            lost.append(name)
    assert lost == [], "python -m pytest -p outils.lents writes the list anew"


def test_a_test_is_slow_by_what_it_takes_on_average() -> None:
    taken = {"t.py::b[1]": 3 * LIMIT, "t.py::b[2]": 0.0, "t.py::a[1]": 3 * LIMIT, "t.py::a[2]": -2 * LIMIT}
    taken["tests/architecture/test_x.py::d"] = 9 * LIMIT
    assert slow({**taken, "t.py::c": LIMIT}) == ["t.py::b"]
