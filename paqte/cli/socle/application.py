"""The application as commands use it: its settings, its context, who acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from paqte.config import Settings, read_settings
from paqte.domain.personnes.acteurs import Acteur, operator
from paqte.ops.base.migration import check_base

OPERATOR: Acteur = operator()


@contextmanager
def application() -> Iterator[Flask]:
    """The application in its context, on a base of its own version (BaseRefused otherwise)."""
    check_base(read_settings().database_url)
    with opened() as app:
        yield app


@contextmanager
def opened() -> Iterator[Flask]:
    """The application in its context, whatever the state of the base."""
    from paqte import create_app

    app = create_app()
    with app.app_context():
        yield app


def settings_of(app: Flask) -> Settings:
    """The effective settings of an application."""
    settings: Settings = app.extensions["paqte"]
    return settings
