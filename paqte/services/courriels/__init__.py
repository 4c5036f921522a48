"""Mails: written, kept in the outbox, handed to the server; the reminders."""

from paqte.services.courriels.annonces import Announcement, alarm_message, ending_message
from paqte.services.courriels.boite import queue_link, queue_mail, replace_waiting
from paqte.services.courriels.courriers import write_mail
from paqte.services.courriels.liens import awaited_link, forget_links, new_link
from paqte.services.courriels.raisons import ADDRESS_TAKEN, JetonReady, TacheReady, TacheSaid, ask_link, ask_task
from paqte.services.courriels.rappels import remind_referents
from paqte.services.courriels.relances import refusal_message, remind
from paqte.services.courriels.sommes import tell_somme

__all__ = [
    "ADDRESS_TAKEN",
    "Announcement",
    "JetonReady",
    "TacheReady",
    "TacheSaid",
    "alarm_message",
    "ask_link",
    "ask_task",
    "awaited_link",
    "ending_message",
    "forget_links",
    "new_link",
    "queue_link",
    "queue_mail",
    "refusal_message",
    "remind",
    "remind_referents",
    "replace_waiting",
    "tell_somme",
    "write_mail",
]
