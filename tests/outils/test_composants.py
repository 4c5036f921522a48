"""The software bill of materials says what the lock says, and a reader of the format takes it."""

from __future__ import annotations

import json
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def composants(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if find_spec("cyclonedx") is None:
        pytest.skip("cyclonedx-python-lib n’est pas installé : `make composants` l’installe")
    monkeypatch.syspath_prepend(str(ROOT / "outils"))
    return import_module("composants")


def test_the_bill_names_each_locked_library_with_its_hashes_and_its_licence(composants: ModuleType) -> None:
    """Read again by the standard library, beside the lock read another way: line by line."""
    told = {}
    for line in (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8").splitlines():
        if re.match(r"[a-z0-9]", line):
            name, version = re.split(r"==", line.split(";")[0].split(" ")[0])
            hashes = told[f"pkg:pypi/{name.split('[')[0]}@{version}"] = set()
        elif "--hash=sha256:" in line:
            hashes.add(line.split("sha256:")[1].split()[0])
    made = json.loads(composants.written())
    found = {one["purl"]: {h["content"] for h in one["hashes"]} for one in made["components"]}
    assert len(found) > 30 and found == told
    assert all(one["licenses"][0]["license"]["name"] for one in made["components"])
    assert set(next(one for one in made["dependencies"] if one["ref"] == "paqte")["dependsOn"]) == set(found)


def test_the_same_lock_gives_the_same_bytes_and_they_are_of_the_format(composants: ModuleType) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    made = composants.written()
    assert made == composants.written()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(made) is None
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(made.replace('"library"', '"livre"')) is not None


def test_a_library_without_a_licence_stops_the_making(composants: ModuleType) -> None:
    with pytest.raises(SystemExit, match="Licence inconnue : alembic"):
        composants.bill("alembic==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n", "")
