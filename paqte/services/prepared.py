"""Long work on an SQLite base: done on a copy, then carried over in one short transaction that holds the lock.

What others write meanwhile stays. When it touches what was read or changed here, nothing is carried and the work is
done again; after a few times it is done holding the lock from the first. PostgreSQL, where writers do not shut one
another out, does it in one transaction, and holds the journal for its last moment alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from sqlite3 import ProgrammingError
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import Connection, Engine, Table, insert, select
from sqlalchemy.exc import IntegrityError

from paqte.domain.personnes.journal.chaine import DEBUT, Maillon, chained
from paqte.models import Departement, Journal, JournalAuteur, JournalPersonne, db
from paqte.models.base import WRITE, Base
from paqte.models.mouvement import COMMUN
from paqte.services.ensemble import all_or_nothing, copy_of, lent, together
from paqte.services.transaction import lines_put_off

T = TypeVar("T")
TRIES = 3
# Made anew from the others by triggers or by whoever asks for it, and the journal, whose lines are chained again.
_APART = frozenset({"mouvement", "part_edition", "somme", "journal", "journal_personne"})
_MARKS = "SELECT departement_code, jeton FROM mouvement"
_LAST_LINE = "SELECT COALESCE(MAX(id), 0) FROM journal"
# A draft is in no document: of the rows that were changed here, each is compared with what it was.
_LINES = (
    "SELECT DISTINCT departement_code FROM journal WHERE id > ? AND acte IN ('creer', 'modifier', 'supprimer') "
    "AND objet NOT IN ('declaration', 'realisation', 'avertissement', 'importation')"
)
_ADDED = "CREATE TABLE _ajout (nom TEXT, cle INTEGER, PRIMARY KEY (nom, cle)) WITHOUT ROWID"


class _MovedSince(Exception):
    """Something that the work read or changed has moved meanwhile: it is to be done again."""


class _StateFound(NamedTuple):
    """The state that the work is done on: the marks of each département, the last line of the journal."""

    marks: frozenset[tuple[str, int]]
    line: int


def keep_prepared(
    work: Callable[[], T], closing: Callable[[T], None], *, departement: str, room: int, tries: int = TRIES
) -> T:
    """Do `work`, use cases that change the rows of one département, whole or not at all, then `closing` with it.

    `work` may be called several times; `closing` once, in the transaction that keeps what was done. `room` is more
    rows than the work adds to any table.
    """
    engine = cast(dict[str | None, Engine], db.engines)[None]
    for _ in range(tries if engine.dialect.name == "sqlite" else 0):
        db.session.remove()
        try:
            return _prepared(engine, work, closing, departement, room)
        except _MovedSince:
            continue
    with all_or_nothing() as connection, lines_put_off():
        # Of two, the second begins when the first is kept; what others type in the département waits for neither.
        d = Departement.__table__
        connection.execute(select(d.c.code).where(d.c.code == departement).with_for_update(key_share=True))
        told = work()
        closing(told)
    return told


def _prepared(engine: Engine, work: Callable[[], T], closing: Callable[[T], None], departement: str, room: int) -> T:
    starts = _reserve(engine, room)
    with engine.connect() as connection:
        read = _StateFound(frozenset(_rows_asked(connection, _MARKS)), int(_rows_asked(connection, _LAST_LINE)[0][0]))
    with copy_of(engine) as copied:
        with copied.begin() as connection:
            _watch(connection, starts)
            last = int(_rows_asked(connection, _LAST_LINE)[0][0])
        with together(copied), lines_put_off():
            told = work()
        with engine.connect().execution_options(**{WRITE: True}) as connection:
            driver = cast(Any, connection.connection).driver_connection
            driver.execute("ATTACH ? AS essai", (copied.url.database,))
            try:
                with connection.begin():
                    _require_still(connection, read, departement)
                    _carry(connection, starts, room)
                    _carry_journal(connection, copied, last)
                    with lent(connection):
                        closing(told)
            finally:
                with suppress(ProgrammingError):  # killed midway, the connection is closed already
                    driver.execute("DETACH essai")
    return told


def _reserve(engine: Engine, room: int) -> dict[str, int]:
    """Keep numbers for the rows to come, so that nobody else's bear them: by table, the one before the first."""
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        known = dict(_rows_asked(connection, "SELECT name, seq FROM sqlite_sequence"))
        starts = {table.name: int(known.get(table.name, 0)) for table in _tables() if _is_numbered(table)}
        _set_numbers(connection, known, {name: start + room for name, start in starts.items()})
    return starts


def _set_numbers(connection: Connection, known: Mapping[str, Any], wanted: Mapping[str, int]) -> None:
    for name, last in wanted.items():
        if name in known:
            connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (last, name))
        else:
            connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, last))


def _watch(connection: Connection, starts: Mapping[str, int]) -> None:
    """Have the copy give the numbers kept, and note which rows are added and what those that change were."""
    _set_numbers(connection, starts, starts)
    connection.exec_driver_sql(_ADDED)
    for table in _tables():
        name, columns, keys = table.name, _columns_of(table), [column.name for column in table.primary_key]
        same = " AND ".join(f'"{key}" = OLD."{key}"' for key in keys)
        former = ", ".join(f'OLD."{column.name}"' for column in table.columns)
        is_new = f"EXISTS (SELECT 1 FROM _ajout WHERE nom = '{name}' AND cle = OLD.rowid)"
        listed = ", ".join(f'"{key}"' for key in keys)
        connection.exec_driver_sql(f"CREATE TABLE _avant_{name} AS SELECT {columns} FROM {name} WHERE 0")
        connection.exec_driver_sql(f"CREATE UNIQUE INDEX _cle_{name} ON _avant_{name} ({listed})")
        connection.exec_driver_sql(
            f"CREATE TRIGGER _ajout_{name} AFTER INSERT ON {name} BEGIN "
            f"INSERT OR IGNORE INTO _ajout VALUES ('{name}', NEW.rowid); END"
        )
        for act in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER _avant_{act.lower()}_{name} BEFORE {act} ON {name} "
                f"WHEN NOT {is_new} AND NOT EXISTS (SELECT 1 FROM _avant_{name} WHERE {same}) "
                f"BEGIN INSERT INTO _avant_{name} VALUES ({former}); END"
            )


def _require_still(connection: Connection, read: _StateFound, departement: str) -> None:
    moved = {code for code, _ in read.marks ^ frozenset(_rows_asked(connection, _MARKS))}
    moved |= {code for (code,) in _rows_asked(connection, _LINES, read.line)}
    if moved & {COMMUN, departement}:
        raise _MovedSince


def _carry(connection: Connection, starts: Mapping[str, int], room: int) -> None:
    """Delete, change and add as was done on the copy; _MovedSince when a row is no more as it was."""
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    touched = [table for table in _tables() if _is_touched(connection, table)]
    try:
        for table in reversed(touched):
            _carry_changes(connection, table)
        for table in touched:
            columns = _columns_of(table)
            connection.exec_driver_sql(
                f"INSERT INTO main.{table.name} ({columns}) SELECT {columns} FROM essai.{table.name} "
                f"WHERE rowid IN (SELECT cle FROM essai._ajout WHERE nom = '{table.name}') ORDER BY rowid"
            )
    except IntegrityError as error:
        raise _MovedSince from error
    _give_back(connection, starts, room)


def _is_touched(connection: Connection, table: Table) -> bool:
    query = (
        f"SELECT EXISTS (SELECT 1 FROM essai._avant_{table.name}) "
        f"OR EXISTS (SELECT 1 FROM essai._ajout WHERE nom = '{table.name}')"
    )
    return bool(_rows_asked(connection, query)[0][0])


def _carry_changes(connection: Connection, table: Table) -> None:
    name, columns = table.name, _columns_of(table)
    other = f"SELECT {columns} FROM essai._avant_{name} EXCEPT SELECT {columns} FROM main.{name}"
    if _rows_asked(connection, f"{other} LIMIT 1"):
        raise _MovedSince
    same = " AND ".join(f'e."{key.name}" = main.{name}."{key.name}"' for key in table.primary_key)
    was = f"EXISTS (SELECT 1 FROM essai._avant_{name} AS e WHERE {same})"
    now = f"(SELECT {columns} FROM essai.{name} AS e WHERE {same})"
    connection.exec_driver_sql(
        f"DELETE FROM main.{name} WHERE {was} AND NOT EXISTS (SELECT 1 FROM essai.{name} AS e WHERE {same})"
    )
    connection.exec_driver_sql(f"UPDATE main.{name} SET ({columns}) = {now} WHERE {was}")


def _give_back(connection: Connection, starts: Mapping[str, int], room: int) -> None:
    """The numbers kept and not used, unless others have taken some behind them."""
    known = dict(_rows_asked(connection, "SELECT name, seq FROM main.sqlite_sequence"))
    used = dict(_rows_asked(connection, "SELECT name, seq FROM essai.sqlite_sequence"))
    free = {name: int(used[name]) for name, start in starts.items() if known[name] == start + room}
    _set_numbers(connection, known, free)


def _carry_journal(connection: Connection, copied: Engine, last: int) -> None:
    """The lines written on the copy, behind those written meanwhile: chained again, what they say stands."""
    j, p = Journal.__table__, JournalPersonne.__table__
    with copied.connect() as apart:
        lines = [dict(row._mapping) for row in apart.execute(select(j).where(j.c.id > last).order_by(j.c.id))]
        parts = [dict(row._mapping) for row in apart.execute(select(p).where(p.c.journal_id > last).order_by(p.c.id))]
        authors = dict(apart.execute(select(JournalAuteur.id, JournalAuteur.empreinte)).all())
    if not lines:
        return
    former = connection.scalar(select(j.c.empreinte).order_by(j.c.id.desc()).limit(1)) or DEBUT
    first = int(
        _rows_asked(connection, "SELECT COALESCE(MAX(seq), 0) FROM main.sqlite_sequence WHERE name = 'journal'")[0][0]
    )
    keys = {line["id"]: first + rank for rank, line in enumerate(lines, 1)}
    hers: dict[int, list[tuple[str, str, str]]] = {}
    for part in parts:
        hers.setdefault(part["journal_id"], []).append((part["champ"], part["sujet"], part["empreinte"]))
        part["journal_id"] = keys[part["journal_id"]]
        del part["id"]
    for line in lines:
        told = Maillon(
            line["quand"], line["utilisateur_id"], authors[line["auteur_id"]], line["acte"], line["objet"],
            line["objet_id"], line["departement_code"], line["avant"], line["apres"], hers.get(line["id"], ()),
        )  # fmt: skip
        former = line["empreinte"] = chained(former, told)
        line["id"] = keys[line["id"]]
    connection.execute(insert(Journal), lines)
    if parts:
        connection.execute(insert(JournalPersonne), parts)


def _tables() -> Iterable[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in _APART]


def _is_numbered(table: Table) -> bool:
    return bool(table.dialect_options["sqlite"]["autoincrement"])


def _columns_of(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _rows_asked(connection: Connection, statement: str, *given: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(statement, given)]
