"""What a person left of a list of the pages, for her alone; what she keeps of one under a name."""

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


class NamedView(Base, Identified):
    """A list under a name of one's own: changed by its account alone, opened by address by its whole département."""

    __tablename__ = "vue_liste"
    __table_args__ = (UniqueConstraint("utilisateur_id", "departement_code", "liste", "nom"),)

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"))
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    liste: Mapped[str] = mapped_column(String(60))
    nom: Mapped[str] = mapped_column(String(60))
    filtres: Mapped[str] = mapped_column(String(1000))
    gardee_le: Mapped[datetime] = mapped_column(Moment)
