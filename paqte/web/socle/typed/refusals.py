"""What a use case refuses, told at the top of the next page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import flash

from paqte.domain.erreurs import NotFound, Refused

# Messages wait for the next page in a cookie of 4,093 octets: eight sentences of 200 letters fit.
TOLD = 8


@contextmanager
def refusals_told(category: str = "danger") -> Iterator[None]:
    """Stop at the first refusal and tell it; NotFound goes through: it is a page of its own."""
    try:
        yield
    except NotFound:
        raise
    except Refused as refused:
        flash(str(refused), category)


def tell_refusals(reasons: Mapping[str, str]) -> None:
    """What was not done of many, each with its reason: what a cookie has room for, and how many more there are."""
    for name, reason in list(reasons.items())[:TOLD]:
        flash(f"{name} : {reason}", "danger")
    left = len(reasons) - TOLD
    if left > 0:
        flash(f"Et {left} autre{'s' if left > 1 else ''}, qui reste{'nt' if left > 1 else ''} dans la liste.", "danger")
