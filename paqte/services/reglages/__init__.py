"""What is set: dates and delays, the plan made from them, territories and official lists."""

from paqte.services.reglages.flux import forget_feeds
from paqte.services.reglages.planification import plan_all, plan_departement, plan_sommes
from paqte.services.reglages.territoire import RegionsDepartements, shipped_territories

__all__ = [
    "RegionsDepartements",
    "forget_feeds",
    "plan_all",
    "plan_departement",
    "plan_sommes",
    "shipped_territories",
]
