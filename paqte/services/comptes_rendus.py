"""Computing, freezing, publishing the compte rendu of a quarter: workbook, rows as CSV and their schema (R11, R19)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from paqte.domain.acteurs import Acteur
from paqte.domain.assemblage.apports import Document
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.catalogue import catalogue
from paqte.domain.compte_rendu import CompteRendu
from paqte.domain.conventions import TRIMESTRE
from paqte.domain.editions import CSV, JSON, read_facts
from paqte.domain.periodes import Periode
from paqte.models import Edition, db
from paqte.queries.bilans import read_donnees
from paqte.queries.perimetre import require_readable_departement
from paqte.reporting.donnees import csv_name, schema_name, write_donnees, write_schema
from paqte.reporting.format_trimestre import FORMAT_TRIMESTRE
from paqte.services.editions import (
    EditionIssued,
    EditionKind,
    Piece,
    freeze_edition,
    last_edition,
    next_number,
    publish_edition,
)
from paqte.services.gabarits import GabaritLu


def compute_compte_rendu(*, actor: Acteur, departement: str, periode: Periode, now: datetime) -> CompteRendu:
    """The compte rendu as it would be issued now; nothing is written. NotFound for another's département."""
    require_readable_departement(actor, departement)
    return _Draft.of(db.session(), departement, periode, now).document


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
        KIND,
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


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the next edition would hold, beside the last one."""

    document: CompteRendu
    donnees: DonneesBilan
    last: Edition | None

    @classmethod
    def of(
        cls, session: Session, departement: str, periode: Periode, now: datetime, gabarit: GabaritLu | None = None
    ) -> _Draft:
        last = last_edition(session, departement, periode)
        donnees = read_donnees(session, departement, periode)
        document = assemble_trimestre(
            donnees,
            catalogue(),
            edition=next_number(session, departement, periode, last),
            now=now,
            gabarit=gabarit.nom if gabarit else "",
            former=read_facts(last.faits) if last else None,
        )
        return cls(document, donnees, last)

    @property
    def is_unchanged(self) -> bool:
        """Whether only the number, the moment, the template and what is told of the last edition differ."""
        if self.last is None:
            return False
        former = CompteRendu.from_json(self.last.contenu)
        kept = ("edition", "genere_le", "versions", "corrections")
        return replace(self.document, **{name: getattr(former, name) for name in kept}) == former


def _pieces(document: Document) -> list[Piece]:
    """The rows as CSV and their schema, made from the very document of the workbook."""
    if not isinstance(document, CompteRendu):
        raise TypeError("seul un compte rendu a des données")
    return [
        Piece(CSV, csv_name(document), write_donnees(document), document.diffusion),
        Piece(JSON, schema_name(document), write_schema(document), document.diffusion),
    ]


KIND = EditionKind(
    format=FORMAT_TRIMESTRE,
    genre=TRIMESTRE,
    nom="export",
    refus="L’export trimestriel porte sur un trimestre : choisissez par exemple 2026-T3.",
    draft=_Draft.of,
    pieces=_pieces,
)
