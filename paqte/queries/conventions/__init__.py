"""Signatories, their conventions, their states and their history."""

from paqte.queries.conventions.conventions_lues import read_apart, read_conventions
from paqte.queries.conventions.debut import complete_since, first_day, read_former
from paqte.queries.conventions.etats import is_renewed
from paqte.queries.conventions.fins import FinConvention, ending
from paqte.queries.conventions.resumes import ConventionResumee, sum_up_conventions
from paqte.queries.conventions.signataires import Connu, find_known

__all__ = [
    "Connu",
    "ConventionResumee",
    "FinConvention",
    "complete_since",
    "ending",
    "find_known",
    "first_day",
    "is_renewed",
    "read_apart",
    "read_conventions",
    "read_former",
    "sum_up_conventions",
]
