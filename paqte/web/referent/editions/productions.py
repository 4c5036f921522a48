"""What « Produire » answers, of the bilan and of the export."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import current_app, flash

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import Acteur
from paqte.ops import clock
from paqte.queries.perimetre import own_departement
from paqte.services.editions.editions import EditionIssued
from paqte.web.socle.refusals import refusals_told
from paqte.web.socle.session import actor


class Produce(Protocol):
    """Freezes an edition and publishes it."""

    def __call__(
        self, *, actor: Acteur, departement: str, periode: Periode, reports: Path, now: datetime
    ) -> tuple[EditionIssued, Path]: ...


def say_produced(produce: Produce, periode: Periode) -> bool:
    """Produce the file of a period and tell how it went; False when it was refused."""
    with refusals_told():
        issued, _path = produce(
            actor=actor(),
            departement=own_departement(actor()),
            periode=periode,
            reports=current_app.extensions["paqte"].reports,
            now=clock.now(),
        )
        if issued.is_new:
            flash(f"L’édition n° {issued.numero} est produite : vous pouvez la télécharger.", "succes")
        else:
            flash(f"Rien n’a changé depuis l’édition n° {issued.numero} : elle reste la bonne.", "info")
        return True
    return False
