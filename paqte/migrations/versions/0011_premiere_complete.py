"""Since when a département has a complete convention: what was over before is proposed, never produced by itself (R43).

One that has a complete convention already keeps what it was to produce.

Revision ID: 0011
Revises: 0010
"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

COMPLETE = """
SELECT code, premier_semestre FROM departement
WHERE premier_semestre IS NOT NULL AND EXISTS (
    SELECT 1 FROM convention JOIN engagement ON engagement.convention_id = convention.id
    WHERE convention.departement_code = departement.code
    AND convention.statut <> 'projet' AND convention.dispositif <> 'charte')
"""


def upgrade() -> None:
    """The column, then the first followed day of whoever has a complete convention."""
    op.add_column("departement", sa.Column("premiere_complete_le", sa.Date()))
    table = sa.table("departement", sa.column("code", sa.String), sa.column("premiere_complete_le", sa.Date))
    for code, first in op.get_bind().execute(sa.text(COMPLETE)).all():
        day = date(int(first[:4]), 6 * int(first[-1]) - 5, 1)
        op.execute(table.update().where(table.c.code == code).values(premiere_complete_le=day))
