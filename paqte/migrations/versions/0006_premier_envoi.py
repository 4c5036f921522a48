"""When a declaration was first sent, which tells whether it was in time whatever corrections followed.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

# The journal bears every sending; a declaration that it does not know was sent once.
FILL = """
UPDATE declaration SET premier_envoi_le = COALESCE(
    (SELECT MIN(journal.quand) FROM journal
     WHERE journal.objet = 'declaration' AND journal.objet_id = CAST(declaration.id AS VARCHAR)
     AND journal.apres LIKE '%"etat": "transmise"%'),
    transmise_le)
WHERE transmise_le IS NOT NULL
"""


def upgrade() -> None:
    """The column, then what the past tells of it."""
    op.add_column("declaration", sa.Column("premier_envoi_le", sa.DateTime(timezone=True)))
    op.execute(FILL)
