"""The only way to write: one transaction, one actor, one moment, and a journal line for each change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.exc import StaleDataError

from paqte.domain.erreurs import AlreadySent, Conflict
from paqte.domain.personnes.acteurs import Acteur
from paqte.models.base import HURRIED, LATE, WRITE, db, is_writing, read_then_write
from paqte.models.envoi import Envoi
from paqte.ops.health import hold_version
from paqte.services.journal import JournalEntry, Pen, lines_of_flush, write_lines
from paqte.services.states_read import StateShown, has_moved, what_is_read

P = ParamSpec("P")
T = TypeVar("T")

_AUTHOR = "paqte_author"
_PUT_OFF = "paqte_lines_put_off"
# What a transaction that has not taken the lock yet has read the base at.
_READ_AT = "paqte_read_at"
# The key of the form that this request received, until a transaction takes it (services/envois.py).
EXPECTED = "paqte_expected"


class _Moved(Exception):
    """What was read, on which the act was decided, changed before the lock was taken."""


_DECIDES_FIRST: ContextVar[bool] = ContextVar("decides_first", default=False)


def decided_first(tries: int = 1) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Mark a use case of one transaction that on SQLite reads and decides before it takes the write lock.

    The lock is taken at its first write, and then held for what is written alone. When something that it read has
    moved meanwhile, nothing is written and it begins again: `tries` times at most without the lock, then with it from
    the first, as any other. PostgreSQL, where writers do not shut one another out, does it in one go.
    """

    def marked(use_case: Callable[P, T]) -> Callable[P, T]:
        @wraps(use_case)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            for _ in range(tries):
                token = _DECIDES_FIRST.set(True)
                try:
                    return use_case(*args, **kwargs)
                except _Moved:
                    continue
                finally:
                    _DECIDES_FIRST.reset(token)
            return use_case(*args, **kwargs)

        return run

    return marked


@contextmanager
def transaction(
    *,
    actor: Acteur,
    now: datetime,
    is_snapshot: bool = False,
    is_hurried: bool = False,
    departement: str | None = None,
) -> Iterator[Session]:
    """A write transaction: commits at the end, rolls everything back on any exception.

    The write lock is taken at once (but see `decided_first`), so what is read inside cannot change before the commit.
    Raises Conflict when a row was changed meanwhile. `is_snapshot` makes every read see one and the same moment on
    PostgreSQL too; `is_hurried` gives up at once when another holds SQLite's lock, for what matters less than
    answering; `departement` is whose rows a use case that decides first reads, where it holds none.
    AlreadySent when the form of this request was taken before. Does not nest.
    """
    session = db.session()
    if _AUTHOR in session.info:
        raise RuntimeError("une transaction est déjà ouverte")
    session.rollback()
    plume = session.info[_AUTHOR] = Pen(actor, now, is_snapshot)
    expected = session.info.get(EXPECTED)
    try:
        _begin(session, now, departement, is_snapshot=is_snapshot, is_hurried=is_hurried)
        yield session
        _write_and_commit(session, plume)
    except BaseException as error:
        session.rollback()
        _judge(session, error, expected)
        raise
    finally:
        session.info.pop(_AUTHOR, None)
        session.info.pop(_READ_AT, None)


def _write_and_commit(session: Session, plume: Pen) -> None:
    session.flush()
    if plume.lines:
        _hold(session)
        put_off: list[Pen] | None = session.info.get(_PUT_OFF)
        if put_off is None:
            write_lines(session, plume)
        # A pen of the same hand at the same moment goes on: one writing for them all.
        elif put_off and (put_off[-1].actor, put_off[-1].now) == (plume.actor, plume.now):
            put_off[-1].lines += plume.lines
        else:
            put_off.append(plume)
    session.commit()


@contextmanager
def lines_put_off(*, are_kept: bool = True) -> Iterator[None]:
    """Write the journal lines of the use cases called inside together, as it ends: inside one transaction of theirs.

    On PostgreSQL the journal is held from its first line to the commit: many use cases together would hold it long.
    None of them may read the journal. Of what is only seen, they are not written at all: `are_kept` is False.
    """
    session = db.session()
    pens: list[Pen] = []
    session.info[_PUT_OFF] = pens
    try:
        yield
    finally:
        session.info.pop(_PUT_OFF, None)
    for pen in pens if are_kept else ():
        write_lines(session, pen)
    session.commit()


def _judge(session: Session, error: BaseException, expected: str | None) -> None:
    """What an error tells that came of what others wrote: to begin again, or to say so."""
    is_stale = isinstance(error, StaleDataError)
    if _READ_AT in session.info and (is_stale or isinstance(error, (IntegrityError, _Moved))):
        if expected is not None:
            session.info[EXPECTED] = expected  # the form of this request is still to be taken
        raise _Moved from error
    if is_stale:
        raise Conflict("Quelqu’un d’autre vient de modifier ces données : rechargez la page.", {}) from error


def _begin(session: Session, now: datetime, departement: str | None, *, is_snapshot: bool, is_hurried: bool) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    is_late = is_sqlite and _DECIDES_FIRST.get()
    options = _options(session, is_snapshot, is_hurried)
    connection = session.connection(execution_options={**options, LATE: is_late})
    if is_late and not is_writing(connection):
        _require_new_form(session)
        session.info[_READ_AT] = what_is_read(connection, departement)
    else:
        hold_version(connection)
        _take_form(session, now)


def _hold(session: Session) -> None:
    """Take the lock that this transaction put off, unless what it read has moved; nothing when it holds it already."""
    read: StateShown | None = session.info.get(_READ_AT)
    connection = session.connection()
    if read is None or is_writing(connection):
        return
    read_then_write(connection)
    hold_version(connection)
    if has_moved(session, connection, read):
        raise _Moved
    _take_form(session, _plume(session).now)


def _require_new_form(session: Session) -> None:
    key = session.info.get(EXPECTED)
    if key is not None and session.scalar(select(Envoi.cle).where(Envoi.cle == key)) is not None:
        session.info.pop(EXPECTED)
        raise AlreadySent


def _options(session: Session, is_snapshot: bool, is_hurried: bool) -> dict[str, Any]:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return {
        WRITE: True,
        HURRIED: is_hurried,
        **({"isolation_level": "REPEATABLE READ"} if is_snapshot and is_postgresql else {}),
    }


def _take_form(session: Session, now: datetime) -> None:
    """Keep the key of the form in the transaction that does what it asks: both are there, or neither.

    Of two at once the second waits here for the first, whatever the base.
    """
    key = session.info.pop(EXPECTED, None)
    if key is None:
        return
    try:
        session.execute(insert(Envoi).values(cle=key, quand=now))
    except IntegrityError:
        raise AlreadySent from None


def touch(thing: Any, column: str = "version") -> None:
    """Make a row's version grow even when only its children changed."""
    setattr(thing, column, getattr(thing, column) + 1)


def note(
    session: Session,
    acte: str,
    objet: str,
    objet_id: object = "",
    *,
    departement: str | None = None,
    avant: dict[str, Any] | None = None,
    apres: dict[str, Any] | None = None,
    sujet: str = "",
) -> None:
    """Add a journal line for an act that is not a change of column (sign-in, export, validation).

    `sujet` is whose the names and addresses among the values are (`contact_signataire/7`): they are kept apart.
    """
    _plume(session).lines.append(JournalEntry(acte, objet, str(objet_id), departement, avant or {}, apres or {}, sujet))


def moment_of(session: Session) -> datetime:
    """The moment of the transaction under way."""
    return _plume(session).now


def author_of(session: Session) -> Acteur:
    """Who acts in the transaction under way."""
    return _plume(session).actor


def _plume(session: Session) -> Pen:
    plume: Pen | None = session.info.get(_AUTHOR)
    if plume is None:
        raise RuntimeError("écriture hors de services.transaction : le journal ne saurait pas qui écrit")
    return plume


@event.listens_for(Session, "before_flush")
def _hold_before_flush(session: Session, _context: object, _instances: object) -> None:
    if _READ_AT in session.info:
        _hold(session)


@event.listens_for(Session, "do_orm_execute")
def _hold_before_statement(state: ORMExecuteState) -> None:
    if _READ_AT in state.session.info and not state.is_select:
        _hold(state.session)


@event.listens_for(Session, "after_flush")
def _journal_changes(session: Session, _context: object) -> None:
    found = list(lines_of_flush(session))
    if found:
        _plume(session).lines += found
