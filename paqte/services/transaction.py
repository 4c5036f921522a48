"""The only way to write: one transaction, one actor, one moment, and a journal line for each change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from paqte.domain.acteurs import Acteur
from paqte.domain.erreurs import Conflict
from paqte.models.base import HURRIED, WRITE, db
from paqte.models.commun import Journaled
from paqte.models.journal import Journal

_AUTHOR = "paqte_author"


@dataclass(frozen=True, slots=True)
class _Author:
    actor: Acteur
    now: datetime


@contextmanager
def transaction(
    *, actor: Acteur, now: datetime, is_snapshot: bool = False, is_hurried: bool = False
) -> Iterator[Session]:
    """A write transaction: commits at the end, rolls everything back on any exception.

    The write lock is taken at once, so what is read inside cannot change before the commit. Raises Conflict
    when a row was changed meanwhile. `is_snapshot` makes every read see one and the same moment on PostgreSQL too;
    `is_hurried` gives up at once when another holds SQLite's lock, for what matters less than answering.
    Does not nest.
    """
    session = db.session()
    if _AUTHOR in session.info:
        raise RuntimeError("une transaction est déjà ouverte")
    session.rollback()
    session.info[_AUTHOR] = _Author(actor, now)
    try:
        session.connection(execution_options=_options(session, is_snapshot, is_hurried))
        yield session
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
) -> None:
    """Add a journal line for an act that is not a change of column (sign-in, export, validation)."""
    author: _Author = session.info[_AUTHOR]
    line = {
        **_signature(author),
        "acte": acte,
        "objet": objet,
        "objet_id": str(objet_id),
        "departement_code": departement,
        "avant": _json(avant or {}),
        "apres": _json(apres or {}),
    }
    session.execute(insert(Journal), [line])


@event.listens_for(Session, "after_flush")
def _journal_changes(session: Session, _context: object) -> None:
    acts = (("creer", session.new), ("modifier", session.dirty), ("supprimer", session.deleted))
    changes = [change for acte, things in acts for change in _changes(things, acte)]
    if not changes:
        return
    author = session.info.get(_AUTHOR)
    if author is None:
        raise RuntimeError("écriture hors de services.transaction : le journal ne saurait pas qui écrit")
    session.execute(insert(Journal), [_line(author, *change) for change in changes])


def _changes(things: Any, acte: str) -> Iterator[tuple[str, Any, dict[str, Any], dict[str, Any]]]:
    for thing in things:
        if not isinstance(thing, Journaled):
            continue
        avant, apres = _before_after(thing, acte)
        if avant or apres or acte != "modifier":
            yield acte, thing, avant, apres


def _before_after(thing: Any, acte: str) -> tuple[dict[str, Any], dict[str, Any]]:
    avant: dict[str, Any] = {}
    apres: dict[str, Any] = {}
    state = inspect(thing)
    for column in state.mapper.column_attrs:
        key = column.key
        if key in ("id", "version") or key in thing.__unjournaled__:
            continue
        history = state.attrs[key].history
        if acte == "supprimer":
            avant[key] = history.unchanged[0] if history.unchanged else None
        elif acte == "creer" and history.added and history.added[0] not in (None, ""):
            apres[key] = history.added[0]
        elif acte == "modifier" and history.has_changes() and history.added:
            before = history.deleted[0] if history.deleted else None
            if before != history.added[0]:
                avant[key], apres[key] = before, history.added[0]
    return avant, apres


def _key(thing: Any) -> str:
    return "/".join(str(part) for part in inspect(thing).mapper.primary_key_from_instance(thing))


# What a thing without a département of its own hangs on: a company's answers stand in its référent's journal too.
_OWNERS = ("declaration", "engagement", "convention", "signataire")


def _departement(thing: Any, author: _Author) -> str | None:
    return _own_departement(thing) or author.actor.departement


def _own_departement(thing: Any) -> str | None:
    """The thing's, else that of the first owner it is tied to in memory: a flush reads nothing."""
    code: str | None = getattr(thing, "departement_code", None)
    loaded = inspect(thing).dict
    for name in _OWNERS if code is None else ():
        owner = loaded.get(name)
        if owner is not None:
            return _own_departement(owner)
    return code


def _line(author: _Author, acte: str, thing: Any, avant: dict[str, Any], apres: dict[str, Any]) -> dict[str, Any]:
    return {
        **_signature(author),
        "acte": acte,
        "objet": thing.__tablename__,
        "objet_id": _key(thing),
        "departement_code": _departement(thing, author),
        "avant": _json(avant),
        "apres": _json(apres),
    }


def _signature(author: _Author) -> dict[str, Any]:
    return {"quand": author.now, "utilisateur_id": author.actor.utilisateur_id, "qui": author.actor.nom}


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return f"{len(value)} octets"
    return str(value)
