"""What was worked out for a département and serves again as long as nothing it was made from has moved."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from paqte.domain.indicateurs.catalogue import Catalogue, catalogue
from paqte.models import Mouvement
from paqte.models.mouvement import COMMUN

T = TypeVar("T")
# In objects, some forty bytes each: what all pages of a département of a hundred companies keep, quarters included.
MOST = 3_000_000
# However light, a thing takes its key and its place; of a long row of things, so many tell what the others weigh.
LEAST, RECORD, SAMPLE, DEPTH = 50, 12, 2, 4
# Most of what is weighed.
ATOMS = frozenset({int, bool, Decimal, date, type(None)})
State = tuple[int, int]
# By subject.
Marks = Mapping[str, State]


class _Made(NamedTuple):
    state: State
    grid: Catalogue
    value: Any


class _Shelf:
    """Things made, of a bounded weight together, the last asked for kept longest; a process has its own."""

    def __init__(self, most: int = MOST) -> None:
        self._made: OrderedDict[Hashable, tuple[_Made, int]] = OrderedDict()
        self._most, self.weight = most, 0
        self._lock = Lock()

    def get(self, key: Hashable) -> _Made | None:
        with self._lock:
            found = self._made.get(key)
            if found is None:
                return None
            self._made.move_to_end(key)
            return found[0]

    def keep(self, key: Hashable, made: _Made) -> None:
        weight = max(LEAST, weight_of(made.value))
        with self._lock:
            self._forget(key)
            self._made[key] = made, weight
            self.weight += weight
            # The last one stays, whatever it weighs: it is what is being looked at.
            while self.weight > self._most and len(self._made) > 1:
                self._forget(next(iter(self._made)))

    def _forget(self, key: Hashable) -> None:
        found = self._made.pop(key, None)
        if found is not None:
            self.weight -= found[1]


def weight_of(value: Any, depth: int = DEPTH) -> int:
    """About how many objects a thing is made of, told from a few of each long row of them: things are weighed often.

    What lies deeper than some levels is mostly shared with other things kept, and counts as one.
    """
    if value.__class__ in ATOMS:
        return 1
    if isinstance(value, str | bytes):
        return 1 + len(value) // 100
    if not depth:
        return 1
    if isinstance(value, dict):
        return 1 + _weight_of_some(value.values(), len(value), depth - 1)
    if isinstance(value, tuple | list | frozenset | set):
        return 1 + _weight_of_some(value, len(value), depth - 1)
    named = getattr(value, "__dataclass_fields__", ())
    return 1 + sum(weight_of(getattr(value, name), depth - 1) for name in named)


def _weight_of_some(things: Iterable[Any], count: int, depth: int) -> int:
    # A record has few fields, each of its own kind; a table many rows, all alike.
    some = list(things) if count <= RECORD else list(islice(things, SAMPLE))
    return sum(weight_of(one, depth) for one in some) * count // len(some) if some else 0


_SHELF = _Shelf()
# Put together once: that costs more than what it asks, and every page asks it.
_MARKS = (
    select(Mouvement.sujet, func.count(), func.coalesce(func.sum(Mouvement.jeton), 0))
    .where(Mouvement.departement_code.in_((bindparam("departement"), COMMUN)))
    .group_by(Mouvement.sujet)
)
# Whose marks were read for what is being made.
_LOOK: ContextVar[tuple[Session, str, Marks] | None] = ContextVar("look", default=None)


class Subjects(NamedTuple):
    """What something was made from: subjects that moved (models/mouvement.py), declared periods among them; `before`
    adds every declared period whose code comes before it.
    """

    subjects: frozenset[str]
    before: str = ""

    @classmethod
    def of(cls, *subjects: str, before: str = "") -> Subjects:
        return cls(frozenset(subjects), before)

    def holds(self, subject: str) -> bool:
        return subject in self.subjects or (subject[:1].isdigit() and subject < self.before)


def kept(
    session: Session,
    departement: str,
    subject: Hashable,
    make: Callable[[], T],
    scope: Subjects | None = None,
    *,
    marks: Marks | None = None,
) -> T:
    """What `make` gives, made anew when what it is made from has moved since, or the grid: any row that documents

    read, or what `scope` says. `subject` says all else that it depends on: what it is, its periods, the day when days
    matter. What is given is shared by all who ask: it must not be changed. `marks` are those read just before, by
    whoever asks for several things at once.
    """
    # Asked first: what is made then is at least as new as the state it is kept under, and never served under another.
    marks = marks if marks is not None else marks_of(session, departement)
    state = standing_of(marks, scope)
    key, grid = (str(session.get_bind()), departement, subject), catalogue()
    made = _SHELF.get(key)
    if made is None or made.state != state or made.grid is not grid:
        with looking(session, departement, marks):
            made = _Made(state, grid, make())
        _SHELF.keep(key, made)
    value: T = made.value
    return value


@contextmanager
def looking(session: Session, departement: str, marks: Marks | None = None) -> Iterator[None]:
    """Ask the marks of a département once for all that is read meanwhile; nothing may be written.

    What is made meanwhile is at least as new as these marks, and kept under them: under others it is made anew.
    """
    found = marks if marks is not None else marks_of(session, departement)
    token = _LOOK.set((session, departement, found))
    try:
        yield
    finally:
        _LOOK.reset(token)


def made_again(session: Session, departement: str, subject: Hashable, make: Callable[[T | None], T]) -> T:
    """What `make` gives of what it gave the last time, if that is still there: it sees by itself what still holds."""
    key = (str(session.get_bind()), departement, ("repris", subject))
    former = _SHELF.get(key)
    value = make(former.value if former else None)
    if former is None or value is not former.value:
        _SHELF.keep(key, _Made((0, 0), catalogue(), value))
    return value


def forgotten(session: Session, departement: str, subject: Hashable, scope: Subjects, marks: Marks) -> bool:
    """Whether `kept` would have to make that anew."""
    made = _SHELF.get((str(session.get_bind()), departement, subject))
    return made is None or made.state != standing_of(marks, scope) or made.grid is not catalogue()


def marks_of(session: Session, departement: str) -> Marks:
    """The mark of each subject of a département and of what all share; the same twice when nothing moved."""
    look = _LOOK.get()
    if look is not None and look[0] is session and look[1] == departement:
        return look[2]
    rows = session.execute(_MARKS, {"departement": departement})
    return {subject: (int(count), int(marks)) for subject, count, marks in rows}


def standing_of(marks: Marks, scope: Subjects | None = None) -> State:
    """The state of what a scope holds, or of everything. What a base put in place anew marks stands in every scope."""
    held = [m for subject, m in marks.items() if scope is None or not subject or scope.holds(subject)]
    return sum(count for count, _ in held), sum(mark for _, mark in held)


def state_of(session: Session, departement: str, scope: Subjects | None = None) -> State:
    """The mark of the state of a département's rows and of what all share; the same twice when nothing moved."""
    return standing_of(marks_of(session, departement), scope)
