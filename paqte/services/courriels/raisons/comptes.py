"""Mails of an account and of the administrator: what they rest on."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from paqte.domain.personnes.acteurs import ADMIN
from paqte.models import Utilisateur
from paqte.queries.perimetre import LIMITED
from paqte.services.alertes import alarms
from paqte.services.courriels.annonces import alarm_message
from paqte.services.courriels.raisons.demandes import CLOSED, NO_ACCESS, CourrielReady, RaisonSaid, given, open_account

TAKEN = "Cette adresse est maintenant celle d’un compte : la demande est sans effet."
LIFTED = "L’alerte est levée : il n’y a plus rien à faire."


def invited(asking: CourrielReady) -> RaisonSaid:
    """The account is open, and what it was invited to is still given to it."""
    shadow = asking.appui.get("compte")  # her address serves elsewhere, which she alone is told
    if shadow is not None:
        return RaisonSaid("" if given(asking, shadow) else NO_ACCESS)
    found = open_account(asking)
    user = asking.account
    if found.reason or user is None or user.role not in LIMITED:
        return found
    return RaisonSaid("" if given(asking, user.id) else NO_ACCESS)


def new_address(asking: CourrielReady) -> RaisonSaid:
    """The account is open, and no other took the address meanwhile."""
    found = open_account(asking)
    taken = select(Utilisateur.id).where(Utilisateur.courriel == asking.mail.destinataire)
    return found if found.reason else RaisonSaid(TAKEN if asking.session.scalar(taken) is not None else "")


def always(_asking: CourrielReady) -> RaisonSaid:
    """What was done cannot be undone: its owner is told whatever has happened since."""
    return RaisonSaid()


def alarm(asking: CourrielReady) -> RaisonSaid:
    """The administrator still is, and something is still to be done; what is so now is what the mail says."""
    user = asking.account
    if user is None or user.role != ADMIN or not user.is_active:
        return RaisonSaid(CLOSED)
    found = alarms(asking.session, [Path(one) for one in asking.appui.get("dossiers", ())], asking.now)
    if not found:
        return RaisonSaid(LIFTED)
    return RaisonSaid(message=alarm_message(user.courriel, user.nom, found, asking.appui["base_url"]))
