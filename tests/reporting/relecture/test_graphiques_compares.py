"""Charts and what is laid over the cells, beside those of the edition: each way to show something else is told."""

from __future__ import annotations

import re

import pytest

from paqte.reporting.relecture.vue import WorkbookView, read_view
from paqte.reporting.relecture.vues_comparees import compare_views
from tests.reporting.tiers.lecteurs import part, parts, with_part


@pytest.fixture(scope="module")
def seen(workbook: bytes) -> WorkbookView:
    """The whole workbook, read once."""
    return read_view(workbook)


def _rates(workbook: bytes) -> str:
    return next(n for n in sorted(parts(workbook)) if "charts/chart" in n and "Sensibiliser" in part(workbook, n))


@pytest.mark.parametrize(
    ("pattern", "replacement", "what"),
    [
        (r"<c:v>0\.960</c:v>", "<c:v>9.60</c:v>", "valeurs"),
        (r"<a:t>Sensibiliser : réalisé", "<a:t>Sensibiliser : dépassé", "titre"),
        (r'<c:max val="1\.5"', '<c:max val="15"', "échelle et formats"),
        (r';0\\ %" ', ';0\\\\0\\\\ %" ', "échelle et formats"),
        (r"\$X\$(\d+):\$X\$(\d+)", r"$Q$\1:$Q$\2", "plages"),
        (r"barChart>", "lineChart>", "sorte"),
        (r"<c:tx><c:v>[^<]*</c:v></c:tx>", "<c:tx><c:v>Objectif</c:v></c:tx>", "nom de la série"),
        (r'<c:max val="1\.5" ?/>', "", "échelle et formats"),
        (r'(<c:valAx>.*?)<c:min val="0"', r'\1<c:min val="0.5"', "échelle et formats"),
        (r"(<c:valAx>.*?<c:scaling>)", r'\1<c:logBase val="10"/>', "échelle et formats"),
        (r'(<c:catAx>.*?)orientation val="maxMin"', r'\1orientation val="minMax"', "échelle et formats"),
        (r'(<c:valAx>.*?)orientation val="minMax"', r'\1orientation val="maxMin"', "échelle et formats"),
        (r'(<c:valAx>.*?)delete val="0"', r'\1delete val="1"', "échelle et formats"),
        (r'(<c:catAx>.*?)tickLblPos val="low"', r'\1tickLblPos val="none"', "échelle et formats"),
        (r'crosses val="max"', 'crossesAt val="0.5"', "échelle et formats"),
        (r'grouping val="clustered"', 'grouping val="percentStacked"', "sorte"),
        (r'barDir val="bar"', 'barDir val="col"', "sorte"),
        (r'overlap val="0"', 'overlap val="100"', "sorte"),
        (r'dispBlanksAs val="gap"', 'dispBlanksAs val="zero"', "tracé"),
        (r'<c:dispBlanksAs val="gap" ?/>', "", "tracé"),
        (r'plotVisOnly val="0"', 'plotVisOnly val="1"', "tracé"),
        (r"(<c:ser>.*?<c:spPr>)<a:solidFill[^>]*>.*?</a:solidFill>", r"\1<a:noFill/>", "couleur de la série"),
        (
            r"(<c:ser>)(.*?)(<c:dLbls>)",
            r'\1\2<c:dPt><c:idx val="0"/><c:spPr><a:noFill/></c:spPr></c:dPt>\3',
            "ajouts au tracé",
        ),
        (r"(<c:ser>)(.*?)(<c:cat>)", r'\1\2<c:errBars><c:errBarType val="both"/></c:errBars>\3', "ajouts au tracé"),
        (r'showVal val="1"', 'showVal val="0"', "étiquettes"),
        (
            r"<c:dLbls>",
            '<c:dLbls><c:dLbl><c:idx val="0"/><c:tx><c:rich><a:p><a:r><a:t>170 %</a:t></a:r></a:p></c:rich></c:tx>'
            "</c:dLbl>",
            "étiquettes",
        ),
    ],
)
def test_a_chart_that_shows_otherwise_is_told(
    workbook: bytes, seen: WorkbookView, pattern: str, replacement: str, what: str
) -> None:
    changed = with_part(workbook, _rates(workbook), lambda xml: re.sub(pattern, replacement, xml, flags=re.DOTALL))
    found = list(compare_views(seen, read_view(changed)))
    assert what in [d.quoi for d in found]
    assert all(d.place.startswith("graphique « Sensibiliser") for d in found)


def _series_swap_colours(xml: str) -> str:
    inks = re.findall(r'<a:srgbClr val="(0F5563|8FB3B9)" ?/>', xml)
    assert set(inks) == {"0F5563", "8FB3B9"}
    swapped = {"0F5563": "8FB3B9", "8FB3B9": "0F5563"}
    return re.sub("0F5563|8FB3B9", lambda found: swapped[found[0]], xml)


def test_series_that_exchange_their_colours_are_told_and_new_colours_are_not(
    workbook: bytes, seen: WorkbookView
) -> None:
    name = next(n for n in sorted(parts(workbook)) if "charts/chart" in n and "8FB3B9" in part(workbook, n))
    swapped = read_view(with_part(workbook, name, _series_swap_colours))
    assert {d.quoi for d in compare_views(seen, swapped)} == {"couleur de la série"}
    restyled = read_view(with_part(workbook, name, lambda xml: xml.replace("0F5563", "B04A07")))
    assert list(compare_views(seen, restyled)) == []


BOX = (
    '<xdr:twoCellAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"><xdr:from>'
    "<xdr:col>2</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>3</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to>"
    "<xdr:col>4</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>6</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>{}"
    "<xdr:clientData/></xdr:twoCellAnchor></"
)
SHAPE = (
    '<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="90" name="x"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr/>'
    '<xdr:txBody xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:bodyPr/><a:p><a:r><a:t>170</a:t>'
    "</a:r></a:p></xdr:txBody></xdr:sp>"
)
OTHER = '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"/>'


@pytest.mark.parametrize(
    ("laid", "named"),
    [(SHAPE, "forme ou zone de texte « 170 »"), (OTHER, "objet d’un autre programme")],
    ids=["a box of text", "an object of another program"],
)
def test_what_is_laid_over_the_cells_is_told_with_its_words(
    workbook: bytes, seen: WorkbookView, laid: str, named: str
) -> None:
    def lay(xml: str) -> str:
        before, end, after = xml.rpartition("</")
        return f"{before}{BOX.format(laid)}{after}" if end else xml

    found = list(compare_views(seen, read_view(with_part(workbook, "xl/drawings/drawing1.xml", lay))))
    assert [(d.quoi, d.avant, d.apres) for d in found] == [("objet posé sur la feuille", "", named)]


def test_a_chart_hidden_or_put_over_other_cells_is_told(workbook: bytes, seen: WorkbookView) -> None:
    drawing = "xl/drawings/drawing1.xml"
    hidden = with_part(workbook, drawing, lambda xml: re.sub(r"(<[a-z:]*cNvPr )", r'\1hidden="1" ', xml, count=1))
    (difference,) = compare_views(seen, read_view(hidden))
    assert (difference.quoi, difference.apres) == ("graphique", "absent")
    first = re.compile(r"(<(?:\w+:)?from>.*?<(?:\w+:)?row>)(\d+)", re.DOTALL)
    moved, nudged = (
        with_part(workbook, drawing, lambda xml, by=by: first.sub(lambda m: f"{m[1]}{int(m[2]) - by}", xml, count=1))
        for by in (9, 1)
    )
    assert [d.quoi for d in compare_views(seen, read_view(moved))] == ["place"]
    assert list(compare_views(seen, read_view(nudged))) == []
