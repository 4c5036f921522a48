"""Signatories, their conventions and what they promise: typed, corrected, signed, ended, renewed."""

from paqte.services.conventions.anteriorites import leave_unasked
from paqte.services.conventions.conventions import ConventionTyped, change_convention, create_convention
from paqte.services.conventions.engagements import name_of, set_engagements
from paqte.services.conventions.propres import keep_column, keep_own_values
from paqte.services.conventions.signataires import add_signataire, change_signataire

__all__ = [
    "ConventionTyped",
    "add_signataire",
    "change_convention",
    "change_signataire",
    "create_convention",
    "keep_column",
    "keep_own_values",
    "leave_unasked",
    "name_of",
    "set_engagements",
]
