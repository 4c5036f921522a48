"""How far the préfecture is with a company before its convention."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.conventions.demarches import A_CONTACTER, ETATS
from paqte.models.base import Base
from paqte.models.commun import Dated, Identified, Journaled, one_of


class Demarche(Base, Identified, Journaled, Dated):
    """One for a company whose state was ever said: without a line, it is to be contacted.

    Its contacts and exchanges are those of its sheet, which a convention takes as it is. `motif` is why it refused, and
    may name somebody (R30).
    """

    __tablename__ = "demarche"
    __personal__ = frozenset({"motif"})
    __table_args__ = (one_of("etat", ETATS),)

    signataire_id: Mapped[int] = mapped_column(ForeignKey("signataire.id"), unique=True)
    etat: Mapped[str] = mapped_column(String(16), default=A_CONTACTER)
    motif: Mapped[str] = mapped_column(String(1000), default="")
    depuis: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
