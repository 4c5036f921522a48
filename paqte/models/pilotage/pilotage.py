"""How a département steers: référents, texts, partners, context figures, settings (bilan_cget.md, 1, 2, 4, 6)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.statuts.pilotage import CHIFFRES, TEXTES
from paqte.models.base import Base, Quantite
from paqte.models.commun import Dated, Identified, Journaled, one_of, period_code


class Referent(Base, Identified, Journaled):
    """A référent named in the bilan, with professional co-ordinates."""

    __tablename__ = "referent"
    __personal__ = frozenset({"nom", "fonction", "courriel", "telephone"})

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"), index=True)
    nom: Mapped[str] = mapped_column(String(120))
    fonction: Mapped[str] = mapped_column(String(120), default="")
    courriel: Mapped[str] = mapped_column(String(254), default="")
    telephone: Mapped[str] = mapped_column(String(30), default="")
    rang: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Rubrique(Base, Identified, Journaled):
    """A text of a period: a semester for the bilan, a quarter for the account of the plan (R36).

    Without a line a period has the text of the one before. `repris_de` is the period whose text an edition printed
    before anybody confirmed it.
    """

    __tablename__ = "rubrique"
    __table_args__ = (
        UniqueConstraint("departement_code", "code", "periode"),
        one_of("code", TEXTES),
        period_code(),
    )

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    code: Mapped[str] = mapped_column(String(20))
    periode: Mapped[str] = mapped_column(String(7))
    texte: Mapped[str] = mapped_column(Text, default="")
    is_confirmed: Mapped[bool] = mapped_column(default=True)
    repris_de: Mapped[str] = mapped_column(String(7), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Partenaire(Base, Identified, Journaled):
    __tablename__ = "partenaire"

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"), index=True)
    nom: Mapped[str] = mapped_column(String(200))
    nature: Mapped[str] = mapped_column(String(80), default="")
    role: Mapped[str] = mapped_column(String(500), default="")
    rang: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ChiffreContexte(Base, Identified, Journaled, Dated):
    """A context figure on a date; the latest one not after the end of a period is shown (R25, R26)."""

    __tablename__ = "chiffre_contexte"
    __table_args__ = (
        UniqueConstraint("departement_code", "code", "date"),
        one_of("code", CHIFFRES),
        CheckConstraint("valeur >= 0", name="valeur"),
        Index("ix_chiffre_contexte_departement_code", "departement_code", "code"),
    )

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    code: Mapped[str] = mapped_column(String(20))
    valeur: Mapped[Decimal] = mapped_column(Quantite)
    date: Mapped[date]
    precision: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Reglage(Base, Identified, Journaled):
    """A setting; `departement_code` None is the national default (R12)."""

    __tablename__ = "reglage"
    __table_args__ = (UniqueConstraint("departement_code", "cle"),)

    departement_code: Mapped[str | None] = mapped_column(ForeignKey("departement.code"))
    cle: Mapped[str] = mapped_column(String(40))
    valeur: Mapped[str] = mapped_column(String(2000))
