"""What a person left of a list of the pages: filters and sort, for her alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Identified


class ListKept(Base, Identified):
    """How an account last looked at a list: `filtres` is the end of its address, `liste` the name of the page."""

    __tablename__ = "habitude_liste"
    __table_args__ = (UniqueConstraint("utilisateur_id", "liste"),)

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"))
    liste: Mapped[str] = mapped_column(String(60))
    filtres: Mapped[str] = mapped_column(String(1000))
    gardee_le: Mapped[datetime] = mapped_column(Moment)
