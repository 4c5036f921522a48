"""A mail keeps what it rests on, and may turn out to be without object as it leaves.

Revision ID: 0035
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0028"

# A rebuilt table goes on giving no number twice.
KEEPING = {"sqlite_autoincrement": True}
STATES = "etat IN ('en_attente', 'envoye', 'refuse', 'sans_objet')"


def upgrade() -> None:
    """The column, then the state. What waits rests on nothing that can be asked: it leaves as it was written."""
    op.add_column("courriel", sa.Column("appui", sa.Text, nullable=False, server_default="{}"))
    with op.batch_alter_table("courriel", table_kwargs=KEEPING) as table:
        table.drop_constraint("etat", type_="check")
        table.create_check_constraint("etat", STATES)
