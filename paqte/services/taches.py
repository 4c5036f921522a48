"""Due jobs: each claimed by its unique row before it is done, so that it is done once whoever else is at it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from paqte.domain.acteurs import PLANIFICATEUR
from paqte.domain.erreurs import Refused
from paqte.domain.periodes import Periode, last_closed, local_date
from paqte.domain.taches import ECHOUEE, EN_COURS, FAITE, may_take
from paqte.models import Tache, db
from paqte.queries.comptes import referent_addresses
from paqte.queries.editions import due_bilans
from paqte.queries.reglages import read_settings
from paqte.queries.taches import unfinished
from paqte.services.bilans import EditionIssued, freeze_bilan, publish_bilan
from paqte.services.courriels import queue_mail
from paqte.services.courriers import write_mail
from paqte.services.transaction import transaction

BILAN = "bilan"
Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Atelier:
    """Who works and where: `par` names this process, `reports` takes the files, `base_url` is told in mails."""

    par: str
    reports: Path
    base_url: str


@dataclass(frozen=True, slots=True)
class Prise:
    """A claim: the job is its holder's until the lease runs out. `prise_le` tells this claim from a later one."""

    tache_id: int
    departement: str
    periode: str
    prise_par: str
    prise_le: datetime


@dataclass(frozen=True, slots=True)
class Produit:
    """An edition that a due job gave, and where its file lies."""

    edition: EditionIssued
    path: Path


def produce_due(*, place: Atelier, clock: Clock, is_stopping: Callable[[], bool] = lambda: False) -> list[Produit]:
    """Produce every bilan that is due and not another's, oldest period first.

    A failure is written down in plain words, retried later, and does not hold the others back. Stops between two
    bilans when `is_stopping` says so. The clock is asked again for each: a lease counts from its own claim.
    """
    produced = []
    for departement, periode in _to_do(clock()):
        if is_stopping():
            break
        done = produce_claimed(place=place, departement=departement, periode=periode, clock=clock)
        if done:
            produced.append(done)
    return produced


def produce_last_closed(*, place: Atelier, departement: str, clock: Clock) -> Produit | None:
    """Produce the bilan of the last semester that is over, due or not yet; None when it has been done."""
    periode = last_closed(local_date(clock(), departement), "S")
    return produce_claimed(place=place, departement=departement, periode=periode, clock=clock)


def produce_claimed(*, place: Atelier, departement: str, periode: Periode, clock: Clock) -> Produit | None:
    """Produce one bilan if its claim can be had; None when it is another's or when it failed."""
    prise = claim(travail=BILAN, departement=departement, periode=periode, par=place.par, now=clock())
    if prise is None:
        return None
    try:
        done = _produce(prise, periode, place.reports)
    except Refused as error:
        _give_up(prise, str(error), clock())
        return None
    except Exception as error:
        log.exception("bilan %s %s", departement, periode.code)
        _give_up(prise, f"Erreur inattendue ({type(error).__name__}) : voir le journal du planificateur.", clock())
        return None
    _finish(prise, done.edition, place.base_url, clock())
    log.info("bilan %s %s : édition %d, %s", departement, periode.code, done.edition.numero, done.path)
    return done


def claim(*, travail: str, departement: str, periode: Periode, par: str, now: datetime) -> Prise | None:
    """Take a job: a new unique row, or one whose holder failed or fell silent. None when it is not to be had."""
    try:
        with transaction(actor=PLANIFICATEUR, now=now) as session:
            tache = session.scalar(
                select(Tache)
                .where(Tache.travail == travail, Tache.departement_code == departement, Tache.periode == periode.code)
                .with_for_update()
            )
            if tache is None:
                tache = Tache(travail=travail, departement_code=departement, periode=periode.code, essais=0)
                session.add(tache)
            elif not may_take(tache.etat, tache.prise_le, tache.finie_le, tache.essais, now):
                return None
            tache.etat, tache.prise_par, tache.prise_le, tache.finie_le = EN_COURS, par[:80], now, None
            tache.essais += 1
            session.flush()
            return Prise(tache.id, departement, periode.code, tache.prise_par, now)
    except IntegrityError:  # taken by another at this very moment
        return None


def _produce(prise: Prise, periode: Periode, reports: Path) -> Produit:
    """The first edition, made now or by a holder that fell silent after making it; then its file."""
    actor, now = PLANIFICATEUR, prise.prise_le
    edition = freeze_bilan(actor=actor, departement=prise.departement, periode=periode, now=now, is_first_only=True)
    return Produit(edition, publish_bilan(actor=actor, edition_id=edition.id, reports=reports, now=now))


def _to_do(now: datetime) -> list[tuple[str, Periode]]:
    """What is due, and what was begun and left: oldest period first, each once."""
    due = {(bilan.departement, bilan.periode.code) for bilan in due_bilans(now=now)}
    due |= set(unfinished(travail=BILAN, now=now))
    db.session.rollback()
    return [(departement, Periode.from_code(code)) for departement, code in sorted(due, key=lambda d: (d[1], d[0]))]


def _finish(prise: Prise, edition: EditionIssued, base_url: str, now: datetime) -> None:
    """Done; whoever must know is told in the same transaction, so once."""
    with _held(prise, now, FAITE, f"Édition {edition.numero} ({edition.sha256[:12]})") as session:
        if session is None:
            return
        told = {
            "departement": edition.departement,
            "periode": Periode.from_code(edition.periode).libelle,
            "edition": edition.numero,
            "lien": f"{base_url}/bilans/{edition.id}",
        }
        for address in _recipients(prise.departement):
            message = write_mail("bilan", address, **told)
            queue_mail(session, message, motif="bilan", now=now, departement=prise.departement)


def _recipients(departement: str) -> list[str]:
    """Those the setting names, else the référents of the département."""
    named = read_settings(departement)["destinataires_bilan"].valeur
    return [address.strip() for address in named.split(",") if address.strip()] or referent_addresses(departement)


def _give_up(prise: Prise, reason: str, now: datetime) -> None:
    log.error("bilan %s %s : %s", prise.departement, prise.periode, reason)
    with _held(prise, now, ECHOUEE, reason):
        pass


@contextmanager
def _held(prise: Prise, now: datetime, etat: str, message: str) -> Iterator[Session | None]:
    """Close the claim, unless its lease ran out and another took it: then nothing is written and None given."""
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        closed = session.execute(
            update(Tache)
            .where(Tache.id == prise.tache_id, Tache.prise_par == prise.prise_par, Tache.prise_le == prise.prise_le)
            .values(etat=etat, finie_le=now, message=message[:1000])
        )
        yield session if closed.rowcount else None  # type: ignore[attr-defined]
