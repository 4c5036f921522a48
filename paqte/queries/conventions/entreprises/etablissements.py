"""The register of companies as this base knows it: read from the State's service, or in a file of Sirene."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.conventions.etablissements import EtablissementLu
from paqte.domain.saisie.textes import clean_line, french_order, searchable
from paqte.models import Etablissement, Qpv, Signataire, db

MOST_FOUND = 20
MOST_WORDS = 6


class EtablissementKept(NamedTuple):
    """An establishment, when it was read and where: `annuaire` or `fichier`."""

    etablissement: EtablissementLu
    lu_le: datetime
    origine: str


def kept_etablissement(identifiant: str) -> EtablissementKept | None:
    """That of a SIRET, or the head office of a SIREN; None when it was never read."""
    e = Etablissement
    is_siret = len(identifiant) == 14
    query = select(e).where(e.siret == identifiant) if is_siret else select(e).where(e.siren == identifiant, e.is_siege)
    row = db.session.scalars(query.order_by(e.is_ouvert.desc(), e.lu_le.desc(), e.siret).limit(1)).first()
    return None if row is None else EtablissementKept(read_row(row), row.lu_le, row.origine)


def open_etablissements(siren: str, apart: str) -> tuple[EtablissementLu, ...]:
    """Those of a SIREN known to be open, but one."""
    e = Etablissement
    query = select(e).where(e.siren == siren, e.is_ouvert, e.siret != apart).order_by(e.is_siege.desc(), e.siret)
    return tuple(map(read_row, db.session.scalars(query.limit(100))))


def search_kept(texte: str, departement: str) -> tuple[EtablissementLu, ...]:
    """Open establishments of the département all the words of whose name, sign, commune or number answer."""
    e = Etablissement
    words = searchable(clean_line(texte)[0]).split()[:MOST_WORDS]
    asked = (e.recherche.contains(word, autoescape=True) for word in words)
    query = select(e).where(e.departement_code == departement, e.is_ouvert, *asked)
    return tuple(map(read_row, db.session.scalars(query.order_by(e.recherche, e.siret).limit(MOST_FOUND))))


def list_communes(departement: str) -> list[str]:
    """Communes of the département that the base knows, by its signatories and its priority districts."""
    mine = db.session.scalars(select(Signataire.commune).where(Signataire.departement_code == departement).distinct())
    listed = db.session.scalars(select(Qpv.communes).where(Qpv.departement_code == departement).distinct())
    found = {*mine, *(commune.strip() for line in listed for commune in line.split(","))}
    return sorted(found - {""}, key=french_order)


def read_row(row: Etablissement) -> EtablissementLu:
    """The row as the register's answer, wherever it comes from."""
    return EtablissementLu(
        siret=row.siret,
        nom=row.nom,
        enseigne=row.enseigne,
        adresse=row.adresse,
        code_postal=row.code_postal,
        commune=row.commune,
        departement=row.departement_code,
        naf=row.naf,
        nature=row.nature,
        categorie=row.categorie,
        tranche=row.tranche,
        is_ouvert=row.is_ouvert,
        ferme_le=row.ferme_le,
        is_diffusible=row.is_diffusible,
        is_siege=row.is_siege,
    )
