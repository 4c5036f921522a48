"""Computing, freezing, publishing a bilan: where référent, scheduler and command line meet (R19, R20)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from paqte.domain.acteurs import Acteur
from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.bilan import Bilan, LigneEcart
from paqte.domain.catalogue import catalogue
from paqte.domain.comparaison import changed_answers, compare, lines, names_of
from paqte.domain.comparaison_bilan import BILAN
from paqte.domain.consolidation import Fait, inside
from paqte.domain.conventions import SEMESTRE
from paqte.domain.editions import read_facts
from paqte.domain.periodes import Periode
from paqte.models import Edition, db
from paqte.queries.bilans import read_donnees
from paqte.queries.perimetre import require_readable_departement
from paqte.reporting.format_bilan import FORMAT_BILAN
from paqte.services.editions import (
    EditionIssued,
    EditionKind,
    freeze_edition,
    last_edition,
    next_number,
    publish_edition,
)
from paqte.services.gabarits import GabaritLu


def compute_bilan(*, actor: Acteur, departement: str, periode: Periode, now: datetime) -> Bilan:
    """The bilan as it would be issued now; nothing is written. NotFound for another's département."""
    require_readable_departement(actor, departement)
    session = db.session()
    return _Draft.of(session, departement, periode, now).bilan


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
        KIND,
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


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the next edition would hold, beside the last one."""

    bilan: Bilan
    donnees: DonneesBilan
    last: Edition | None

    @property
    def document(self) -> Bilan:
        """What the next edition would freeze."""
        return self.bilan

    @classmethod
    def of(
        cls, session: Session, departement: str, periode: Periode, now: datetime, gabarit: GabaritLu | None = None
    ) -> _Draft:
        last = last_edition(session, departement, periode)
        donnees = read_donnees(session, departement, periode)
        former = Bilan.from_json(last.contenu) if last else None
        facts = read_facts(last.faits) if last else None
        bilan = assemble(
            donnees,
            catalogue(),
            edition=next_number(session, departement, periode, last),
            now=now,
            gabarit=gabarit.nom if gabarit else former.versions.gabarit if former else "",
            former=facts,
        )
        if former is not None and facts is not None:
            bilan = replace(bilan, ecarts=_changes(former, facts, bilan, donnees))
        return cls(bilan, donnees, last)

    @property
    def is_unchanged(self) -> bool:
        """Whether no cell differs from the last edition."""
        return self.last is not None and not self.bilan.ecarts


def _changes(former: Bilan, facts: list[Fait], bilan: Bilan, donnees: DonneesBilan) -> tuple[LigneEcart, ...]:
    """Every cell that differs from the last edition, with the declarations that caused it (R19)."""
    corrections = changed_answers(facts, inside(donnees.faits, donnees.periode))
    ecarts = compare(former, bilan, BILAN, corrections, {c.id: c.numero for c in donnees.conventions})
    return lines(ecarts, names_of(corrections, {c.id: c.nom for c in donnees.conventions}))


KIND = EditionKind(
    format=FORMAT_BILAN,
    genre=SEMESTRE,
    nom="bilan",
    refus="Le bilan du PAQTE porte sur un semestre : choisissez par exemple 2026-S1.",
    draft=_Draft.of,
)
