"""A kept warning tells the fact alone: what its form asked for stays in the form, and reaches no document (R17).

Issued editions keep what they say.

Revision ID: 0027
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0023"

# What was written behind the fact until then.
INSTRUCTIONS = (" : corrigez, ou dites pourquoi.", " : dites pourquoi.", " : dites de quoi il s’agit.")


def upgrade() -> None:
    """The facts without their instructions; names in one order, whatever the language of the server."""
    keep_facts(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE signataire ALTER COLUMN recherche TYPE varchar(400) COLLATE "C"')


def keep_facts(connection: sa.Connection) -> None:
    """Take the instruction off the end of each fact; a company's own words stand in another column."""
    kept = sa.table("avertissement", sa.column("message", sa.String))
    for words in INSTRUCTIONS:
        bare = sa.func.substr(kept.c.message, 1, sa.func.length(kept.c.message) - len(words)) + "."
        connection.execute(kept.update().where(kept.c.message.endswith(words, autoescape=True)).values(message=bare))
