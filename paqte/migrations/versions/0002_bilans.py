"""What is done and told: declarations, actions, steering, editions, tasks, mails, journal.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
QUANTITE = sa.Numeric(15, 2)


def upgrade() -> None:
    """Create the tables, those that others point to first."""
    create_declaration()
    create_avertissement()
    create_realisation()
    create_retour()
    create_action()
    create_chiffre_contexte()
    create_partenaire()
    create_referent()
    create_reglage()
    create_rubrique()
    create_engagement_protocole()
    create_gabarit()
    create_edition()
    create_tache()
    create_courriel()
    create_journal()


def create_declaration() -> None:
    op.create_table(
        "declaration",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("convention_id", sa.Integer, sa.ForeignKey("convention.id"), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("etat", sa.String(12), nullable=False),
        sa.Column("transmise_le", MOMENT),
        sa.Column("transmise_par", sa.String(120), nullable=False),
        sa.Column("is_on_behalf", sa.Boolean, nullable=False),
        sa.Column("validee_le", MOMENT),
        sa.Column("validee_par", sa.String(120), nullable=False),
        sa.Column("sceau", sa.Text),
        sa.Column("texte_libre", sa.String(8000), nullable=False),
        sa.Column("motif_reouverture", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("etat IN ('a_completer', 'a_saisir', 'brouillon', 'transmise', 'validee')", name="etat"),
        sa.CheckConstraint("periode LIKE '____-T_' OR periode LIKE '____-S_'", name="periode"),
        sa.CheckConstraint("etat <> 'validee' OR validee_le IS NOT NULL", name="validation"),
        sa.CheckConstraint("(etat = 'validee') = (sceau IS NOT NULL)", name="sceau"),
        sa.UniqueConstraint("convention_id", "periode"),
    )
    op.create_index("ix_declaration_departement_etat_periode", "declaration", ["departement_code", "etat", "periode"])


def create_avertissement() -> None:
    op.create_table(
        "avertissement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("declaration_id", sa.Integer, sa.ForeignKey("declaration.id"), nullable=False),
        sa.Column("engagement_id", sa.Integer, sa.ForeignKey("engagement.id")),
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("message", sa.String(500), nullable=False),
        sa.Column("commentaire", sa.String(1000), nullable=False),
    )
    op.create_index("ix_avertissement_declaration_id", "avertissement", ["declaration_id"])


def create_realisation() -> None:
    op.create_table(
        "realisation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("declaration_id", sa.Integer, sa.ForeignKey("declaration.id"), nullable=False),
        sa.Column("engagement_id", sa.Integer, sa.ForeignKey("engagement.id"), nullable=False),
        sa.Column("indicateur", sa.String(10), nullable=False),
        sa.Column("reponse", sa.String(10), nullable=False),
        sa.Column("valeur", QUANTITE),
        sa.Column("numerateur", QUANTITE),
        sa.Column("denominateur", QUANTITE),
        sa.Column("datee_du", sa.Date),
        sa.Column("commentaire", sa.String(2000), nullable=False),
        sa.Column("saisie_le", MOMENT, nullable=False),
        sa.Column("saisie_par", sa.String(120), nullable=False),
        sa.Column("is_on_behalf", sa.Boolean, nullable=False),
        sa.Column("origine", sa.String(12), nullable=False),
        sa.CheckConstraint("denominateur IS NULL OR denominateur >= 0", name="denominateur"),
        sa.CheckConstraint(
            "reponse <> 'manquante' OR (valeur IS NULL AND numerateur IS NULL)", name="manquante_sans_valeur"
        ),
        sa.CheckConstraint(
            "reponse <> 'neant' OR (COALESCE(valeur, 0) = 0 AND COALESCE(numerateur, 0) = 0)", name="neant_zero"
        ),
        sa.CheckConstraint("reponse <> 'nombre' OR valeur IS NOT NULL OR numerateur IS NOT NULL", name="nombre_donne"),
        sa.CheckConstraint("numerateur IS NULL OR numerateur >= 0", name="numerateur"),
        sa.CheckConstraint("origine IN ('classeur', 'formulaire', 'import')", name="origine"),
        sa.CheckConstraint("(numerateur IS NULL) = (denominateur IS NULL)", name="ratio"),
        sa.CheckConstraint("reponse IN ('manquante', 'neant', 'nombre')", name="reponse"),
        sa.CheckConstraint("valeur IS NULL OR valeur >= 0", name="valeur"),
        sa.UniqueConstraint("declaration_id", "engagement_id"),
    )
    op.create_index("ix_realisation_engagement_id", "realisation", ["engagement_id"])


def create_retour() -> None:
    op.create_table(
        "retour",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("declaration_id", sa.Integer, sa.ForeignKey("declaration.id"), nullable=False),
        sa.Column("engagement_id", sa.Integer, sa.ForeignKey("engagement.id")),
        sa.Column("commentaire", sa.String(1000), nullable=False),
        sa.Column("par", sa.String(120), nullable=False),
        sa.Column("is_answered", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_retour_declaration_id", "retour", ["declaration_id"])


def create_action() -> None:
    op.create_table(
        "action",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("signataire_id", sa.Integer, sa.ForeignKey("signataire.id")),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("axe", sa.String(20), nullable=False),
        sa.Column("titre", sa.String(200), nullable=False),
        sa.Column("texte", sa.String(8000), nullable=False),
        sa.Column("lieu", sa.String(200), nullable=False),
        sa.Column("qpv_id", sa.Integer, sa.ForeignKey("qpv.id")),
        sa.Column("beneficiaires", sa.Integer),
        sa.Column("is_proofread", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("beneficiaires IS NULL OR beneficiaires >= 0", name="beneficiaires"),
    )
    op.create_index("ix_action_departement_date", "action", ["departement_code", "date"])
    op.create_index("ix_action_signataire_id", "action", ["signataire_id"])


def create_chiffre_contexte() -> None:
    op.create_table(
        "chiffre_contexte",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("valeur", QUANTITE, nullable=False),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("precision", sa.String(200), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("code IN ('defm', 'defm_qpv', 'population_qpv', 'pru', 'qpv')", name="code"),
        sa.CheckConstraint("valeur >= 0", name="valeur"),
        sa.UniqueConstraint("departement_code", "code", "date"),
    )
    op.create_index("ix_chiffre_contexte_departement_code", "chiffre_contexte", ["departement_code", "code"])


def create_partenaire() -> None:
    op.create_table(
        "partenaire",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("nature", sa.String(80), nullable=False),
        sa.Column("role", sa.String(500), nullable=False),
        sa.Column("rang", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_partenaire_departement_code", "partenaire", ["departement_code"])


def create_referent() -> None:
    op.create_table(
        "referent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("nom", sa.String(120), nullable=False),
        sa.Column("fonction", sa.String(120), nullable=False),
        sa.Column("courriel", sa.String(254), nullable=False),
        sa.Column("telephone", sa.String(30), nullable=False),
        sa.Column("rang", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_referent_departement_code", "referent", ["departement_code"])


def create_reglage() -> None:
    op.create_table(
        "reglage",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code")),
        sa.Column("cle", sa.String(40), nullable=False),
        sa.Column("valeur", sa.String(2000), nullable=False),
        sa.UniqueConstraint("departement_code", "cle"),
    )


def create_rubrique() -> None:
    op.create_table(
        "rubrique",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("texte", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("code IN ('obstacles', 'organisation', 'strategie')", name="code"),
        sa.UniqueConstraint("departement_code", "code"),
    )


def create_engagement_protocole() -> None:
    op.create_table(
        "engagement_protocole",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("enjeu", sa.String(300), nullable=False),
        sa.Column("axe_dijon", sa.String(200), nullable=False),
        sa.Column("levier", sa.String(200), nullable=False),
        sa.Column("partenaires", sa.String(500), nullable=False),
        sa.Column("libelle", sa.String(500), nullable=False),
        sa.Column("cible", QUANTITE),
        sa.Column("realise", QUANTITE),
        sa.Column("commentaire", sa.String(2000), nullable=False),
        sa.Column("rang", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("cible IS NULL OR cible BETWEEN 0 AND 100", name="cible"),
    )
    op.create_index("ix_engagement_protocole_departement_code", "engagement_protocole", ["departement_code"])


def create_gabarit() -> None:
    op.create_table(
        "gabarit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nom", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("octets", sa.LargeBinary, nullable=False),
        sa.Column("en_vigueur_le", sa.Date, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def create_edition() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("numero", sa.Integer, nullable=False),
        sa.Column("contenu", sa.Text, nullable=False),
        sa.Column("faits", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("fichier", sa.LargeBinary, nullable=False),
        sa.Column("fichier_sha256", sa.String(64), nullable=False),
        sa.Column("fichier_nom", sa.String(120), nullable=False),
        sa.Column("gabarit_id", sa.Integer, sa.ForeignKey("gabarit.id"), nullable=False),
        sa.Column("catalogue", sa.String(20), nullable=False),
        sa.Column("produite_par", sa.String(120), nullable=False),
        sa.Column("publiee_le", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(sha256) = 64 AND length(fichier_sha256) = 64", name="empreintes"),
        sa.CheckConstraint("numero >= 1", name="numero"),
        sa.CheckConstraint("periode LIKE '____-T_' OR periode LIKE '____-S_'", name="periode"),
        sa.UniqueConstraint("departement_code", "periode", "numero"),
    )


def create_tache() -> None:
    op.create_table(
        "tache",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("travail", sa.String(40), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("etat", sa.String(10), nullable=False),
        sa.Column("prise_par", sa.String(80), nullable=False),
        sa.Column("prise_le", MOMENT, nullable=False),
        sa.Column("finie_le", MOMENT),
        sa.Column("essais", sa.Integer, nullable=False),
        sa.Column("message", sa.String(1000), nullable=False),
        sa.CheckConstraint("etat IN ('en_cours', 'faite', 'echouee')", name="etat"),
        sa.UniqueConstraint("travail", "departement_code", "periode"),
    )
    op.create_index("ix_tache_etat", "tache", ["etat"])


def create_courriel() -> None:
    op.create_table(
        "courriel",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("destinataire", sa.String(254), nullable=False),
        sa.Column("sujet", sa.String(200), nullable=False),
        sa.Column("texte", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("motif", sa.String(40), nullable=False),
        sa.Column("departement_code", sa.String(3)),
        sa.Column("etat", sa.String(10), nullable=False),
        sa.Column("erreur", sa.String(500), nullable=False),
        sa.Column("essais", sa.Integer, nullable=False),
        sa.Column("cree_le", MOMENT, nullable=False),
        sa.Column("prochain_essai", MOMENT, nullable=False),
        sa.Column("envoye_le", MOMENT),
        sa.CheckConstraint("etat IN ('en_attente', 'envoye', 'refuse')", name="etat"),
    )
    op.create_index("ix_courriel_etat_prochain", "courriel", ["etat", "prochain_essai"])


def create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("quand", MOMENT, nullable=False),
        sa.Column("utilisateur_id", sa.Integer),
        sa.Column("qui", sa.String(120), nullable=False),
        sa.Column("acte", sa.String(40), nullable=False),
        sa.Column("objet", sa.String(40), nullable=False),
        sa.Column("objet_id", sa.String(40), nullable=False),
        sa.Column("departement_code", sa.String(3)),
        sa.Column("avant", sa.Text, nullable=False),
        sa.Column("apres", sa.Text, nullable=False),
    )
    op.create_index("ix_journal_departement_quand", "journal", ["departement_code", "quand"])
    op.create_index("ix_journal_objet", "journal", ["objet", "objet_id"])
