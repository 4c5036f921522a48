"""What is owed, what was answered, and the facts that figures are made of."""

from paqte.queries.declarations.attendus import (
    SENT,
    ConventionSignee,
    Echeance,
    follow,
    list_echeances,
    signed_conventions,
)
from paqte.queries.declarations.completude import completeness_over
from paqte.queries.declarations.faits import validated_facts
from paqte.queries.declarations.provenance import origins

__all__ = [
    "SENT",
    "ConventionSignee",
    "Echeance",
    "completeness_over",
    "follow",
    "list_echeances",
    "origins",
    "signed_conventions",
    "validated_facts",
]
