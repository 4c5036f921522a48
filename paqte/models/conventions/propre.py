"""A département's own columns of its signatories, and what stands in them: no document and no figure reads them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.conventions.propres import GENRES, LONGEST, TITLE
from paqte.models.base import Base
from paqte.models.commun import Dated, Identified, Journaled, one_of


class ColonnePropre(Base, Identified, Journaled, Dated):
    """A column that the préfecture kept of its own tracker. `cle` makes two titles one, `is_listed` shows it in the
    list of signatories."""

    __tablename__ = "colonne_propre"
    __unjournaled__ = frozenset({"cle"})
    __table_args__ = (UniqueConstraint("departement_code", "cle"), one_of("genre", GENRES))

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    titre: Mapped[str] = mapped_column(String(TITLE))
    cle: Mapped[str] = mapped_column(String(2 * TITLE))
    genre: Mapped[str] = mapped_column(String(8))
    is_listed: Mapped[bool] = mapped_column(default=False)


class ValeurPropre(Base, Identified, Journaled):
    """What stands there for a signatory, in the one spelling of its kind; '' once it was emptied. It may name
    somebody: the journal keeps its words apart (R30)."""

    __tablename__ = "valeur_propre"
    __personal__ = frozenset({"valeur"})
    __table_args__ = (
        UniqueConstraint("colonne_id", "signataire_id"),
        Index("ix_valeur_propre_signataire_id", "signataire_id"),
    )

    colonne_id: Mapped[int] = mapped_column(ForeignKey("colonne_propre.id"))
    signataire_id: Mapped[int] = mapped_column(ForeignKey("signataire.id"))
    valeur: Mapped[str] = mapped_column(String(LONGEST), default="")
