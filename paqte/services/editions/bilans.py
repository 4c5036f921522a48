"""Computing, freezing, publishing a bilan: where référent, scheduler and command line meet (R19, R20)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.personnes.acteurs import Acteur
from paqte.services.editions.editions import (
    EditionIssued,
    compute_document,
    freeze_edition,
    publish_edition,
)

GENRE = DOCUMENTS[BILAN]


def compute_bilan(*, actor: Acteur, departement: str, periode: Periode, now: datetime) -> Bilan:
    """The bilan as it would be issued now; nothing is written. NotFound for another's département."""
    bilan: Bilan = compute_document(GENRE, actor=actor, departement=departement, periode=periode, now=now)
    return bilan


def freeze_bilan(
    *,
    actor: Acteur,
    departement: str,
    periode: Periode,
    now: datetime,
    is_first_only: bool = False,
    reports: Path | None = None,
) -> EditionIssued:
    """Issue the next edition: immutable, numbered, hashed, its workbook kept with it (R19).

    Required: the right to write for the département, a semester that is over. When nothing changed since the last
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


def publish_bilan(*, actor: Acteur, edition_id: int, reports: Path, now: datetime) -> Path:
    """Put the workbook of an edition under `reports`/<département>/<période>/ and say where.

    Doing it again gives the same file. PublicationRefused, with the former file whole, when the folder cannot take it.
    """
    return publish_edition(actor=actor, edition_id=edition_id, reports=reports, now=now)


def produce_bilan(
    *, actor: Acteur, departement: str, periode: Periode, reports: Path, now: datetime
) -> tuple[EditionIssued, Path]:
    """Freeze then publish: what a person means by « Produire »."""
    issued = freeze_bilan(actor=actor, departement=departement, periode=periode, now=now, reports=reports)
    return issued, publish_bilan(actor=actor, edition_id=issued.id, reports=reports, now=now)
