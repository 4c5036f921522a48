"""What is owed, what was answered, and the facts that figures are made of."""

from paqte.queries.declarations.attendus import (
    ConventionSigned,
    EcheanceLue,
    coming_echeances,
    list_echeances,
    read_attendus,
    read_followed,
    signed_conventions,
)
from paqte.queries.declarations.completude import completeness_of
from paqte.queries.declarations.preuves.actions import ActionShown, ActionsSought, list_actions
from paqte.queries.declarations.provenance import origins
from paqte.queries.declarations.signalements import count_waiting

__all__ = [
    "ActionShown",
    "ActionsSought",
    "ConventionSigned",
    "EcheanceLue",
    "coming_echeances",
    "completeness_of",
    "count_waiting",
    "list_actions",
    "list_echeances",
    "origins",
    "read_attendus",
    "read_followed",
    "signed_conventions",
]
