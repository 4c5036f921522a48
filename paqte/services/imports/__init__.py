"""Spreadsheets of others taken into the base, through the use cases of the forms."""

from paqte.services.imports.reading import CHANGED, CREATED, LEFT, REFUSED, RESULTS, OutcomeSaid
from paqte.services.imports.tracker import (
    ALL,
    SheetMapping,
    TrackerRefused,
    apply_tracker,
    guess_mapping,
    rehearse_tracker,
)

__all__ = [
    "ALL",
    "CHANGED",
    "CREATED",
    "LEFT",
    "REFUSED",
    "RESULTS",
    "OutcomeSaid",
    "SheetMapping",
    "TrackerRefused",
    "apply_tracker",
    "guess_mapping",
    "rehearse_tracker",
]
