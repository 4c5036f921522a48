"""Documents computed, frozen, numbered, published and compared."""

from paqte.services.editions.editions import (
    EditionIssued,
    compute_document,
    freeze_edition,
    produce_edition,
    publish_edition,
)
from paqte.services.editions.gabarit import GabaritLu, named, serving_templates, template_in_force

__all__ = [
    "EditionIssued",
    "GabaritLu",
    "compute_document",
    "freeze_edition",
    "named",
    "produce_edition",
    "publish_edition",
    "serving_templates",
    "template_in_force",
]
