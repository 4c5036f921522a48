"""What a use case refuses, told at the top of the next page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import flash

from paqte.domain.erreurs import NotFound, Refused


@contextmanager
def refusals_told(category: str = "danger") -> Iterator[None]:
    """Stop at the first refusal and tell it; NotFound goes through: it is a page of its own."""
    try:
        yield
    except NotFound:
        raise
    except Refused as refused:
        flash(str(refused), category)
