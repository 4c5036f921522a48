"""What the provider of single sign-on calls the people who have an account here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Identified


class ProviderIdentity(Base, Identified):
    """The number (`sub`) by which a provider (`emetteur`) knows an account, from her first sign-in there on.

    The journal says when it came and went, never the number. An account has one at most by provider: another person
    to whom the provider gives the same address does not enter.
    """

    __tablename__ = "identite_fournie"
    __table_args__ = (UniqueConstraint("emetteur", "sub"), UniqueConstraint("utilisateur_id", "emetteur"))

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"))
    emetteur: Mapped[str] = mapped_column(String(255))
    sub: Mapped[str] = mapped_column(String(255))
    connue_le: Mapped[datetime] = mapped_column(Moment)
