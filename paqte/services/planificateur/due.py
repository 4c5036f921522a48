"""What a due task does: the use case behind each code of task (R12, R19)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from paqte.domain.calendrier.campagnes import BILAN, EXPORT
from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.calendrier.planification import is_worth_a_mail
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.queries.comptes.comptes import referent_addresses
from paqte.queries.reglages.reglages import read_settings
from paqte.services.courriels import queue_mail, remind, write_mail
from paqte.services.editions import (
    EditionIssued,
    freeze_bilan,
    freeze_compte_rendu,
    publish_bilan,
    publish_compte_rendu,
)
from paqte.services.planificateur.taches import Claim, Clock, TacheDone, UseCase, Workshop, do_claimed, run_due
from paqte.services.reglages import plan_all


def bilan(prise: Claim, place: Workshop) -> TacheDone:
    """The first edition, made now, by hand, or by a holder that fell silent after making it; then its file."""
    return _produced(prise, place, "bilan", freeze_bilan, publish_bilan)


def export(prise: Claim, place: Workshop) -> TacheDone:
    """The first edition of a quarter, likewise; then its workbook, its rows and their schema."""
    return _produced(prise, place, "export", freeze_compte_rendu, publish_compte_rendu)


def courriels(prise: Claim, place: Workshop) -> TacheDone:
    """An opening, a reminder, the reading: mails to those it concerns now; none when missed by more than a week."""
    now = prise.prise_le
    if not is_worth_a_mail(prise.due_le, now):
        return TacheDone("Sans objet : ce jour est passé depuis plus d’une semaine, aucun courriel n’est parti.")
    sent = remind(
        departement=prise.departement,
        periode=prise.periode,
        etape=prise.travail,
        now=now,
        base_url=place.base_url,
    )
    return TacheDone("Aucun courriel : rien n’attendait" if sent == 0 else f"{sent} courriel{'s' if sent > 1 else ''}")


# What must exist before anybody comes, and what the command line may make without the scheduler.
PUBLICATIONS: Mapping[str, UseCase] = {BILAN: bilan, EXPORT: export}


def produce_due(
    *, place: Workshop, clock: Clock, is_stopping: Callable[[], bool] = lambda: False
) -> list[tuple[Claim, TacheDone]]:
    """Plan, then produce every bilan and export that is due and not another's, the longest due first."""
    plan_all(now=clock())
    return run_due(use_cases=PUBLICATIONS, place=place, clock=clock, is_stopping=is_stopping)


def produce_last_closed(*, place: Workshop, departement: str, clock: Clock) -> tuple[Claim, TacheDone] | None:
    """Produce the bilan of the last semester that is over, due or not yet; None when it has been done."""
    periode = last_closed(local_date(clock(), departement), "S")
    return do_claimed(use_case=bilan, place=place, travail=BILAN, departement=departement, periode=periode, clock=clock)


def _produced(
    prise: Claim,
    place: Workshop,
    modele: str,
    freeze: Callable[..., EditionIssued],
    publish: Callable[..., Path],
) -> TacheDone:
    actor, now = PLANIFICATEUR, prise.prise_le
    edition = freeze(
        actor=actor,
        departement=prise.departement,
        periode=prise.periode,
        now=now,
        is_first_only=True,
        reports=place.reports,
    )
    path = publish(actor=actor, edition_id=edition.id, reports=place.reports, now=now)

    def tell(session: Session) -> None:
        _tell_recipients(session, edition, modele, place.base_url, now)

    return TacheDone(f"Édition {edition.numero} ({edition.sha256[:12]})", path, tell)


def _tell_recipients(session: Session, edition: EditionIssued, modele: str, base_url: str, now: datetime) -> None:
    """Those the setting names, else the référents of the département."""
    named = read_settings(edition.departement)[f"destinataires_{modele}"].valeur
    addresses = [a.strip() for a in named.split(",") if a.strip()] or referent_addresses(edition.departement)
    told = {
        "departement": edition.departement,
        "periode": Periode.from_code(edition.periode).libelle,
        "edition": edition.numero,
        "lien": f"{base_url}/bilans/{edition.id}",
    }
    for address in addresses:
        queue_mail(session, write_mail(modele, address, **told), motif=modele, now=now, departement=edition.departement)
