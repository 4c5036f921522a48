"""Sums kept so that no page makes them again: of the answers of a département, and of what an edition brings (R20).

They are no data: a base without any says the same figures.
"""

from __future__ import annotations

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base


class KeptConsolidation(Base):
    """The consolidation of a declared period ("2026-T1"), or of all those until the end of a year ("..2024").

    `etat` is the mark of what it was made from and of the rules that made it: under another mark it serves no more,
    and nothing else is needed to make it again.
    """

    __tablename__ = "somme"

    departement_code: Mapped[str] = mapped_column(String(3), primary_key=True)
    fenetre: Mapped[str] = mapped_column(String(7), primary_key=True)
    etat: Mapped[str] = mapped_column(String(120))
    contenu: Mapped[bytes] = mapped_column(LargeBinary)


class KeptPart(Base):
    """What an edition brings to the sum of a territory; `etat` names the edition by its hash, and the rules."""

    __tablename__ = "part_edition"

    edition_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    etat: Mapped[str] = mapped_column(String(140))
    contenu: Mapped[bytes] = mapped_column(LargeBinary)
