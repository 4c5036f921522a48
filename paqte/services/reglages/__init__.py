"""What is set: dates and delays, the plan made from them, territories and official lists."""

from paqte.services.reglages.planification import plan_all, plan_departement

__all__ = [
    "plan_all",
    "plan_departement",
]
