"""Conventions, their engagements and objectives (R1–R8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from paqte.domain.statuts.conventions import DISPOSITIFS, RYTHMES, STATUTS
from paqte.models.base import Base, Quantite
from paqte.models.commun import Dated, Identified, Journaled, one_of, period_code
from paqte.models.conventions.entreprise import Signataire


class Convention(Base, Identified, Journaled, Dated):
    """A signed promise of one signatory. Running states follow from dates and are not stored (R4)."""

    __tablename__ = "convention"
    __personal__ = frozenset({"notes"})
    __table_args__ = (
        UniqueConstraint("departement_code", "numero"),
        one_of("dispositif", DISPOSITIFS),
        one_of("statut", STATUTS),
        one_of("rythme", RYTHMES),
        CheckConstraint("fin >= debut", name="dates"),
        CheckConstraint(
            "(statut = 'resiliee') = (resiliee_le IS NOT NULL AND motif_resiliation <> '')", name="resiliation"
        ),
        CheckConstraint("statut = 'projet' OR signee_le IS NOT NULL", name="signature"),
        # Holds all that tells whether a convention is alive: the list of signatories filters on it alone.
        Index(
            "ix_convention_departement_vie",
            "departement_code",
            "fin",
            "debut",
            "statut",
            "resiliee_le",
            "signataire_id",
        ),
        # The same seen from a signatory: its last convention, and whether one of them is alive, without its rows.
        Index(
            "ix_convention_signataire_vie",
            "signataire_id",
            "departement_code",
            "fin",
            "debut",
            "statut",
            "resiliee_le",
        ),
    )

    signataire_id: Mapped[int] = mapped_column(ForeignKey("signataire.id"))
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    numero: Mapped[str] = mapped_column(String(20))
    dispositif: Mapped[str] = mapped_column(String(12))
    statut: Mapped[str] = mapped_column(String(10))
    rythme: Mapped[str] = mapped_column(String(1), default="T")
    signee_le: Mapped[date | None]
    debut: Mapped[date]
    fin: Mapped[date]
    resiliee_le: Mapped[date | None]
    motif_resiliation: Mapped[str] = mapped_column(String(1000), default="")
    cosignataire: Mapped[str] = mapped_column(String(200), default="")
    is_in_plan_10000: Mapped[bool] = mapped_column(default=False)
    precedente_id: Mapped[int | None] = mapped_column(ForeignKey("convention.id"), unique=True)
    texte_signe_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"))
    notes: Mapped[str] = mapped_column(String(4000), default="")
    version: Mapped[int] = mapped_column(default=1)

    signataire: Mapped[Signataire] = relationship(lazy="joined", innerjoin=True)
    engagements: Mapped[list[Engagement]] = relationship(
        back_populates="convention", order_by="Engagement.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class Anteriorite(Base, Identified, Journaled):
    """A period whose due date was over when its convention was typed: asked all the same or not, since when (R42)."""

    __tablename__ = "anteriorite"
    __table_args__ = (UniqueConstraint("convention_id", "periode"), period_code())

    convention_id: Mapped[int] = mapped_column(ForeignKey("convention.id"))
    periode: Mapped[str] = mapped_column(String(7))
    is_owed: Mapped[bool]
    depuis: Mapped[date]

    convention: Mapped[Convention] = relationship()


class Engagement(Base, Identified, Journaled):
    """One indicator a convention promises. `rang` tells apart several free ones (X1) of one convention."""

    __tablename__ = "engagement"
    __table_args__ = (
        UniqueConstraint("convention_id", "indicateur", "rang"),
        CheckConstraint("rang >= 1", name="rang"),
        CheckConstraint("reference IS NULL OR reference >= 0", name="reference"),
    )

    convention_id: Mapped[int] = mapped_column(ForeignKey("convention.id"))
    indicateur: Mapped[str] = mapped_column(String(10))
    rang: Mapped[int] = mapped_column(default=1)
    libelle: Mapped[str] = mapped_column(String(300), default="")
    unite: Mapped[str] = mapped_column(String(60), default="")
    reference: Mapped[Decimal | None] = mapped_column(Quantite)
    precision: Mapped[str] = mapped_column(String(1000), default="")

    convention: Mapped[Convention] = relationship(back_populates="engagements")
    objectifs: Mapped[list[Objectif]] = relationship(
        back_populates="engagement", order_by="Objectif.annee", cascade="all, delete-orphan"
    )


class Objectif(Base, Identified, Journaled):
    """A target: of a convention year (1, 2, 3…) or, with `annee` 0, of the whole term (R6)."""

    __tablename__ = "objectif"
    __table_args__ = (
        UniqueConstraint("engagement_id", "annee"),
        CheckConstraint("annee BETWEEN 0 AND 10", name="annee"),
        CheckConstraint("cible >= 0", name="cible"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    annee: Mapped[int] = mapped_column(default=0)
    cible: Mapped[Decimal] = mapped_column(Quantite)

    engagement: Mapped[Engagement] = relationship(back_populates="objectifs")
