"""Editions of the sum of a région or of the nation: frozen, numbered, hashed as those of a département (R19, R20)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Dated, Identified, Journaled, code_shape, period_code


class EditionTerritoire(Base, Identified, Journaled, Dated):
    """A sum issued, of the kind that `genre_document` says. Nothing of it is ever changed.

    `territoire` is a code of domain.editions.territoires. `contenu` and `fichier` are internal; `publiable` and its
    workbook are what may go out (R23).
    """

    __tablename__ = "edition_territoire"
    __unjournaled__ = frozenset({"contenu", "fichier", "produite_par", "publiable", "publiable_fichier"})
    __table_args__ = (
        UniqueConstraint("territoire", "genre_document", "periode", "numero", name="uq_edition_territoire_numero"),
        code_shape("genre_document"),
        period_code(),
        CheckConstraint("numero >= 1", name="numero"),
        CheckConstraint(
            "length(sha256) = 64 AND length(fichier_sha256) = 64 AND length(publiable_sha256) = 64", name="empreintes"
        ),
    )

    territoire: Mapped[str] = mapped_column(String(3))
    genre_document: Mapped[str] = mapped_column(String(20))
    periode: Mapped[str] = mapped_column(String(7))
    numero: Mapped[int]
    contenu: Mapped[str] = mapped_column(Text, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    fichier: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    fichier_sha256: Mapped[str] = mapped_column(String(64))
    fichier_nom: Mapped[str] = mapped_column(String(120))
    publiable: Mapped[str] = mapped_column(Text, deferred=True)
    publiable_fichier: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    publiable_sha256: Mapped[str] = mapped_column(String(64))
    publiable_nom: Mapped[str] = mapped_column(String(120))
    produite_par: Mapped[str] = mapped_column(String(120))
    publiee_le: Mapped[datetime | None] = mapped_column(Moment)
