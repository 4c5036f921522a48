"""Documents computed, frozen, numbered, published and compared."""

from paqte.services.editions.editions import (
    EditionIssued,
    compute_document,
    freeze_edition,
    produce_edition,
    publish_edition,
)
from paqte.services.editions.gabarit import GabaritLu, named, serving_templates, template_in_force
from paqte.services.editions.sommes import NothingToSum, issue_somme, publish_somme

__all__ = [
    "EditionIssued",
    "GabaritLu",
    "NothingToSum",
    "compute_document",
    "freeze_edition",
    "issue_somme",
    "named",
    "produce_edition",
    "publish_edition",
    "publish_somme",
    "serving_templates",
    "template_in_force",
]
