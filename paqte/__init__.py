"""PAQTE: the tracker of the Pacte avec les quartiers pour toutes les entreprises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__version__ = "0.1.0"


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """The web application. `config` uses the names of the environment variables and wins over them."""
    from paqte.web.app import build_app

    return build_app(config)
