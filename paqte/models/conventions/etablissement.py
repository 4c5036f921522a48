"""The register of companies as this base knows it, and what a look at it found of signatories."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from paqte.domain.saisie.textes import searchable
from paqte.domain.statuts.conventions import CATEGORIES, NATURES
from paqte.domain.statuts.veilles import CONSTATS, ETATS, RIEN, VU
from paqte.models.base import Base, Moment
from paqte.models.commun import Identified, one_of
from paqte.models.conventions.entreprise import SEARCH_LENGTH, SEARCHED, Signataire

ANNUAIRE, FICHIER = "annuaire", "fichier"


def register_text(nom: str, enseigne: str, commune: str, siret: str) -> str:
    """What a search by name looks through."""
    return searchable(f"{nom} {enseigne} {commune} {siret}")[:SEARCH_LENGTH]


class Etablissement(Base):
    """What the register says of an establishment: read from the State's service, or in a file of Sirene.

    A copy of what is published elsewhere: it leaves no journal line, and no document is made from it.
    """

    __tablename__ = "etablissement"
    __table_args__ = (
        CheckConstraint("length(siret) = 14", name="siret"),
        one_of("nature", NATURES),
        one_of("categorie", CATEGORIES),
        one_of("origine", (ANNUAIRE, FICHIER)),
        Index("ix_etablissement_departement_recherche", "departement_code", "recherche"),
    )

    siret: Mapped[str] = mapped_column(String(14), primary_key=True)
    siren: Mapped[str] = mapped_column(String(9), index=True)
    nom: Mapped[str] = mapped_column(String(200))
    enseigne: Mapped[str] = mapped_column(String(200), default="")
    adresse: Mapped[str] = mapped_column(String(300), default="")
    code_postal: Mapped[str] = mapped_column(String(5), default="")
    commune: Mapped[str] = mapped_column(String(100), default="")
    # As the register says it: not one of ours, when the establishment is abroad.
    departement_code: Mapped[str] = mapped_column(String(3), default="")
    naf: Mapped[str] = mapped_column(String(6), default="")
    nature: Mapped[str] = mapped_column(String(20))
    categorie: Mapped[str] = mapped_column(String(3), default="")
    tranche: Mapped[str] = mapped_column(String(2), default="")
    is_ouvert: Mapped[bool] = mapped_column(default=True)
    ferme_le: Mapped[date | None]
    is_diffusible: Mapped[bool] = mapped_column(default=True)
    is_siege: Mapped[bool] = mapped_column(default=False)
    origine: Mapped[str] = mapped_column(String(10))
    lu_le: Mapped[datetime] = mapped_column(Moment)
    recherche: Mapped[str] = mapped_column(SEARCHED)


class Veille(Base, Identified):
    """The last look at the establishment of a signatory: what it found, and what its référent made of it.

    Looks come every few days and change nothing: what they find and what is decided leave lines of their own.
    """

    __tablename__ = "veille"
    __table_args__ = (
        one_of("constat", CONSTATS),
        one_of("etat", ETATS),
        Index("ix_veille_departement_etat", "departement_code", "etat"),
    )

    signataire_id: Mapped[int] = mapped_column(ForeignKey("signataire.id"), unique=True)
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    # The number that was looked at, and the name that the register gave it.
    identifiant: Mapped[str] = mapped_column(String(14))
    nom_lu: Mapped[str] = mapped_column(String(200), default="")
    constat: Mapped[str] = mapped_column(String(10), default=RIEN)
    etat: Mapped[str] = mapped_column(String(10), default=VU)
    ferme_le: Mapped[date | None]
    vu_le: Mapped[datetime] = mapped_column(Moment)
    constate_le: Mapped[datetime | None] = mapped_column(Moment)
    traite_par: Mapped[str] = mapped_column(String(120), default="")
    traite_le: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    signataire: Mapped[Signataire] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}
