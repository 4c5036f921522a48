"""What a référent gave: under which name and address, since when, and whether she suspended it, for her own part.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

SINCE = """
UPDATE rattachement SET donne_le = COALESCE(
    (SELECT MAX(j.quand) FROM journal j WHERE j.objet = 'rattachement' AND j.acte = 'creer'
     AND j.objet_id = CAST(rattachement.id AS VARCHAR)),
    (SELECT u.created_at FROM utilisateur u WHERE u.id = rattachement.utilisateur_id))
"""
NAMED = """
UPDATE rattachement SET nom = (SELECT u.nom FROM utilisateur u WHERE u.id = rattachement.utilisateur_id),
    courriel = (SELECT u.courriel FROM utilisateur u WHERE u.id = rattachement.utilisateur_id)
"""
CLOSED = """
UPDATE rattachement SET is_suspendu = TRUE
WHERE utilisateur_id IN (SELECT id FROM utilisateur WHERE NOT is_active)
"""


def upgrade() -> None:
    """The columns, then what is known of those given before."""
    op.add_column("rattachement", sa.Column("nom", sa.String(120), nullable=False, server_default=""))
    op.add_column("rattachement", sa.Column("courriel", sa.String(254), nullable=False, server_default=""))
    op.add_column("rattachement", sa.Column("donne_le", sa.DateTime(timezone=True)))
    op.add_column("rattachement", sa.Column("is_suspendu", sa.Boolean, nullable=False, server_default=sa.false()))
    for statement in (SINCE, NAMED, CLOSED):
        op.execute(statement)
