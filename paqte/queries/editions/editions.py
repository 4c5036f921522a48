"""Editions already issued, semesters and their due dates (R12, R19)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.calendrier.planification import is_proposed
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.editions.editions import XLSX
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.secret import INTERNE
from paqte.models import Convention, Edition, EditionFichier, db
from paqte.queries.conventions import complete_since, first_day
from paqte.queries.editions.editions_depassees import EditionOvertaken, overtaken_editions
from paqte.queries.perimetre import own_departement, readable
from paqte.queries.reglages import read_agenda


class EditionLue(NamedTuple):
    """An issued edition as lists show it; moments are aware."""

    id: int
    departement: str
    periode: str
    numero: int
    sha256: str
    fichier_sha256: str
    fichier_nom: str
    produite_par: str
    created_at: datetime
    publiee_le: datetime | None
    has_publishable: bool
    genre_document: str


def _editions(actor: Acteur) -> Any:
    e = Edition
    return select(
        e.id,
        e.departement_code,
        e.periode,
        e.numero,
        e.sha256,
        e.fichier_sha256,
        e.fichier_nom,
        e.produite_par,
        e.created_at,
        e.publiee_le,
        e.publiable.is_not(None),
        e.genre_document,
    ).where(readable(Edition, actor))


def list_editions(*, actor: Acteur, periode: str | None = None, genre: str | None = None) -> list[EditionLue]:
    """Editions this actor may read, the latest period and number first.

    `genre` keeps one kind of document (domain.documents.registre).
    """
    query = _editions(actor)
    if periode is not None:
        query = query.where(Edition.periode == periode)
    if genre is not None:
        query = query.where(Edition.genre_document == genre)
    query = query.order_by(Edition.periode.desc(), Edition.departement_code, Edition.numero.desc())
    return [EditionLue(*row) for row in db.session.execute(query)]


def find_edition(*, actor: Acteur, genre: str, departement: str, periode: str, numero: int) -> EditionLue | None:
    """The edition of that kind and number, if this actor may read it."""
    e = Edition
    query = _editions(actor).where(
        e.genre_document == genre, e.departement_code == departement, e.periode == periode, e.numero == numero
    )
    row = db.session.execute(query).first()
    return EditionLue(*row) if row else None


def edition_of(*, actor: Acteur, edition_id: int) -> EditionLue | None:
    """One edition, if this actor may read it."""
    row = db.session.execute(_editions(actor).where(Edition.id == edition_id)).first()
    return EditionLue(*row) if row else None


class FichierIssued(NamedTuple):
    """A file that was issued, known by its hash. `diffusion` and `format` are codes."""

    edition_id: int
    departement: str
    periode: str
    numero: int
    created_at: datetime
    genre_document: str
    diffusion: str
    format: str


def find_issued_file(sha256: str) -> FichierIssued | None:
    """The issued file that has this hash, whoever asks: only who holds the very file can know its hash."""
    e, f = Edition, EditionFichier
    columns = (e.id, e.departement_code, e.periode, e.numero, e.created_at, e.genre_document)
    row = db.session.execute(
        select(*columns, literal(INTERNE), literal(XLSX)).where(e.fichier_sha256 == sha256).limit(1)
    ).first()
    beside = select(*columns, f.diffusion, f.format).join(f, f.edition_id == e.id).where(f.sha256 == sha256).limit(1)
    row = row or db.session.execute(beside).first()
    return FichierIssued(*row) if row else None


class FichierEdition(NamedTuple):
    nom: str
    sha256: str
    octets: bytes


def read_edition_file(*, actor: Acteur, edition_id: int) -> FichierEdition:
    """The very bytes that were issued, or NotFound (contract: downloads checked by right)."""
    e = Edition
    query = select(e.fichier_nom, e.fichier_sha256, e.fichier).where(e.id == edition_id, readable(Edition, actor))
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound("Cette édition")
    return FichierEdition(*row)


def read_edition_piece(*, actor: Acteur, edition_id: int, format: str, diffusion: str = INTERNE) -> FichierEdition:
    """Another file of an edition as it was issued: the rows of the internal one, or a publishable file (R23).

    NotFound for one that is not there: editions of old have no publishable file.
    """
    f = EditionFichier
    query = (
        select(f.nom, f.sha256, f.octets)
        .join(Edition, Edition.id == f.edition_id)
        .where(f.edition_id == edition_id, f.format == format, f.diffusion == diffusion, readable(Edition, actor))
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound("Ce fichier" if diffusion == INTERNE else "La version publiable de cette édition")
    return FichierEdition(*row)


class PeriodeIssued(NamedTuple):
    """A period as the list of the editions of a document shows it.

    `is_owed` is false, and there may be no due day, before the first semester of the préfecture or of the document: it
    may be produced, nothing says that it must.
    `is_proposed` says that it was over when the département had its first complete convention: nothing produces it by
    itself (R43).
    """

    periode: Periode
    is_closed: bool
    is_owed: bool
    is_proposed: bool
    due_le: date | None
    editions: list[EditionLue]
    depassee: EditionOvertaken | None


def list_periods(genre: GenreDocument, *, actor: Acteur, now: datetime) -> list[PeriodeIssued]:
    """The periods of a document in the référent's département since its first convention, the present one first.

    `depassee` says what the next edition would change; None when no cell would differ (R44).
    """
    departement = own_departement(actor)
    today = local_date(now, departement)
    start = db.session.scalar(select(func.min(Convention.debut)).where(Convention.departement_code == departement))
    agenda, start_of_use, complete = read_agenda(departement), first_day(departement), complete_since(departement)
    issued: dict[str, list[EditionLue]] = {}
    for edition in list_editions(actor=actor, genre=genre.code):
        issued.setdefault(edition.periode, []).append(edition)
    moved = {e.periode: e for e in overtaken_editions(departement, genre.code)}
    current = Periode.containing(today, genre.rythme)
    first = Periode.containing(min(start or today, today), genre.rythme)
    periods = []
    while current.debut >= first.debut:
        due = agenda.campagne(current).publications.get(genre.travail)
        editions = issued.get(current.code, [])
        is_owed = due is not None and current.debut >= start_of_use
        proposed = is_owed and is_proposed(current, complete, today)
        periods.append(
            PeriodeIssued(current, current.is_closed(today), is_owed, proposed, due, editions, moved.get(current))
        )
        current = current.precedente
    return periods
