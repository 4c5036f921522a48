"""Declarations and the values they hold (R11, R13, R14, R17, R18)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from paqte.domain.statuts.declarations import ETATS, ORIGINES, REPONSES
from paqte.models.base import Base, Moment, Quantite
from paqte.models.commun import Dated, Identified, Journaled, one_of, period_code
from paqte.models.conventions.convention import Convention, Engagement


class Declaration(Base, Identified, Journaled, Dated):
    """What one convention answers for one period; once validated, `sceau` holds what figures are made from.

    `hors_sceau` is then the rest of its answers, which have no row any more (domain/declarations/hors_sceau.py).

    `premier_envoi_le` never moves: corrections that follow change `transmise_le`, not whether it was in time (R12).
    """

    __tablename__ = "declaration"
    # The line itself says who.
    __unjournaled__ = frozenset({"hors_sceau", "transmise_par", "validee_par"})
    __table_args__ = (
        UniqueConstraint("convention_id", "periode"),
        one_of("etat", ETATS),
        period_code(),
        CheckConstraint("etat <> 'validee' OR validee_le IS NOT NULL", name="validation"),
        CheckConstraint("(etat = 'validee') = (sceau IS NOT NULL)", name="sceau"),
        CheckConstraint("hors_sceau IS NULL OR sceau IS NOT NULL", name="hors_sceau"),
        Index("ix_declaration_departement_etat_periode", "departement_code", "etat", "periode"),
    )

    convention_id: Mapped[int] = mapped_column(ForeignKey("convention.id"))
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    periode: Mapped[str] = mapped_column(String(7))
    etat: Mapped[str] = mapped_column(String(12))
    transmise_le: Mapped[datetime | None] = mapped_column(Moment)
    premier_envoi_le: Mapped[datetime | None] = mapped_column(Moment)
    transmise_par: Mapped[str] = mapped_column(String(120), default="")
    is_on_behalf: Mapped[bool] = mapped_column(default=False)
    validee_le: Mapped[datetime | None] = mapped_column(Moment)
    validee_par: Mapped[str] = mapped_column(String(120), default="")
    sceau: Mapped[str | None] = mapped_column(Text, deferred=True)
    hors_sceau: Mapped[str | None] = mapped_column(Text, deferred=True)
    texte_libre: Mapped[str] = mapped_column(String(8000), default="")
    motif_reouverture: Mapped[str] = mapped_column(String(1000), default="")
    version: Mapped[int] = mapped_column(default=1)

    convention: Mapped[Convention] = relationship(lazy="joined", innerjoin=True)
    realisations: Mapped[list[Realisation]] = relationship(
        back_populates="declaration", cascade="all, delete-orphan", order_by="Realisation.id"
    )
    avertissements: Mapped[list[Avertissement]] = relationship(
        back_populates="declaration", cascade="all, delete-orphan", order_by="Avertissement.id"
    )
    retours: Mapped[list[Retour]] = relationship(
        back_populates="declaration", cascade="all, delete-orphan", order_by="Retour.id"
    )

    __mapper_args__ = {"version_id_col": version}


class Realisation(Base, Identified, Journaled):
    """One answer that may still change: a figure, a confirmed zero, or nothing (R13). A ratio is two numbers (R14)."""

    __tablename__ = "realisation"
    # The line itself says who.
    __unjournaled__ = frozenset({"saisie_par"})
    __table_args__ = (
        UniqueConstraint("declaration_id", "engagement_id"),
        one_of("reponse", REPONSES),
        one_of("origine", ORIGINES),
        CheckConstraint("valeur IS NULL OR valeur >= 0", name="valeur"),
        CheckConstraint("numerateur IS NULL OR numerateur >= 0", name="numerateur"),
        CheckConstraint("denominateur IS NULL OR denominateur >= 0", name="denominateur"),
        CheckConstraint("(numerateur IS NULL) = (denominateur IS NULL)", name="ratio"),
        CheckConstraint(
            "reponse <> 'manquante' OR (valeur IS NULL AND numerateur IS NULL)", name="manquante_sans_valeur"
        ),
        CheckConstraint("reponse <> 'nombre' OR valeur IS NOT NULL OR numerateur IS NOT NULL", name="nombre_donne"),
        CheckConstraint(
            "reponse <> 'neant' OR (COALESCE(valeur, 0) = 0 AND COALESCE(numerateur, 0) = 0)", name="neant_zero"
        ),
    )

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"))
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    indicateur: Mapped[str] = mapped_column(String(10))
    reponse: Mapped[str] = mapped_column(String(10))
    valeur: Mapped[Decimal | None] = mapped_column(Quantite)
    numerateur: Mapped[Decimal | None] = mapped_column(Quantite)
    denominateur: Mapped[Decimal | None] = mapped_column(Quantite)
    datee_du: Mapped[date | None]
    commentaire: Mapped[str] = mapped_column(String(2000), default="")
    saisie_le: Mapped[datetime] = mapped_column(Moment)
    saisie_par: Mapped[str] = mapped_column(String(120))
    is_on_behalf: Mapped[bool] = mapped_column(default=False)
    origine: Mapped[str] = mapped_column(String(12), default="formulaire")

    declaration: Mapped[Declaration] = relationship(back_populates="realisations")
    engagement: Mapped[Engagement] = relationship(lazy="joined", innerjoin=True)


class Avertissement(Base, Identified, Journaled):
    """A warning that was passed with a sentence (R17)."""

    __tablename__ = "avertissement"

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"), index=True)
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    code: Mapped[str] = mapped_column(String(30))
    message: Mapped[str] = mapped_column(String(500))
    commentaire: Mapped[str] = mapped_column(String(1000), default="")

    declaration: Mapped[Declaration] = relationship(back_populates="avertissements")


class Retour(Base, Identified, Journaled, Dated):
    """A question sent back on one value (R18); `engagement_id` None speaks of the whole."""

    __tablename__ = "retour"
    # The line itself says who.
    __unjournaled__ = frozenset({"par"})

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"), index=True)
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    commentaire: Mapped[str] = mapped_column(String(1000))
    par: Mapped[str] = mapped_column(String(120))
    is_answered: Mapped[bool] = mapped_column(default=False)

    declaration: Mapped[Declaration] = relationship(back_populates="retours")
