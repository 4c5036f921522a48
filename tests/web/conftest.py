"""Pages of the tests' own, added to the application before it serves anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application with the pages of tests/web/essai.py and tests/web/catalogue.py."""
    from tests.web import catalogue, essai

    essai.register(app)
    catalogue.register(app)
    return app
