"""Inviting many at once: each person as `invite_user` invites one, in a transaction of her own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from paqte.domain.personnes.acteurs import ENTREPRISE, Acteur
from paqte.models import db
from paqte.queries.suivi.acces_prevus import forecast_invitations
from paqte.services.comptes.comptes import invite_user
from paqte.services.envois import BatchDone, one_by_one, open_batch


def invite_contacts(
    *,
    actor: Acteur,
    now: datetime,
    contacts: Collection[int],
    base_url: str,
    signataires: Collection[int] | None = None,
) -> BatchDone:
    """Invite those of these contacts who still have no access, one mail a person; say of the others why not.

    `contacts` and `signataires` are as the forecast gave and took them; who was invited meanwhile gets nothing more.
    """
    found = forecast_invitations(actor=actor, now=now, signataires=signataires).a_inviter
    people = {person.contact_id: person for person in found if person.contact_id in set(contacts)}
    db.session.rollback()
    open_batch(actor=actor, now=now, geste="inviter", nombre=len(people))

    def invite(key: int) -> None:
        invite_user(
            actor=actor,
            now=now,
            role=ENTREPRISE,
            courriel=people[key].courriel,
            nom=people[key].nom,
            signataires=list(people[key].signataires),
            base_url=base_url,
        )

    return one_by_one(people, invite)
