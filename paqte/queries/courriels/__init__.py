"""The outbox, and who is reminded of what."""

from paqte.queries.courriels.relances import ContactToCall, contacts_to_call
from paqte.queries.courriels.relances_choisies import last_reminders
from paqte.queries.courriels.relances_prevues import RelanceSoon, count_paused, near_reminder

__all__ = [
    "ContactToCall",
    "RelanceSoon",
    "contacts_to_call",
    "count_paused",
    "last_reminders",
    "near_reminder",
]
