"""How a département steers, as its pages and its documents read it."""

from paqte.queries.pilotage.rubriques import read_rubriques, rubrique_lines

__all__ = [
    "read_rubriques",
    "rubrique_lines",
]
