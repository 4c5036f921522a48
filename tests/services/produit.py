"""A copy of the product into which a test puts something new, and the programs that see that copy alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def copy_product(place: Path) -> Path:
    """The product, to be changed, with its tests as they are."""
    shutil.copytree(ROOT / "paqte", place / "paqte")  # with what Python compiled of it
    for name in ("tests", "outils", "docs", "requirements", "setup.cfg", "pyproject.toml"):
        (place / name).symlink_to(ROOT / name)
    return place


def run_alone(place: Path, *arguments: str) -> str:
    """What `python -m …` writes there; the test fails when it does."""
    alone = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    asked = [sys.executable, "-m", *arguments]
    done = subprocess.run(asked, check=False, cwd=place, capture_output=True, text=True, timeout=540, env=alone)
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    return done.stdout


def insert_before(path: Path, line: str, added: str) -> None:
    """Put a text before the one line that begins so."""
    text = path.read_text(encoding="utf-8")
    assert text.count(f"\n{line}") == 1, (path, line)
    path.write_text(text.replace(f"\n{line}", f"\n{added}{line}"), encoding="utf-8")
