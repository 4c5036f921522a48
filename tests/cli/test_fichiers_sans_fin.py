"""A file without an end, be it a device or a pipe, is read no further than it may be, and refused in a sentence."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from paqte.cli.commandes import paqte as command
from paqte.cli.socle.types import FILE

GIVEN = (
    ("importer", "entreprises", "--departement", "41"),
    ("gabarit", "verifier"),
    ("gabarit", "installer", "--en-vigueur-le", "31/12/2099"),
    ("consolider", "--periode", "2026-S1", "--sortie", "{sortie}"),
    ("recus", "deposer", "--periode", "2026-S1"),
    ("formulaire", "lire"),
    ("bilan", "verifier"),
    ("referentiel", "importer", "qpv"),
    ("referentiel", "importer", "colleges"),
    ("referentiel", "importer", "contexte"),
    ("referentiel", "importer", "sirene"),
    ("restaurer",),
)
ROOM = 2 << 30


def given_a_file(group: Any = command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The commands that read a file."""
    found = []
    for name, child in getattr(group, "commands", {}).items():
        found += given_a_file(child, (*path, name))
    return found or [path] * any(one.type is FILE for one in group.params)


def test_every_command_that_reads_a_file_is_tried() -> None:
    assert {path for path in given_a_file() if not any(words[: len(path)] == path for words in GIVEN)} == set()
    assert len(given_a_file()) > 7


@pytest.mark.lent
@pytest.mark.parametrize("words", GIVEN, ids=" ".join)
def test_what_never_ends_is_refused_in_a_sentence(words: tuple[str, ...], base: Any, tmp_path: Path) -> None:
    asked = [word.format(sortie=tmp_path / "somme.xlsx") for word in words]
    done = subprocess.run(
        [sys.executable, "-m", "paqte.cli", *asked, "/dev/zero"],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM)),
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr and (done.stderr + done.stdout).strip()
    assert not (tmp_path / "somme.xlsx").exists()
