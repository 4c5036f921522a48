"""What companies say they got wrong in declarations already sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from paqte.domain.statuts.signalements import ETATS
from paqte.models.base import Base, Moment
from paqte.models.commun import Dated, Identified, Journaled, one_of
from paqte.models.declarations.declaration import Declaration


class Signalement(Base, Identified, Journaled, Dated):
    """An error that a company tells its référent of, in a declaration sent or validated; one open at a time."""

    __tablename__ = "signalement"
    # The lines themselves say who.
    __unjournaled__ = frozenset({"par", "traite_par"})
    __table_args__ = (
        one_of("etat", ETATS),
        Index(
            "ix_signalement_ouvert",
            "declaration_id",
            unique=True,
            sqlite_where=text("etat = 'ouvert'"),
            postgresql_where=text("etat = 'ouvert'"),
        ),
        Index("ix_signalement_departement_etat", "departement_code", "etat"),
    )

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"))
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    etat: Mapped[str] = mapped_column(String(12))
    motif: Mapped[str] = mapped_column(String(1000))
    par: Mapped[str] = mapped_column(String(120))
    reponse: Mapped[str] = mapped_column(String(1000), default="")
    traite_par: Mapped[str] = mapped_column(String(120), default="")
    traite_le: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    declaration: Mapped[Declaration] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}
