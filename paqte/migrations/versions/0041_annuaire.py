"""The register of companies as the base knows it, and what a look at it finds of signatories.

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Two tables."""
    _create_etablissement()
    _create_veille()


def _create_etablissement() -> None:
    searched = sa.String(400).with_variant(sa.String(400, collation="C"), "postgresql")
    op.create_table(
        "etablissement",
        sa.Column("siret", sa.String(14), primary_key=True),
        sa.Column("siren", sa.String(9), nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("enseigne", sa.String(200), nullable=False),
        sa.Column("adresse", sa.String(300), nullable=False),
        sa.Column("code_postal", sa.String(5), nullable=False),
        sa.Column("commune", sa.String(100), nullable=False),
        sa.Column("departement_code", sa.String(3), nullable=False),
        sa.Column("naf", sa.String(6), nullable=False),
        sa.Column("nature", sa.String(20), nullable=False),
        sa.Column("categorie", sa.String(3), nullable=False),
        sa.Column("tranche", sa.String(2), nullable=False),
        sa.Column("is_ouvert", sa.Boolean, nullable=False),
        sa.Column("ferme_le", sa.Date),
        sa.Column("is_diffusible", sa.Boolean, nullable=False),
        sa.Column("is_siege", sa.Boolean, nullable=False),
        sa.Column("origine", sa.String(10), nullable=False),
        sa.Column("lu_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recherche", searched, nullable=False),
        sa.CheckConstraint("length(siret) = 14", name="siret"),
        sa.CheckConstraint("nature IN ('association', 'employeur_public', 'entreprise', 'reseau')", name="nature"),
        sa.CheckConstraint("categorie IN ('', 'ETI', 'GE', 'PME', 'TPE')", name="categorie"),
        sa.CheckConstraint("origine IN ('annuaire', 'fichier')", name="origine"),
    )
    op.create_index("ix_etablissement_siren", "etablissement", ["siren"])
    op.create_index("ix_etablissement_departement_recherche", "etablissement", ["departement_code", "recherche"])


def _create_veille() -> None:
    op.create_table(
        "veille",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("signataire_id", sa.Integer, sa.ForeignKey("signataire.id"), nullable=False, unique=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("identifiant", sa.String(14), nullable=False),
        sa.Column("nom_lu", sa.String(200), nullable=False),
        sa.Column("constat", sa.String(10), nullable=False),
        sa.Column("etat", sa.String(10), nullable=False),
        sa.Column("ferme_le", sa.Date),
        sa.Column("vu_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("constate_le", sa.DateTime(timezone=True)),
        sa.Column("traite_par", sa.String(120), nullable=False),
        sa.Column("traite_le", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("constat IN ('ferme', 'incomplet', 'renomme', 'rien')", name="constat"),
        sa.CheckConstraint("etat IN ('accepte', 'ignore', 'ouvert', 'vu')", name="etat"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_veille_departement_etat", "veille", ["departement_code", "etat"])
