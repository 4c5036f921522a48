"""How far a file is stands in the base; an import remembers the declarations it sent, to be validated together.

Revision ID: 0048
Revises: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

# A rebuilt table goes on giving no number twice.
KEEPING = {"sqlite_autoincrement": True}
ETATS = "etat IN ('a_appliquer', 'a_essayer', 'a_valider', 'annule', 'applique', 'depose', 'essaye')"


def upgrade() -> None:
    """Three columns, one state more."""
    with op.batch_alter_table("importation", table_kwargs=KEEPING) as table:
        table.add_column(sa.Column("faites", sa.Integer, nullable=False, server_default="0"))
        table.add_column(sa.Column("etapes", sa.Integer, nullable=False, server_default="0"))
        table.add_column(sa.Column("declarations", sa.LargeBinary))
        table.drop_constraint("etat", type_="check")
        table.create_check_constraint("etat", ETATS)
    with op.batch_alter_table("importation", table_kwargs=KEEPING) as table:
        table.alter_column("faites", server_default=None)
        table.alter_column("etapes", server_default=None)
