"""In the workbook too the enterprises come first, the charts show them alone, and the total bears its name (R38)."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from tests.domain.assemblage.grille.test_natures import bilan, world
from tests.reporting.mondes.bilans import fill, read_template


def charts_of(workbook: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(workbook)) as archive:
        return [
            archive.read(name).decode() for name in archive.namelist() if re.match(r"xl/charts/chart\d+\.xml", name)
        ]


def lengths(chart: str) -> set[int]:
    """How many rows each series of a chart covers, headings written again left out."""
    formulas = re.findall(r"<(?:\w+:)?f>([^<]*)</", chart)
    spans = [re.findall(r"\$[A-Z]+\$(\d+):\$[A-Z]+\$(\d+)", formula) for formula in formulas]
    return {sum(int(last) - int(first) + 1 for first, last in found) for found in spans if found}


def test_R38_a_chart_shows_as_many_bars_whoever_else_signed() -> None:
    alone, together = (charts_of(fill(bilan(world(with_others=w)), read_template())) for w in (False, True))
    assert any("STPA" in chart for chart in together)
    assert not any("employeurs publics" in chart or "toutes natures" in chart for chart in together)
    assert [lengths(chart) for chart in together if "STPA" in chart] == [
        lengths(chart) for chart in alone if "STPA" in chart
    ]
