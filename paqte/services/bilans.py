"""Computing, freezing, publishing a bilan: where référent, scheduler and command line meet (R19, R20)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from paqte.domain.acteurs import Acteur
from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.bilan import Bilan, LigneEcart
from paqte.domain.catalogue import catalogue
from paqte.domain.comparaison import changed_answers, compare, lines, names_of
from paqte.domain.comparaison_bilan import BILAN
from paqte.domain.consolidation import Fait, inside
from paqte.domain.editions import read_facts, write_facts
from paqte.domain.erreurs import Refused
from paqte.domain.periodes import Periode, local_date
from paqte.models import Edition, db
from paqte.queries.bilans import read_donnees
from paqte.queries.perimetre import read, require_departement, require_readable_departement
from paqte.reporting.classeur import fill
from paqte.reporting.publication import file_name, publish
from paqte.services.gabarits import GabaritLu, remember, template_in_force
from paqte.services.transaction import note, transaction


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


def compute_bilan(*, actor: Acteur, departement: str, periode: Periode, now: datetime) -> Bilan:
    """The bilan as it would be issued now; nothing is written. NotFound for another's département."""
    require_readable_departement(actor, departement)
    session = db.session()
    return _Draft.of(session, departement, periode, now).bilan


def freeze_bilan(
    *, actor: Acteur, departement: str, periode: Periode, now: datetime, is_first_only: bool = False
) -> EditionIssued:
    """Issue the next edition: immutable, numbered, hashed, its workbook kept with it (R19).

    Required: the right to write for the département, a semester that is over. When nothing changed since the last
    edition, that one is given back; with `is_first_only` (the scheduler's case) whatever changed. Refused when the
    template cannot serve.
    """
    require_departement(actor, departement)
    _require_closed_semester(departement, periode, now)
    issue = partial(_issue, actor, departement, periode, now, is_first_only=is_first_only)
    try:
        return issue()
    except IntegrityError:  # somebody else issued it, or first used this template, at this very moment: look again
        return issue()


def _issue(actor: Acteur, departement: str, periode: Periode, now: datetime, *, is_first_only: bool) -> EditionIssued:
    gabarit = template_in_force(departement=departement, now=now)
    with transaction(actor=actor, now=now, is_snapshot=True) as session:
        draft = _Draft.of(session, departement, periode, now, gabarit)
        if draft.last is not None and (is_first_only or draft.is_unchanged):
            return _issued(draft.last, is_new=False)
        edition = _edition(draft, gabarit, remember(session, gabarit, now=now), actor, now)
        session.add(edition)
        session.flush()
        note(session, "produire", "edition", edition.id, departement=departement, apres={"sha256": edition.sha256})
        return _issued(edition, is_new=True)


def publish_bilan(*, actor: Acteur, edition_id: int, reports: Path, now: datetime) -> Path:
    """Put the workbook of an edition under `reports`/<département>/<période>/ and say where.

    Doing it again gives the same file. PublicationRefused, with the former file whole, when the folder cannot take it.
    """
    edition = read(db.session(), Edition, edition_id, actor, "Cette édition")
    require_departement(actor, edition.departement_code)
    folder = reports / edition.departement_code / edition.periode
    path = publish(edition.fichier, folder, edition.fichier_nom)
    with transaction(actor=actor, now=now) as session:
        row = read(session, Edition, edition_id, actor)
        if row.publiee_le is None:
            row.publiee_le = now
    return path


def produce_bilan(
    *, actor: Acteur, departement: str, periode: Periode, reports: Path, now: datetime
) -> tuple[EditionIssued, Path]:
    """Freeze then publish: what a person means by « Produire »."""
    issued = freeze_bilan(actor=actor, departement=departement, periode=periode, now=now)
    return issued, publish_bilan(actor=actor, edition_id=issued.id, reports=reports, now=now)


def record_download(*, actor: Acteur, edition_id: int, now: datetime) -> None:
    """Leave a journal line for a download (R30)."""
    with transaction(actor=actor, now=now) as session:
        edition = read(session, Edition, edition_id, actor, "Cette édition")
        note(session, "telecharger", "edition", edition_id, departement=edition.departement_code)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the next edition would hold, beside the last one."""

    bilan: Bilan
    donnees: DonneesBilan
    last: Edition | None

    @classmethod
    def of(
        cls, session: Session, departement: str, periode: Periode, now: datetime, gabarit: GabaritLu | None = None
    ) -> _Draft:
        last = _last_edition(session, departement, periode)
        donnees = read_donnees(session, departement, periode)
        former = Bilan.from_json(last.contenu) if last else None
        facts = read_facts(last.faits) if last else None
        bilan = assemble(
            donnees,
            catalogue(),
            edition=last.numero + 1 if last else 1,
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


def _require_closed_semester(departement: str, periode: Periode, now: datetime) -> None:
    if periode.genre != "S":
        raise Refused("Le bilan du PAQTE porte sur un semestre : choisissez par exemple 2026-S1.")
    if not periode.is_closed(local_date(now, departement)):
        raise Refused(
            f"Le {periode.libelle} n’est pas terminé : son bilan pourra être produit à partir du "
            f"{periode.fin.strftime('%d/%m/%Y')}."
        )


def _last_edition(session: Session, departement: str, periode: Periode) -> Edition | None:
    query = (
        select(Edition)
        .where(Edition.departement_code == departement, Edition.periode == periode.code)
        .order_by(Edition.numero.desc())
        .limit(1)
        .options(undefer(Edition.contenu), undefer(Edition.faits))
    )
    return session.scalar(query)


def _edition(draft: _Draft, gabarit: GabaritLu, gabarit_id: int, actor: Acteur, now: datetime) -> Edition:
    bilan = draft.bilan
    fichier = fill(bilan, gabarit.octets)
    return Edition(
        departement_code=bilan.departement,
        periode=bilan.periode,
        numero=bilan.edition,
        contenu=bilan.as_json(),
        faits=write_facts(inside(draft.donnees.faits, draft.donnees.periode)),
        sha256=bilan.sha256,
        fichier=fichier,
        fichier_sha256=hashlib.sha256(fichier).hexdigest(),
        fichier_nom=file_name(bilan),
        gabarit_id=gabarit_id,
        catalogue=bilan.versions.catalogue,
        produite_par=actor.nom,
        created_at=now,
    )


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
