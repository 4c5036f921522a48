"""What was worked out for a département and serves again as long as nothing it was made from has moved."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.indicateurs.catalogue import Catalogue, catalogue
from paqte.models import Mouvement
from paqte.models.mouvement import COMMUN

T = TypeVar("T")
MOST = 128
State = tuple[int, int]


class _Made(NamedTuple):
    state: State
    grid: Catalogue
    value: Any


class _Shelf:
    """A bounded number of things made, the last asked for kept longest; a process has its own."""

    def __init__(self) -> None:
        self._made: OrderedDict[Hashable, _Made] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> _Made | None:
        with self._lock:
            made = self._made.get(key)
            if made is not None:
                self._made.move_to_end(key)
            return made

    def keep(self, key: Hashable, made: _Made) -> None:
        with self._lock:
            self._made[key] = made
            self._made.move_to_end(key)
            while len(self._made) > MOST:
                self._made.popitem(last=False)


_SHELF = _Shelf()


def kept(session: Session, departement: str, subject: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made anew when a row that documents read has changed since, or the grid.

    `subject` says all else that it depends on: what it is, its periods, the day when days matter. What is given is
    shared by all who ask: it must not be changed.
    """
    # Asked first: what is made then is at least as new as the state it is kept under, and never served under another.
    state = state_of(session, departement)
    key, grid = (str(session.get_bind()), departement, subject), catalogue()
    made = _SHELF.get(key)
    if made is None or made.state != state or made.grid is not grid:
        made = _Made(state, grid, make())
        _SHELF.keep(key, made)
    value: T = made.value
    return value


def state_of(session: Session, departement: str) -> State:
    """The mark of the state of a département's rows and of what all share; the same twice when nothing moved."""
    m = Mouvement
    query = select(func.count(), func.coalesce(func.sum(m.jeton), 0)).where(
        m.departement_code.in_((departement, COMMUN))
    )
    count, marks = session.execute(query).one()
    return int(count), int(marks)
