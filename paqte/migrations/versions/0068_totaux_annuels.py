"""An answer says by its door that it is the value of a whole year, borne by its last period (R11).

Revision ID: 0068
Revises: 0067
"""

from alembic import op

revision = "0068"
down_revision = "0067"

# A rebuilt table goes on giving no number twice.
KEEPING = {"sqlite_autoincrement": True}
ORIGINES = "origine IN ('annee', 'classeur', 'formulaire', 'import')"


def upgrade() -> None:
    """One code more; the answers under seal, nearly all of them, have no row here."""
    with op.batch_alter_table("realisation", table_kwargs=KEEPING) as table:
        table.drop_constraint("origine", type_="check")
        table.create_check_constraint("origine", ORIGINES)
