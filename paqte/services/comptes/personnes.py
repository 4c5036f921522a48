"""What a person may ask of what is kept of her: a copy of it, and that it be erased (R30).

A référent answers for the contacts and the accounts of her signatories, an administrator for the accounts of the
State, anybody for her own copy. Each leaves a line: who answered and when, never what was told.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import Download
from paqte.models import Rattachement, Signataire
from paqte.queries.comptes.donnees_personne import everything_about
from paqte.queries.comptes.effacements import why_not
from paqte.queries.comptes.personnes import (
    PersonneKnown,
    own_person,
    person_of_account,
    person_of_contact,
    person_of_state,
)
from paqte.queries.perimetre import scope_of, standing, writable
from paqte.services.comptes.effacement import erase
from paqte.services.journal import plain
from paqte.services.transaction import note, transaction


def export_contact(*, actor: Acteur, now: datetime, signataire_id: int, contact_id: int) -> Download:
    """A copy of what is kept of a contact of the actor's; NotFound for another's."""
    return _copied(actor, now, lambda session: person_of_contact(session, actor, signataire_id, contact_id))


def export_account(*, actor: Acteur, now: datetime, utilisateur_id: int) -> Download:
    """A copy of what is kept of whoever has an account on the actor's signatories; NotFound for another's."""
    return _copied(actor, now, lambda session: person_of_account(session, actor, utilisateur_id))


def export_user(*, actor: Acteur, now: datetime, utilisateur_id: int) -> Download:
    """A copy of what is kept of somebody of the State; NotFound but for an administrator."""
    return _copied(actor, now, lambda session: person_of_state(session, actor, utilisateur_id))


def export_own(*, actor: Acteur, now: datetime) -> Download:
    """A copy of what is kept of whoever asks."""
    return _copied(actor, now, lambda session: own_person(session, actor))


def erase_contact(*, actor: Acteur, now: datetime, signataire_id: int, contact_id: int) -> None:
    """Erase a contact of the actor's and the account that shares its address.

    NotFound for another's. Where that account serves another département too, it goes on there, and the actor's part
    of it goes.
    """
    with transaction(actor=actor, now=now) as session:
        _erase(session, actor, person_of_contact(session, actor, signataire_id, contact_id))


def erase_account(*, actor: Acteur, now: datetime, utilisateur_id: int) -> None:
    """Erase an account of the actor's signatories and the contacts that share its address. As `erase_contact`."""
    with transaction(actor=actor, now=now) as session:
        _erase(session, actor, person_of_account(session, actor, utilisateur_id))


def erase_user(*, actor: Acteur, now: datetime, utilisateur_id: int) -> None:
    """Erase somebody of the State. Refused for oneself, the last référent of a département, the last administrator."""
    with transaction(actor=actor, now=now) as session:
        _erase(session, actor, person_of_state(session, actor, utilisateur_id))


def _erase(session: Session, actor: Acteur, connue: PersonneKnown) -> None:
    refused = why_not(session, actor, connue)
    if refused:
        raise Refused(refused)
    # What another département knows of her is its own to erase: her account goes on there.
    if connue.is_shared and connue.utilisateur_id is not None:
        _withdraw_all(session, actor, connue.utilisateur_id)
        connue = replace(connue, utilisateur_id=None)
    erase(session, connue, scope=scope_of(actor))


def _withdraw_all(session: Session, actor: Acteur, utilisateur_id: int) -> None:
    r = Rattachement
    mine = select(Signataire.id).where(writable(Signataire, actor))
    session.execute(delete(r).where(r.utilisateur_id == utilisateur_id, r.signataire_id.in_(mine)))
    note(session, "effacer", "utilisateur", utilisateur_id, departement=scope_of(actor))


def _copied(actor: Acteur, now: datetime, find: Callable[[Session], PersonneKnown]) -> Download:
    with transaction(actor=actor, now=now) as session:
        connue = find(session)
        told = {"produit_le": now, **everything_about(session, actor, connue)}
        key = connue.utilisateur_id
        objet, of = ("utilisateur", key) if key else ("contact_signataire", connue.contacts[0])
        note(session, "exporter_donnees", objet, of, departement=standing(actor))
    text = json.dumps(told, ensure_ascii=False, indent=2, default=plain)
    shown = f"acces-{connue.acces}" if connue.acces else f"{objet.partition('_')[0]}-{of}"
    return Download(f"donnees-{shown}.json", "application/json", text.encode())
