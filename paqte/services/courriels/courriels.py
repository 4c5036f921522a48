"""Sending what waits in the outbox, each mail after its reason was asked again (raisons).

The reason is read in the transaction that takes the mail for this try; what happens in the seconds between that commit
and the last word of the mail server crosses the mail, as a letter in the post would.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from paqte.domain.calendrier.jours import is_working_time
from paqte.domain.calendrier.periodes import local_date
from paqte.domain.declarations.formulaires import form_name
from paqte.domain.editions.territoires import PARIS
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.domain.personnes.effacement import NOMME_EFFACE
from paqte.domain.personnes.sessions import ADDRESS_LIFE, INVITATION_LIFE, LINK_LIFE
from paqte.domain.saisie.fichiers import XLSX, Download
from paqte.domain.statuts.courriels import (
    ADRESSE,
    CONNEXION,
    EDITION,
    EN_ATTENTE,
    ENVOYE,
    FORMULAIRE,
    GESTES,
    LIEN,
    LONGEST_WAIT,
    MAX_ESSAIS,
    REFUSE,
    SANS_OBJET,
    SOMME,
    WITH_LINK,
    MailDelayed,
    Message,
    RecipientRefused,
    TransportDown,
    next_try,
)
from paqte.models import Courriel, Relance, Utilisateur, db
from paqte.queries.courriels.courriels import CourrielLu, list_mails
from paqte.queries.declarations.formulaires import read_form
from paqte.queries.editions.transmissions import file_of
from paqte.queries.perimetre import to_change
from paqte.queries.planificateur.restaurations import pending_restoration
from paqte.queries.reglages.reglages import working_hours
from paqte.reporting.dessin.formulaires import draw_form
from paqte.services.courriels.courriers import signed
from paqte.services.courriels.liens import with_link
from paqte.services.courriels.raisons import look_again
from paqte.services.transaction import note, transaction

log = logging.getLogger(__name__)
BATCH = 50
# How long the link inside a mail works, from the moment it leaves.
LIVES = {CONNEXION: LINK_LIFE, ADRESSE: ADDRESS_LIFE}
# How long a mail with a link may wait: nobody is in front of her screen any more.
PATIENCE = {CONNEXION: timedelta(hours=1), "invitation": timedelta(days=30), ADRESSE: timedelta(days=1)}
UNFORESEEN = "L’envoi de ce courriel a échoué sans que l’application sache pourquoi ; le journal du serveur le dit."
TOO_LATE = "Le courriel n’a pas pu partir à temps : invitez à nouveau la personne, ou demandez un nouveau lien."


Transport = Callable[[Message], None]


def read_outbox(*, is_all: bool, is_link_drawn: bool, now: datetime) -> list[CourrielLu]:
    """Mails that wait or were refused, all of them when asked; oldest first.

    `is_link_drawn`, where no mail leaves: each that waits is given a link that works from now on, and the former dies.
    """
    mails = list_mails(is_all=is_all)
    db.session.rollback()
    return [_with_drawn(mail, now) if is_link_drawn and mail.etat == EN_ATTENTE else mail for mail in mails]


def _with_drawn(mail: CourrielLu, now: datetime) -> CourrielLu:
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        message = _ready_message(session, session.get_one(Courriel, mail.id), now)
    return mail if message is None else mail._replace(texte=message.texte)


def send_due(*, transport: Transport, now: datetime) -> int:
    """Send what is due, one mail a transaction; gives how many left.

    One refused or put off delays that mail alone. When the server is down the rest is left for the next call, where
    the mail that met the silence no longer comes first: a server slow with one of them holds the others a few seconds.
    """
    sent = 0
    for key in _due(now):
        outcome = _send_one(key, transport, now)
        sent += outcome is True
        if outcome is None:
            break
    return sent


def send_again(*, actor: Acteur, courriel_id: int, now: datetime) -> None:
    """Put a refused mail back in the queue.

    NotFound for another's; Refused for one that was not refused, and for one whose link is dead by now.
    """
    with transaction(actor=actor, now=now) as session:
        mail = to_change(session, Courriel, courriel_id, actor, "Ce courriel")
        if mail.etat != REFUSE:
            raise Refused("Ce courriel n’est pas refusé : il n’y a rien à envoyer de nouveau.")
        if not mail.texte:
            raise Refused("Le texte de ce courriel n’est plus gardé : écrivez à la personne, ou relancez-la.")
        if mail.motif in WITH_LINK:
            raise Refused(
                "Le lien de ce courriel ne fonctionne plus : invitez à nouveau la personne depuis la page « Accès »."
            )
        mail.etat, mail.erreur, mail.essais, mail.prochain_essai = EN_ATTENTE, "", 0, now
        note(session, "renvoyer", "courriel", mail.id, departement=mail.departement_code)


def _due(now: datetime) -> list[int]:
    held = pending_restoration()
    # Somebody must still be able to sign in; the rest is asked about first.
    allowed = and_(Courriel.motif.in_(WITH_LINK), Courriel.cree_le > held.quand) if held else true()
    query = (
        select(Courriel.id)
        .where(Courriel.etat == EN_ATTENTE, _is_due(now), allowed, ~_is_held(now), ~_is_put_off(now))
        .order_by(Courriel.prochain_essai, Courriel.id)
        .limit(BATCH)
    )
    keys = list(db.session.scalars(query))
    db.session.rollback()
    return keys


def _is_held(now: datetime) -> ColumnElement[bool]:
    """Outside working hours, of its département, a mail that nobody's gesture sends waits for the next ones."""
    c, hours = Courriel, working_hours()
    found = db.session.scalars(select(c.departement_code).where(c.etat == EN_ATTENTE).distinct())
    shut = [code for code in found if code and not is_working_time(now, code, hours(code))]
    held = and_(c.motif.not_in(GESTES), c.departement_code.in_(shut), c.departement_code.is_not(None))
    is_shut = not is_working_time(now, PARIS, hours(""))  # a territory keeps the hours that no département changed
    return or_(held, c.motif == SOMME) if is_shut else held


def _is_put_off(now: datetime) -> ColumnElement[bool]:
    """A reminder that counts for a later day of its département: another one wrote to that person today."""
    r, c = Relance, Courriel
    waiting = select(r.courriel_id, r.jour, r.departement_code).join(c, c.id == r.courriel_id)
    rows = db.session.execute(waiting.where(c.etat == EN_ATTENTE, r.jour >= now.date()))
    return c.id.in_([key for key, jour, code in rows if jour > local_date(now, code)])


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Its moment has come, or is one that only a clock set back since can have put there."""
    never_tried = and_(Courriel.cree_le > now, Courriel.essais == 0)
    return or_(Courriel.prochain_essai <= now, Courriel.prochain_essai > now + LONGEST_WAIT, never_tried)


def _send_one(key: int, transport: Transport, now: datetime) -> bool | None:
    """True when sent, False when this mail failed, None when the server is down."""
    try:
        message = _claim(key, now)
        if message is None:
            return False
        transport(message)
    except TransportDown as error:
        _record(key, now, error, is_final=False)
        return None
    except MailDelayed as error:
        _record(key, now, error, is_final=False)
        return False
    except RecipientRefused as error:
        _record(key, now, error, is_final=True)
        return False
    except Exception as error:
        # A fault nobody foresaw is this mail's alone until shown otherwise: the others must not wait behind it.
        # Where it happened, not what it says, which may name the person.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("courriel %s : envoi impossible (%s)\n%s", key, type(error).__name__, where)
        _record(key, now, UNFORESEEN, is_final=False)
        return False
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        sent = session.get_one(Courriel, key)
        sent.envoye_le = now
        _settle(sent, ENVOYE)
    return True


def _settle(mail: Courriel, etat: str, why: str = "") -> None:
    """It waits no more; what it said of somebody erased meanwhile goes with it (R30)."""
    mail.etat, mail.erreur = etat, why[:500]
    if mail.nomme == NOMME_EFFACE:
        mail.sujet = mail.texte = mail.html = ""


def _claim(key: int, now: datetime) -> Message | None:
    """Take the mail for this try: its next try is put off first, so that two senders never both take it."""
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        mail = session.get(Courriel, key, with_for_update=True)
        if mail is None or mail.etat != EN_ATTENTE:
            return None
        if now < mail.prochain_essai <= now + LONGEST_WAIT and (mail.cree_le <= now or mail.essais):
            return None
        if mail.motif in PATIENCE and now >= mail.cree_le + PATIENCE[mail.motif]:
            _settle(mail, REFUSE, TOO_LATE)
            return None
        message = _ready_message(session, mail, now)
        if message is None:
            return None
        mail.essais += 1
        mail.prochain_essai = next_try(now, mail.essais)
        return message


def _ready_message(session: Session, mail: Courriel, now: datetime) -> Message | None:
    """The mail as it leaves: its reason asked again, its link drawn now, whom to call read now.

    None when it does not leave, which is then written on it.
    """
    verdict = look_again(session, mail, now)
    if verdict.reason:
        _settle(mail, SANS_OBJET, verdict.reason)
        return None
    if verdict.message is not None:
        mail.sujet, mail.texte, mail.html = verdict.message.sujet[:200], verdict.message.texte, verdict.message.html
    message = replace(signed(mail), pieces=_joined(mail, now))
    user = session.get(Utilisateur, mail.utilisateur_id) if mail.utilisateur_id else None
    if user is None or LIEN not in message.texte:
        return message
    life = LIVES.get(mail.motif, INVITATION_LIFE)
    asked = json.loads(mail.appui).get("navigateur", "")
    return with_link(session, message, user, now=now, life=life, motif=mail.motif, navigateur=asked)


def _joined(mail: Courriel, now: datetime) -> tuple[Download, ...]:
    """What goes with a mail: a workbook of an edition, kept once (R40); a form, as its declaration is now."""
    told = json.loads(mail.appui)
    if mail.motif == EDITION:
        file = file_of(told["edition"], told["diffusion"])
        return () if file is None else (file,)
    if mail.motif == FORMULAIRE:
        form = read_form(actor=PLANIFICATEUR, declaration_id=told["declaration"], now=now)
        return (Download(form_name(form.entete), XLSX, draw_form(form)),)
    return ()


def _record(key: int, now: datetime, error: Exception | str, *, is_final: bool) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        mail = session.get(Courriel, key)
        if mail is None:
            return
        mail.erreur = str(error)[:500]
        if is_final or mail.essais >= MAX_ESSAIS:
            _settle(mail, REFUSE, str(error))
