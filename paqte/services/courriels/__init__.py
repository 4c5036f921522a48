"""Mails: written, kept in the outbox, handed to the server; the reminders."""

from paqte.services.courriels.courriels import queue_link, queue_mail, replace_waiting
from paqte.services.courriels.courriers import write_mail
from paqte.services.courriels.liens import awaited_link, forget_links, new_link
from paqte.services.courriels.relances import remind

__all__ = [
    "awaited_link",
    "forget_links",
    "new_link",
    "queue_link",
    "queue_mail",
    "remind",
    "replace_waiting",
    "write_mail",
]
