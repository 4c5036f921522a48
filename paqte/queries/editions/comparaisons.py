"""What comparing two editions reads: their contents, and whose the conventions are."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Convention, Edition, Signataire, db
from paqte.queries.perimetre import readable


class EditionContent(NamedTuple):
    """What an edition froze, as texts."""

    id: int
    departement: str
    periode: str
    numero: int
    contenu: str
    faits: str
    genre_document: str


class ConventionNamed(NamedTuple):
    numero: str
    signataire: str


def read_contents(*, actor: Acteur, edition_id: int) -> EditionContent:
    """What an edition froze, or NotFound."""
    e = Edition
    query = select(e.id, e.departement_code, e.periode, e.numero, e.contenu, e.faits, e.genre_document)
    row = db.session.execute(query.where(e.id == edition_id, readable(Edition, actor))).first()
    if row is None:
        raise NotFound("Cette édition")
    return EditionContent(*row)


def conventions_named(departement: str) -> dict[int, ConventionNamed]:
    """Number and signatory of every convention of the département, by key."""
    query = select(Convention.id, Convention.numero, Signataire.nom).join(
        Signataire, Signataire.id == Convention.signataire_id
    )
    rows = db.session.execute(query.where(Convention.departement_code == departement))
    return {key: ConventionNamed(numero, nom) for key, numero, nom in rows}
