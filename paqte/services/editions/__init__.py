"""Documents computed, frozen, numbered, published and compared."""

from paqte.services.editions.bilans import compute_bilan, freeze_bilan, publish_bilan
from paqte.services.editions.comptes_rendus import compute_compte_rendu, freeze_compte_rendu, publish_compte_rendu
from paqte.services.editions.editions import EditionIssued, compute_document, freeze_edition, publish_edition
from paqte.services.editions.gabarit import GabaritLu, named, serving_templates, template_in_force

__all__ = [
    "EditionIssued",
    "GabaritLu",
    "compute_bilan",
    "compute_compte_rendu",
    "compute_document",
    "freeze_bilan",
    "freeze_compte_rendu",
    "freeze_edition",
    "named",
    "publish_bilan",
    "publish_compte_rendu",
    "publish_edition",
    "serving_templates",
    "template_in_force",
]
