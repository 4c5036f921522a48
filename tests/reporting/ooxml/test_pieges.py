"""A template that LibreOffice saved while its traps were open serves as it was meant: shares, titles, charts."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from paqte.domain.documents.bilan import Bilan
from paqte.reporting.ooxml.texts.shown_numbers import same_look, shown, without_trap
from paqte.reporting.ooxml.texts.text import unescaped
from paqte.reporting.ooxml.texts.traps import with_ordered_titles
from tests.reporting.mondes.bilans import fill
from tests.reporting.tiers.lecteurs import opened, part, parts, with_part

# Saved by LibreOffice 7.4 while the space of shares was bare: its formats read 0.0,%.
LIBREOFFICE = Path(__file__).parents[1] / "gabarit_libreoffice.xlsx"


@pytest.fixture(scope="module")
def made(bilan: Bilan) -> bytes:
    return fill(bilan, LIBREOFFICE.read_bytes())


def test_a_bilan_made_from_it_shows_shares_and_not_thousandths(made: bytes) -> None:
    assert "0.0,%" in part(LIBREOFFICE.read_bytes(), "xl/styles.xml")
    codes = {
        c.number_format
        for sheet in opened(made).worksheets
        for row in sheet.iter_rows()
        for c in row
        if c.data_type == "n"
    }
    shares = {code for code in codes if "%" in code}
    assert shares == {"[$-40C]0.0\\\u00a0%"}
    assert shown(Decimal("0.603"), shares.pop()) == "60,3 %"


def test_each_sheet_has_one_print_title_its_columns_first(made: bytes) -> None:
    told = re.findall(
        r'<definedName[^>]*localSheetId="(\d+)"[^>]*Print_Titles"[^>]*>([^<]*)<', part(made, "xl/workbook.xml")
    )
    assert len({sheet for sheet, _ in told}) == len(told) == 7
    assert dict(told)["2"].replace("'", "") == "Indicateurs!$A:$C,Indicateurs!$4:$4"


def test_the_name_of_a_series_is_no_formula_and_nothing_is_escaped_twice(made: bytes) -> None:
    charts = [part(made, name) for name in parts(made) if "charts/chart" in name]
    assert len(charts) == 5
    assert not re.findall(r"&amp;(?:quot|apos|amp|lt|gt|#)", "".join(charts))
    assert "<c:tx><c:v>Réalisé en % de l’objectif</c:v></c:tx>" in charts[1]


def test_a_range_whose_sheet_has_an_ampersand_or_an_apostrophe_moves_and_stays_one(
    bilan: Bilan, template: bytes
) -> None:
    chart = next(n for n in parts(template) if "charts/chart" in n)
    spoiled = "<c:f>&apos;L&apos;&apos;an &amp; l&#8217;autre&apos;!$A$1</c:f>"
    changed = with_part(template, chart, lambda xml: re.sub(r"<c:f>[^<]*</c:f>", spoiled, xml, count=1))
    assert "<c:f>'L''an &amp; l’autre'!$A$1</c:f>" in part(fill(bilan, changed), chart)


@pytest.mark.parametrize(
    ("code", "safe"),
    [
        ("[$-40C]0.0\u00a0%", "[$-40C]0.0\\\u00a0%"),
        ("0\u202f%", "0\\\u202f%"),
        ("[$-40C]#,##0.00\u00a0€", "[$-40C]#,##0.00\\\u00a0€"),
        ("[$-40C]0.0,%", "[$-40C]0.0\\\u00a0%"),
        ("[$-40C]#,##0.00,\\€", "[$-40C]#,##0.00\\\u00a0\\€"),
        ("[$-40C]#,##0", "[$-40C]#,##0"),
        ('0.0"\u00a0"%', '0.0"\u00a0"%'),
        ("0.0\\\u00a0%", "0.0\\\u00a0%"),
        ('#,##0.0,"\u00a0k€"', '#,##0.0,"\u00a0k€"'),
        ('[<2]0"\u00a0due";#,##0"\u00a0dues"', '[<2]0"\u00a0due";#,##0"\u00a0dues"'),
    ],
)
def test_a_bare_no_break_space_is_escaped_and_the_comma_it_became_is_a_space_again(code: str, safe: str) -> None:
    assert without_trap(code) == safe
    assert without_trap(safe) == safe


def test_print_titles_in_the_other_order_or_twice_become_one() -> None:
    twice = (
        "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"2\">'Un'!$4:$4,'Un'!$A:$C</definedName>"
        '<definedName name="autre">Un!$B$2</definedName>'
        '<definedName name="_xlnm.Print_Titles" localSheetId="2">Un!$4:$4,Un!$A:$C</definedName>'
    )
    assert with_ordered_titles(twice) == (
        "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"2\">'Un'!$A:$C,'Un'!$4:$4</definedName>"
        '<definedName name="autre">Un!$B$2</definedName>'
    )


def test_each_reference_to_a_character_is_resolved_once() -> None:
    assert unescaped("&quot;a&quot; &amp;quot; &#8217;&#x2019; &lt;&apos;") == '"a" &quot; ’’ <\''


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("0.953", "[$-40C]0.0\\\u00a0%", "95,3 %"),
        ("0.953", "[$-40C]0.0,%", "0,1%"),
        ("17", "[$-40C]#,##0", "17"),
        ("17", '0"0"', "170"),
        ("17", "0\\0", "170"),
        ("17", ";;;", ""),
        ("17", '"170"', "170"),
        ("17", "#,##0,", "0"),
        ("17000", "0.0,", "17,0"),
        ("-17", "0;0", "17"),
        ("17", '[>10]"beaucoup";0', "beaucoup"),
        ("1", '[<2][$-40C]0" due";[$-40C]#,##0" dues"', "1 due"),
        ("1234", '[<2][$-40C]0" due";[$-40C]#,##0" dues"', "1 234 dues"),
        ("1234567.5", "[$-40C]#,##0.00", "1 234 567,50"),
        ("1234.5", "[$-40C]#,##0.0#", "1 234,5"),
        ("2.345", "0.00", "2,35"),
        ("46203", "dd/mm/yyyy", "30/06/2026"),
        ("46203", "yyyy-mm", "2026-06"),
        ("17.25", "General", "17,25"),
        ("17", "@", "17"),
        ("0", "0;-0;", ""),
        ("1234567890", "00\\ 00\\ 00", "123456 78 90"),
    ],
)
def test_what_a_format_shows_is_known_without_opening_a_spreadsheet(value: str, code: str, text: str) -> None:
    assert shown(Decimal(value), code) == text


def test_a_day_of_a_workbook_that_counts_from_1904_is_four_years_later() -> None:
    assert shown(Decimal(46203), "dd/mm/yyyy", is_1904=True) == "01/07/2030"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('0.0" "%', "0.0\\ %"),
        ("[$-40C]0.0\\\u00a0%", "[$-40C]0.0\\ %"),
        ('[<2][$-40C]0" a";[$-40C]#,##0" b"', '[<2][$-40C]0" a";#,##0" b"'),
    ],
)
def test_one_look_may_be_written_in_several_ways(one: str, other: str) -> None:
    assert same_look(one, other) and not same_look(one, other + "0")


def test_a_text_is_hidden_or_preceded_by_its_format_alone() -> None:
    assert [shown("Zoé", code) for code in ("@", "General", ";;;", '"Mme "@', "0;0;0")] == [
        "Zoé",
        "Zoé",
        "",
        "Mme Zoé",
        "Zoé",
    ]
