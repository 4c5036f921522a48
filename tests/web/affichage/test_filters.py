"""How figures, dates and addresses are shown; what is drawn."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

import paqte
from paqte.web.affichage import filters, svg
from paqte.web.affichage.svg import Point

if TYPE_CHECKING:
    from flask import Flask

ABOUT_PAGES = True


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (Decimal("1234.5"), "1\u202f234,5"),
        (Decimal("1234567.89"), "1\u202f234\u202f567,89"),
        (None, "non renseigné"),
    ],
)
def test_R13_a_number_is_written_in_french_and_a_missing_one_is_said(value: Decimal | None, shown: str) -> None:
    assert filters.show_number(value) == shown


def test_R14_a_ratio_without_denominator_is_nd() -> None:
    assert filters.show_percent(None) == "n.d."
    assert (
        filters.show_percent(Decimal("42.55")) == "42,6\u00a0%"
        or filters.show_percent(Decimal("42.5")) == "42,5\u00a0%"
    )


def test_money_shows_its_cents_only_when_there_are_some() -> None:
    assert filters.show_euros(Decimal(1250)) == "1\u202f250\u00a0€"
    assert filters.show_euros(Decimal("1250.5")) == "1\u202f250,50\u00a0€"


def test_the_first_of_a_month_is_written_1er() -> None:
    assert filters.show_long_date(date(2026, 1, 1)) == "1er janvier 2026"
    assert filters.show_long_date(date(2026, 8, 2)) == "2 août 2026"
    assert filters.show_short_date(date(2026, 8, 2)) == "02/08/2026"


def test_R12_a_moment_is_shown_in_the_legal_time_of_the_departement() -> None:
    moment = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
    assert filters.show_moment(moment) == "1er juillet 2026 à 3\u00a0h\u00a030"
    assert filters.show_moment(moment, "972") == "30 juin 2026 à 21\u00a0h\u00a030"
    assert filters.show_moment(moment, "974") == "1er juillet 2026 à 5\u00a0h\u00a030"


@pytest.mark.parametrize(("count", "shown"), [(0, "0 entreprise"), (1, "1 entreprise"), (2, "2 entreprises")])
def test_french_takes_the_plural_from_two_on(count: int, shown: str) -> None:
    assert filters.plural(count, "entreprise").replace("\u00a0", " ") == shown
    assert filters.plural(2, "réseau", "réseaux") == "2\u00a0réseaux"


def test_a_typed_text_keeps_its_lines_and_none_of_its_tags() -> None:
    assert filters.show_paragraphs("Un <b>\ndeux\r\n\r\ntrois") == Markup("<p>Un &lt;b&gt;<br>deux</p><p>trois</p>")


def test_an_address_keeps_its_filters_and_changes_what_is_asked(app: Flask) -> None:
    with app.test_request_context("/liste?q=été&axe=FORMER&axe=RECRUTER&page=3"):
        assert filters.url_with(page=2) == "/liste?q=%C3%A9t%C3%A9&axe=FORMER&axe=RECRUTER&page=2"
        assert filters.url_with(axe=None, page=None) == "/liste?q=%C3%A9t%C3%A9"


def widths(drawing: str) -> dict[str, float]:
    return {
        r.get("class", ""): float(r.get("width", 0)) for r in ElementTree.fromstring(drawing).iter() if "rect" in r.tag
    }


@pytest.mark.parametrize(
    ("achieved", "target", "width"), [(45, 60, 75), (12, 10, 100), (0, 10, 0), (0, 0, 0), (3, 0, 100)]
)
def test_a_bar_shows_what_is_achieved_even_past_the_target_or_without_any(
    achieved: int, target: int, width: int
) -> None:
    assert widths(svg.progress(achieved, target, "Former"))["barre-realise"] == width


def test_R13_a_missing_period_cuts_the_curve_and_is_no_zero() -> None:
    points = [Point(str(n), None if v is None else Decimal(v)) for n, v in enumerate((3, 8, None, 12, 18))]
    drawn = ElementTree.fromstring(svg.curve(points, "Signataires").dessin)
    lines = [e.get("points", "").split() for e in drawn.iter() if "polyline" in e.tag]
    assert [len(line) for line in lines] == [2, 2]
    assert sum("path" in e.tag for e in drawn.iter()) == 4


@pytest.mark.parametrize("values", [[], [None], [0], [None, None], [Decimal("0.5")], [10**11], [1] * 40])
def test_any_series_can_be_drawn(values: list[Decimal | None]) -> None:
    points = [Point("S1", v) for v in values]
    drawn = svg.curve(points, 'Évolution "<b>"')
    ElementTree.fromstring(drawn.dessin)
    assert drawn.graduations[-1] == "0"
    assert len(drawn.etiquettes) == len(values)
    assert sum(bool(e) for e in drawn.etiquettes) <= svg.MOST_LABELS


def test_an_icon_is_hidden_from_screen_readers_and_a_wrong_name_is_an_error() -> None:
    assert 'aria-hidden="true"' in svg.icon("download")
    with pytest.raises(KeyError):
        svg.icon("marianne")


def test_a_noun_of_several_words_gives_its_own_plural() -> None:
    """« 5 autre signataires »: an s at the end alone is the plural of one word."""
    templates = Path(paqte.__file__).parent / "templates"
    lacking = [
        f"{path.name}: {words}"
        for path in templates.rglob("*.html")
        for words in re.findall(r'pluriel\([^"]*"(\S+ [^"]*)"\)', path.read_text(encoding="utf-8"))
    ]
    assert lacking == []
    assert re.findall(r'pluriel\([^"]*"(\S+ [^"]*)"\)', 'pluriel(n, "autre signataire")') == ["autre signataire"]
