"""Editions: frozen, numbered, hashed (R19), with their files; templates they were made with."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.editions.editions import FORMATS, GABARIT_BILAN
from paqte.domain.secret import DIFFUSIONS
from paqte.models.base import Base, Moment
from paqte.models.commun import Dated, Identified, Journaled, code_shape, one_of, period_code


class Gabarit(Base, Identified, Journaled, Dated):
    """A template workbook. Those an administrator installed (`installe_par`) serve from their date on.

    The others are the product's own, kept because an edition was made with them.
    """

    __tablename__ = "gabarit"
    __table_args__ = (code_shape("genre"),)
    __unjournaled__ = frozenset({"installe_par", "octets"})

    nom: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    octets: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    en_vigueur_le: Mapped[date]
    genre: Mapped[str] = mapped_column(String(20), default=GABARIT_BILAN)
    installe_par: Mapped[str] = mapped_column(String(120), default="")
    retire_le: Mapped[date | None]


class Edition(Base, Identified, Journaled, Dated):
    """An issued document, of the kind that `genre_document` says. Nothing of it is ever changed.

    `contenu` is whole, `publiable` what may leave the préfecture (R23); `fichier` is the internal workbook.
    `entrees_sha256` is the fingerprint of what it was made from, None for those of before (R44).
    """

    __tablename__ = "edition"
    __unjournaled__ = frozenset({"contenu", "faits", "fichier", "produite_par", "publiable"})
    __table_args__ = (
        UniqueConstraint("departement_code", "genre_document", "periode", "numero", name="uq_edition_numero"),
        code_shape("genre_document"),
        period_code(has_years=True),
        CheckConstraint("numero >= 1", name="numero"),
        CheckConstraint("length(sha256) = 64 AND length(fichier_sha256) = 64", name="empreintes"),
        Index("ix_edition_derniere", "genre_document", "periode", "departement_code", "numero", "sha256", "created_at"),
    )

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    genre_document: Mapped[str] = mapped_column(String(20))
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
    publiable: Mapped[str | None] = mapped_column(Text, deferred=True)
    entrees_sha256: Mapped[str | None] = mapped_column(String(64))


class EditionFichier(Base, Identified):
    """Another file of an edition: the publishable workbook, the rows as CSV, their table schema."""

    __tablename__ = "edition_fichier"
    __table_args__ = (
        UniqueConstraint("edition_id", "diffusion", "format"),
        one_of("diffusion", DIFFUSIONS),
        one_of("format", FORMATS),
        CheckConstraint("length(sha256) = 64", name="empreinte"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    diffusion: Mapped[str] = mapped_column(String(10))
    format: Mapped[str] = mapped_column(String(4))
    nom: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    octets: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
