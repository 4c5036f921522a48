"""`paqte bilan somme`: the workbook of the page, of the nation or of a région, from a terminal (R20)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from paqte.domain.calendrier.periodes import last_closed, local_date

pytestmark = pytest.mark.lent


def test_R20_the_workbook_of_the_nation_and_of_a_region_are_written_where_asked(
    demonstration: Path, paqte: Callable[..., Any], today: Any
) -> None:
    periode = ("--periode", last_closed(local_date(today, "41"), "S").code)
    told = {}
    for place, codes in (("nation", ()), ("centre", ("--region", "24")), ("martinique", ("--region", "02"))):
        path = demonstration / f"{place}.xlsx"
        made = paqte("bilan", "somme", *periode, *codes, "--sortie", str(path))
        assert (made.code, made.lignes) == (0, [str(path)]), made.erreur
        rows = python_calamine.load_workbook(path).get_sheet_by_name("Départements").to_python()
        told[place] = [row[0] for row in rows[1:] if row[0]]
    assert told == {"nation": ["41"], "centre": ["41"], "martinique": []}
    refused = paqte("bilan", "somme", *periode, "--region", "99", "--sortie", str(demonstration / "x.xlsx"))
    assert (refused.code, "n’est pas le code d’une région" in refused.erreur) == (2, True)
    assert not (demonstration / "x.xlsx").exists()


def test_R19_the_editions_of_territories_are_listed_after_those_of_the_departements(
    demonstration: Path, paqte: Callable[..., Any], today: Any
) -> None:
    code = last_closed(local_date(today, "41"), "S").code
    assert paqte("bilan", "produire", "--national", "--periode", code).code == 0
    told = [line for line in paqte("courriels", "lister").lignes if "Somme des bilans" in line]
    assert len(told) == 1 and "nadia@demo.paqte.invalid" in told[0], "the nation is told of what an operator made"
    lines = [line.split("\t") for line in paqte("bilan", "lister").lignes]
    assert [line[:4] for line in lines if line[1] != "41"] == [["-", "FR", code, "édition 1"]]
    assert {len(line) for line in lines} == {6} and lines[-1][1] == "FR"
    assert {line.split("\t")[1] for line in paqte("bilan", "lister", "--departement", "41").lignes} == {"41"}
    assert "FR" not in paqte("export", "lister").sortie
