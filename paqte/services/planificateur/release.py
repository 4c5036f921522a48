"""Confirming a restoration: what was held leaves, or never does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update

from paqte.domain.calendrier.campagnes import LECTURE, OUVERTURE, RELANCE
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.courriels import EN_ATTENTE, REFUSE
from paqte.domain.statuts.taches import FAITE
from paqte.models import Courriel, Restauration, Tache, Utilisateur
from paqte.queries.planificateur.restaurations import pending_restoration
from paqte.services.transaction import note, transaction

DROPPED = "Abandonné à la reprise : il était peut-être parti avant le retour à une sauvegarde."


def confirm_restoration(
    *, actor: Acteur, now: datetime, is_mail_sent: bool, is_task_done: bool, is_account_opened: bool
) -> None:
    """Let the application serve again as usual.

    Mails that waited since before the restoration leave or are dropped; openings, reminders and readings that are due
    are done or passed over; accounts put to sleep are opened or stay closed. Bilans and exports that are due are made.
    Refused when nothing waits.
    """
    waiting = pending_restoration()
    if waiting is None:
        raise Refused("Aucun retour à une sauvegarde n’attend de confirmation.")
    with transaction(actor=actor, now=now) as session:
        if not is_mail_sent:
            session.execute(
                update(Courriel)
                .where(Courriel.etat == EN_ATTENTE, Courriel.cree_le <= waiting.quand)
                .values(etat=REFUSE, erreur=DROPPED)
            )
        if not is_task_done:
            mails = or_(Tache.travail.in_((OUVERTURE, LECTURE)), Tache.travail.startswith(RELANCE))
            session.execute(
                update(Tache)
                .where(mails, Tache.etat != FAITE, Tache.due_le <= now)
                .values(etat=FAITE, prise_le=now, finie_le=now, message="Passée à la reprise : aucun courriel.")
            )
        if is_account_opened:
            names = list(waiting.constat.get("comptes", {}))
            for user in session.scalars(select(Utilisateur).where(Utilisateur.courriel.in_(names))):
                user.is_active = True
        session.execute(update(Restauration).where(Restauration.confirmee_le.is_(None)).values(confirmee_le=now))
        note(session, "confirmer", "restauration", waiting.id, apres={"sauvegarde": waiting.sauvegarde})
