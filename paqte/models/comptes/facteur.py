"""The second factor of an account, and the codes that stand in for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Identified


class SecondFactor(Base, Identified):
    """One by account: its secret, encrypted; in force once a first code was given (`actif_le`).

    `dernier_pas` is the step of the last code taken: none of it or before is taken again.
    """

    __tablename__ = "second_facteur"

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"), unique=True)
    secret_chiffre: Mapped[str] = mapped_column(Text)
    cree_le: Mapped[datetime] = mapped_column(Moment)
    actif_le: Mapped[datetime | None] = mapped_column(Moment)
    dernier_pas: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class RecoveryCode(Base, Identified):
    """A code that serves once when the telephone is lost: only its hash is kept."""

    __tablename__ = "code_secours"
    __table_args__ = (UniqueConstraint("utilisateur_id", "empreinte"),)

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"))
    empreinte: Mapped[str] = mapped_column(String(64))
    employe_le: Mapped[datetime | None] = mapped_column(Moment)
