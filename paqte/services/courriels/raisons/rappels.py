"""Mails of a day of the calendar, to companies and to référents: what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import ANIMATEUR
from paqte.domain.statuts.pilotage import OUI
from paqte.models import Edition
from paqte.queries.conventions.situations.fins import unfollowed
from paqte.queries.courriels.relances import MANUELLE
from paqte.queries.reglages import places_saying
from paqte.queries.reglages.agendas import read_agenda
from paqte.services.courriels.annonces import Announcement, ending_message
from paqte.services.courriels.raisons.demandes import (
    ANSWERED,
    CLOSED,
    MOVED,
    CourrielReady,
    RaisonSaid,
    is_referent,
    receives,
)
from paqte.services.courriels.raisons.differees import PRODUCED, SENT
from paqte.services.courriels.rappels import rappel_now
from paqte.services.courriels.relances import message_now, reading_message

TURNED_OFF = "Les rappels aux animateurs sont coupés dans ce département."
FOLLOWED = "Ces conventions sont renouvelées, ont pris fin ou n’ont plus la même échéance."


def reminder(asking: CourrielReady) -> RaisonSaid:
    """Something still waits for her, on a day that is still this step's; what waits now is what the mail says."""
    if asking.mail.utilisateur_id is None:
        return RaisonSaid()
    gone = receives(asking)
    if gone:
        return RaisonSaid(gone)
    etape, periode = asking.appui.get("etape", MANUELLE), asking.appui.get("periode")
    if etape != MANUELLE and periode:
        day = read_agenda(asking.departement).campagne(Periode.from_code(periode)).taches().get(etape)
        if day is None or day > asking.today:
            return RaisonSaid(MOVED)
    user = asking.account
    is_animateur = user is not None and user.role == ANIMATEUR
    if is_animateur and not places_saying("relances_animateurs", OUI)(asking.departement):
        return RaisonSaid(TURNED_OFF)
    told = message_now(
        utilisateur_id=asking.mail.utilisateur_id,
        departement=asking.departement,
        etape=etape,
        courriel_id=asking.mail.id,
        now=asking.now,
        base_url=asking.appui.get("base_url", ""),
    )
    return RaisonSaid(ANSWERED) if told is None else RaisonSaid(message=told)


def reading(asking: CourrielReady) -> RaisonSaid:
    """The référent still is, and the document is not made yet; what it counts is counted now."""
    if asking.mail.utilisateur_id is None:
        return RaisonSaid()
    if not is_referent(asking):
        return RaisonSaid(CLOSED)
    code = asking.appui.get("periode")
    if not code:
        return RaisonSaid()
    e, periode = Edition, Periode.from_code(code)
    made = select(e.id).where(e.departement_code == asking.departement, e.periode == code).limit(1)
    if asking.session.scalar(made) is not None:
        return RaisonSaid(PRODUCED)
    if read_agenda(asking.departement).campagne(periode).lecture > asking.today:
        return RaisonSaid(MOVED)
    user = asking.account
    told = reading_message(asking.departement, periode, user, now=asking.now, base_url=asking.appui["base_url"])
    return RaisonSaid(message=told)


def rappel(asking: CourrielReady) -> RaisonSaid:
    """The bilan is awaited still, a step has its day, she still is the référent; what is left is what the mail says."""
    told = is_referent(asking) and rappel_now(
        asking.departement, utilisateur_id=asking.mail.utilisateur_id or 0, now=asking.now, courriel_id=asking.mail.id,
        **asking.appui,
    )  # fmt: skip
    return RaisonSaid(message=told) if told else RaisonSaid(SENT)


def ending(asking: CourrielReady) -> RaisonSaid:
    """At least one of its conventions still comes to that end with nothing after it; those alone are named."""
    if asking.mail.utilisateur_id is None:
        return RaisonSaid()
    if not is_referent(asking):
        return RaisonSaid(CLOSED)
    ends: Mapping[str, str] = asking.appui.get("fins", {})
    if not ends:
        return RaisonSaid()
    last = max(date.fromisoformat(day) for day in ends.values())
    near = unfollowed(departement=asking.departement, today=asking.today, days=max((last - asking.today).days, 0))
    left = [one for one in near if ends.get(str(one.id)) == f"{one.fin}"]
    if not left:
        return RaisonSaid(FOLLOWED)
    told = [Announcement(one, 0, (one.fin - asking.today).days) for one in left]
    return RaisonSaid(message=ending_message(asking.mail.destinataire, told, asking.appui["base_url"]))
