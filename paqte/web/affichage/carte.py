"""A map of one square a département, arranged like the country, drawn on the server."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup


class Tile(NamedTuple):
    """A département on the map: `etat` names a class of the stylesheet, `signe` says the same without a colour."""

    code: str
    nom: str
    etat: str
    signe: str


@cache
def _places() -> Mapping[str, tuple[int, int]]:
    """Row and column of each département."""
    path = Path(__file__).resolve().parents[2] / "donnees" / "tuiles.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (int(row["ligne"]), int(row["colonne"])) for row in csv.DictReader(file)}


def tile_map(tiles: Sequence[Tile]) -> Markup:
    """The squares of these départements alone; hidden from who does not see it: the page says the same beside it."""
    placed = {_places()[tile.code]: tile for tile in tiles if tile.code in _places()}
    if not placed:
        return Markup("")
    rows, columns = zip(*placed, strict=True)
    drawn = [
        Markup("<tr>{}</tr>").format(
            Markup("").join(_square(placed.get((row, column))) for column in range(min(columns), max(columns) + 1))
        )
        for row in range(min(rows), max(rows) + 1)
    ]
    return Markup(
        '<table class="carte-tuiles" role="presentation" aria-hidden="true"><tbody>{}</tbody></table>'
    ).format(Markup("").join(drawn))


def _square(tile: Tile | None) -> Markup:
    if tile is None:
        return Markup("<td></td>")
    return Markup('<td class="tuile tuile-{}" title="{} ({})">{}<br>{}</td>').format(
        tile.etat, tile.nom, tile.code, tile.code, tile.signe
    )
