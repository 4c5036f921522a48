"""A new document is a file of domain/documents, a file of reporting/classeurs and a line of the registry."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.services.produit import ROOT, copy_product, run_alone

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
    place = copy_product(tmp_path / "produit")
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
    run_alone(place, "paqte.reporting.dessin")
    return place


@pytest.mark.lent
def test_two_new_documents_go_the_whole_way_by_their_files_and_their_lines_alone(product: Path) -> None:
    told = run_alone(product, "pytest", "-q", "-p", "no:cacheprovider", "tests/services/editions/invente/parcours.py")
    assert " passed" in told
    # Nothing that was there moved: the templates of the others are drawn to the byte.
    for template in (ROOT / "paqte" / "reporting" / "gabarits").glob("*.xlsx"):
        assert (product / "paqte" / "reporting" / "gabarits" / template.name).read_bytes() == template.read_bytes()
