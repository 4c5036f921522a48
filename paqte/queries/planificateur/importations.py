"""Files that a préfecture handed in, as its pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import searchable
from paqte.models import Importation, MappingKept, Utilisateur, db
from paqte.queries.perimetre import read, readable

WHAT = "Cet import"
SHOWN = 30


class ImportationLue(NamedTuple):
    """A file as the list shows it."""

    id: int
    nom: str
    etat: str
    par: str
    created_at: datetime
    finie_le: datetime | None
    departement: str


class ImportationOuverte(NamedTuple):
    """A file as its page shows it; `correspondance` and `lignes` as they are kept."""

    id: int
    departement: str
    nom: str
    etat: str
    version: int
    correspondance: str
    lignes: bytes | None
    message: str
    has_octets: bool
    faites: int
    etapes: int


def list_importations(*, actor: Acteur) -> list[ImportationLue]:
    """The last ones of the département, the newest first."""
    i, u = Importation, Utilisateur
    query = (
        select(i.id, i.nom, i.etat, u.nom, i.created_at, i.finie_le, i.departement_code)
        .join(u, u.id == i.utilisateur_id)
        .where(readable(i, actor))
        .order_by(i.id.desc())
        .limit(SHOWN)
    )
    return list(map(ImportationLue._make, db.session.execute(query)))


def read_importation(*, actor: Acteur, importation_id: int) -> ImportationOuverte:
    """NotFound for another département's."""
    row = read(db.session(), Importation, importation_id, actor, WHAT)
    return ImportationOuverte(
        row.id,
        row.departement_code,
        row.nom,
        row.etat,
        row.version,
        row.correspondance,
        row.lignes,
        row.message,
        row.octets is not None,
        row.faites,
        row.etapes,
    )


def list_mappings(*, actor: Acteur) -> dict[int, str]:
    """The names of the mappings kept in the actor's département, by key, in alphabetical order."""
    m = MappingKept
    found = db.session.execute(select(m.id, m.nom).where(readable(m, actor)).order_by(m.id))
    return dict(sorted(((key, nom) for key, nom in found), key=lambda one: searchable(one[1])))


def file_of(*, actor: Acteur, importation_id: int) -> bytes | None:
    """The bytes handed in, None once they are gone; NotFound for another département's."""
    return read(db.session(), Importation, importation_id, actor, WHAT).octets
