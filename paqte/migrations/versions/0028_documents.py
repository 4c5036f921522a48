"""A new document needs no migration: codes are told by the registry, years have editions, each document its own day.

The list of documents and of templates stood in the base too; a campaign kept one day of publication, whichever
document it was.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

# A rebuilt table goes on giving no number twice.
KEEPING = {"sqlite_autoincrement": True}
PERIODS = "periode LIKE '____-T_' OR periode LIKE '____-S_' OR periode LIKE '____'"


def upgrade() -> None:
    """The checks that listed codes, then the days."""
    for name in ("edition", "numero_edition"):
        with op.batch_alter_table(name, table_kwargs=KEEPING) as table:
            table.drop_constraint("genre_document", type_="check")
            table.create_check_constraint(
                "genre_document", "genre_document <> '' AND genre_document = lower(genre_document)"
            )
            table.drop_constraint("periode", type_="check")
            table.create_check_constraint("periode", PERIODS)
    with op.batch_alter_table("gabarit", table_kwargs=KEEPING) as table:
        table.drop_constraint("genre", type_="check")
        table.alter_column("genre", existing_type=sa.String(12), type_=sa.String(20), existing_nullable=False)
        table.create_check_constraint("genre", "genre <> '' AND genre = lower(genre)")
    keep_each_day()


def keep_each_day() -> None:
    """The day of the bilan of a semester and of the export of a quarter, each under its task, as JSON."""
    op.add_column("campagne_scellee", sa.Column("publications", sa.Text))
    day = "publication" if op.get_bind().dialect.name == "sqlite" else "to_char(publication, 'YYYY-MM-DD')"
    op.execute(
        "UPDATE campagne_scellee SET publications = '{\"' || CASE WHEN periode LIKE '____-S_' THEN 'bilan' "
        f"ELSE 'export' END || '\": \"' || {day} || '\"}}'"
    )
    with op.batch_alter_table("campagne_scellee", table_kwargs=KEEPING) as table:
        table.alter_column("publications", existing_type=sa.Text, nullable=False)
        table.drop_column("publication")
        table.drop_constraint("periode", type_="check")
        table.create_check_constraint("periode", PERIODS)
