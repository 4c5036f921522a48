"""A map of one square a département, arranged like the country, drawn on the server."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

SIDE, GAP = 44, 4


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


def tile_map(tiles: Sequence[Tile], title: str) -> Markup:
    """The squares of these départements alone; `title` says to who does not see it what it shows."""
    placed = [(tile, *_places()[tile.code]) for tile in tiles if tile.code in _places()]
    if not placed:
        return Markup("")
    top, left = min(row for _, row, _ in placed), min(column for _, _, column in placed)
    drawn = [_drawn(tile, row - top, column - left) for tile, row, column in placed]
    high, wide = (1 + max(p[axis] for p in placed) - first for axis, first in ((1, top), (2, left)))
    return Markup(
        '<svg class="carte-tuiles" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{title}">'
        "{body}</svg>"
    ).format(w=wide * (SIDE + GAP), h=high * (SIDE + GAP), title=title, body=Markup("").join(drawn))


def _drawn(tile: Tile, row: int, column: int) -> Markup:
    x, y = column * (SIDE + GAP), row * (SIDE + GAP)
    return Markup(
        '<g class="tuile tuile-{etat}"><title>{nom} ({code})</title>'
        '<rect x="{x}" y="{y}" width="{side}" height="{side}"/>'
        '<text x="{mid}" y="{low}">{code}</text><text x="{mid}" y="{lower}">{signe}</text></g>'
    ).format(
        etat=tile.etat, nom=tile.nom, code=tile.code, signe=tile.signe,
        x=x, y=y, side=SIDE, mid=x + SIDE // 2, low=y + 19, lower=y + 36,
    )  # fmt: skip
