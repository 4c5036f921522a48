"""How a département steers, as its pages and its documents read it."""

from paqte.queries.pilotage.premiers_pas import StepsDone, read_first_steps
from paqte.queries.pilotage.rubriques import read_rubriques, rubrique_lines

__all__ = [
    "StepsDone",
    "read_first_steps",
    "read_rubriques",
    "rubrique_lines",
]
