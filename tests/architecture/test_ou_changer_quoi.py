"""What README sends to, in "Where to change what", is there: each path in one place, each name in the file it is of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [
    line.strip("| ")
    for line in README.partition("## Where to change what")[2].partition("\nThe house,")[0].splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| to change"))
]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "paqte").rglob("*.py"))


def places(path: str) -> list[Path]:
    """Files and folders that a path of README may mean: from the root, or from somewhere in the house."""
    whole = ROOT / path
    if whole.exists():
        return [whole]
    return [found for found in (ROOT / "paqte").rglob(path) if "__pycache__" not in found.parts]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.partition("|")[0].strip()[:40])
def test_each_path_of_the_line_is_one_place_and_each_name_is_there(line: str) -> None:
    told = re.findall(r"`([^`]+)`", line.partition("|")[2])
    assert told
    for one in told:
        path, _, name = one.partition(": ")
        if "<" in path or path.startswith("python -m"):
            continue
        if "/" in path or re.search(r"\.\w{2,4}$", path):
            (found,) = places(path.rstrip("/"))
            assert not name or re.search(rf"\b{name}\b", found.read_text(encoding="utf-8")), one
        else:
            word = re.match(r"@?(\w+)", path)
            assert word and re.search(rf"\b{word[1]}\b", CODE), one
