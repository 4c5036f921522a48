"""Which secret key the machines that serve this base hold: a mark of it, never the key."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base


class SecretKnown(Base):
    """One row: the mark of the key."""

    __tablename__ = "cle_secrete"
    __table_args__ = (CheckConstraint("id = 1", name="une_seule"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    empreinte: Mapped[str] = mapped_column(String(64))
