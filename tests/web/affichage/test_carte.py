"""The map has one square a département, where a reader of France looks for it, and says its state without a colour."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest

from paqte.web.affichage.carte import Tile, tile_map

DONNEES = Path(__file__).resolve().parents[3] / "paqte" / "donnees"
CODES = [row["code"] for row in csv.DictReader((DONNEES / "departements.csv").open(encoding="utf-8", newline=""))]


def drawn(codes: list[str]) -> dict[str, tuple[int, int]]:
    """Column and row of each square, read as a program of tables would."""
    table = ElementTree.fromstring(
        tile_map([Tile(code, f"N{code}", "retard", "!") for code in codes]).replace("<br>", " ")
    )
    places: dict[str, tuple[int, int]] = {}
    for row, line in enumerate(table.iter("tr")):
        for column, square in enumerate(line):
            if square.text:
                code, sign = square.text.split()
                assert sign == "!" and code not in places and square.attrib["title"] == f"N{code} ({code})"
                places[code] = (column, row)
    return places


def test_every_departement_has_its_square_and_no_two_the_same() -> None:
    places = drawn(CODES)
    assert sorted(places) == sorted(CODES)
    assert len(set(places.values())) == len(CODES) >= 101


@pytest.mark.parametrize(
    "west, east", [("29", "67"), ("44", "25"), ("33", "26"), ("64", "66"), ("50", "57"), ("41", "45"), ("85", "73")]
)
def test_west_is_left_of_east(west: str, east: str) -> None:
    places = drawn(CODES)
    assert places[west][0] < places[east][0]


@pytest.mark.parametrize(
    "north, south", [("59", "75"), ("75", "18"), ("18", "63"), ("63", "34"), ("45", "31"), ("83", "2B"), ("2B", "2A")]
)
def test_north_is_above_south(north: str, south: str) -> None:
    places = drawn(CODES)
    assert places[north][1] < places[south][1]


def test_the_map_of_a_region_is_no_larger_than_its_departements() -> None:
    places = drawn(["18", "28", "36", "37", "41", "45"])
    assert min(x for x, _ in places.values()) == min(y for _, y in places.values()) == 0
    assert tile_map([]) == ""


def test_names_stay_texts() -> None:
    assert "<b>" not in tile_map([Tile("41", "<b>", "produit", "<b>")])
