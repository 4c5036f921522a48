"""Signatories, their conventions, their states and their history."""

from paqte.queries.conventions.cibles import targets_where
from paqte.queries.conventions.conventions_lues import read_apart, read_conventions
from paqte.queries.conventions.debut import complete_since, first_day, read_former
from paqte.queries.conventions.etats import is_renewed
from paqte.queries.conventions.fins import ConventionEnding, ending
from paqte.queries.conventions.resumes import ConventionBrief, sum_up_conventions
from paqte.queries.conventions.signataires import SignataireKnown, find_known

__all__ = [
    "ConventionBrief",
    "ConventionEnding",
    "SignataireKnown",
    "complete_since",
    "ending",
    "find_known",
    "first_day",
    "is_renewed",
    "read_apart",
    "read_conventions",
    "read_former",
    "sum_up_conventions",
    "targets_where",
]
