"""What is to be planned: tasks with the moment from which each is due, and what changes in those planned (R12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from paqte.domain.calendrier.agenda import Agenda, followed
from paqte.domain.calendrier.campagnes import LECTURE, Campagne, DelaiDocument, is_document, reprise_code, task_kind
from paqte.domain.calendrier.periodes import Periode, last_closed, local_date, time_zone
from paqte.domain.statuts.taches import FAITE, PREVUE

# A year ahead: the calendar shows it, and a scheduler that plans once a day is never late.
HORIZON = timedelta(days=366)
# What was missed for longer is no longer worth a mail; documents are owed however late.
WORTH_A_MAIL = timedelta(days=7)
# A scheduler that was away makes a sum again, unless the last day for it was longer ago.
WORTH_A_SUM = timedelta(days=30)

# (task, period code).
CleTache = tuple[str, str]


class TachePrevue(NamedTuple):
    """A task as the base holds it. `is_postponed`: its day came, it could not be done, and waits for another moment."""

    id: int
    etat: str
    due_le: datetime
    is_postponed: bool = False


class Reprises(NamedTuple):
    """How often a sum is made again after its day, in days, and for how long; 0 for never."""

    chaque: int = 0
    pendant: int = 0

    @property
    def jours(self) -> range:
        """The days after its own on which it is."""
        return range(self.chaque, self.pendant + 1, self.chaque) if self.chaque else range(0)


NEVER_AGAIN = Reprises()


@dataclass(frozen=True, slots=True)
class EcartPrevision:
    """What brings the tasks of a département to what is wanted; empty when they are."""

    missing: Mapping[CleTache, datetime]
    moved: Mapping[int, datetime]
    dropped: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.moved or self.dropped)


def wanted_tasks(
    departement: str, first: str | None, agenda: Agenda, complete: date | None, now: datetime
) -> dict[CleTache, datetime]:
    """The tasks from the first semester on to a year ahead, each with the moment it is due; none without a first.

    What was over when the département had its first complete convention, or is while it has none, is not produced by
    itself (R43): `complete` is that day.
    """
    if first is None:
        return {}
    today = local_date(now, departement)
    return {
        (code, one.periode.code): begins(day, departement)
        for one in campaigns(Periode.from_code(first), today + HORIZON, agenda)
        for code, day in one.taches().items()
        if (is_document(code) or day >= today - WORTH_A_MAIL)
        and not ((is_document(code) or code == LECTURE) and is_proposed(one.periode, complete, today))
    }


def wanted_sommes(
    delais: Iterable[DelaiDocument], lieu: str, now: datetime, reprises: Reprises = NEVER_AGAIN
) -> dict[CleTache, datetime]:
    """The tasks that sum up territories: of the last period that is over and of those to come for a year; and, of
    periods that are over, those that make them again (R19): the last whose day has come, and the next.

    A sum of long ago is made by hand. `lieu` is the département whose legal time counts.
    """
    today = local_date(now, lieu)
    wanted = {}
    for one in delais:
        periode = last_closed(today, one.rythme)
        while periode.fin <= today + HORIZON:
            wanted[one.travail, periode.code] = begins(periode.dernier_jour + timedelta(days=one.jours), lieu)
            periode = periode.suivante
        periode = last_closed(today, one.rythme)
        while again := _again(periode.dernier_jour + timedelta(days=one.jours), reprises, today):
            wanted |= {(reprise_code(one.travail, n), periode.code): begins(day, lieu) for n, day in again.items()}
            periode = periode.precedente
    return wanted


def once_made(wanted: Mapping[CleTache, datetime], held: Mapping[CleTache, TachePrevue]) -> dict[CleTache, datetime]:
    """Less those that would make again a sum whose own task is not done there: it waits, or is older than all this."""
    own = {key: (task_kind(key[0]), key[1]) for key in wanted}
    done = {key for key, task in held.items() if task.etat == FAITE}
    return {key: moment for key, moment in wanted.items() if own[key] == key or own[key] in done}


def _again(first: date, reprises: Reprises, today: date) -> dict[int, date]:
    """The last day that has come, and the next one, by days since the first; none once the last is long ago."""
    days = {n: first + timedelta(days=n) for n in reprises.jours}
    if not days or max(days.values()) + WORTH_A_SUM < today:
        return {}
    past = [n for n, day in days.items() if day <= today]
    return {n: days[n] for n in (*past[-1:], *list(days)[len(past) :][:1])}


def campaigns(first: Periode, until: date, agenda: Agenda) -> Iterator[Campagne]:
    """The campaigns of every quarter, then semester, then year if it has a document, that is over on a day.

    From a first one on: a year of which only a part is followed has none (R42).
    """
    for periode in followed(first.code, until, agenda.delais.rythmes):
        if periode.fin <= until:
            yield agenda.campagne(periode)


def is_proposed(periode: Periode, complete: date | None, today: date) -> bool:
    """Whether the document of a period over is left to the référent to produce (R43)."""
    return periode.is_closed(complete if complete is not None and complete < today else today)


def difference(
    wanted: Mapping[CleTache, datetime], held: Mapping[CleTache, TachePrevue], first: str | None, now: datetime
) -> EcartPrevision:
    """What to add, to move and to drop. What was taken stays; what could not be done on its day waits for the moment
    it was put off to; a mail missed too long ago stays for the record, unless the département no longer owes anything
    for that time."""
    waiting = {key: task for key, task in held.items() if task.etat == PREVUE}
    return EcartPrevision(
        missing={key: moment for key, moment in wanted.items() if key not in held},
        moved={
            t.id: wanted[key]
            for key, t in waiting.items()
            if key in wanted and t.due_le != wanted[key] and not (t.is_postponed and wanted[key] <= now)
        },
        dropped=tuple(
            t.id
            for key, t in waiting.items()
            if key not in wanted and (t.due_le > now or is_document(key[0]) or not _is_owed(key, first))
        ),
    )


def _is_owed(key: CleTache, first: str | None) -> bool:
    """Whether the period of a task is one since which the département uses PAQTE."""
    return first is not None and Periode.from_code(key[1]).debut >= Periode.from_code(first).debut


def begins(day: date, departement: str) -> datetime:
    """The moment a civil day begins in the legal time of the département (R12)."""
    return datetime.combine(day, time.min, time_zone(departement))


def is_worth_a_mail(due_le: datetime, now: datetime) -> bool:
    """Whether a day that was missed is recent enough for a mail to make sense."""
    return now < due_le + WORTH_A_MAIL + timedelta(days=1)
