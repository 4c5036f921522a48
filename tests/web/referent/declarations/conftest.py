"""Camille before the typing table, on a Sunday of November."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.referent.declarations.feuille import Table

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def table(app: Flask, camille: FlaskClient) -> Table:
    return Table(app, camille)
