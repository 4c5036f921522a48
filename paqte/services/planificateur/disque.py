"""The disk is watched before it fills: /sante, `paqte verifier`, the scheduler, the administrator's home page; and
administrators are written to (services/alertes.py says of what).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.config import Settings
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import ADMIN, PLANIFICATEUR
from paqte.domain.statuts.courriels import ALERTE, SANS_OBJET
from paqte.models import Courriel, Utilisateur, db
from paqte.services.alertes import alarms, low_disk
from paqte.services.courriels import alarm_message, queue_mail, replace_waiting
from paqte.services.transaction import transaction

ONE_A_DAY = timedelta(hours=24)


def refuse_full_disk(settings: Settings) -> str:
    """How much is free where the base and the bilans lie; Refused, with what to do, below the threshold set."""
    missing, free = low_disk((settings.instance, settings.reports))
    if missing:
        raise Refused(missing)
    return free


def is_disk_low(settings: Settings) -> bool:
    """Whether an alarm is due; a disk that does not say is another check's matter."""
    try:
        refuse_full_disk(settings)
    except Refused:
        return True
    except OSError:
        return False
    return False


def warn_administrators(*, settings: Settings, now: datetime) -> int:
    """Queue one mail an administrator about every alarm of now, at most one a day; gives how many were queued."""
    places = (settings.instance, settings.reports)
    found = alarms(db.session(), places, now)
    db.session.rollback()
    if not found:
        return 0
    appui = {"base_url": settings.base_url, "dossiers": [str(place) for place in places]}
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        # Held: two schedulers take turns, and the second finds that each was told.
        u = Utilisateur
        open_ones = select(u).where(u.role == ADMIN, u.is_active).order_by(u.id).with_for_update()
        people = [one for one in session.scalars(open_ones) if not _was_told(session, one.id, now)]
        for one in people:
            replace_waiting(session, to=one.courriel, motif=ALERTE, departement=None)
            message = alarm_message(one.courriel, one.nom, found, settings.base_url)
            queue_mail(session, message, motif=ALERTE, now=now, pour=one.id, appui=appui)
        return len(people)


def _was_told(session: Session, utilisateur_id: int, now: datetime) -> bool:
    """In the last day, by a mail that did not turn out to be without object."""
    c = Courriel
    told = select(c.id).where(c.utilisateur_id == utilisateur_id, c.motif == ALERTE, c.etat != SANS_OBJET)
    return session.scalar(told.where(c.cree_le > now - ONE_A_DAY, c.cree_le <= now).limit(1)) is not None
