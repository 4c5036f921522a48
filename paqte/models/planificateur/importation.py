"""Files taken in by a préfecture: what is to be done of each, and what it said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.statuts.imports import ETATS
from paqte.models.base import Base, Moment
from paqte.models.commun import Dated, Identified, Journaled, one_of


class Importation(Base, Identified, Dated):
    """A spreadsheet handed in by a référent. `octets` is empty once it is over: it holds names and addresses (R30).

    `correspondance` says what each column stands for, `lignes` what the last look at the file said, row by row;
    `declarations` is what it sent, each with the version it had then; `faites` of `etapes` is how far it is.
    """

    __tablename__ = "importation"
    __table_args__ = (one_of("etat", ETATS), Index("ix_importation_etat", "etat"))

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"), index=True)
    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"))
    nom: Mapped[str] = mapped_column(String(200))
    etat: Mapped[str] = mapped_column(String(12))
    correspondance: Mapped[str] = mapped_column(Text)
    octets: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    lignes: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    message: Mapped[str] = mapped_column(String(1000), default="")
    prise_le: Mapped[datetime | None] = mapped_column(Moment)
    faites: Mapped[int] = mapped_column(default=0)
    etapes: Mapped[int] = mapped_column(default=0)
    declarations: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    finie_le: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class MappingKept(Base, Identified, Journaled, Dated):
    """What the columns of a tracker stand for, under a name that its département gave: headings, and nothing of rows.

    `contenu` is a list of sheets, each a title and what each of its headings stands for.
    """

    __tablename__ = "correspondance"
    __unjournaled__ = frozenset({"contenu"})
    __table_args__ = (UniqueConstraint("departement_code", "nom"),)

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    nom: Mapped[str] = mapped_column(String(80))
    contenu: Mapped[str] = mapped_column(Text)
