"""The declared table of routes: what the doors print, and what the tests ask of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from paqte.domain.personnes.roles import roles_of

# What Flask answers of its own to every address that may be read.
IMPLIED = frozenset({"HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the declared table of routes."""

    rule: str
    methods: tuple[str, ...]
    endpoint: str
    roles: tuple[str, ...]


def route_table(app: Flask) -> list[Route]:
    """Every route with its methods and who may use it ("public", or codes of roles; nobody when empty)."""
    rules = sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, r.endpoint))
    return [
        Route(
            r.rule,
            tuple(sorted((r.methods or set()) - IMPLIED)),
            r.endpoint,
            tuple(sorted(roles_of(app.view_functions[r.endpoint]))),
        )
        for r in rules
    ]
