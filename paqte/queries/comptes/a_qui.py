"""Whom a mail names to call: read as it leaves, so that nobody who has left since is named."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import ADMIN, TABLE
from paqte.domain.personnes.prefectures import prefecture_of
from paqte.models import Departement, Rattachement, Referent, Signataire, Utilisateur, db
from paqte.queries.perimetre import is_referent_of

FONCTION = "référent PAQTE"
ADMINISTRATEUR = "administrateur de l’application PAQTE"


class ContactNamed(NamedTuple):
    """Somebody to call or to write to; `telephone` "" when none is known. `place` is « préfecture de … » or ""."""

    nom: str
    fonction: str
    place: str
    courriel: str
    telephone: str


def whom_to_call(*, destinataire: str, departement: str | None) -> tuple[ContactNamed, ...]:
    """Whom a mail to this address names, in order.

    To a company or an animateur: the référents of the département whose accounts are open, of each département where
    she has something when the mail is of none; without one, the lines of the bilan whose account was not closed; then
    the administrators. To whoever is of the State: the administrators but herself. Two or three statements.
    """
    user = db.session.scalar(select(Utilisateur).where(Utilisateur.courriel == destinataire.lower()))
    if user is not None and TABLE[user.role].is_of_state:
        return _administrators(destinataire)
    places = [departement] if departement else _places(user)
    found = tuple(one for place in places for one in referents_of(place))
    return found or _administrators(destinataire)


def _places(user: Utilisateur | None) -> list[str]:
    if user is None:
        return []
    query = (
        select(Signataire.departement_code)
        .join(Rattachement, Rattachement.signataire_id == Signataire.id)
        .where(Rattachement.utilisateur_id == user.id, Rattachement.is_suspendu.is_(False))
        .distinct()
        .order_by(Signataire.departement_code)
    )
    return list(db.session.scalars(query))


def referents_of(code: str) -> list[ContactNamed]:
    """The référents of a département whose accounts are open; without one, the lines of its bilan."""
    place = prefecture_of(code, db.session.scalar(select(Departement.nom).where(Departement.code == code)) or code)
    u, r = Utilisateur, Referent
    accounts = db.session.execute(
        select(u.nom, u.courriel, u.is_active).where(is_referent_of(code)).order_by(u.id)
    ).all()
    lines = db.session.execute(
        select(r.nom, r.fonction, r.courriel, r.telephone).where(r.departement_code == code).order_by(r.rang, r.id)
    ).all()
    ranks = {line.courriel.lower(): rank for rank, line in reversed(list(enumerate(lines))) if line.courriel}
    names = {line.nom.casefold(): rank for rank, line in reversed(list(enumerate(lines)))}
    found = []
    for account in accounts:
        rank = ranks.get(account.courriel, names.get(account.nom.casefold(), len(lines)))
        line = lines[rank] if rank < len(lines) else None
        if account.is_active:
            told = (line.fonction or FONCTION, line.telephone) if line else (FONCTION, "")
            found.append((rank, ContactNamed(account.nom, told[0], place, account.courriel, told[1])))
    if found:
        return [one for _, one in sorted(found, key=lambda pair: pair[0])]
    gone = {a.courriel for a in accounts} | {a.nom.casefold() for a in accounts}
    return [
        ContactNamed(line.nom, line.fonction or FONCTION, place, line.courriel, line.telephone)
        for line in lines
        if (line.courriel or line.telephone) and not {line.courriel.lower(), line.nom.casefold()} & gone
    ]


def _administrators(but: str) -> tuple[ContactNamed, ...]:
    u = Utilisateur
    query = select(u.nom, u.courriel).where(u.role == ADMIN, u.is_active, func.lower(u.courriel) != but.lower())
    rows = db.session.execute(query.order_by(u.id).limit(2))
    return tuple(ContactNamed(row.nom, ADMINISTRATEUR, "", row.courriel, "") for row in rows)


def addresses(people: Collection[ContactNamed]) -> tuple[str, ...]:
    """Where an answer goes."""
    return tuple(one.courriel for one in people if one.courriel)
