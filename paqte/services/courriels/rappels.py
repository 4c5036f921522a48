"""Reminding référents of a bilan that is awaited, in the ledger of every reminder: one mail a person a day (R12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.courriels import RAPPEL, Message
from paqte.models import Relance, Utilisateur, db
from paqte.queries.editions.nation import ReferentAwaited, RelanceAwaited, rappels_due
from paqte.queries.planificateur.restaurations import pending_restoration
from paqte.services.courriels.boite import queue_mail
from paqte.services.courriels.courriers import write_mail
from paqte.services.courriels.liens import awaited_link
from paqte.services.transaction import note, transaction


def remind_referents(*, now: datetime, base_url: str) -> int:
    """Queue the reminders whose day has come, and give how many; each is noted in the journal of its département.

    Done twice, or twice at once, nobody gets a second one. Nothing before a restoration is confirmed.
    """
    if pending_restoration():
        return 0
    waiting = [(step, person) for step in rappels_due(now=now) for person in step.personnes if not person.is_done]
    db.session.rollback()
    return sum(_remind_referent(step, person, now, base_url) for step, person in waiting)


def _remind_referent(step: RelanceAwaited, person: ReferentAwaited, now: datetime, base_url: str) -> bool:
    departement = step.attendu.departement.code
    try:
        with transaction(actor=PLANIFICATEUR, now=now) as session:
            # Held: two schedulers take turns, and the second finds her reminded.
            session.execute(select(Utilisateur.id).where(Utilisateur.id == person.utilisateur_id).with_for_update())
            message = rappel_now(departement, step.periode.code, person.utilisateur_id, now=now, base_url=base_url)
            if message is None:
                return False
            mail = queue_mail(
                session,
                message,
                motif=RAPPEL,
                now=now,
                departement=departement,
                pour=person.utilisateur_id,
                appui={"base_url": base_url, "periode": step.periode.code},
            )
            session.flush()
            row = {"departement_code": departement, "jour": local_date(now, departement), "etape": step.etape}
            session.add(Relance(utilisateur_id=person.utilisateur_id, courriel_id=mail.id, created_at=now, **row))
            session.flush()
            told = {"periode": step.periode.code, "etape": step.jours}
            note(session, "relancer", "utilisateur", person.utilisateur_id, departement=departement, apres=told)
            return True
    except IntegrityError:  # written to by another at this very moment
        return False


def rappel_now(
    departement: str, periode: str, utilisateur_id: int, *, now: datetime, base_url: str, courriel_id: int = 0
) -> Message | None:
    """What a reminder says at that moment; None where its reason has gone: the bilan came, the account is no longer a
    référent's, no step has its day any more, or the person was written to by another mail than `courriel_id`.
    """
    for step in rappels_due(now=now, departement=departement, periode=Periode.from_code(periode)):
        for person in step.personnes:
            if person.utilisateur_id == utilisateur_id and (courriel_id or not person.is_done):
                return _message(step, person, base_url)
    return None


def _message(step: RelanceAwaited, person: ReferentAwaited, base_url: str) -> Message:
    awaited, periode = step.attendu, step.periode
    place = awaited.departement
    return write_mail(
        "rappel_bilan",
        person.courriel,
        nom=person.nom,
        departement=f"{place.nom} ({place.code})",
        periode=periode.libelle,
        du_periode=periode.du_libelle,
        jour=f"{place.due_le:%d/%m/%Y}",
        is_late=place.is_late,
        textes=awaited.textes,
        a_valider=awaited.a_valider,
        lien=awaited_link(base_url, f"/referent/bilans/{periode.code}?departement={place.code}"),
    )
