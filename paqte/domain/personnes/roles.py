"""Each view says who may use it; a view that says nothing is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

View = TypeVar("View", bound=Callable[..., object])
PUBLIC = "public"
_MARK = "paqte_roles"


def open_to(*roles: str) -> Callable[[View], View]:
    """Mark a view as open to these roles (codes of domain.acteurs, or PUBLIC)."""

    def mark(view: View) -> View:
        setattr(view, _MARK, frozenset(roles))
        return view

    return mark


def roles_of(view: Callable[..., object] | None) -> frozenset[str]:
    """Roles a view is open to; empty when it was never marked."""
    return getattr(view, _MARK, frozenset())
