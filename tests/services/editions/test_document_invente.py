"""A new document is a file of domain/documents, a file of reporting/classeurs and a line of the registry."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
INVENTED = Path(__file__).parent / "invente"
WORKBOOK = '''"""Its workbook, as its tables say."""

from paqte.domain.documents.{code} import GENRE
from paqte.reporting.classeurs.tables import plain_workbook

FORMAT = plain_workbook(GENRE)
'''
LAST_LINE = "            assemble=assemble_trimestre,\n        ),\n"


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A copy of the product with the two documents of `invente`, and their templates drawn."""
    place = tmp_path / "produit"
    shutil.copytree(ROOT / "paqte", place / "paqte")  # with what Python compiled of it
    for name in ("tests", "outils", "docs", "requirements", "setup.cfg", "pyproject.toml"):
        (place / name).symlink_to(ROOT / name)
    registry = place / "paqte" / "domain" / "documents" / "registre.py"
    text = registry.read_text(encoding="utf-8")
    assert text.count(LAST_LINE) == 1
    for code in ("rapport", "note"):
        shutil.copy(INVENTED / f"{code}.py", registry.with_name(f"{code}.py"))
        workbook = place / "paqte" / "reporting" / "classeurs" / f"{code}.py"
        workbook.write_text(WORKBOOK.format(code=code), encoding="utf-8")
        text = text.replace(LAST_LINE, f"{LAST_LINE}        {code}.GENRE,\n", 1)
    header = "from paqte.domain.documents.bilan import Bilan\n"
    registry.write_text(text.replace(header, f"from paqte.domain.documents import note, rapport\n{header}"), "utf-8")
    subprocess.run([sys.executable, "-m", "paqte.reporting.dessin"], cwd=place, check=True, env=_alone(place))
    return place


def _alone(place: Path) -> dict[str, str]:
    """The environment of a program that sees that copy alone."""
    return {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.lent
def test_two_new_documents_go_the_whole_way_by_their_files_and_their_lines_alone(product: Path) -> None:
    asked = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/services/editions/invente/parcours.py",
    ]
    done = subprocess.run(
        asked, check=False, cwd=product, capture_output=True, text=True, timeout=540, env=_alone(product)
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    assert " passed" in done.stdout
    # Nothing that was there moved: the templates of the others are drawn to the byte.
    for template in (ROOT / "paqte" / "reporting" / "gabarits").glob("*.xlsx"):
        assert (product / "paqte" / "reporting" / "gabarits" / template.name).read_bytes() == template.read_bytes()
