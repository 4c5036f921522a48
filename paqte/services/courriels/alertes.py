"""The mail that tells an administrator of alarms, written when it is queued and again as it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from paqte.domain.statuts.courriels import Message
from paqte.services.courriels.courriers import write_mail
from paqte.services.courriels.liens import awaited_link


def alarm_message(destinataire: str, nom: str, alertes: Sequence[str], base_url: str) -> Message:
    """The mail to one administrator about these alarms, each a sentence that says what to do."""
    return write_mail("alerte", destinataire, nom=nom, alertes=alertes, lien=awaited_link(base_url, "/admin/"))
