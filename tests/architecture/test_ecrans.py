"""Each page has its pictures in docs/ecrans/ and its line of docs/ecrans.md, small enough to be kept with the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.parcours.ecrans import FOLDER, INDEX, SANS_IMAGE, WIDTHS, picture_name, pictured

if TYPE_CHECKING:
    from flask import Flask

HEAVIEST = 6_500_000


def test_every_page_has_its_pictures_and_no_picture_is_of_a_page_that_is_gone(app: Flask) -> None:
    wanted = {picture_name(endpoint, width) for endpoint in pictured(app) for width in WIDTHS}
    assert {path.name for path in FOLDER.iterdir()} == wanted, "make images"


def test_the_index_leads_to_every_picture_once(app: Flask) -> None:
    shown = re.findall(r"\]\(ecrans/([^)]+)\)", INDEX.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(path.name for path in FOLDER.iterdir())


def test_what_has_no_picture_is_a_route_that_is_there(app: Flask) -> None:
    assert SANS_IMAGE.keys() <= app.view_functions.keys()


def test_the_pictures_weigh_little_enough_to_be_kept_with_the_code() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < HEAVIEST
