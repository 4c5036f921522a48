"""A task may be of a territory: a région, the nation (R12, R20).

Revision ID: 0060
Revises: 0059
"""

from alembic import op

revision = "0060"
down_revision = "0059"

# A rebuilt table goes on giving no number twice.
KEEPING = {"sqlite_autoincrement": True}


def upgrade() -> None:
    """Its code is no département's: nothing holds it to their table any more."""
    with op.batch_alter_table("tache", table_kwargs=KEEPING) as table:
        table.drop_constraint("fk_tache_departement_code_departement", type_="foreignkey")
