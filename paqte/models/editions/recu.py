"""Bilans received as workbooks, from départements that do not use this base: what was read, and what became of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.statuts.recus import ETATS, MARQUES, RETENU
from paqte.models.base import Base, Moment
from paqte.models.commun import Dated, Identified, Journaled, one_of, period_code


class BilanRecu(Base, Identified, Journaled, Dated):
    """A workbook as it was handed in. `contenu` is the part that was read of it (domain.assemblage.recus).

    File, figures and hashes never change; `etat` says whether they count, `marque` how they were taken, `raison` why it
    was kept, `motif` why it no longer counts, `constats` what was found, a sentence a line. One at most counts for a
    département and a semester.
    """

    __tablename__ = "bilan_recu"
    __unjournaled__ = frozenset({"contenu", "decide_par", "octets", "recu_par"})
    __table_args__ = (
        one_of("etat", ETATS),
        one_of("marque", MARQUES),
        period_code(),
        CheckConstraint("length(fichier_sha256) = 64", name="empreinte"),
        Index(
            "uq_bilan_recu_retenu",
            "departement_code",
            "periode",
            unique=True,
            sqlite_where=text(f"etat = '{RETENU}'"),
            postgresql_where=text(f"etat = '{RETENU}'"),
        ),
    )

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    periode: Mapped[str] = mapped_column(String(7))
    numero: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    nom: Mapped[str] = mapped_column(String(200))
    octets: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    fichier_sha256: Mapped[str] = mapped_column(String(64))
    contenu: Mapped[str] = mapped_column(Text)
    etat: Mapped[str] = mapped_column(String(10))
    marque: Mapped[str] = mapped_column(String(10))
    raison: Mapped[str] = mapped_column(String(500), default="")
    motif: Mapped[str] = mapped_column(String(500), default="")
    constats: Mapped[str] = mapped_column(Text, default="")
    recu_par: Mapped[str] = mapped_column(String(120))
    decide_par: Mapped[str] = mapped_column(String(120), default="")
    decide_le: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
