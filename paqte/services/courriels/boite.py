"""The outbox: a mail is queued in the transaction that causes it; `courriels.py` sends it later."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, update
from sqlalchemy.orm import Session

from paqte.domain.statuts.courriels import EN_ATTENTE, REFUSE, Message
from paqte.models import Courriel, Utilisateur
from paqte.services.courriels.liens import forget_links
from paqte.services.transaction import author_of

REPLACED = "Remplacé par une demande plus récente."


def queue_mail(
    session: Session,
    message: Message,
    *,
    motif: str,
    now: datetime,
    departement: str | None = None,
    nomme: Collection[str] = (),
    pour: int | None = None,
    appui: Mapping[str, object] | None = None,
) -> Courriel:
    """Put a mail in the outbox, in the caller's own transaction.

    `nomme` are the people it names beside whoever acts, as the journal's subjects (`contact_signataire/7`): once one
    of them is erased the text goes too. `pour` is the account whose link it carries; `appui` is what it rests on, which
    `raisons` asks again as it leaves.
    """
    author = author_of(session).utilisateur_id
    named = [*nomme, *([] if author is None else [f"utilisateur/{author}"])]
    mail = Courriel(
        destinataire=_one_line(message.destinataire),
        sujet=_one_line(message.sujet)[:200],
        texte=message.texte,
        html=message.html,
        motif=motif,
        departement_code=departement,
        utilisateur_id=pour,
        appui=json.dumps(dict(appui or {}), ensure_ascii=True, sort_keys=True),
        nomme=f" {' '.join(named)} " if named else "",
        etat=EN_ATTENTE,
        cree_le=now,
        prochain_essai=now,
    )
    session.add(mail)
    return mail


def queue_link(
    session: Session,
    message: Message,
    user: Utilisateur,
    *,
    motif: str,
    now: datetime,
    departement: str | None,
    navigateur: str = "",
) -> None:
    """Put a mail that carries a link of this account in the outbox: the links that it replaces die, sent or waiting.

    `navigateur` is the hash of what the browser that asked for it holds, "" when none did.
    """
    forget_links(session, user.id, motif)
    c = Courriel
    waiting = update(c).where(c.utilisateur_id == user.id, c.etat == EN_ATTENTE, c.motif == motif)
    session.execute(waiting.values(etat=REFUSE, erreur=REPLACED))
    appui = {"navigateur": navigateur} if navigateur else None
    queue_mail(session, message, motif=motif, now=now, departement=departement, pour=user.id, appui=appui)


def replace_waiting(session: Session, *, to: str, motif: str, departement: str | None) -> None:
    """Mails of one sort that wait for an address, of one département or of none, give way to the one being queued."""
    c = Courriel
    place = c.departement_code.is_(None) if departement is None else c.departement_code == departement
    same = and_(c.destinataire == to, c.motif == motif, place, c.etat == EN_ATTENTE)
    session.execute(update(c).where(same).values(etat=REFUSE, erreur=REPLACED))


def _one_line(text: str) -> str:
    """No header can be forged through a name or an address."""
    return " ".join(text.split())
