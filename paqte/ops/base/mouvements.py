"""The triggers by which a base marks what moves: put in place after the migrations, which never meet them.

A step that rebuilds a table loses its triggers, and SQLite refuses to rename a table that a trigger of another names:
they are taken away before each step, and those of this version put in place after the last.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from paqte.models.mouvement import movement_bodies, movement_triggers

_STANDING = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT t.tgname, c.relname, p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid "
    "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND n.nspname = current_schema()",
}


def is_marked(connection: Connection) -> bool:
    """Whether this base marks every change that this version asks it to mark, word for word."""
    return {name: sql for name, (_, sql) in _standing(connection).items()} == movement_bodies(connection.dialect.name)


def drop_marks(connection: Connection) -> None:
    """Take away every trigger that marks, of this version or of a former one."""
    for name, (table, _) in _standing(connection).items():
        of_table = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {name}{of_table}")


def put_marks(connection: Connection) -> None:
    """Put those of this version in place; what the steps changed meanwhile counts as moved, everywhere."""
    drop_marks(connection)
    for statement in movement_triggers(connection.dialect.name):
        connection.exec_driver_sql(statement)
    draw = "random() / 4096" if connection.dialect.name == "sqlite" else "(random() * 4503599627370496)::bigint"
    connection.exec_driver_sql("DELETE FROM mouvement")
    row = f"(departement_code, sujet, operation, jeton) VALUES ('', '', 0, {draw})"
    connection.exec_driver_sql(f"INSERT INTO mouvement {row}")


def _standing(connection: Connection) -> dict[str, tuple[str, str]]:
    rows = connection.execute(text(_STANDING[connection.dialect.name]))
    return {name: (table, sql) for name, table, sql in rows if "_mouvement_" in name}
