"""An edition keeps the fingerprint of what it was made from, so that what moved since is known at once (R44).

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Editions of before have none: they are put together anew to be compared."""
    op.add_column("edition", sa.Column("entrees_sha256", sa.String(64)))
