"""The passkeys of an account, and what one was asked to sign."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Identified


class PasskeyKept(Base, Identified):
    """One key: its number and its public half, base64url; `compteur` is how often it said that it had signed."""

    __tablename__ = "cle_acces"

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"), index=True)
    nom: Mapped[str] = mapped_column(String(60))
    identifiant: Mapped[str] = mapped_column(String(1400), unique=True)
    cle_publique: Mapped[str] = mapped_column(Text)
    compteur: Mapped[int] = mapped_column(BigInteger)
    cree_le: Mapped[datetime] = mapped_column(Moment)
    employee_le: Mapped[datetime | None] = mapped_column(Moment)


class PasskeyAsked(Base, Identified):
    """What a session was given to sign, once: the last of each use alone counts."""

    __tablename__ = "defi_cle"
    __table_args__ = (
        UniqueConstraint("session", "usage"),
        CheckConstraint("usage IN ('ajouter', 'donner')", name="usage"),
    )

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"), index=True)
    session: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(10))
    defi: Mapped[str] = mapped_column(String(64))
    expire_le: Mapped[datetime] = mapped_column(Moment)
