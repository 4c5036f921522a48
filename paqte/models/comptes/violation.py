"""What browsers were kept from doing by the policy of our pages: counted by the hour, without who or where from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Identified


class ViolationCounted(Base, Identified):
    """How many reports of one directive, one page and one kind of source came in one hour."""

    __tablename__ = "violation_csp"
    __table_args__ = (UniqueConstraint("heure", "directive", "page", "source"),)

    heure: Mapped[datetime] = mapped_column(Moment)
    directive: Mapped[str] = mapped_column(String(40))
    page: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(20))
    combien: Mapped[int]
