"""Links that open a session: drawn when they are handed over, so that neither the outbox nor a back-up holds one.

A mail that carries one waits with a mark in its place; the secret is put in as the mail leaves, and the base keeps its
hash alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import delete
from sqlalchemy.orm import Session

from paqte.domain.personnes.jetons import digest, draw
from paqte.domain.statuts.courriels import ADRESSE, LIEN, Message, is_opening
from paqte.models import JetonConnexion, Utilisateur

# Handed over at the command line, like an invitation.
HANDED = "invitation"


def new_link(session: Session, user: Utilisateur, base_url: str, now: datetime, life: timedelta) -> str:
    """Draw a link that is handed over; those not used yet die, only the last works."""
    return f"{base_url}/connexion/{_new_secret(session, user, now, life, motif=HANDED)}"


def awaited_link(base_url: str, suite: str = "") -> str:
    """The link as it stands in a mail that waits; `suite` is the path that it opens once the session is.

    The path stands in the address, not in the base: a link that is dead by now still says what it named.
    """
    return f"{base_url}/connexion/{LIEN}{f'?next={quote(suite)}' if suite else ''}"


def with_link(
    session: Session,
    message: Message,
    user: Utilisateur,
    *,
    now: datetime,
    life: timedelta,
    motif: str,
    navigateur: str = "",
) -> Message:
    """The mail as it leaves, with a link drawn now that works from now on; `navigateur` is the browser that asked."""
    secret = _new_secret(session, user, now, life, motif=motif, to=message.destinataire, navigateur=navigateur)
    texts = (text.replace(f"/connexion/{LIEN}", f"/connexion/{secret}") for text in (message.texte, message.html))
    return replace(message, texte=next(texts), html=next(texts))


def forget_links(session: Session, utilisateur_id: int, motif: str = "") -> None:
    """The links of an account that were not used yet no longer work.

    With `motif`, those of that sort alone: anybody may ask for a sign-in link, for anybody's address, and ends no
    invitation by it.
    """
    dead = delete(JetonConnexion).where(
        JetonConnexion.utilisateur_id == utilisateur_id, JetonConnexion.utilise_le.is_(None)
    )
    session.execute(dead.where(JetonConnexion.motif == motif) if motif else dead)


def _new_secret(
    session: Session,
    user: Utilisateur,
    now: datetime,
    life: timedelta,
    *,
    motif: str,
    to: str = "",
    navigateur: str = "",
) -> str:
    if not is_opening(motif):  # two mails about two things must both open
        forget_links(session, user.id, motif)
    secret = draw()
    link = JetonConnexion(empreinte=digest(secret), utilisateur_id=user.id, cree_le=now, expire_le=now + life)
    link.motif, link.adresse, link.navigateur = motif, to if motif == ADRESSE else "", navigateur
    session.add(link)
    return secret
