"""Editions: frozen, numbered, hashed (R19); templates they were made with; tasks of the scheduler."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Dated, Identified, Journaled, period_code


class Gabarit(Base, Identified, Journaled, Dated):
    """A template workbook; the one in force is the last whose date has come."""

    __tablename__ = "gabarit"
    __unjournaled__ = frozenset({"octets"})

    nom: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    octets: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    en_vigueur_le: Mapped[date]


class Edition(Base, Identified, Journaled, Dated):
    """An issued bilan. Nothing of it is ever changed; `chemin` says where it was published."""

    __tablename__ = "edition"
    __unjournaled__ = frozenset({"contenu", "faits", "fichier"})
    __table_args__ = (
        UniqueConstraint("departement_code", "periode", "numero"),
        period_code(),
        CheckConstraint("numero >= 1", name="numero"),
        CheckConstraint("length(sha256) = 64 AND length(fichier_sha256) = 64", name="empreintes"),
    )

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    periode: Mapped[str] = mapped_column(String(7))
    numero: Mapped[int]
    contenu: Mapped[str] = mapped_column(Text, deferred=True)
    faits: Mapped[str] = mapped_column(Text, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    fichier: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    fichier_sha256: Mapped[str] = mapped_column(String(64))
    fichier_nom: Mapped[str] = mapped_column(String(120))
    gabarit_id: Mapped[int] = mapped_column(ForeignKey("gabarit.id"))
    catalogue: Mapped[str] = mapped_column(String(20))
    produite_par: Mapped[str] = mapped_column(String(120))
    publiee_le: Mapped[datetime | None] = mapped_column(Moment)


class Tache(Base, Identified):
    """One due job for one département and period; the unique row is the claim."""

    __tablename__ = "tache"
    __table_args__ = (
        UniqueConstraint("travail", "departement_code", "periode"),
        CheckConstraint("etat IN ('en_cours', 'faite', 'echouee')", name="etat"),
        Index("ix_tache_etat", "etat"),
    )

    travail: Mapped[str] = mapped_column(String(40))
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    periode: Mapped[str] = mapped_column(String(7))
    etat: Mapped[str] = mapped_column(String(10))
    prise_par: Mapped[str] = mapped_column(String(80))
    prise_le: Mapped[datetime] = mapped_column(Moment)
    finie_le: Mapped[datetime | None] = mapped_column(Moment)
    essais: Mapped[int] = mapped_column(default=1)
    message: Mapped[str] = mapped_column(String(1000), default="")
