"""The workbooks whose pages the guides show, and their pages side by side in one picture (outils/images.sh)."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from tests.reporting.mondes.bilans import fill, read_template
from tests.reporting.mondes.exemples import neant
from tests.reporting.mondes.exemples_nombreux import crowded

COLUMNS, GAP = 5, 6


def write_workbooks(folder: Path) -> None:
    """The bilan of a département with nothing, and of one with 150 signatories and forty long actions."""
    template = read_template()
    (folder / "vide.xlsx").write_bytes(fill(neant(), template))
    (folder / "grand.xlsx").write_bytes(fill(crowded(150, 40), template))


def draw_side_by_side(pages: Path, picture: Path) -> None:
    """The pictures of a folder, in the order of their names, in rows of five, in few shades."""
    opened = [Image.open(path).convert("L") for path in sorted(pages.glob("*.png"))]
    width, height = max(p.width for p in opened) + GAP, max(p.height for p in opened) + GAP
    columns = min(COLUMNS, len(opened))
    rows = -(-len(opened) // columns)
    sheet = Image.new("L", (columns * width + GAP, rows * height + GAP), 160)
    for rank, page in enumerate(opened):
        sheet.paste(page, (rank % columns * width + GAP, rank // columns * height + GAP))
    sheet.quantize(16).save(picture, optimize=True)


if __name__ == "__main__":
    act, *places = sys.argv[1:]
    {"classeurs": write_workbooks, "planche": draw_side_by_side}[act](*map(Path, places))
