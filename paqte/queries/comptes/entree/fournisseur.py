"""Whom the provider of single sign-on knows here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.fournisseur import address_key
from paqte.domain.personnes.jetons import digest
from paqte.models import ProviderIdentity, SessionOuverte, Utilisateur, db


def account_known(session: Session, emetteur: str, sub: str) -> Utilisateur | None:
    """The account that a provider's number was tied to."""
    i, u = ProviderIdentity, Utilisateur
    query = select(u).join(i, i.utilisateur_id == u.id).where(i.emetteur == emetteur, i.sub == sub)
    return session.scalar(query)


def account_of_address(session: Session, courriel: str) -> Utilisateur | None:
    """The account that bears this address, as a provider gives it."""
    key = address_key(courriel)
    return session.scalar(select(Utilisateur).where(Utilisateur.courriel == key)) if key else None


def is_tied(session: Session, utilisateur_id: int, emetteur: str) -> bool:
    """Whether this provider already has a number for an account."""
    i = ProviderIdentity
    query = select(i.id).where(i.utilisateur_id == utilisateur_id, i.emetteur == emetteur)
    return session.scalar(query) is not None


def tied_since(*, actor: Acteur, emetteur: str) -> datetime | None:
    """Since when the actor's own account is tied to this provider; None when it is not."""
    i = ProviderIdentity
    query = select(i.connue_le).where(i.utilisateur_id == actor.utilisateur_id, i.emetteur == emetteur)
    return db.session.scalar(query)


def closing_token(*, secret: str) -> str:
    """What closes, at the provider, the session that opened this one; "" for a mailed link's."""
    query = select(SessionOuverte.jeton_identite).where(SessionOuverte.empreinte == digest(secret))
    return db.session.scalar(query) or ""
