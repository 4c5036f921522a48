"""Evidence handed in: beside one answer of a declaration, or with an action told (R29)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from paqte.models.base import Base
from paqte.models.commun import Dated, Identified, Journaled
from paqte.models.fichier import Fichier


class Justificatif(Base, Identified, Journaled, Dated):
    """One file and what it shows: an engagement of a declaration, or an action."""

    __tablename__ = "justificatif"
    # The line itself says who.
    __unjournaled__ = frozenset({"par"})
    __table_args__ = (
        CheckConstraint("(declaration_id IS NULL) = (engagement_id IS NULL)", name="reponse"),
        CheckConstraint("(declaration_id IS NULL) <> (action_id IS NULL)", name="une_chose"),
    )

    declaration_id: Mapped[int | None] = mapped_column(ForeignKey("declaration.id"), index=True)
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), index=True)
    fichier_id: Mapped[int] = mapped_column(ForeignKey("fichier.id"), unique=True)
    par: Mapped[str] = mapped_column(String(120))

    fichier: Mapped[Fichier] = relationship(lazy="joined", innerjoin=True)
