"""Forms that made something, so that the same one sent twice makes it once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Identified


class Envoi(Base, Identified):
    """A form received: `cle` is the hash of the page it was sent from and of what it says, `suite` where it led."""

    __tablename__ = "envoi"

    cle: Mapped[str] = mapped_column(String(64), unique=True)
    quand: Mapped[datetime] = mapped_column(Moment, index=True)
    suite: Mapped[str] = mapped_column(String(1000), default="", server_default="")
