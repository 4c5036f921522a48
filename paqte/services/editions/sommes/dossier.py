"""The published folder made again from the base: it is a copy, of which each machine has its own (R19)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from paqte.domain.personnes.acteurs import Acteur
from paqte.queries.editions.editions import list_editions
from paqte.queries.editions.nation import issued_sommes
from paqte.reporting.publication import PublicationRefused
from paqte.services.editions.editions import publish_edition
from paqte.services.editions.sommes.emission import publish_somme


def publish_everything(*, actor: Acteur, reports: Path, now: datetime) -> Iterator[Path | PublicationRefused]:
    """Put under `reports` the files of every edition that the actor may issue, sums of territories included.

    Gives where each workbook stands, or why it could not be put there, which does not hold the others back. What stands
    already is left alone: a folder that was lost, or of a machine that produced nothing, is whole again afterwards.
    """
    publications: tuple[tuple[Callable[..., Path], list[int]], ...] = (
        (publish_edition, [one.id for one in list_editions(actor=actor)]),
        (publish_somme, [one.id for one in issued_sommes(actor=actor)]),
    )
    for publish, found in publications:
        for edition_id in found:
            try:
                yield publish(actor=actor, edition_id=edition_id, reports=reports, now=now)
            except PublicationRefused as refused:
                yield refused
