"""Who was refused lately, and from where people of the State signed in: what alerts are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.personnes.acteurs import OF_STATE
from paqte.models import Journal, JournalPersonne, Utilisateur

_SOURCE = "apres.depuis"


class UtilisateurNamed(NamedTuple):
    """An account of the journal: its number and its name of today."""

    numero: int
    nom: str


class ConnexionSaid(NamedTuple):
    """One sign-in: its line, whose it is, when, and from where as the journal keeps it."""

    ligne: int
    compte: UtilisateurNamed
    quand: datetime
    depuis: str


def moments_by_account(
    session: Session, acte: str, since: datetime, now: datetime
) -> dict[UtilisateurNamed, list[datetime]]:
    """When each account left lines of this act since then, in their order."""
    j, u = Journal, Utilisateur
    query = (
        select(u.id, u.nom, j.quand)
        .join(u, u.id == j.utilisateur_id)
        .where(j.acte == acte, j.quand > since, j.quand <= now)
        .order_by(j.quand, j.id)
    )
    found: defaultdict[UtilisateurNamed, list[datetime]] = defaultdict(list)
    for numero, nom, quand in session.execute(query):
        found[UtilisateurNamed(numero, nom)].append(quand)
    return dict(found)


def moments_of(session: Session, actes: Collection[str], since: datetime, now: datetime) -> list[datetime]:
    """When lines of these acts were left since then, whoever left them, in their order."""
    j = Journal
    query = select(j.quand).where(j.acte.in_(actes), j.quand > since, j.quand <= now).order_by(j.quand, j.id)
    return list(session.scalars(query))


def sign_ins(session: Session, since: datetime, now: datetime) -> list[ConnexionSaid]:
    """The sign-ins of accounts of the State since then, in their order; one whose words were erased says nothing."""
    j, p, u = Journal, JournalPersonne, Utilisateur
    query = (
        select(j.id, u.id, u.nom, j.quand, p.valeur)
        .join(u, u.id == j.utilisateur_id)
        .join(p, (p.journal_id == j.id) & (p.champ == _SOURCE))
        .where(j.acte == "connexion", u.role.in_(OF_STATE), j.quand > since, j.quand <= now, p.efface_le.is_(None))
        .order_by(j.quand, j.id)
    )
    return [
        ConnexionSaid(ligne, UtilisateurNamed(numero, nom), quand, depuis)
        for ligne, numero, nom, quand, depuis in session.execute(query)
    ]


def sources_before(session: Session, one: ConnexionSaid, since: datetime) -> list[str]:
    """From where the same account signed in before this, since then."""
    j, p = Journal, JournalPersonne
    hers = (p.sujet == f"utilisateur/{one.compte.numero}", p.champ == _SOURCE, p.efface_le.is_(None))
    query = select(p.valeur).join(j, j.id == p.journal_id).where(*hers, j.acte == "connexion", j.id < one.ligne)
    return list(session.scalars(query.where(j.quand > since).order_by(j.id)))
