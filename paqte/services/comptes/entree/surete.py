"""Administrators are written to about what looks like somebody trying the doors: each thing once, to each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import time_zone
from paqte.domain.personnes.acteurs import ADMIN, PLANIFICATEUR
from paqte.domain.personnes.entree.surete import LOOKED_BACK, burst_at, place_of
from paqte.domain.saisie.espaces import NBSP
from paqte.domain.saisie.nombres import written
from paqte.domain.statuts.courriels import SURETE
from paqte.models import Courriel, Utilisateur, db
from paqte.queries.comptes.entree.surete import moments_by_account, moments_of, sign_ins, sources_before
from paqte.queries.comptes.entree.violations import hours_of_violations
from paqte.queries.reglages import read_limits
from paqte.services.courriels import queue_mail, write_mail
from paqte.services.transaction import transaction

DOORS = ("lien_refuse", "connexion_refusee")
# Longer than what is looked back at: what was told is still known when it is found again.
REMEMBERED = 3 * LOOKED_BACK
CALL = "Appelez la personne ; si ce n’est pas elle, fermez ses sessions et désactivez son compte."


class TentativeTold(NamedTuple):
    """One thing to tell: what tells it from any other, the sentence, and the account that it names, None for none."""

    cle: str
    phrase: str
    compte: int | None = None


def warn_of_attempts(*, base_url: str, now: datetime) -> int:
    """Queue one mail an administrator about what was not told him yet; gives how many were queued."""
    found = list(attempts(db.session(), now))
    db.session.rollback()
    if not found:
        return 0
    queued = 0
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        # Held: two schedulers take turns, and the second finds what each was told.
        u = Utilisateur
        open_ones = select(u).where(u.role == ADMIN, u.is_active).order_by(u.id).with_for_update()
        for one in session.scalars(open_ones).all():
            told = _told(session, one.id, now)
            left = [thing for thing in found if thing.cle not in told]
            if not left:
                continue
            message = write_mail(
                "surete", one.courriel, nom=one.nom, faits=[it.phrase for it in left], lien=f"{base_url}/admin/journal"
            )
            named = sorted({f"utilisateur/{it.compte}" for it in left if it.compte is not None})
            appui = {"faits": [it.cle for it in left]}
            queue_mail(session, message, motif=SURETE, now=now, pour=one.id, nomme=named, appui=appui)
            queued += 1
    return queued


def attempts(session: Session, now: datetime) -> Iterator[TentativeTold]:
    """What the journal of the last day shows, by the thresholds set."""
    limits, since = read_limits(), now - LOOKED_BACK
    yield from _bursts(session, "acces_refuse", limits["alerte_refus"], now, "accès refusés")
    yield from _bursts(session, "facteur_refuse", limits["alerte_codes"], now, "codes du second facteur refusés")
    least = limits["alerte_connexions"]
    at = burst_at(moments_of(session, DOORS, since, now), least)
    if at is not None:
        said = f"{written(least)} demandes de lien ou connexions refusées en une heure, tous comptes réunis"
        told = f"{said}, le {_day_and_hour(at)}. Lisez au journal d’où elles viennent."
        yield TentativeTold(f"portes:{at:%Y-%m-%d}", told)
    yield from _violations(session, limits["alerte_violations"], now)
    yield from _new_places(session, limits, now)


def _violations(session: Session, least: int, now: datetime) -> Iterator[TentativeTold]:
    """The first hour of the last day in which browsers reported as many violations as set."""
    for hour, count in hours_of_violations(session, now - LOOKED_BACK, now):
        if count >= least:
            said = f"{written(count)} violations de la politique de sécurité des pages, signalées par des navigateurs"
            told = f"{said} dans l’heure du {_day_and_hour(hour)}. L’accueil de l’administration dit sur quelles pages."
            yield TentativeTold(f"violations:{hour:%Y-%m-%d}", told)
            return


def _bursts(session: Session, acte: str, least: int, now: datetime, what: str) -> Iterator[TentativeTold]:
    for compte, moments in moments_by_account(session, acte, now - LOOKED_BACK, now).items():
        at = burst_at(moments, least)
        if at is not None:
            said = f"Compte de {compte.nom} : {written(least)} {what} en une heure, le {_day_and_hour(at)}. {CALL}"
            yield TentativeTold(f"{acte}:{compte.numero}:{at:%Y-%m-%d}", said, compte.numero)


def _new_places(session: Session, limits: Mapping[str, int], now: datetime) -> Iterator[TentativeTold]:
    """An account never seen before is at home wherever it first comes from."""
    kept = timedelta(days=limits["alerte_lieu_jours"])
    for one in sign_ins(session, now - LOOKED_BACK, now):
        known = {place_of(source) for source in sources_before(session, one, one.quand - kept)} - {""}
        place = place_of(one.depuis)
        if known and place and place not in known:
            said = f"connexion d’un nouvel endroit ({one.depuis}), le {_day_and_hour(one.quand)}"
            yield TentativeTold(f"lieu:{one.ligne}", f"Compte de {one.compte.nom} : {said}. {CALL}", one.compte.numero)


def _told(session: Session, utilisateur_id: int, now: datetime) -> set[str]:
    c = Courriel
    mails = select(c.appui).where(c.utilisateur_id == utilisateur_id, c.motif == SURETE, c.cree_le > now - REMEMBERED)
    return {cle for appui in session.scalars(mails) for cle in json.loads(appui).get("faits", ())}


def _day_and_hour(moment: datetime) -> str:
    local = moment.astimezone(time_zone(""))
    return f"{local:%d/%m/%Y} à {local:%H}{NBSP}h{NBSP}{local:%M}"
