"""Computing, freezing, publishing any document: where référent, scheduler and command line meet (R19, R20)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from paqte.domain.assemblage.diffusion.apports import answers_about
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.empreinte import inputs_sha256
from paqte.domain.assemblage.entetes import made_on
from paqte.domain.assemblage.revision import EditionTexts, Revision, revise
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.commun.comparaison import lines
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.documents.lignes.lignes import LigneEcart
from paqte.domain.editions.editions import XLSX, with_earlier, write_facts
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.secret import INTERNE
from paqte.domain.statuts.conventions import ANNEE
from paqte.models import Edition, EditionFichier, NumeroEdition, db
from paqte.queries.editions.bilans import read_donnees
from paqte.queries.editions.publiables import published
from paqte.queries.kept import kept
from paqte.queries.perimetre import read, require_departement, require_readable_departement
from paqte.reporting.classeurs.formats import FORMATS
from paqte.reporting.publication import file_name, publish
from paqte.reporting.publies import published_numbers
from paqte.reporting.remplissage.classeur import fill_versions
from paqte.reporting.remplissage.plan.format import Format, Piece
from paqte.services.editions.gabarit import GabaritLu, remember, template_in_force
from paqte.services.pilotage import keep_rubriques
from paqte.services.transaction import decided_first, note, transaction


class EditionIssued(NamedTuple):
    """What freezing gives. `is_new` is False when nothing had changed since the last edition."""

    id: int
    departement: str
    periode: str
    numero: int
    sha256: str
    fichier_sha256: str
    fichier_nom: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What the next edition would hold and how it differs from the last one, beside what it is made from."""

    revision: Revision
    donnees: DonneesBilan
    last: Edition | None

    @property
    def document(self) -> Any:
        """What it would freeze."""
        return self.revision.document

    @property
    def is_unchanged(self) -> bool:
        """Whether no cell would differ from the last edition."""
        return self.last is not None and not self.revision.ecarts


def compute_document(genre: GenreDocument, *, actor: Acteur, departement: str, periode: Periode, now: datetime) -> Any:
    """The document as it would be issued now; nothing is written. NotFound for another's département."""
    return revise_document(genre, actor=actor, departement=departement, periode=periode, now=now)[0]


def revise_document(
    genre: GenreDocument, *, actor: Acteur, departement: str, periode: Periode, now: datetime
) -> tuple[Any, tuple[LigneEcart, ...]]:
    """The same, with every cell that differs from the last edition, () when there is none or nothing changed (R44)."""
    require_readable_departement(actor, departement)

    def revised() -> tuple[Any, tuple[LigneEcart, ...]]:
        revision = read_draft(db.session(), genre, departement, periode, now=now).revision
        return revision.document, lines(revision.ecarts, revision.noms)

    document, ecarts = kept(db.session(), departement, ("document", genre.code, periode.code), revised)
    # Its moment alone is not in the rows it is made from.
    return replace(document, genere_le=made_on(now, departement)), ecarts


def freeze_edition(
    genre: GenreDocument,
    *,
    actor: Acteur,
    departement: str,
    periode: Periode,
    now: datetime,
    is_first_only: bool = False,
    reports: Path | None = None,
) -> EditionIssued:
    """Issue the next edition of that kind of document: immutable, numbered, hashed, its files kept with it.

    Required: the right to write for the département, a period of its rhythm that is over. When nothing changed since
    the last edition, that one is given back; with `is_first_only` (the scheduler's case) whatever changed. A number
    that `reports` bears is never given again. Refused when the template cannot serve.
    """
    require_departement(actor, departement)
    _require_closed(genre, departement, periode, now)
    if reports is not None:
        _remember_published(actor, genre, departement, periode, reports=reports, now=now)
    issue = partial(_issue, genre, actor, departement, periode, now=now, is_first_only=is_first_only)
    try:
        return issue()
    except IntegrityError:  # somebody else issued it, or first used this template, at this very moment: look again
        return issue()


def publish_edition(*, actor: Acteur, edition_id: int, reports: Path, now: datetime) -> Path:
    """Put the files of an edition under `reports`/<département>/<période>/ and say where its workbook is.

    The workbook comes last, so that where it stands all stands. Doing it again gives the same files.
    PublicationRefused, with the former files whole, when the folder cannot take them.
    """
    edition = read(db.session(), Edition, edition_id, actor, "Cette édition")
    require_departement(actor, edition.departement_code)
    folder = reports / edition.departement_code / edition.periode
    for piece in _pieces(db.session(), edition_id):
        publish(piece.octets, folder, piece.nom)
    path = publish(edition.fichier, folder, edition.fichier_nom)
    with transaction(actor=actor, now=now) as session:
        row = read(session, Edition, edition_id, actor)
        if row.publiee_le is None:
            row.publiee_le = now
    return path


def produce_edition(
    genre: GenreDocument, *, actor: Acteur, departement: str, periode: Periode, reports: Path, now: datetime
) -> tuple[EditionIssued, Path]:
    """Freeze then publish: what a person means by « Produire »."""
    issued = freeze_edition(genre, actor=actor, departement=departement, periode=periode, now=now, reports=reports)
    return issued, publish_edition(actor=actor, edition_id=issued.id, reports=reports, now=now)


def record_download(
    *, actor: Acteur, edition_id: int, now: datetime, format: str = XLSX, diffusion: str = INTERNE
) -> None:
    """Leave a journal line for a download: which format, and whether the internal or the publishable version (R30)."""
    with transaction(actor=actor, now=now) as session:
        edition = read(session, Edition, edition_id, actor, "Cette édition")
        note(
            session,
            "telecharger",
            "edition",
            edition_id,
            departement=edition.departement_code,
            apres={"format": format, "version": diffusion},
        )


def read_draft(
    session: Session,
    genre: GenreDocument,
    departement: str,
    periode: Periode,
    *,
    now: datetime,
    gabarit: GabaritLu | None = None,
) -> Draft:
    """The next edition of a document for a period as it would be issued now; nothing is written."""
    last, donnees = _last_edition(session, genre, departement, periode), read_donnees(session, departement, periode)
    frozen = EditionTexts(last.contenu, last.faits) if last else None
    number = next_number(session, genre, departement, periode, last)
    name = gabarit.nom if gabarit else None
    return Draft(revise(genre, donnees, frozen, numero=number, now=now, gabarit=name), donnees, last)


def _last_edition(session: Session, genre: GenreDocument, departement: str, periode: Periode) -> Edition | None:
    """The last edition of that document for that period, with what it froze."""
    query = (
        select(Edition)
        .where(*_same_document(Edition, genre, departement, periode))
        .order_by(Edition.numero.desc())
        .limit(1)
        .options(undefer(Edition.contenu), undefer(Edition.faits))
    )
    return session.scalar(query)


def _same_document(table: Any, genre: GenreDocument, departement: str, periode: Periode) -> tuple[Any, ...]:
    """What says that a row is of this document, for this département and period."""
    return (
        table.departement_code == departement,
        table.genre_document == genre.code,
        table.periode == periode.code,
    )


def next_number(
    session: Session, genre: GenreDocument, departement: str, periode: Periode, last: Edition | None
) -> int:
    """One more than any number ever issued for that period, even if a return to a back-up lost its edition (R19)."""
    query = select(func.max(NumeroEdition.numero)).where(*_same_document(NumeroEdition, genre, departement, periode))
    return max(session.scalar(query) or 0, last.numero if last else 0) + 1


def _remember_published(
    actor: Acteur, genre: GenreDocument, departement: str, periode: Periode, *, reports: Path, now: datetime
) -> None:
    """Keep the numbers that the published folder bears and this base does not, put back by hand perhaps."""
    found = {n.numero for n in published_numbers(reports, departement, periode.code) if genre.code in n.genres}
    if not found:
        return
    known = set()
    for table in (Edition, NumeroEdition):
        known |= set(
            db.session.scalars(select(table.numero).where(*_same_document(table, genre, departement, periode)))
        )
    db.session.rollback()
    lost = found - known
    if lost:
        with transaction(actor=actor, now=now) as session:
            session.add_all(
                NumeroEdition(departement_code=departement, genre_document=genre.code, periode=periode.code, numero=n)
                for n in lost
            )


@decided_first(tries=3)
def _issue(
    genre: GenreDocument, actor: Acteur, departement: str, periode: Periode, *, now: datetime, is_first_only: bool
) -> EditionIssued:
    format = FORMATS[genre.gabarit]
    gabarit = template_in_force(departement=departement, now=now, genre=genre.gabarit)
    with transaction(actor=actor, now=now, is_snapshot=True, departement=departement) as session:
        draft = read_draft(session, genre, departement, periode, now=now, gabarit=gabarit)
        if draft.last is not None and (is_first_only or draft.is_unchanged):
            return _issued(draft.last, is_new=False)
        former = published(session, departement, genre.code, periode.code)
        public = publishable(draft.document, draft.donnees, catalogue(), former)
        inside, outside = fill_versions((draft.document, public), gabarit.octets, format)
        edition = _edition(format, draft, inside, actor, now)
        edition.genre_document = genre.code
        edition.publiable = public.as_json()
        edition.gabarit_id = remember(session, gabarit, now=now)
        keep_rubriques(session, departement, periode)
        session.add(edition)
        session.flush()
        pieces = (*format.pieces(draft.document), _workbook(public, outside, format), *format.pieces(public))
        session.add_all(_file(edition.id, piece) for piece in pieces)
        session.flush()
        note(session, "produire", "edition", edition.id, departement=departement, apres={"sha256": edition.sha256})
        return _issued(edition, is_new=True)


def _require_closed(genre: GenreDocument, departement: str, periode: Periode, now: datetime) -> None:
    if periode.genre != genre.rythme:
        raise Refused(genre.refus)
    if not periode.is_closed(local_date(now, departement)):
        raise Refused(
            f"{periode.le_libelle.capitalize()} n’est pas terminé{'e' if periode.genre == ANNEE else ''} : {genre.son} "
            f"{genre.nom} pourra être produit{genre.e} à partir du {periode.fin.strftime('%d/%m/%Y')}."
        )


def _edition(format: Format, draft: Draft, fichier: bytes, actor: Acteur, now: datetime) -> Edition:
    document = draft.document
    return Edition(
        departement_code=document.departement,
        periode=document.periode,
        numero=document.edition,
        contenu=document.as_json(),
        faits=_facts(draft),
        entrees_sha256=inputs_sha256(draft.donnees),
        sha256=document.sha256,
        fichier=fichier,
        fichier_sha256=hashlib.sha256(fichier).hexdigest(),
        fichier_nom=file_name(document, format.fichier),
        catalogue=document.versions.catalogue,
        produite_par=actor.nom,
        created_at=now,
    )


def _facts(draft: Draft) -> str:
    """The answers of the period, and those under secret that its figures since the start come from."""
    donnees, written = draft.donnees, draft.revision.faits
    own = donnees.answers.codes_in(donnees.periode)
    earlier = (f for f in answers_about(donnees, catalogue().secrets) if f.periode not in own)
    return with_earlier(written or write_facts(donnees.answers.inside(donnees.periode)), earlier)


def _workbook(public: Document, octets: bytes, format: Format) -> Piece:
    return Piece(XLSX, file_name(public, format.fichier), octets, public.diffusion)


def _file(edition_id: int, piece: Piece) -> EditionFichier:
    return EditionFichier(
        edition_id=edition_id,
        diffusion=piece.diffusion,
        format=piece.format,
        nom=piece.nom,
        sha256=hashlib.sha256(piece.octets).hexdigest(),
        octets=piece.octets,
    )


def _pieces(session: Session, edition_id: int) -> list[Piece]:
    f = EditionFichier
    query = select(f.format, f.nom, f.octets, f.diffusion).where(f.edition_id == edition_id).order_by(f.id)
    return [Piece(*row) for row in session.execute(query)]


def _issued(edition: Edition, *, is_new: bool) -> EditionIssued:
    return EditionIssued(
        id=edition.id,
        departement=edition.departement_code,
        periode=edition.periode,
        numero=edition.numero,
        sha256=edition.sha256,
        fichier_sha256=edition.fichier_sha256,
        fichier_nom=edition.fichier_nom,
        is_new=is_new,
    )
