"""The outbox, and who is reminded of what."""

from paqte.queries.courriels.relances_prevues import RelanceProche, count_paused, near_reminder

__all__ = [
    "RelanceProche",
    "count_paused",
    "near_reminder",
]
