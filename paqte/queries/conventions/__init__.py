"""Signatories, their conventions, their states and their history."""

from paqte.queries.conventions.conventions_lues import read_apart, read_conventions
from paqte.queries.conventions.debut import complete_since, first_day, read_former
from paqte.queries.conventions.entreprises.veilles import count_findings
from paqte.queries.conventions.promesses.cibles import targets_where
from paqte.queries.conventions.prospects import have_declined
from paqte.queries.conventions.rencontres import RencontreDated, last_met, meeting_days
from paqte.queries.conventions.signataires import SignataireKnown, find_known
from paqte.queries.conventions.situations.etats import effective_end, is_alive, is_renewed
from paqte.queries.conventions.situations.fins import ConventionEnding, ending
from paqte.queries.conventions.situations.resumes import ConventionBrief, sum_up_conventions

__all__ = [
    "ConventionBrief",
    "ConventionEnding",
    "RencontreDated",
    "SignataireKnown",
    "complete_since",
    "count_findings",
    "effective_end",
    "ending",
    "find_known",
    "first_day",
    "have_declined",
    "is_alive",
    "is_renewed",
    "last_met",
    "meeting_days",
    "read_apart",
    "read_conventions",
    "read_former",
    "sum_up_conventions",
    "targets_where",
]
