"""Campaigns: planned tasks, reminders, notices, files of editions, templates installed.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Tables first, then the columns of those that exist."""
    create_edition_fichier()
    create_tour()
    create_relance()
    create_avis_echeance()
    widen_tache()
    widen_gabarit()
    widen_rattachement()
    widen_rubrique()
    with op.batch_alter_table("edition") as table:
        table.add_column(sa.Column("publiable", sa.Text))
    with op.batch_alter_table("signataire") as table:
        table.add_column(sa.Column("relances_suspendues_jusquau", sa.Date))


def create_edition_fichier() -> None:
    op.create_table(
        "edition_fichier",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("edition_id", sa.Integer, sa.ForeignKey("edition.id"), nullable=False),
        sa.Column("diffusion", sa.String(10), nullable=False),
        sa.Column("format", sa.String(4), nullable=False),
        sa.Column("nom", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("octets", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("diffusion IN ('interne', 'publiable')", name="diffusion"),
        sa.CheckConstraint("format IN ('csv', 'json', 'xlsx')", name="format"),
        sa.CheckConstraint("length(sha256) = 64", name="empreinte"),
        sa.UniqueConstraint("edition_id", "diffusion", "format"),
    )


def create_tour() -> None:
    op.create_table(
        "tour",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("travail", sa.String(40), nullable=False, unique=True),
        sa.Column("commence_le", MOMENT, nullable=False),
        sa.Column("fini_le", MOMENT, nullable=False),
        sa.Column("etat", sa.String(10), nullable=False),
        sa.Column("faits", sa.Integer, nullable=False),
        sa.Column("echecs", sa.Integer, nullable=False),
        sa.Column("message", sa.String(1000), nullable=False),
        sa.Column("par", sa.String(80), nullable=False),
        sa.Column("prochain_le", MOMENT, nullable=False),
        sa.CheckConstraint("etat IN ('bon', 'echec')", name="etat"),
    )


def create_relance() -> None:
    op.create_table(
        "relance",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("jour", sa.Date, nullable=False),
        sa.Column("etape", sa.String(20), nullable=False),
        sa.Column("courriel_id", sa.Integer, sa.ForeignKey("courriel.id"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("utilisateur_id", "jour"),
    )
    op.create_index("ix_relance_departement_code", "relance", ["departement_code"])
    op.create_table(
        "relance_ligne",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("relance_id", sa.Integer, sa.ForeignKey("relance.id"), nullable=False),
        sa.Column("convention_id", sa.Integer, sa.ForeignKey("convention.id"), nullable=False),
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("etat", sa.String(12), nullable=False),
        sa.CheckConstraint("etat IN ('a_completer', 'a_saisir', 'brouillon', 'transmise', 'validee')", name="etat"),
        sa.CheckConstraint("periode LIKE '____-T_' OR periode LIKE '____-S_'", name="periode"),
        sa.UniqueConstraint("relance_id", "convention_id", "periode"),
    )
    op.create_index("ix_relance_ligne_convention_id", "relance_ligne", ["convention_id"])


def create_avis_echeance() -> None:
    op.create_table(
        "avis_echeance",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("convention_id", sa.Integer, sa.ForeignKey("convention.id"), nullable=False),
        sa.Column("seuil", sa.Integer, nullable=False),
        sa.Column("fin", sa.Date, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("seuil > 0", name="seuil"),
        sa.UniqueConstraint("convention_id", "seuil", "fin"),
    )


def widen_tache() -> None:
    """A task now exists before it is taken, with the moment from which it is due."""
    with op.batch_alter_table("tache") as table:
        table.add_column(sa.Column("due_le", MOMENT))
    op.execute("UPDATE tache SET due_le = prise_le")
    op.drop_index("ix_tache_etat", "tache")
    with op.batch_alter_table("tache") as table:
        table.alter_column("due_le", existing_type=MOMENT, nullable=False)
        table.alter_column("prise_le", existing_type=MOMENT, nullable=True)
        table.drop_constraint("etat", type_="check")
        table.create_check_constraint("etat", "etat IN ('echouee', 'en_cours', 'faite', 'prevue')")
        table.create_check_constraint("prise", "etat = 'prevue' OR prise_le IS NOT NULL")
    op.create_index("ix_tache_etat_due", "tache", ["etat", "due_le"])


def widen_gabarit() -> None:
    with op.batch_alter_table("gabarit") as table:
        table.add_column(sa.Column("genre", sa.String(12), nullable=False, server_default="bilan"))
        table.add_column(sa.Column("installe_par", sa.String(120), nullable=False, server_default=""))
        table.add_column(sa.Column("retire_le", sa.Date))
        table.create_check_constraint("genre", "genre IN ('bilan', 'trimestre')")
    with op.batch_alter_table("gabarit") as table:
        table.alter_column("genre", existing_type=sa.String(12), server_default=None)
        table.alter_column("installe_par", existing_type=sa.String(120), server_default=None)


def widen_rattachement() -> None:
    with op.batch_alter_table("rattachement") as table:
        table.add_column(sa.Column("convention_id", sa.Integer, sa.ForeignKey("convention.id")))
        table.drop_constraint("uq_rattachement_utilisateur_id_signataire_id", type_="unique")
        table.create_unique_constraint(
            "uq_rattachement_utilisateur_id_signataire_id_convention_id",
            ["utilisateur_id", "signataire_id", "convention_id"],
        )
    op.create_index("ix_rattachement_convention_id", "rattachement", ["convention_id"])
    whole = sa.text("convention_id IS NULL")
    op.create_index(
        "ix_rattachement_signataire_entier",
        "rattachement",
        ["utilisateur_id", "signataire_id"],
        unique=True,
        sqlite_where=whole,
        postgresql_where=whole,
    )


def widen_rubrique() -> None:
    with op.batch_alter_table("rubrique") as table:
        table.drop_constraint("code", type_="check")
        table.create_check_constraint(
            "code", "code IN ('efficacite', 'obstacles', 'organisation', 'propositions', 'strategie')"
        )
