"""The bilan of the demonstration, made on its day and again once late answers and a correction came (R19)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import TRIMESTRE
from paqte.jeux.demonstration.donnees import Story
from paqte.services.editions import freeze_edition, publish_edition


class Issued(NamedTuple):
    """An edition made, by whom and when."""

    edition_id: int
    actor: Acteur
    when: datetime


def issue_bilan(recit: Story, actor: Acteur, after: timedelta, reports: Path | None) -> Issued:
    """The bilan of the semester, made that long after its end; its number spares those `reports` already bears."""
    when = recit.moment(recit.calendrier.semestre.fin + after)
    edition = freeze_edition(
        DOCUMENTS[BILAN],
        actor=actor,
        departement=recit.departement,
        periode=recit.calendrier.semestre,
        now=when,
        reports=reports,
    )
    return Issued(edition.id, actor, when)


def issue_exports(recit: Story, actor: Acteur, after: timedelta, reports: Path | None) -> list[Issued]:
    """The exports of the two quarters of the semester, each made that long after its end."""
    made = []
    for quarter in recit.calendrier.semestre.parts(TRIMESTRE):
        when = recit.moment(quarter.fin + after)
        edition = freeze_edition(
            DOCUMENTS[COMPTE_RENDU],
            actor=actor,
            departement=recit.departement,
            periode=quarter,
            now=when,
            reports=reports,
        )
        made.append(Issued(edition.id, actor, when))
    return made


def publish(issued: list[Issued], reports: Path) -> list[Path]:
    """Put their files in their folder, once the base holds them; gives where each is."""
    return [
        publish_edition(actor=edition.actor, edition_id=edition.edition_id, reports=reports, now=edition.when)
        for edition in issued
    ]
