"""The journal cannot be changed, its lines are chained, and what belongs to people stands beside them, by key.

Revision ID: 0015
Revises: 0014
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True)
AT_ONCE = 1_000
PERSONAL = {
    "contact_signataire": {"nom", "fonction", "courriel", "telephone"},
    "referent": {"nom", "fonction", "courriel", "telephone"},
    "utilisateur": {"nom", "courriel"},
    "signataire": {"notes"},
    "convention": {"notes"},
}
CARD = ("nom", "fonction", "courriel", "telephone")
# Who did it is said by the line itself.
SIGNATURES = {"transmise_par", "validee_par", "saisie_par", "par", "installe_par", "produite_par"}
REFUSAL = "le journal ne se modifie pas"
KEPT = {
    "journal_auteur": ("id", "utilisateur_id", "departement_code", "empreinte"),
    "journal_personne": ("id", "journal_id", "champ", "sujet", "empreinte"),
}
Row = dict[str, Any]


def upgrade() -> None:
    """New tables, then every line of before in its order, then what refuses any change."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql("PRAGMA secure_delete = ON")
    op.drop_index("ix_journal_departement_quand", "journal")
    op.drop_index("ix_journal_objet", "journal")
    op.rename_table("journal", "journal_avant")
    if bind.dialect.name == "postgresql":
        op.execute("ALTER INDEX IF EXISTS pk_journal RENAME TO pk_journal_avant")
        op.execute("ALTER INDEX IF EXISTS journal_pkey RENAME TO journal_avant_pkey")
        op.execute("ALTER SEQUENCE journal_id_seq RENAME TO journal_avant_id_seq")
    create_tables()
    highest = carry(bind)
    op.drop_table("journal_avant")
    go_on_from(bind, highest)
    for statement in triggers(bind.dialect.name):
        bind.exec_driver_sql(statement)
    op.add_column("courriel", sa.Column("nomme", sa.Text, nullable=False, server_default=""))


def create_tables() -> None:
    op.create_table(
        "journal_auteur",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer),
        sa.Column("departement_code", sa.String(3)),
        sa.Column("nom", sa.String(120), nullable=False),
        sa.Column("sel", sa.String(32), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("efface_le", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_auteur_compte", "journal_auteur", ["utilisateur_id", "departement_code"])
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("quand", MOMENT, nullable=False),
        sa.Column("utilisateur_id", sa.Integer),
        sa.Column("auteur_id", sa.Integer, sa.ForeignKey("journal_auteur.id"), nullable=False),
        sa.Column("acte", sa.String(40), nullable=False),
        sa.Column("objet", sa.String(40), nullable=False),
        sa.Column("objet_id", sa.String(40), nullable=False),
        sa.Column("departement_code", sa.String(3)),
        sa.Column("avant", sa.Text, nullable=False),
        sa.Column("apres", sa.Text, nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_objet", "journal", ["objet", "objet_id"])
    op.create_index("ix_journal_departement_quand", "journal", ["departement_code", "quand"])
    op.create_index("ix_journal_auteur_id", "journal", ["auteur_id"])
    op.create_table(
        "journal_personne",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("journal_id", sa.Integer, sa.ForeignKey("journal.id"), nullable=False),
        sa.Column("champ", sa.String(60), nullable=False),
        sa.Column("sujet", sa.String(60), nullable=False),
        sa.Column("valeur", sa.Text, nullable=False),
        sa.Column("sel", sa.String(32), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("efface_le", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_personne_journal_id", "journal_personne", ["journal_id"])
    op.create_index("ix_journal_personne_sujet", "journal_personne", ["sujet"])


def carry(bind: sa.Connection) -> int:
    """Every line of before, its words of people apart, each chained to the former; gives the last number."""
    journal, words = _table("journal"), _table("journal_personne")
    authors: dict[tuple[Any, ...], tuple[int, str]] = {}
    removed = _cards_removed(bind)
    former, last = "0" * 64, 0
    while rows := _next(bind, last):
        lines: list[Row] = []
        parts: list[Row] = []
        for row in rows:
            author = _author(bind, authors, row)
            found = list(_parts(row, removed))
            parts += found
            former = _chained(former, row, author[1], found)
            lines.append({**_kept(row), "auteur_id": author[0], "empreinte": former})
        bind.execute(journal.insert(), lines)
        if parts:
            bind.execute(words.insert(), parts)
        last = rows[-1]["id"]
    return last


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), *(sa.Column(c, _KINDS.get(c, sa.Text)) for c in _COLUMNS[name]))


_KINDS: dict[str, Any] = {
    "quand": MOMENT,
    **dict.fromkeys(("id", "utilisateur_id", "auteur_id", "journal_id"), sa.Integer),
}
_LINE = ("id", "quand", "utilisateur_id", "acte", "objet", "objet_id", "departement_code", "avant", "apres")
_COLUMNS = {
    "journal": (*_LINE, "auteur_id", "empreinte"),
    "journal_avant": (*_LINE, "qui"),
    "journal_personne": ("journal_id", "champ", "sujet", "valeur", "sel", "empreinte"),
}


def _next(bind: sa.Connection, after: int) -> list[Row]:
    former = _table("journal_avant")
    query = sa.select(former).where(former.c.id > after).order_by(former.c.id).limit(AT_ONCE)
    rows = [dict(row) for row in bind.execute(query).mappings()]
    for row in rows:
        row["quand"] = row["quand"].replace(tzinfo=UTC) if row["quand"].tzinfo is None else row["quand"].astimezone(UTC)
        row["said"] = {side: json.loads(row[side]) for side in ("avant", "apres")}
        row["trail"] = row["objet_id"] if row["objet"] == "connexion" else ""
        if row["trail"]:
            row["objet_id"] = ""
    return rows


def _kept(row: Row) -> Row:
    return {name: row[name] for name in _LINE} | {side: _told(row, side) for side in ("avant", "apres")}


def _told(row: Row, side: str) -> str:
    """What stays in the line itself."""
    apart = SIGNATURES | set(_personal(row))
    kept = {name: value for name, value in row["said"][side].items() if name not in apart or not value}
    return json.dumps({k: v for k, v in kept.items() if k not in SIGNATURES}, ensure_ascii=False, sort_keys=True)


def _personal(row: Row) -> set[str] | tuple[str, ...]:
    return CARD if row["acte"] == "retirer_contact" else PERSONAL.get(row["objet"], set())


def _parts(row: Row, removed: dict[Any, str]) -> Iterator[Row]:
    """The words of people that a line of before held, each with its owner; those erased before are said to be."""
    owner = f"{row['objet']}/{row['objet_id']}"
    if row["acte"] == "retirer_contact":
        owner = removed.get(_removal(row), owner)
    if row["trail"]:
        yield _part(row["id"], "apres.adresse", "connexion", row["trail"])
    for side in ("avant", "apres"):
        for name, value in row["said"][side].items():
            if value and name in _personal(row) and (side, name) != ("avant", "notes"):
                yield _part(row["id"], f"{side}.{name}", owner, str(value))


def _part(line: int, champ: str, sujet: str, valeur: str) -> Row:
    sel = secrets.token_hex(16)
    empreinte = _digest([sel, champ, sujet, valeur])
    return {
        "journal_id": line, "champ": champ, "sujet": sujet, "valeur": valeur, "sel": sel, "empreinte": empreinte,
    }  # fmt: skip


def _cards_removed(bind: sa.Connection) -> dict[Any, str]:
    """Which card each line « retirer_contact » is about: the one deleted in the same act, with the same words."""
    found: dict[Any, str] = {}
    last = 0
    while rows := _next(bind, last):
        for row in rows:
            if row["objet"] == "contact_signataire" and row["acte"] == "supprimer":
                found[_removal(row)] = f"contact_signataire/{row['objet_id']}"
        last = rows[-1]["id"]
    return found


def _removal(row: Row) -> tuple[Any, ...]:
    return row["quand"], row["utilisateur_id"], tuple(row["said"]["avant"].get(name) or "" for name in CARD)


def _author(bind: sa.Connection, known: dict[tuple[Any, ...], tuple[int, str]], row: Row) -> tuple[int, str]:
    mark = (row["utilisateur_id"], row["departement_code"], row["qui"])
    if mark not in known:
        sel = secrets.token_hex(16)
        empreinte = _digest([sel, *mark])
        table = sa.table(
            "journal_auteur", *map(sa.column, ("id", "utilisateur_id", "departement_code", "nom", "sel", "empreinte"))
        )
        key = len(known) + 1
        given = {"id": key, "utilisateur_id": mark[0], "departement_code": mark[1], "nom": mark[2]}
        bind.execute(table.insert().values(**given, sel=sel, empreinte=empreinte))
        known[mark] = key, empreinte
    return known[mark]


def _chained(former: str, row: Row, author: str, parts: list[Row]) -> str:
    moment = row["quand"].isoformat(timespec="microseconds")
    line = [row["utilisateur_id"], author, row["acte"], row["objet"], row["objet_id"], row["departement_code"]]
    told = [_told(row, side) for side in ("avant", "apres")]
    return _digest([former, moment, *line, *told, sorted([p["champ"], p["sujet"], p["empreinte"]] for p in parts)])


def _digest(told: list[Any]) -> str:
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def go_on_from(bind: sa.Connection, highest: int) -> None:
    """Numbers go on above the last line; those of the authors were given here."""
    authors = bind.exec_driver_sql("SELECT COALESCE(MAX(id), 0) FROM journal_auteur").scalar() or 0
    for table, last in (("journal", highest), ("journal_auteur", authors)):
        if not last:
            continue
        if bind.dialect.name == "sqlite":
            bind.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :t"), {"t": table})
            bind.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:t, :n)"), {"t": table, "n": last})
        else:
            bind.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")


def triggers(dialect: str) -> list[str]:
    """What refuses to change or delete a line, and lets words and salt alone be taken away beside it."""
    if dialect == "sqlite":
        stop = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        made = ["CREATE TRIGGER journal_modifie BEFORE UPDATE ON journal " + stop]
        for table in KEPT:
            made.append(
                f"CREATE TRIGGER {table}_modifie BEFORE UPDATE ON {table} WHEN {erased(table, 'IS NOT')} {stop}"
            )
        for table in ("journal", *KEPT):
            made.append(f"CREATE TRIGGER {table}_supprime BEFORE DELETE ON {table} {stop}")
            taken = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
            made.append(f"CREATE TRIGGER {table}_remplace BEFORE INSERT ON {table} WHEN {taken} {stop}")
        return made
    stop = "EXECUTE FUNCTION journal_refuse()"
    made = [
        "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE TRIGGER journal_modifie BEFORE UPDATE ON journal FOR EACH ROW {stop}",
    ]
    for table in KEPT:
        changed = erased(table, "IS DISTINCT FROM")
        made.append(f"CREATE TRIGGER {table}_modifie BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) {stop}")
    for table in ("journal", *KEPT):
        made.append(f"CREATE TRIGGER {table}_supprime BEFORE DELETE ON {table} FOR EACH ROW {stop}")
        made.append(f"CREATE TRIGGER {table}_vide BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {stop}")
    return made


def erased(table: str, differs: str) -> str:
    same = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in KEPT[table])
    return f"OLD.efface_le IS NOT NULL OR NEW.efface_le IS NULL OR NEW.sel <> '' OR {same}"
