"""What a référent does with the accounts of her companies and animateurs: give, withdraw, disable, invite again.

Each of these acts at the next request: a session reads its account and its signatories every time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import TABLE, Acteur
from paqte.domain.saisie.adresses import is_shadow
from paqte.models import Rattachement, SessionOuverte, Signataire, Utilisateur
from paqte.queries.comptes.invitations import address_given, given_since, name_given
from paqte.queries.conventions.prospects import have_declined
from paqte.queries.perimetre import LIMITED, scope_of, to_change, writable
from paqte.services.comptes.comptes import attach, conventions_to_give, queue_invitation, queue_refusal, refusal_of
from paqte.services.courriels import forget_links
from paqte.services.reglages import forget_feeds
from paqte.services.transaction import note, transaction

# A signatory, and the one convention of it that is given, None for all of them.
Given = tuple[int, int | None]


def withdraw_right(*, actor: Acteur, now: datetime, utilisateur_id: int, signataire_id: int) -> None:
    """Take one signatory away from an account; NotFound alike when either is not the actor's, or already done."""
    with transaction(actor=actor, now=now) as session:
        to_change(session, Signataire, signataire_id, actor, "Cet accès")
        rows = session.scalars(_attachments(utilisateur_id).where(Signataire.id == signataire_id)).all()
        if not rows:
            raise NotFound("Cet accès")
        for row in rows:
            session.delete(row)


def give_access(
    *,
    actor: Acteur,
    now: datetime,
    utilisateur_id: int,
    signataires: Collection[int],
    conventions: Collection[int] = (),
) -> None:
    """Let an account see exactly this of the actor's: signatories whole and, for an animateur, conventions one by one.

    What it sees of another's does not move. Refused when nothing is left: the account is disabled instead.
    """
    with transaction(actor=actor, now=now) as session:
        user = _account(session, actor, utilisateur_id)
        whole = {to_change(session, Signataire, key, actor, "Ce signataire").id for key in signataires}
        single = conventions_to_give(session, actor, conventions)
        if single and not TABLE[user.role].takes_conventions:
            raise Refused({"conventions": "Seul un animateur reçoit des conventions une par une."})
        if not whole and not single:
            raise Refused({_field(user): "Gardez au moins un signataire ou une convention, ou désactivez le compte."})
        kept = {(key, None) for key in whole} | {(owner, key) for key, owner in single.items()}
        mine = session.scalars(_attachments(user.id).where(writable(Signataire, actor)).order_by(Rattachement.id)).all()
        told = (name_given(mine, user), address_given(mine, user), given_since(mine, user))
        _keep_number(session, mine, kept)
        for row in mine:
            if _pair(row) not in kept:
                session.delete(row)
        attach(session, user.id, whole=whole, single=single, told=told)


def disable_account(*, actor: Acteur, now: datetime, utilisateur_id: int) -> None:
    """Suspend what the actor's département gave an account; nobody else's part moves.

    When nothing else is given to it, its sessions and its links die too.
    """
    with transaction(actor=actor, now=now) as session:
        user = _account(session, actor, utilisateur_id)
        _suspend(session, actor, user, is_suspendu=True)
        open_elsewhere = _attachments(user.id).where(~Rattachement.is_suspendu).limit(1)
        if session.scalar(open_elsewhere) is None:
            close_account(session, user, scope_of(actor))
        else:
            note(session, "desactiver", "utilisateur", user.id, departement=scope_of(actor))


def enable_account(*, actor: Acteur, now: datetime, utilisateur_id: int) -> None:
    """Give back what the actor's département had suspended; she signs in as before."""
    with transaction(actor=actor, now=now) as session:
        user = _account(session, actor, utilisateur_id)
        _suspend(session, actor, user, is_suspendu=False)
        if is_shadow(user.courriel):
            note(session, "reactiver", "utilisateur", user.id, departement=scope_of(actor))
        else:
            open_account(session, user, scope_of(actor))


def invite_again(*, actor: Acteur, now: datetime, utilisateur_id: int, base_url: str) -> None:
    """Mail a fresh invitation; the former link dies. Refused for a disabled account."""
    with transaction(actor=actor, now=now) as session:
        user = _account(session, actor, utilisateur_id)
        mine = session.scalars(_attachments(user.id).where(writable(Signataire, actor))).all()
        if all(row.is_suspendu for row in mine):
            raise Refused("Ce compte est désactivé : réactivez-le avant de l’inviter à nouveau.")
        if is_shadow(user.courriel):
            queue_refusal(session, actor, (user.id, name_given(mine, user), address_given(mine, user)), base_url, now)
        else:
            queue_invitation(session, actor, user, base_url, now, by_mail=True)


def close_account(session: Session, user: Utilisateur, departement: str | None) -> None:
    """Disable an account in the caller's transaction: its sessions, its agendas and the links it did not use go."""
    user.is_active = False
    session.execute(delete(SessionOuverte).where(SessionOuverte.utilisateur_id == user.id))
    forget_links(session, user.id)
    forget_feeds(session, user.id)
    note(session, "desactiver", "utilisateur", user.id, departement=departement)


def open_account(session: Session, user: Utilisateur, departement: str | None) -> None:
    """Enable an account again in the caller's transaction."""
    user.is_active = True
    note(session, "reactiver", "utilisateur", user.id, departement=departement)


def _account(session: Session, actor: Acteur, utilisateur_id: int) -> Utilisateur:
    """A contact or an animateur who has at least one signatory of the actor's; NotFound otherwise."""
    mine = _attachments(utilisateur_id).where(writable(Signataire, actor))
    user = session.get(Utilisateur, utilisateur_id, with_for_update=True)
    if user is None or user.role not in LIMITED or session.scalar(mine.limit(1)) is None:
        raise NotFound("Ce compte")
    return user


def _suspend(session: Session, actor: Acteur, user: Utilisateur, *, is_suspendu: bool) -> None:
    mine = session.scalars(_attachments(user.id).where(writable(Signataire, actor))).all()
    declined = {} if is_suspendu else have_declined(session, {row.signataire_id for row in mine})
    if mine and len(declined) == len({row.signataire_id for row in mine}):
        raise refusal_of(declined.values())
    for row in mine:
        row.is_suspendu = is_suspendu or row.signataire_id in declined
    session.flush()


def _keep_number(session: Session, mine: Sequence[Rattachement], kept: Collection[Given]) -> None:
    """The first row is the number by which the actor's pages know this access: it bears something of what is kept."""
    first, others = mine[0], {_pair(row): row for row in mine[1:]}
    if _pair(first) in kept:
        return
    chosen = min([one for one in kept if one not in others] or kept, key=lambda one: (one[0], one[1] or 0))
    if chosen in others:
        session.delete(others[chosen])
        session.flush()
    first.signataire_id, first.convention_id = chosen
    session.flush()


def _pair(row: Rattachement) -> Given:
    return row.signataire_id, row.convention_id


def _attachments(utilisateur_id: int) -> Select[Rattachement]:
    query = select(Rattachement).join(Signataire, Signataire.id == Rattachement.signataire_id)
    return query.where(Rattachement.utilisateur_id == utilisateur_id)


def _field(user: Utilisateur) -> str:
    return TABLE[user.role].territory
