"""People who sign in, their links, their open sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.personnes.acteurs import ROLES
from paqte.models.base import Base, Moment
from paqte.models.commun import Dated, Identified, Journaled, one_of


class Utilisateur(Base, Identified, Journaled, Dated):
    """An account; `courriel` is lower case. A référent has a département, a contact has signatories.

    What a référent holds beside her first département is in `Affectation`; a préfecture de région has a région.
    """

    __tablename__ = "utilisateur"
    __personal__ = frozenset({"nom", "courriel"})
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("role <> 'referent' OR departement_code IS NOT NULL", name="referent_departement"),
        CheckConstraint("role <> 'region' OR region_code IS NOT NULL", name="region"),
    )

    courriel: Mapped[str] = mapped_column(String(254), unique=True)
    nom: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(12))
    departement_code: Mapped[str | None] = mapped_column(ForeignKey("departement.code"))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    is_active: Mapped[bool] = mapped_column(default=True)


class Affectation(Base, Identified, Journaled, Dated):
    """A département that a référent holds beside her first one."""

    __tablename__ = "affectation"
    __table_args__ = (UniqueConstraint("utilisateur_id", "departement_code"),)

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"))
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"), index=True)


class Rattachement(Base, Identified, Journaled):
    """Which signatories a company contact may see; an animateur is given conventions of them, one by one.

    `nom` and `courriel` are as the référent who gave it typed them: she learns nothing of an account that another made.
    She suspends her own part of it alone.
    """

    __tablename__ = "rattachement"
    __unjournaled__ = frozenset({"courriel", "donne_le", "is_suspendu", "nom"})
    __table_args__ = (
        UniqueConstraint("utilisateur_id", "signataire_id", "convention_id"),
        # NULL differs from NULL in a unique key: a whole signatory is given once all the same.
        Index(
            "ix_rattachement_signataire_entier",
            "utilisateur_id",
            "signataire_id",
            unique=True,
            sqlite_where=text("convention_id IS NULL"),
            postgresql_where=text("convention_id IS NULL"),
        ),
    )

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"))
    signataire_id: Mapped[int] = mapped_column(ForeignKey("signataire.id"), index=True)
    convention_id: Mapped[int | None] = mapped_column(ForeignKey("convention.id"), index=True)
    nom: Mapped[str] = mapped_column(String(120), default="", server_default="")
    courriel: Mapped[str] = mapped_column(String(254), default="", server_default="")
    donne_le: Mapped[datetime | None] = mapped_column(Moment)
    is_suspendu: Mapped[bool] = mapped_column(default=False, server_default=false())


class JetonConnexion(Base, Identified):
    """A link that opens a session, or proves an `adresse`: only its hash is kept; one use.

    `motif` is that of the mail it left in: a new one replaces those of its own sort alone. `navigateur` is the hash of
    what the browser that asked for it holds, "" when nobody asked: an invitation, a reminder.
    """

    __tablename__ = "jeton_connexion"

    empreinte: Mapped[str] = mapped_column(String(64), unique=True)
    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"), index=True)
    cree_le: Mapped[datetime] = mapped_column(Moment)
    expire_le: Mapped[datetime] = mapped_column(Moment)
    utilise_le: Mapped[datetime | None] = mapped_column(Moment)
    motif: Mapped[str] = mapped_column(String(20), default="connexion", server_default="connexion")
    adresse: Mapped[str] = mapped_column(String(254), default="", server_default="")
    navigateur: Mapped[str] = mapped_column(String(64), default="", server_default="")


class SessionOuverte(Base, Identified):
    """An open session: deleted at log-out, so that a copied cookie is worth nothing after.

    `origine` and `navigateur` are for its owner to recognise it by; `reseau` is the origin as limits count it.
    `jeton_identite` closes the session of single sign-on that opened it, "" for a mailed link's; `facteur_le` is when a
    code of the second factor was last given in it.
    """

    __tablename__ = "session_ouverte"

    empreinte: Mapped[str] = mapped_column(String(64), unique=True)
    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"), index=True)
    ouverte_le: Mapped[datetime] = mapped_column(Moment)
    vue_le: Mapped[datetime] = mapped_column(Moment)
    origine: Mapped[str] = mapped_column(String(64), default="", server_default="")
    reseau: Mapped[str] = mapped_column(String(64), default="", server_default="", index=True)
    navigateur: Mapped[str] = mapped_column(String(80), default="", server_default="")
    jeton_identite: Mapped[str] = mapped_column(Text, default="", server_default="")
    facteur_le: Mapped[datetime | None] = mapped_column(Moment)


class TentativeConnexion(Base, Identified):
    """A request for a link, counted per address and per origin (hashed keys)."""

    __tablename__ = "tentative_connexion"
    __table_args__ = (Index("ix_tentative_connexion_cle_quand", "cle", "quand"),)

    cle: Mapped[str] = mapped_column(String(64))
    quand: Mapped[datetime] = mapped_column(Moment)
