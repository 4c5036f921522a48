"""Telling a référent that conventions end: once each threshold, all of them in one mail (R4)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from paqte.domain.calendrier.campagnes import FARTHEST_PREAVIS, read_preavis
from paqte.domain.calendrier.periodes import local_date
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.conventions import reached
from paqte.models import AvisEcheance, Departement, db
from paqte.queries.comptes.comptes import open_referents
from paqte.queries.conventions.situations.fins import thresholds_told, unfollowed
from paqte.queries.planificateur.restaurations import pending_restoration
from paqte.queries.reglages.reglages import read_settings
from paqte.services.courriels import Announcement, ending_message, queue_mail
from paqte.services.transaction import transaction

MOTIF = "echeance"


def warn_ends(*, now: datetime, base_url: str) -> int:
    """Queue one mail a référent of each département where a convention reached a threshold; gives how many left.

    Written down with the mail: once, whoever else is at it. A département without any référent is told when it has
    one.
    """
    if pending_restoration():
        return 0
    near = unfollowed(departement=None, today=local_date(now, ""), days=FARTHEST_PREAVIS)
    places = sorted({convention.departement for convention in near})
    db.session.rollback()
    return sum(_warn(departement, now, base_url) for departement in places)


def _warn(departement: str, now: datetime, base_url: str) -> int:
    addresses = open_referents(departement)
    thresholds = read_preavis(read_settings(departement)["preavis_jours"].valeur)
    if not addresses or not thresholds:
        return 0
    today = local_date(now, departement)
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        # Locked: two schedulers of one département take turns, and the second finds nothing left to tell.
        session.execute(select(Departement.code).where(Departement.code == departement).with_for_update())
        told = _to_tell(departement, today, thresholds)
        for one in told:
            row = AvisEcheance(convention_id=one.convention.id, seuil=one.seuil, fin=one.convention.fin, created_at=now)
            session.add(row)
        rests = {"base_url": base_url, "fins": {str(one.convention.id): f"{one.convention.fin}" for one in told}}
        for address in addresses if told else ():
            message = ending_message(address.courriel, told, base_url)
            queue_mail(
                session,
                message,
                motif=MOTIF,
                now=now,
                departement=departement,
                pour=address.utilisateur_id,
                appui=rests,
            )
    return len(addresses) if told else 0


def _to_tell(departement: str, today: date, thresholds: tuple[int, ...]) -> list[Announcement]:
    """What reached a threshold that was not told, the nearest end first."""
    found = []
    near = unfollowed(departement=departement, today=today, days=max(thresholds))
    told = thresholds_told([convention.id for convention in near])
    for convention in near:
        seuil = reached(convention.fin, today, thresholds)
        if seuil is not None and not any(one <= seuil for one in told[convention.id, convention.fin]):
            found.append(Announcement(convention, seuil, (convention.fin - today).days))
    return found
