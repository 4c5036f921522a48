"""The sums of territories: composed, taken away, issued and published."""

from paqte.services.editions.sommes.composition import (
    take_region_workbook,
    take_territory_workbook,
    territory_named,
)
from paqte.services.editions.sommes.dossier import publish_everything
from paqte.services.editions.sommes.emission import (
    NothingToSum,
    SommeFrozen,
    hand_somme,
    issue_somme,
    produce_somme,
    publish_somme,
)

__all__ = [
    "NothingToSum",
    "SommeFrozen",
    "hand_somme",
    "issue_somme",
    "produce_somme",
    "publish_everything",
    "publish_somme",
    "take_region_workbook",
    "take_territory_workbook",
    "territory_named",
]
