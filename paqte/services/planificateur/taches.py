"""Due tasks: each claimed by its unique row before it is done, so that it is done once whoever else is at it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from paqte.domain.calendrier.campagnes import task_kind
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.reglages import travail_libelle
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.domain.statuts.taches import ECHOUEE, EN_COURS, FAITE, PREVUE, may_take
from paqte.models import Tache, db
from paqte.queries.perimetre import to_operate
from paqte.queries.planificateur.restaurations import pending_restoration
from paqte.queries.planificateur.taches import due_tasks
from paqte.services.planificateur.failures import in_plain_words
from paqte.services.transaction import note, transaction

Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Workshop:
    """Who works and where: `par` names this process, `reports` takes the files, `base_url` is told in mails."""

    par: str
    reports: Path
    base_url: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim: the task is its holder's until the lease runs out. `prise_le` tells this claim from a later one."""

    tache_id: int
    travail: str
    departement: str
    periode: Periode
    due_le: datetime
    prise_par: str
    prise_le: datetime


# What a task came to: a sentence for the list of tasks, and what is still to be written with its closing.
Closing = Callable[[Session], None]


@dataclass(frozen=True, slots=True)
class TacheDone:
    """What doing a task gave: a sentence, the file published if any, and what is kept in the very transaction
    that closes it, so that whoever must know is told once. `until`: not done, it waits again for that moment."""

    phrase: str
    path: Path | None = None
    closing: Closing | None = None
    until: datetime | None = None


UseCase = Callable[[Claim, Workshop], TacheDone]


def run_due(
    *, use_cases: Mapping[str, UseCase], place: Workshop, clock: Clock, is_stopping: Callable[[], bool] = lambda: False
) -> list[tuple[Claim, TacheDone]]:
    """Do every task that is due and not another's, the longest due first.

    `use_cases` says what to do for each kind of task. A failure is written down in plain words, retried
    later, and does not hold the others back. Stops between two tasks when `is_stopping` says so. The clock is asked
    again for each: a lease counts from its own claim. Nothing is done before a restoration is confirmed.
    """
    done = []
    due = [] if pending_restoration() else due_tasks(now=clock())
    db.session.rollback()
    for travail, departement, periode in due:
        use_case = use_cases.get(task_kind(travail))
        if use_case is None:
            continue
        if is_stopping():
            break
        result = do_claimed(
            use_case=use_case, place=place, travail=travail, departement=departement, periode=periode, clock=clock
        )
        if result:
            done.append(result)
    return done


def do_claimed(
    *, use_case: UseCase, place: Workshop, travail: str, departement: str, periode: Periode, clock: Clock
) -> tuple[Claim, TacheDone] | None:
    """Do one task, due or not yet, if its claim can be had; None when it is another's, was done, or failed."""
    prise = claim(travail=travail, departement=departement, periode=periode, par=place.par, now=clock())
    if prise is None:
        return None
    try:
        done = use_case(prise, place)
    except Exception as error:
        if not isinstance(error, Refused):
            log.exception("%s %s %s", travail, departement, periode.code)
        _give_up(prise, in_plain_words(error), clock())
        return None
    _finish(prise, done, clock())
    log.info("%s %s %s : %s", travail, departement, periode.code, done.phrase)
    return prise, done


def claim(*, travail: str, departement: str, periode: Periode, par: str, now: datetime) -> Claim | None:
    """Take a task: one that waits, a new one, or one whose holder failed or fell silent. None when it cannot be had."""
    try:
        with transaction(actor=PLANIFICATEUR, now=now) as session:
            tache = session.scalar(
                select(Tache)
                .where(Tache.travail == travail, Tache.departement_code == departement, Tache.periode == periode.code)
                .with_for_update()
            )
            if tache is None:
                tache = Tache(
                    travail=travail,
                    departement_code=departement,
                    periode=periode.code,
                    etat=PREVUE,
                    due_le=now,
                    essais=0,
                )
                session.add(tache)
            if not may_take(tache.etat, tache.prise_le, tache.finie_le, tache.essais, now):
                return None
            tache.etat, tache.prise_par, tache.prise_le, tache.finie_le = EN_COURS, par[:80], now, None
            tache.essais += 1
            session.flush()
            return Claim(tache.id, travail, departement, periode, tache.due_le, tache.prise_par, now)
    except IntegrityError:  # taken by another at this very moment
        return None


def retry_task(*, actor: Acteur, tache_id: int, now: datetime) -> str:
    """Have a failed task taken up at the next tick; gives its name.

    NotFound for another's; Refused for a task that did not fail.
    """
    with transaction(actor=actor, now=now) as session:
        tache = to_operate(session, Tache, tache_id, actor, "Cette tâche")
        name = f"{travail_libelle(tache.travail)} {tache.departement_code} {tache.periode}"
        if tache.etat != ECHOUEE:
            raise Refused(f"{name} : cette tâche n’est pas en échec, il n’y a rien à relancer.")
        tache.finie_le = None
        note(session, "relancer", "tache", tache.id, departement=tache.departement_code)
        return name


def _finish(prise: Claim, done: TacheDone, now: datetime) -> None:
    """Done; what must be told is kept in the same transaction, so once. One whose day moved waits for it again."""
    if done.until is not None:
        _wait_again(prise, done, now)
        return
    with _closing(prise, now, FAITE, done.phrase) as session:
        if session is not None and done.closing is not None:
            done.closing(session)


def _wait_again(prise: Claim, done: TacheDone, now: datetime) -> None:
    """Its message, why it waits, is how the planner knows a moment that no setting gave."""
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        waiting = {"etat": PREVUE, "due_le": done.until, "prise_par": "", "prise_le": None, "essais": 0}
        waiting["message"] = done.phrase[:1000]
        session.execute(update(Tache).where(*_held_by(prise)).values(**waiting))


def _held_by(prise: Claim) -> tuple[ColumnElement[bool], ...]:
    """The claim, unless its lease ran out and another took it."""
    return (Tache.id == prise.tache_id, Tache.prise_par == prise.prise_par, Tache.prise_le == prise.prise_le)


def _give_up(prise: Claim, reason: str, now: datetime) -> None:
    log.error("%s %s %s : %s", prise.travail, prise.departement, prise.periode.code, reason)
    with _closing(prise, now, ECHOUEE, reason):
        pass


@contextmanager
def _closing(prise: Claim, now: datetime, etat: str, message: str) -> Iterator[Session | None]:
    """Close the claim, unless its lease ran out and another took it: then nothing is written and None given."""
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        closed = session.execute(
            update(Tache).where(*_held_by(prise)).values(etat=etat, finie_le=now, message=message[:1000])
        )
        yield session if closed.rowcount else None  # type: ignore[attr-defined]
