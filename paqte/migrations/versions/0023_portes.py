"""Doors: what a link is for, where a session comes from, which forms came, the numbers a signatory bore.

Revision ID: 0023
Revises: 0018
"""

import json
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0018"

SHORT = timedelta(minutes=10)


def upgrade() -> None:
    """The columns, then what is known of links and of numbers already there."""
    op.add_column("session_ouverte", sa.Column("origine", sa.String(64), nullable=False, server_default=""))
    op.add_column("session_ouverte", sa.Column("reseau", sa.String(64), nullable=False, server_default=""))
    op.add_column("session_ouverte", sa.Column("navigateur", sa.String(80), nullable=False, server_default=""))
    op.create_index("ix_session_ouverte_reseau", "session_ouverte", ["reseau"])
    op.add_column("jeton_connexion", sa.Column("motif", sa.String(20), nullable=False, server_default="connexion"))
    op.add_column("jeton_connexion", sa.Column("adresse", sa.String(254), nullable=False, server_default=""))
    op.add_column("signataire", sa.Column("anciens_identifiants", sa.String(150), nullable=False, server_default=""))
    _table_of_postings()
    bind = op.get_bind()
    _name_links(bind)
    _recall_numbers(bind)


def _table_of_postings() -> None:
    op.create_table(
        "envoi",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("cle", sa.String(64), nullable=False),
        sa.Column("quand", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suite", sa.String(1000), nullable=False, server_default=""),
        sa.UniqueConstraint("cle", name="uq_envoi_cle"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_envoi_quand", "envoi", ["quand"])


def _name_links(bind: sa.Connection) -> None:
    """A link of more than ten minutes came with an invitation."""
    t = sa.table(
        "jeton_connexion",
        sa.column("id", sa.Integer),
        sa.column("motif", sa.String),
        sa.column("cree_le", sa.DateTime(timezone=True)),
        sa.column("expire_le", sa.DateTime(timezone=True)),
    )
    long = [row.id for row in bind.execute(sa.select(t)) if row.expire_le - row.cree_le > SHORT]
    if long:
        bind.execute(sa.update(t).where(t.c.id.in_(long)).values(motif="invitation"))


def _recall_numbers(bind: sa.Connection) -> None:
    """The journal says which SIRET or SIREN each signatory bore before."""
    found = bind.execute(
        sa.text(
            "SELECT j.objet_id, j.avant, s.identifiant FROM journal j JOIN signataire s "
            "ON CAST(s.id AS VARCHAR) = j.objet_id "
            "WHERE j.objet = 'signataire' AND j.acte = 'modifier' AND j.avant LIKE '%identifiant%' ORDER BY j.id"
        )
    )
    former: dict[int, list[str]] = {}
    for key, avant, present in found:
        number = json.loads(avant).get("identifiant")
        known = former.setdefault(int(key), [])
        if number and number != present and number not in known:
            known.append(number)
    for signataire, numbers in former.items():
        told = " ".join(numbers[-10:])
        if told:
            bind.execute(
                sa.text(
                    "UPDATE signataire SET anciens_identifiants = :told, "
                    "recherche = SUBSTR(recherche || ' ' || :told, 1, 400) WHERE id = :key"
                ),
                {"told": told, "key": signataire},
            )
