"""An edition says of which kind of document it is, and a number is given once a kind, département and period (R19).

What was issued so far follows from its period: a semester has a bilan, a quarter a compte rendu.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

# A rebuilt table goes on giving no number twice.
KEEPING = {"sqlite_autoincrement": True}
KNOWN = "genre_document IN ('bilan', 'compte_rendu')"


def upgrade() -> None:
    """The column, what it says of the editions that stand, then what holds it."""
    for name in ("edition", "numero_edition"):
        op.add_column(name, sa.Column("genre_document", sa.String(20)))
        op.execute(
            f"UPDATE {name} SET genre_document = CASE WHEN periode LIKE '____-S_' THEN 'bilan' ELSE 'compte_rendu' END"
        )
        with op.batch_alter_table(name, table_kwargs=KEEPING) as table:
            table.alter_column("genre_document", existing_type=sa.String(20), nullable=False)
            table.drop_constraint(f"uq_{name}_departement_code_periode_numero", type_="unique")
            table.create_unique_constraint(
                f"uq_{name}_numero", ["departement_code", "genre_document", "periode", "numero"]
            )
            table.create_check_constraint("genre_document", KNOWN)
