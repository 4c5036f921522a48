"""Numbers are never given twice, and the journal says of which département each line is.

SQLite gave the number of a deleted row again: what the journal had said of the former was then read of the next.

Revision ID: 0007
Revises: 0006
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# What a thing without a département of its own hangs on.
BY_DECLARATION = "SELECT t.id, d.departement_code FROM {objet} t JOIN declaration d ON d.id = t.declaration_id"
BY_SIGNATAIRE = "SELECT t.id, s.departement_code FROM {objet} t JOIN signataire s ON s.id = t.signataire_id"
BY_CONVENTION = "SELECT t.id, c.departement_code FROM {objet} t JOIN convention c ON c.id = t.convention_id"
ITSELF = "SELECT t.id, t.departement_code FROM {objet} t"
HOLDERS = {
    "realisation": BY_DECLARATION,
    "retour": BY_DECLARATION,
    "avertissement": BY_DECLARATION,
    "contact_signataire": BY_SIGNATAIRE,
    "rattachement": BY_SIGNATAIRE,
    "engagement": BY_CONVENTION,
    "objectif": (
        "SELECT t.id, c.departement_code FROM objectif t JOIN engagement e ON e.id = t.engagement_id "
        "JOIN convention c ON c.id = e.convention_id"
    ),
    "justificatif": "SELECT t.id, f.departement_code FROM justificatif t JOIN fichier f ON f.id = t.fichier_id",
    **dict.fromkeys(("declaration", "convention", "signataire", "action", "fichier", "edition"), ITSELF),
}
AT_ONCE = 500
KEY = re.compile(r"[0-9]{1,18}")


def upgrade() -> None:
    """The journal's départements where they are certain, then the numbers, above all that was ever named."""
    bind = op.get_bind()
    fill_departements(bind)
    named = highest_named(bind)
    if bind.dialect.name == "sqlite":
        # What the rebuilt tables leave behind in the file is overwritten: names and addresses are in it (R30).
        bind.exec_driver_sql("PRAGMA secure_delete = ON")
        for table in tables_numbered(bind):
            rebuild(bind, table)
            never_below(bind, table, named[table])
    else:
        for table in tables_numbered(bind):
            never_below_postgresql(bind, table, named[table])


def fill_departements(bind: sa.Connection) -> None:
    """By the thing a line is about, then by what was written in the same act."""
    for objet, query in HOLDERS.items():
        keys = _orphans(bind, objet)
        for some in _chunks(sorted({key for _, key in keys})):
            listed = ", ".join(map(str, some))
            places = dict(map(tuple, bind.exec_driver_sql(f"{query.format(objet=objet)} WHERE t.id IN ({listed})")))
            wanted = [(line, places[key]) for line, key in keys if places.get(key)]
            _write_departements(bind, wanted)
    _fill_by_act(bind)


def _orphans(bind: sa.Connection, objet: str) -> list[tuple[int, int]]:
    """Lines of no département about the present holder of a number: none of it is created later."""
    query = sa.text(
        "SELECT j.id, j.objet_id FROM journal j WHERE j.departement_code IS NULL AND j.objet = :objet "
        "AND NOT EXISTS (SELECT 1 FROM journal later WHERE later.objet = j.objet AND later.objet_id = j.objet_id "
        "AND later.acte = 'creer' AND later.id > j.id)"
    )
    return [(line, int(key)) for line, key in bind.execute(query, {"objet": objet}) if KEY.fullmatch(key)]


def _fill_by_act(bind: sa.Connection) -> None:
    """One person writes at one moment in one département: where the act names one alone, its other lines are there."""
    places: defaultdict[tuple[Any, ...], set[str]] = defaultdict(set)
    named = "SELECT DISTINCT quand, utilisateur_id, departement_code FROM journal WHERE departement_code IS NOT NULL"
    for quand, who, code in bind.exec_driver_sql(named):
        places[(quand, who)].add(code)
    listed = ", ".join(f"'{objet}'" for objet in HOLDERS)
    lost = (
        "SELECT id, quand, utilisateur_id FROM journal "
        f"WHERE departement_code IS NULL AND utilisateur_id IS NOT NULL AND objet IN ({listed})"
    )
    found = [(line, places.get((quand, who), set())) for line, quand, who in bind.exec_driver_sql(lost).all()]
    _write_departements(bind, [(line, *codes) for line, codes in found if len(codes) == 1])


def _write_departements(bind: sa.Connection, lines: list[tuple[int, str]]) -> None:
    if lines:
        update = sa.text("UPDATE journal SET departement_code = :code WHERE id = :line")
        bind.execute(update, [{"line": line, "code": code} for line, code in lines])


def highest_named(bind: sa.Connection) -> defaultdict[str, int]:
    """The greatest number by which the journal names a thing of each table, still there or not."""
    inspector = sa.inspect(bind)
    leads = {
        (table, key["constrained_columns"][0]): key["referred_table"]
        for table in inspector.get_table_names()
        for key in inspector.get_foreign_keys(table)
    }
    found: defaultdict[str, int] = defaultdict(int)
    for objet, key, avant, apres in bind.exec_driver_sql("SELECT objet, objet_id, avant, apres FROM journal"):
        if KEY.fullmatch(key):
            found[objet] = max(found[objet], int(key))
        for column, value in (*json.loads(avant).items(), *json.loads(apres).items()):
            table = leads.get((objet, column))
            if table and isinstance(value, int):
                found[table] = max(found[table], value)
    authors = bind.exec_driver_sql("SELECT MAX(utilisateur_id) FROM journal").scalar() or 0
    found["utilisateur"] = max(found["utilisateur"], authors)
    return found


def tables_numbered(bind: sa.Connection) -> list[str]:
    """Every table whose rows have a number."""
    inspector = sa.inspect(bind)
    return [
        table for table in sorted(inspector.get_table_names())
        if inspector.get_pk_constraint(table)["constrained_columns"] == ["id"]
    ]  # fmt: skip


def rebuild(bind: sa.Connection, table: str) -> None:
    """The same table, row for row, whose numbers SQLite remembers: its text is changed in the key alone."""
    (sql,) = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :t"), {"t": table}
    ).one()
    if "AUTOINCREMENT" in sql:
        return
    listed = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :t AND sql IS NOT NULL")
    indexes = list(bind.execute(listed, {"t": table}).scalars())
    sql = _once(rf'^CREATE TABLE "?{table}"?', f'CREATE TABLE "{table}_suite"', sql)
    sql = _once(r",\s*(CONSTRAINT \w+ )?PRIMARY KEY \(id\)", "", sql)
    sql = _once(r'(?<=[\s(])"?id"? INTEGER NOT NULL', "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", sql)
    bind.exec_driver_sql(sql)
    bind.exec_driver_sql(f'INSERT INTO "{table}_suite" SELECT * FROM "{table}"')
    bind.exec_driver_sql(f'DROP TABLE "{table}"')
    bind.exec_driver_sql(f'ALTER TABLE "{table}_suite" RENAME TO "{table}"')
    for index in indexes:
        bind.exec_driver_sql(index)


def _once(pattern: str, new: str, sql: str) -> str:
    changed, count = re.subn(pattern, new, sql)
    if count != 1:
        raise RuntimeError(f"la table ne se lit pas : {pattern} y est {count} fois dans {sql}")
    return changed


def never_below(bind: sa.Connection, table: str, named: int) -> None:
    """The next number of an SQLite table is above this one."""
    highest = max(named, bind.exec_driver_sql(f'SELECT COALESCE(MAX(id), 0) FROM "{table}"').scalar() or 0)
    bind.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :t"), {"t": table})
    bind.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:t, :n)"), {"t": table, "n": highest})


def never_below_postgresql(bind: sa.Connection, table: str, named: int) -> None:
    """The next number of a PostgreSQL table is above this one, and its sequence never goes back."""
    if named:
        sequence = bind.exec_driver_sql(f"SELECT pg_get_serial_sequence('{table}', 'id')").scalar()
        bind.exec_driver_sql(f"SELECT setval('{sequence}', GREATEST(last_value, {named})) FROM {sequence}")


def _chunks(keys: list[int]) -> Iterator[Iterable[int]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
