"""Mails of a declaration, of a form and of an error told: what they rest on."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from paqte.domain.statuts.declarations import A_COMPLETER, SAISIR, TRANSMISE, VALIDEE, may
from paqte.domain.statuts.signalements import OUVERT
from paqte.models import ContactSignataire, Declaration, Signalement
from paqte.services.courriels.raisons.demandes import (
    ANSWERED,
    CLOSED,
    CourrielReady,
    Question,
    RaisonSaid,
    is_referent,
    receives,
)

NOT_ON_CARD = "La fiche de l’entreprise ne nomme plus cette adresse."
DEALT_WITH = "L’erreur signalée est déjà traitée."
STATES: Mapping[str, str] = {
    A_COMPLETER: "L’entreprise a répondu depuis.",
    "rouverte": "La déclaration a été transmise de nouveau depuis.",
    TRANSMISE: "La déclaration n’est plus transmise : elle a été rouverte ou des précisions ont été demandées.",
    VALIDEE: "La déclaration a été rouverte depuis.",
}


def declaration(wanted: str, *states: str, is_not: bool = False) -> Question:
    """The declaration is still in one of these states (or in none of them), and its addressee still concerned."""

    def ask(asking: CourrielReady) -> RaisonSaid:
        gone = receives(asking) if asking.mail.utilisateur_id is not None else ""
        key = asking.appui.get("declaration")
        if gone or key is None:
            return RaisonSaid(gone)
        etat = asking.session.scalar(select(Declaration.etat).where(Declaration.id == key))
        return RaisonSaid("" if etat is not None and (etat in states) is not is_not else STATES[wanted])

    return ask


def report(asking: CourrielReady) -> RaisonSaid:
    """The référent still is, and the error told still waits for her."""
    if not is_referent(asking):
        return RaisonSaid(CLOSED)
    told = asking.session.get(Signalement, asking.appui.get("signalement", 0))
    return RaisonSaid("" if told is not None and told.etat == OUVERT else DEALT_WITH)


def answer_to_report(asking: CourrielReady) -> RaisonSaid:
    """Its addressee is still concerned: what was answered stays so, whatever became of the declaration since."""
    return RaisonSaid(receives(asking))


def form(asking: CourrielReady) -> RaisonSaid:
    """The declaration may still be typed, and the card still names this address."""
    etat = asking.session.scalar(select(Declaration.etat).where(Declaration.id == asking.appui.get("declaration", 0)))
    if etat is None or not may(etat, SAISIR):
        return RaisonSaid(ANSWERED)
    card = asking.session.get(ContactSignataire, asking.appui.get("contact", 0))
    is_named = card is not None and card.courriel == asking.mail.destinataire
    return RaisonSaid("" if is_named else NOT_ON_CARD)
