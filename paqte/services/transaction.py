"""The only way to write: one transaction, one actor, one moment, and a journal line for each change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from paqte.domain.erreurs import AlreadySent, Conflict
from paqte.domain.personnes.acteurs import Acteur
from paqte.models.base import HURRIED, WRITE, db
from paqte.models.envoi import Envoi
from paqte.services.journal import JournalEntry, Pen, lines_of_flush, write_lines

_AUTHOR = "paqte_author"
# The key of the form that this request received, until a transaction takes it (services/envois.py).
EXPECTED = "paqte_expected"


@contextmanager
def transaction(
    *, actor: Acteur, now: datetime, is_snapshot: bool = False, is_hurried: bool = False
) -> Iterator[Session]:
    """A write transaction: commits at the end, rolls everything back on any exception.

    The write lock is taken at once, so what is read inside cannot change before the commit. Raises Conflict
    when a row was changed meanwhile. `is_snapshot` makes every read see one and the same moment on PostgreSQL too;
    `is_hurried` gives up at once when another holds SQLite's lock, for what matters less than answering.
    AlreadySent when the form of this request was taken before. Does not nest.
    """
    session = db.session()
    if _AUTHOR in session.info:
        raise RuntimeError("une transaction est déjà ouverte")
    session.rollback()
    plume = session.info[_AUTHOR] = Pen(actor, now, is_snapshot)
    try:
        session.connection(execution_options=_options(session, is_snapshot, is_hurried))
        _take_form(session, now)
        yield session
        session.flush()
        write_lines(session, plume)
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Conflict("Quelqu’un d’autre vient de modifier ces données : rechargez la page.", {}) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_AUTHOR, None)


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


@event.listens_for(Session, "after_flush")
def _journal_changes(session: Session, _context: object) -> None:
    found = list(lines_of_flush(session))
    if found:
        _plume(session).lines += found
