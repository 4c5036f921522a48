"""Who signs and what is promised: territories, signatories, accounts, files, conventions.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
QUANTITE = sa.Numeric(15, 2)


def upgrade() -> None:
    """Create the tables, those that others point to first."""
    create_region()
    create_departement()
    create_qpv()
    create_entreprise()
    create_signataire()
    create_contact_signataire()
    create_tentative_connexion()
    create_utilisateur()
    create_jeton_connexion()
    create_rattachement()
    create_session_ouverte()
    create_fichier()
    create_convention()
    create_engagement()
    create_objectif()


def create_region() -> None:
    op.create_table(
        "region",
        sa.Column("code", sa.String(2), primary_key=True),
        sa.Column("nom", sa.String(80), nullable=False),
    )


def create_departement() -> None:
    op.create_table(
        "departement",
        sa.Column("code", sa.String(3), primary_key=True),
        sa.Column("nom", sa.String(80), nullable=False),
        sa.Column("region_code", sa.String(2), sa.ForeignKey("region.code")),
        sa.Column("prefecture", sa.String(80), nullable=False),
        sa.Column("premier_semestre", sa.String(7)),
        sa.CheckConstraint("length(code) IN (2, 3)", name="code"),
    )


def create_qpv() -> None:
    op.create_table(
        "qpv",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(10), nullable=False, unique=True),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("communes", sa.String(500), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("du", sa.Date, nullable=False),
        sa.Column("au", sa.Date),
        sa.CheckConstraint("au IS NULL OR au >= du", name="dates"),
        sa.CheckConstraint("generation IN (2015, 2024)", name="generation"),
    )
    op.create_index("ix_qpv_departement_code", "qpv", ["departement_code"])


def create_entreprise() -> None:
    op.create_table(
        "entreprise",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("siren", sa.String(9), nullable=False, unique=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(siren) = 9", name="siren"),
    )


def create_signataire() -> None:
    op.create_table(
        "signataire",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entreprise_id", sa.Integer, sa.ForeignKey("entreprise.id"), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("identifiant", sa.String(14), nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("nature", sa.String(20), nullable=False),
        sa.Column("categorie", sa.String(3), nullable=False),
        sa.Column("naf", sa.String(6), nullable=False),
        sa.Column("secteur", sa.String(200), nullable=False),
        sa.Column("effectif", sa.Integer),
        sa.Column("adresse", sa.String(300), nullable=False),
        sa.Column("code_postal", sa.String(5), nullable=False),
        sa.Column("commune", sa.String(100), nullable=False),
        sa.Column("is_partial_diffusion", sa.Boolean, nullable=False),
        sa.Column("is_covered_nationally", sa.Boolean, nullable=False),
        sa.Column("notes", sa.String(4000), nullable=False),
        sa.Column("recherche", sa.String(400), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("categorie IN ('', 'ETI', 'GE', 'PME', 'TPE')", name="categorie"),
        sa.CheckConstraint("effectif IS NULL OR effectif >= 0", name="effectif"),
        sa.CheckConstraint("length(identifiant) IN (9, 14)", name="identifiant"),
        sa.CheckConstraint("nature IN ('association', 'employeur_public', 'entreprise', 'reseau')", name="nature"),
        sa.UniqueConstraint("departement_code", "identifiant"),
    )
    op.create_index("ix_signataire_departement_recherche", "signataire", ["departement_code", "recherche"])
    op.create_index("ix_signataire_entreprise_id", "signataire", ["entreprise_id"])


def create_contact_signataire() -> None:
    op.create_table(
        "contact_signataire",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("signataire_id", sa.Integer, sa.ForeignKey("signataire.id"), nullable=False),
        sa.Column("nom", sa.String(120), nullable=False),
        sa.Column("fonction", sa.String(120), nullable=False),
        sa.Column("courriel", sa.String(254), nullable=False),
        sa.Column("telephone", sa.String(30), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_contact_signataire_signataire_id", "contact_signataire", ["signataire_id"])


def create_tentative_connexion() -> None:
    op.create_table(
        "tentative_connexion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("cle", sa.String(64), nullable=False),
        sa.Column("quand", MOMENT, nullable=False),
    )
    op.create_index("ix_tentative_connexion_cle_quand", "tentative_connexion", ["cle", "quand"])


def create_utilisateur() -> None:
    op.create_table(
        "utilisateur",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("courriel", sa.String(254), nullable=False, unique=True),
        sa.Column("nom", sa.String(120), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code")),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("role <> 'referent' OR departement_code IS NOT NULL", name="referent_departement"),
        sa.CheckConstraint("role IN ('admin', 'animateur', 'entreprise', 'national', 'referent')", name="role"),
    )


def create_jeton_connexion() -> None:
    op.create_table(
        "jeton_connexion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("empreinte", sa.String(64), nullable=False, unique=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("cree_le", MOMENT, nullable=False),
        sa.Column("expire_le", MOMENT, nullable=False),
        sa.Column("utilise_le", MOMENT),
    )
    op.create_index("ix_jeton_connexion_utilisateur_id", "jeton_connexion", ["utilisateur_id"])


def create_rattachement() -> None:
    op.create_table(
        "rattachement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("signataire_id", sa.Integer, sa.ForeignKey("signataire.id"), nullable=False),
        sa.UniqueConstraint("utilisateur_id", "signataire_id"),
    )
    op.create_index("ix_rattachement_signataire_id", "rattachement", ["signataire_id"])


def create_session_ouverte() -> None:
    op.create_table(
        "session_ouverte",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("empreinte", sa.String(64), nullable=False, unique=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("ouverte_le", MOMENT, nullable=False),
        sa.Column("vue_le", MOMENT, nullable=False),
    )
    op.create_index("ix_session_ouverte_utilisateur_id", "session_ouverte", ["utilisateur_id"])


def create_fichier() -> None:
    op.create_table(
        "fichier",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("taille", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("octets", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name="sha256"),
        sa.CheckConstraint("taille > 0", name="taille"),
    )
    op.create_index("ix_fichier_departement_code", "fichier", ["departement_code"])


def create_convention() -> None:
    op.create_table(
        "convention",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("signataire_id", sa.Integer, sa.ForeignKey("signataire.id"), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("numero", sa.String(20), nullable=False),
        sa.Column("dispositif", sa.String(12), nullable=False),
        sa.Column("statut", sa.String(10), nullable=False),
        sa.Column("rythme", sa.String(1), nullable=False),
        sa.Column("signee_le", sa.Date),
        sa.Column("debut", sa.Date, nullable=False),
        sa.Column("fin", sa.Date, nullable=False),
        sa.Column("resiliee_le", sa.Date),
        sa.Column("motif_resiliation", sa.String(1000), nullable=False),
        sa.Column("cosignataire", sa.String(200), nullable=False),
        sa.Column("is_in_plan_10000", sa.Boolean, nullable=False),
        sa.Column("precedente_id", sa.Integer, sa.ForeignKey("convention.id"), unique=True),
        sa.Column("texte_signe_id", sa.Integer, sa.ForeignKey("fichier.id")),
        sa.Column("notes", sa.String(4000), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("fin >= debut", name="dates"),
        sa.CheckConstraint("dispositif IN ('charte', 'paqte', 'plan_10000')", name="dispositif"),
        sa.CheckConstraint(
            "(statut = 'resiliee') = (resiliee_le IS NOT NULL AND motif_resiliation <> '')", name="resiliation"
        ),
        sa.CheckConstraint("rythme IN ('S', 'T')", name="rythme"),
        sa.CheckConstraint("statut = 'projet' OR signee_le IS NOT NULL", name="signature"),
        sa.CheckConstraint("statut IN ('projet', 'resiliee', 'signee')", name="statut"),
        sa.UniqueConstraint("departement_code", "numero"),
    )
    op.create_index(
        "ix_convention_departement_vie",
        "convention",
        ["departement_code", "fin", "debut", "statut", "resiliee_le", "signataire_id"],
    )
    op.create_index("ix_convention_signataire_id", "convention", ["signataire_id"])


def create_engagement() -> None:
    op.create_table(
        "engagement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("convention_id", sa.Integer, sa.ForeignKey("convention.id"), nullable=False),
        sa.Column("indicateur", sa.String(10), nullable=False),
        sa.Column("rang", sa.Integer, nullable=False),
        sa.Column("libelle", sa.String(300), nullable=False),
        sa.Column("unite", sa.String(60), nullable=False),
        sa.Column("reference", QUANTITE),
        sa.Column("precision", sa.String(1000), nullable=False),
        sa.CheckConstraint("rang >= 1", name="rang"),
        sa.CheckConstraint("reference IS NULL OR reference >= 0", name="reference"),
        sa.UniqueConstraint("convention_id", "indicateur", "rang"),
    )


def create_objectif() -> None:
    op.create_table(
        "objectif",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("engagement_id", sa.Integer, sa.ForeignKey("engagement.id"), nullable=False),
        sa.Column("annee", sa.Integer, nullable=False),
        sa.Column("cible", QUANTITE, nullable=False),
        sa.CheckConstraint("annee BETWEEN 0 AND 10", name="annee"),
        sa.CheckConstraint("cible >= 0", name="cible"),
        sa.UniqueConstraint("engagement_id", "annee"),
    )
