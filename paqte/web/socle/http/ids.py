"""Keys in addresses: whole numbers that every base can hold; anything else is no page."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter


class IdConverter(IntegerConverter):
    """`<int:…>`: ASCII digits, nine at most; a base refuses larger numbers, or cannot even be asked."""

    regex = r"[0-9]{1,9}"


def register(app: Flask) -> None:
    """Before any route: an address is compiled when it is added."""
    app.url_map.converters["int"] = IdConverter
