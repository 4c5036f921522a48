"""The sums of territories already issued, and what they are made from."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.secret import PUBLIABLE
from paqte.models import Edition, EditionTerritoire, db
from paqte.queries.editions.editions import FichierEdition
from paqte.queries.perimetre import of_territory, territory_of


class SommeIssued(NamedTuple):
    """An issued sum as lists show it; moments are aware."""

    id: int
    territoire: str
    genre_document: str
    periode: str
    numero: int
    sha256: str
    fichier_sha256: str
    publiable_sha256: str
    produite_par: str
    created_at: datetime
    publiee_le: datetime | None


def issued_sommes(*, actor: Acteur, periode: str | None = None, territoire: str | None = None) -> list[SommeIssued]:
    """The editions of territories that the actor may read, the latest period and number first."""
    e = EditionTerritoire
    query = select(*(getattr(e, name) for name in SommeIssued._fields)).where(of_territory(e, actor))
    if periode is not None:
        query = query.where(e.periode == periode)
    if territoire is not None:
        query = query.where(e.territoire == territoire)
    query = query.order_by(e.periode.desc(), e.genre_document, e.territoire, e.numero.desc(), e.id)
    return [SommeIssued(*row) for row in db.session.execute(query)]


def find_issued_somme(sha256: str) -> SommeIssued | None:
    """The sum one of whose files has this hash, whoever asks: only who holds the very file can know its hash."""
    e = EditionTerritoire
    is_one = (e.fichier_sha256 == sha256) | (e.publiable_sha256 == sha256)
    query = select(*(getattr(e, name) for name in SommeIssued._fields)).where(is_one).order_by(e.id).limit(1)
    row = db.session.execute(query).first()
    return SommeIssued(*row) if row else None


def own_territory(*, actor: Acteur) -> str:
    """The code of the territory whose sum the actor reads; NotFound for a département's."""
    return territory_of(db.session(), actor)


def read_somme_file(*, actor: Acteur, edition_id: int, diffusion: str) -> FichierEdition:
    """The internal workbook, or the publishable one; NotFound for another's."""
    e = EditionTerritoire
    internal: tuple[Any, ...] = (e.fichier_nom, e.fichier_sha256, e.fichier)
    public: tuple[Any, ...] = (e.publiable_nom, e.publiable_sha256, e.publiable_fichier)
    query = select(*(public if diffusion == PUBLIABLE else internal))
    row = db.session.execute(query.where(e.id == edition_id, of_territory(e, actor))).first()
    if row is None:
        raise NotFound("Cette édition")
    return FichierEdition(*row)


def publishable_document(edition_id: int) -> Document | None:
    """What a département's edition published, None for one of before there was any; read by its last edition."""
    row = db.session.execute(select(Edition.genre_document, Edition.publiable).where(Edition.id == edition_id)).one()
    return None if row.publiable is None else DOCUMENTS[row.genre_document].document.from_json(row.publiable)


def sealed_export(edition_id: int) -> Document:
    """What the edition of a quarterly export holds; last_editions has said that it may be read."""
    row = db.session.execute(select(Edition.genre_document, Edition.contenu).where(Edition.id == edition_id)).one()
    return DOCUMENTS[row.genre_document].document.from_json(row.contenu)
