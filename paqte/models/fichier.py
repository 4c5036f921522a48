"""Files people hand in: kept in the base, so that one back-up holds everything."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base
from paqte.models.commun import Dated, Identified, Journaled


class Fichier(Base, Identified, Journaled, Dated):
    """A file checked by its content; `media_type` is what it was found to be, not what was said."""

    __tablename__ = "fichier"
    __unjournaled__ = frozenset({"octets"})
    __table_args__ = (
        CheckConstraint("taille > 0", name="taille"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"), index=True)
    nom: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    taille: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    octets: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
