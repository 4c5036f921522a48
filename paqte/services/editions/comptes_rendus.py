"""Computing, freezing, publishing the compte rendu of a quarter: workbook, rows as CSV and their schema (R11, R19)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.comparaison import lines
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes import LigneEcart
from paqte.domain.documents.registre import COMPTE_RENDU, DOCUMENTS
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import db
from paqte.queries.perimetre import require_readable_departement
from paqte.services.editions.editions import (
    EditionIssued,
    freeze_edition,
    publish_edition,
    read_draft,
)

GENRE = DOCUMENTS[COMPTE_RENDU]


def compute_compte_rendu(*, actor: Acteur, departement: str, periode: Periode, now: datetime) -> CompteRendu:
    """The compte rendu as it would be issued now; nothing is written. NotFound for another's département."""
    return revise_compte_rendu(actor=actor, departement=departement, periode=periode, now=now)[0]


def revise_compte_rendu(
    *, actor: Acteur, departement: str, periode: Periode, now: datetime
) -> tuple[CompteRendu, tuple[LigneEcart, ...]]:
    """The same, with every cell that differs from the last edition, () when there is none or nothing changed (R44)."""
    require_readable_departement(actor, departement)
    revision = read_draft(db.session(), GENRE, departement, periode, now=now).revision
    return revision.document, lines(revision.ecarts, revision.noms)


def freeze_compte_rendu(
    *,
    actor: Acteur,
    departement: str,
    periode: Periode,
    now: datetime,
    is_first_only: bool = False,
    reports: Path | None = None,
) -> EditionIssued:
    """Issue the next edition: immutable, numbered, hashed, with its workbook, its rows as CSV and their schema (R19).

    Required: the right to write for the département, a quarter that is over. When nothing changed since the last
    edition, that one is given back; with `is_first_only` (the scheduler's case) whatever changed. Refused when the
    template cannot serve.
    """
    return freeze_edition(
        GENRE,
        actor=actor,
        departement=departement,
        periode=periode,
        now=now,
        is_first_only=is_first_only,
        reports=reports,
    )


def publish_compte_rendu(*, actor: Acteur, edition_id: int, reports: Path, now: datetime) -> Path:
    """Put the three files of an edition under `reports`/<département>/<période>/ and say where the workbook is.

    Doing it again gives the same files. PublicationRefused, with the former files whole, when the folder cannot take
    them.
    """
    return publish_edition(actor=actor, edition_id=edition_id, reports=reports, now=now)


def produce_compte_rendu(
    *, actor: Acteur, departement: str, periode: Periode, reports: Path, now: datetime
) -> tuple[EditionIssued, Path]:
    """Freeze then publish: what a person means by « Produire »."""
    issued = freeze_compte_rendu(actor=actor, departement=departement, periode=periode, now=now, reports=reports)
    return issued, publish_compte_rendu(actor=actor, edition_id=issued.id, reports=reports, now=now)
