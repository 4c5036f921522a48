"""No mail keeps a link that opens a session: those that wait get theirs when they leave, the others lose it.

Every link mailed before and not used yet dies: back-ups made until now hold it in clear.

Revision ID: 0016
Revises: 0015
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

LINK = re.compile(r"(/connexion/)[\w-]{20,}")
MARK = r"\1[lien-personnel]"
LOST = "Le compte de ce courriel n’existe plus ou est désactivé : invitez à nouveau la personne."


def upgrade() -> None:
    """Whose link each mail carries, then every text without it."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql("PRAGMA secure_delete = ON")
    op.add_column("courriel", sa.Column("utilisateur_id", sa.Integer))
    op.create_index("ix_courriel_utilisateur_id", "courriel", ["utilisateur_id"])
    found = bind.execute(
        sa.text(
            "SELECT id, destinataire, texte, html, etat, motif FROM courriel "
            "WHERE texte LIKE '%/connexion/%' OR html LIKE '%/connexion/%'"
        )
    ).all()
    accounts = dict(map(tuple, bind.exec_driver_sql("SELECT courriel, id FROM utilisateur WHERE is_active")))
    write = sa.text("UPDATE courriel SET texte = :texte, html = :html, utilisateur_id = :account WHERE id = :id")
    refuse = sa.text("UPDATE courriel SET etat = 'refuse', erreur = :why WHERE id = :id")
    latest: dict[int, int] = {}
    for key, to, texte, html, etat, motif in sorted(map(tuple, found)):
        account = accounts.get(to.lower()) if motif in ("connexion", "invitation") else None
        cleaned = {"texte": LINK.sub(MARK, texte), "html": LINK.sub(MARK, html)}
        bind.execute(write, {**cleaned, "account": account, "id": key})
        if etat == "en_attente" and motif in ("connexion", "invitation"):
            if account is None:
                bind.execute(refuse, {"why": LOST, "id": key})
            else:
                latest[key] = account
    for key, account in latest.items():
        if any(other > key and whose == account for other, whose in latest.items()):
            bind.execute(refuse, {"why": "Remplacé par une demande plus récente.", "id": key})
    bind.exec_driver_sql("DELETE FROM jeton_connexion WHERE utilise_le IS NULL")
