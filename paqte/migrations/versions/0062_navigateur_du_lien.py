"""Which browser asked for a link: the hash of what it was given; "" for links that nobody asked for, and all of before.

Revision ID: 0062
Revises: 0061
"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    """One column, empty for every link of before."""
    op.add_column("jeton_connexion", sa.Column("navigateur", sa.String(64), nullable=False, server_default=""))
