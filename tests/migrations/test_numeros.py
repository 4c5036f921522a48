"""A number once given is never given again, in any table, on both bases; what a base of before learns of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    bindparam,
    create_engine,
    insert,
    text,
)  # fmt: skip
from sqlalchemy.exc import DBAPIError

from paqte.models import Base
from paqte.models.base import Moment
from paqte.ops.base.migration import upgrade_base

pytestmark = pytest.mark.lent

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
# A table of one row whose key is written in its check is numbered by nobody.
NUMBERED = [
    table
    for table in Base.metadata.sorted_tables
    if [(c.name, c.autoincrement is False) for c in table.primary_key] == [("id", False)]
]


def some_value(column: Any, rank: int) -> Any:
    """Any value of the column's kind, another for each rank."""
    kind = getattr(column.type, "impl_instance", None) or getattr(column.type, "impl", column.type)
    values: list[tuple[type[Any], Any]] = [
        (Boolean, True), (DateTime, NOW), (Date, date(2026, 1, 1)), (LargeBinary, b"x"),
        (Integer, rank), (Numeric, rank),
    ]  # fmt: skip
    return next((value for known, value in values if isinstance(kind, known)), str(rank))


def unbound(connection: Connection) -> None:
    """Without references, checks and triggers: a row of any table may then stand alone and go."""
    if connection.dialect.name == "sqlite":
        # Asked of the driver: inside a transaction this setting is ignored without a word.
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("PRAGMA ignore_check_constraints = ON")
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    connection.exec_driver_sql("SET session_replication_role = replica")
    checks = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    for table, name in connection.exec_driver_sql(checks).all():
        connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def added(connection: Connection, table: Table, rank: int) -> int:
    """Put a row in and give its number."""
    row = {c.name: some_value(c, rank) for c in table.columns if not c.nullable and not c.primary_key}
    key = connection.execute(insert(table).values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


@pytest.fixture
def upgraded(empty_url: str, tmp_path: Path, now: datetime) -> Iterator[Engine]:
    upgrade_base(empty_url, backups=tmp_path / "sauvegardes", now=now)
    engine = create_engine(empty_url)
    yield engine
    engine.dispose()


def test_the_number_of_a_deleted_row_is_given_again_in_no_table(upgraded: Engine) -> None:
    assert len(NUMBERED) > 30
    again = []
    with upgraded.connect() as connection:
        unbound(connection)
        for table in NUMBERED:
            first = added(connection, table, 1)
            connection.execute(table.delete())
            if added(connection, table, 2) <= first:
                again.append(table.name)
    assert again == []


def test_tables_made_from_the_models_do_the_same(database_url: str) -> None:
    engine = create_engine(database_url)
    again = []
    with engine.connect() as connection:
        unbound(connection)
        for table in NUMBERED:
            first = added(connection, table, 1)
            connection.execute(table.delete())
            if added(connection, table, 2) <= first:
                again.append(table.name)
    engine.dispose()
    assert again == []


@pytest.fixture
def before(empty_url: str, migrations: Path, tmp_path: Path, now: datetime) -> Iterator[Engine]:
    """A base of version 0006."""
    for path in (migrations / "versions").glob("0*.py"):
        if path.name[:4] > "0006":
            path.unlink()
    upgrade_base(empty_url, backups=tmp_path / "sauvegardes", now=now, migrations=migrations)
    engine = create_engine(empty_url)
    yield engine
    engine.dispose()


MOMENT = "'2026-10-01 09:00:00'"
WORLD = f"""
INSERT INTO departement (code, nom, prefecture) VALUES ('41', 'Loir-et-Cher', ''), ('972', 'Martinique', '');
INSERT INTO entreprise (id, siren, created_at) VALUES (1, '732829320', {MOMENT});
INSERT INTO signataire (id, entreprise_id, departement_code, identifiant, nom, nature, categorie, naf, secteur, adresse,
    code_postal, commune, is_partial_diffusion, is_covered_nationally, notes, recherche, version, created_at) VALUES
     (5, 1, '41', '732829320', 'Val', 'entreprise', 'PME', '', '', '', '', '', FALSE, FALSE, '', 'val', 1, {MOMENT});
INSERT INTO contact_signataire (id, signataire_id, nom, fonction, courriel, telephone, created_at)
    VALUES (8, 5, 'Anne Val', '', '', '', {MOMENT})
"""
LINES = [
    # Contact 8 of another département was deleted, and its number given to Camille's: the former line is not certain.
    (1, 7, "creer", "contact_signataire", "8", "972", {}, {}),
    (2, 7, "modifier", "contact_signataire", "8", None, {}, {"fonction": "x"}),
    (3, 9, "creer", "contact_signataire", "8", None, {}, {"signataire_id": 5}),
    (4, 9, "modifier", "contact_signataire", "8", None, {}, {}),
    (5, 3, "supprimer", "justificatif", "38", "41", {"fichier_id": 60}, {}),
    (5, 3, "supprimer", "realisation", "90", None, {}, {}),
    (6, None, "connexion", "utilisateur", "3", None, {}, {}),
]


def filled(engine: Engine, tmp_path: Path, now: datetime, lines: Any = LINES) -> None:
    row = text(
        "INSERT INTO journal (id, quand, utilisateur_id, qui, acte, objet, objet_id, departement_code, avant, apres) "
        "VALUES (:id, :quand, :who, 'Q', :acte, :objet, :key, :place, :avant, :apres)"
    ).bindparams(bindparam("quand", type_=Moment))
    with engine.begin() as connection:
        for statement in WORLD.split(";\n"):
            connection.exec_driver_sql(statement)
        for rank, (hour, who, acte, objet, key, place, avant, apres) in enumerate(lines, 1):
            given = {"acte": acte, "objet": objet, "key": key, "place": place, "id": rank, "who": who}
            texts = {"avant": json.dumps(avant), "apres": json.dumps(apres)}
            connection.execute(row, {**given, **texts, "quand": datetime(2026, 10, 1, hour, tzinfo=UTC)})
    upgrade_base(str(engine.url.render_as_string(hide_password=False)), backups=tmp_path / "avant", now=now)


def test_a_base_of_before_keeps_its_rows_and_gives_no_number_that_its_journal_named(
    before: Engine, tmp_path: Path, now: datetime
) -> None:
    filled(before, tmp_path, now)
    by_name = {table.name: table for table in NUMBERED}
    with before.connect() as connection:
        unbound(connection)
        found = connection.execute(text("SELECT id, nom, signataire_id FROM contact_signataire")).all()
        assert list(map(tuple, found)) == [(8, "Anne Val", 5)]
        numbers = {name: added(connection, by_name[name], 700) for name in (
            "contact_signataire", "justificatif", "fichier", "realisation", "utilisateur", "signataire",
        )}  # fmt: skip
        assert numbers == {
            "contact_signataire": 9, "justificatif": 39, "fichier": 61, "realisation": 91, "utilisateur": 10,
            "signataire": 6,
        }  # fmt: skip


def test_a_line_of_before_takes_its_departement_where_it_is_certain(
    before: Engine, tmp_path: Path, now: datetime
) -> None:
    filled(before, tmp_path, now)
    with before.connect() as connection:
        found = connection.execute(text("SELECT id, departement_code FROM journal ORDER BY id")).all()
    assert list(map(tuple, found)) == [
        (1, "972"), (2, None), (3, "41"), (4, "41"), (5, "41"), (6, "41"), (7, None),
    ]  # fmt: skip


def test_R30_lines_of_before_are_chained_in_their_order_and_their_words_of_people_stand_apart(
    before: Engine, tmp_path: Path, now: datetime
) -> None:
    card = {"nom": "Anne Val", "courriel": "anne@val.test", "telephone": "", "fonction": ""}
    sent = {"etat": "transmise", "transmise_par": "Q"}
    lines = [
        (7, 9, "creer", "contact_signataire", "8", "41", {}, {**card, "signataire_id": 5}),
        (8, 9, "retirer_contact", "signataire", "5", "41", card, {}),
        (8, 9, "supprimer", "contact_signataire", "8", "41", {**card, "signataire_id": 5}, {}),
        (9, 9, "modifier", "declaration", "4", "41", {"etat": "brouillon"}, sent),
    ]
    filled(before, tmp_path, now, lines)
    with before.connect() as connection:
        kept = connection.execute(text("SELECT id, avant, apres, empreinte FROM journal ORDER BY id")).all()
        words = connection.execute(text("SELECT journal_id, champ, sujet, valeur FROM journal_personne ORDER BY id"))
        told = list(map(tuple, words))
        authors = list(connection.execute(text("SELECT nom, utilisateur_id FROM journal_auteur")).all())
        with pytest.raises(DBAPIError, match="le journal ne se modifie pas"):
            connection.execute(text("DELETE FROM journal"))
        connection.rollback()
    assert [(row.id, json.loads(row.avant), json.loads(row.apres)) for row in kept] == [
        (1, {}, {"telephone": "", "fonction": "", "signataire_id": 5}),
        (2, {"telephone": "", "fonction": ""}, {}),
        (3, {"telephone": "", "fonction": "", "signataire_id": 5}, {}),
        (4, {"etat": "brouillon"}, {"etat": "transmise"}),
    ]
    whose = "contact_signataire/8"
    assert told == [
        (1, "apres.nom", whose, "Anne Val"), (1, "apres.courriel", whose, "anne@val.test"),
        (2, "avant.nom", whose, "Anne Val"), (2, "avant.courriel", whose, "anne@val.test"),
        (3, "avant.nom", whose, "Anne Val"), (3, "avant.courriel", whose, "anne@val.test"),
    ]  # fmt: skip
    assert authors == [("Q", 9)]
    assert_chain_holds(before, tmp_path)


def assert_chain_holds(engine: Engine, tmp_path: Path) -> None:
    """As the product reads it."""
    from paqte import create_app
    from paqte.queries.journal import check_chain

    url = engine.url.render_as_string(hide_password=False)
    app = create_app({"PAQTE_DATABASE_URL": url, "PAQTE_INSTANCE": str(tmp_path), "PAQTE_REPORTS": str(tmp_path)})
    with app.app_context():
        found = check_chain()
    assert (found.lignes, found.fautes) == (4, ())


def test_R30_mails_of_before_lose_their_links_and_those_that_wait_leave_with_another(
    before: Engine, tmp_path: Path, now: datetime
) -> None:
    link = "https://paqte.fr/connexion/" + "s" * 43
    mails = [
        (1, "a@val.test", "invitation", "en_attente"), (2, "a@val.test", "connexion", "en_attente"),
        (3, "parti@val.test", "invitation", "en_attente"), (4, "a@val.test", "connexion", "envoye"),
    ]  # fmt: skip
    with before.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO utilisateur (id, courriel, nom, role, is_active, created_at) "
            f"VALUES (7, 'a@val.test', 'A', 'entreprise', TRUE, {MOMENT})"
        )
        connection.exec_driver_sql(
            "INSERT INTO jeton_connexion (empreinte, utilisateur_id, cree_le, expire_le) "
            f"VALUES ('e', 7, {MOMENT}, {MOMENT})"
        )
        row = text(
            "INSERT INTO courriel (id, destinataire, sujet, texte, html, motif, etat, erreur, essais, cree_le, "
            f"prochain_essai) VALUES (:id, :to, 'S', :texte, :texte, :motif, :etat, '', 0, {MOMENT}, {MOMENT})"
        )
        for key, to, motif, etat in mails:
            connection.execute(row, {"id": key, "to": to, "texte": f"Ouvrez {link}\n", "motif": motif, "etat": etat})
    upgrade_base(before.url.render_as_string(hide_password=False), backups=tmp_path / "avant", now=now)
    with before.connect() as connection:
        found = connection.execute(
            text("SELECT id, etat, utilisateur_id, erreur, texte, html FROM courriel ORDER BY id")
        )
        rows = list(found)
        links = connection.execute(text("SELECT COUNT(*) FROM jeton_connexion")).scalar()
    assert [(row.id, row.etat, row.utilisateur_id) for row in rows] == [
        (1, "refuse", 7), (2, "en_attente", 7), (3, "refuse", None), (4, "envoye", 7),
    ]  # fmt: skip
    assert {row.texte for row in rows} | {row.html for row in rows} == {
        "Ouvrez https://paqte.fr/connexion/[lien-personnel]\n"
    }
    assert links == 0


def test_a_step_that_rebuilds_a_table_gives_no_number_of_it_again(tmp_path: Path, migrations: Path) -> None:
    """SQLite alone rebuilds; it knows the rows that are left, and the last one given may be gone."""
    empty_url = f"sqlite:///{tmp_path / 'base' / 'paqte.sqlite3'}"
    upgrade_base(empty_url, backups=tmp_path, now=NOW, migrations=migrations)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO region (code, nom) VALUES ('24', 'Centre-Val de Loire')")
        for last in (("edition", 99), ("gabarit", 7)):
            connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", last[:1])
            connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", last)
    former = sorted(path.name[:4] for path in (migrations / "versions").glob("[0-9]*.py"))[-1]
    (migrations / "versions" / f"{int(former) + 1:04}_rebatit.py").write_text(
        f'''"""Rebuilds."""
from alembic import op

revision, down_revision = "{int(former) + 1:04}", "{former}"


def upgrade():
    for name in ("edition", "gabarit"):
        with op.batch_alter_table(name, recreate="always", table_kwargs={{"sqlite_autoincrement": True}}):
            pass
''',
        encoding="utf-8",
    )
    upgrade_base(empty_url, backups=tmp_path, now=NOW, migrations=migrations)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
        kept = {row.name: row.seq for row in rows}
    engine.dispose()
    assert (kept["edition"], kept["gabarit"]) == (99, 7)
