"""`make composants`: the software bill of materials (CycloneDX 1.6, JSON) of what the product needs to run.

Made from the lock alone: the same lock gives the same bytes. Licences are those of docs/licences.md.
"""

from __future__ import annotations

import re
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "run.txt"
_LOCKED = re.compile(r"^([a-z0-9.-]+)(?:\[.*?\])?==([^\s;]+)(.*(?:\n    --hash=.*)*)", re.MULTILINE)


def locked(lock: str) -> list[tuple[str, str, list[str]]]:
    """Name, version and SHA-256 hashes of each library of a lock, in its order."""
    return [
        (name, version, re.findall(r"sha256:([0-9a-f]{64})", rest)) for name, version, rest in _LOCKED.findall(lock)
    ]


def bill(lock: str, licences: str) -> Bom:
    """The bill of this lock; a library whose licence the page does not give stops the making with its name."""
    stated = dict(re.findall(r"^\| ([a-z0-9.-]+) \| \S+ \| (.+) \|$", licences, re.MULTILINE))
    made, licence = Bom(), LicenseFactory()
    made.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, lock)
    made.metadata.timestamp = datetime(2026, 1, 1, tzinfo=UTC)  # the lock has no date, and says all there is
    made.metadata.component = Component(name="paqte", type=ComponentType.APPLICATION, bom_ref="paqte")
    parts = []
    for name, version, hashes in locked(lock):
        if name not in stated:
            raise SystemExit(f"Licence inconnue : {name}. Lancez d’abord `make licences`.")
        purl = PackageURL("pypi", None, name, version)
        parts.append(
            Component(
                name=name,
                version=version,
                type=ComponentType.LIBRARY,
                bom_ref=str(purl),
                purl=purl,
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in hashes],
                licenses=[licence.make_with_name(stated[name])],
            )
        )
    made.components.update(parts)
    made.register_dependency(made.metadata.component, parts)
    return made


def written(lock: Path = LOCK) -> str:
    """The bill as JSON."""
    licences = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    return JsonV1Dot6(bill(lock.read_text(encoding="utf-8"), licences)).output_as_string(indent=2) + "\n"


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist" / "paqte.cdx.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(written(), encoding="utf-8")
    print(f"{target} : nomenclature CycloneDX écrite.")
