"""The page of a list that an address asks for, whatever people or robots write there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from paqte.web.socle.lists import page_asked, page_within

if TYPE_CHECKING:
    from flask import Flask

ABOUT_PAGES = True


@pytest.mark.parametrize(
    ("address", "asked", "of_three"),
    [
        ("", 1, 1),
        ("?page=2", 2, 2),
        ("?page=3", 3, 3),
        ("?page=4", 4, 3),
        ("?page=0", 1, 1),
        ("?page=-1", 1, 1),
        ("?page=", 1, 1),
        ("?page=deux", 1, 1),
        ("?page=٣", 1, 1),
        ("?page=999999999", 999_999_999, 3),
        ("?page=99999999999999999999", 1, 1),
    ],
)
def test_an_address_opens_a_page_that_there_is(app: Flask, address: str, asked: int, of_three: int) -> None:
    with app.test_request_context(f"/liste{address}"):
        assert page_asked() == asked
        assert page_within(61, 30) == of_three
        assert page_within(0, 30) == 1
