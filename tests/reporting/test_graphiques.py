"""A chart stays legible whatever it shows, and one that would be empty gives way to a sentence (R13)."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import PointSignataires
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from paqte.reporting.ooxml.parts.package import open_package
from paqte.reporting.remplissage.feuilles.graphiques import ALL_ZERO, NO_FIGURE
from tests.domain.loir_et_cher import convention, donnees, engagement, fait
from tests.reporting.mondes.bilans import fill, read_template
from tests.reporting.mondes.classeurs_exemples import quarter
from tests.reporting.mondes.exemples import exemple
from tests.reporting.tiers.lecteurs import opened, part, parts, with_part

NONE_YET = Chiffre(None, "sans objectif")


def with_rates(bilan: Bilan, *rates: Chiffre) -> Bilan:
    """The indicators of « Former » with these rates, the others with none."""
    mine = iter(rates)
    lines = (replace(i, taux=next(mine, NONE_YET) if i.axe == "FORMER" else NONE_YET) for i in bilan.indicateurs)
    return replace(bilan, indicateurs=tuple(lines))


def percents(*values: str) -> list[Chiffre]:
    return [Chiffre(Decimal(value)) for value in values]


def chart_of(content: bytes, title: str) -> str | None:
    """The chart of that title, if a drawing of the workbook still bears it."""
    paquet = open_package(content)
    for drawing in (n for n in paquet.parts if re.fullmatch(r"xl/drawings/drawing\d+\.xml", n)):
        for link in paquet.links(drawing):
            xml = paquet.parts[link.cible].decode()
            if f">{title}" in xml and f'r:id="{link.id}"' in paquet.parts[drawing].decode():
                return xml
    return None


def texts_under(content: bytes, heading: str, rows: int) -> list[str]:
    """What is read in the rows under a heading of the sheet Bilan, those folded away left out."""
    sheet = opened(content)["Bilan"]
    at = next(c.row for row in sheet.iter_rows(max_col=1) for c in row if str(c.value or "").startswith(heading))
    shown = (n for n in range(at + 1, at + 1 + rows) if not sheet.row_dimensions[n].hidden)
    return [str(c.value) for n in shown for c in sheet[n] if c.value is not None]


@pytest.mark.parametrize("rates", [("151",), ("400", "80"), ("24690", "99.9", "0"), ("1000000",)])
def test_a_rate_far_beyond_its_target_leaves_the_axis_at_150_per_cent_with_one_line(rates: tuple[str, ...]) -> None:
    xml = chart_of(fill(with_rates(exemple(), *percents(*rates)), read_template()), "Former")
    assert xml is not None
    assert re.findall(r'<c:max val="([^"]*)"', xml) == ["1.5"]
    # A line each 100 %, on an axis that stops before the second.
    assert re.findall(r'<c:majorUnit val="([^"]*)"', xml) == ["1"]
    assert xml.count("<c:majorGridlines>") == 1
    kept = re.findall(r"<c:pt idx=\"\d+\"><c:v>([\d.]+)", re.findall(r"<c:val>.*?</c:val>", xml, re.DOTALL)[0])
    assert [Decimal(v) * 100 for v in kept] == [Decimal(rate) for rate in rates]
    (labels,) = re.findall(r"<c:dLbls>.*?</c:dLbls>", xml, re.DOTALL)
    assert '<c:showVal val="1"' in labels and "[&gt;1.5]" in labels.replace("[>", "[&gt;") and "→" in labels


@pytest.mark.parametrize(
    ("rates", "end"), [(("80",), "1.25"), (("104",), "1.25"), (("110",), "1.5"), (("150",), "1.5")]
)
def test_rates_that_hold_keep_the_axis_that_was_drawn_or_reach_a_little_further(rates: Any, end: str) -> None:
    xml = chart_of(fill(with_rates(exemple(), *percents(*rates)), read_template()), "Former")
    assert xml is not None and re.findall(r'<c:max val="([^"]*)"', xml) == [end]


def test_an_axis_of_counts_goes_as_far_as_it_must() -> None:
    """Only shares are cut: a count whose bar stops would be read for another."""
    template = read_template()
    chart = next(n for n in parts(template) if "charts/chart" in n and "Signataires par semestre" in part(template, n))
    bounded = with_part(template, chart, lambda xml: re.sub(r"(<c:min val=.0. ?/>)", r'<c:max val="10"/>\1', xml))
    assert bounded != template
    xml = chart_of(fill(exemple(), bounded), "Signataires par semestre")
    assert xml is not None and re.findall(r'<c:max val="([^"]*)"', xml) == ["21.75"]


@pytest.mark.parametrize(
    ("rates", "sentence"), [(percents("0", "0.0"), ALL_ZERO), ([NONE_YET], NO_FIGURE), ([], NO_FIGURE)]
)
def test_a_chart_without_any_bar_gives_way_to_a_sentence(rates: list[Chiffre], sentence: str) -> None:
    content = fill(with_rates(exemple(), *rates), read_template())
    assert chart_of(content, "Former") is None
    rows = len([i for i in exemple().indicateurs if i.axe == "FORMER"])
    assert texts_under(content, "Former", rows + 14).count(sentence) == 1


def test_one_bar_is_enough_for_the_chart_to_stay() -> None:
    content = fill(with_rates(exemple(), *percents("0", "0.1")), read_template())
    assert chart_of(content, "Former") is not None
    assert not {ALL_ZERO, NO_FIGURE} & {*texts_under(content, "Former", 20)}


def test_semesters_without_any_signatory_have_no_empty_chart() -> None:
    zeros = (PointSignataires("2025-S2", 0, 0), PointSignataires("2026-S1", 0, 0))
    content = fill(replace(exemple(), evolution=zeros), read_template())
    assert chart_of(content, "Signataires par semestre") is None
    assert texts_under(content, "Évolution", 14).count(ALL_ZERO) == 1
    one = fill(replace(exemple(), evolution=(*zeros[:1], PointSignataires("2026-S1", 0, 1))), read_template())
    assert chart_of(one, "Signataires par semestre") is not None


def test_what_stands_under_a_bar_is_short_enough_to_be_cut_in_no_word() -> None:
    """LibreOffice cuts « 1er semestre 2026 » inside a word when eight semesters stand side by side."""
    eight = tuple(PointSignataires(f"{year}-S{half}", 3, 1) for year in range(2023, 2027) for half in (1, 2))
    names = texts_under(fill(replace(exemple(), evolution=eight), read_template()), "Évolution", 14)
    told = [name for name in names if re.search(r"20\d\d$", name)]
    assert len(told) == 8 and all(len(name) <= 8 for name in told)


def test_a_table_that_says_neant_is_not_followed_by_a_second_sentence() -> None:
    without = tuple(i for i in exemple().indicateurs if i.axe != "FORMER")
    content = fill(replace(exemple(), indicateurs=without), read_template())
    assert texts_under(content, "Former", 12)[-1] == "Néant : aucun engagement de cet axe sur la période."
    assert chart_of(content, "Former") is None


def test_an_export_without_any_rate_says_why_it_has_no_chart_and_its_sheet_of_data_bears_no_sentence() -> None:
    """« pas de graphique »: nobody forecast anything, or all that was forecast is at zero."""
    firm = convention(1, engagement(11, "P01", cible=5), dispositif="plan_10000")
    nothing = convention(2, engagement(21, "P01"), dispositif="plan_10000")
    zero = [fait(firm, firm.engagements[0], "2026-T3", reponse="neant")]
    for given, why in (
        (donnees([nothing]), "aucun taux n’est calculé"),
        (donnees([firm], zero), "tous les taux sont à 0\u00a0%"),
    ):
        content = fill(quarter(given), read_template(FORMAT_TRIMESTRE.gabarit), FORMAT_TRIMESTRE)
        assert chart_of(content, "Thématiques") is None
        book = opened(content)
        notes = [c.value for row in book["Analyse"] for c in row if c.value]
        assert f"Thématiques\u00a0: pas de graphique, {why}." in notes
        assert [r for r in book["Thématiques"].iter_rows(min_row=17, values_only=True) if any(r)] == []
    done = [fait(firm, firm.engagements[0], "2026-T3", 4)]
    content = fill(quarter(donnees([firm], done)), read_template(FORMAT_TRIMESTRE.gabarit), FORMAT_TRIMESTRE)
    assert chart_of(content, "Thématiques") is not None
