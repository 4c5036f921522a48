"""The outbox, and who is reminded of what."""

from paqte.queries.courriels.relances_prevues import RelanceSoon, count_paused, near_reminder

__all__ = [
    "RelanceSoon",
    "count_paused",
    "near_reminder",
]
