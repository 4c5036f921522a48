"""What « Produire » answers, of any document."""

from __future__ import annotations

from flask import current_app, flash

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.ops import clock
from paqte.queries.perimetre import own_departement
from paqte.services.editions.editions import produce_edition
from paqte.web.socle.session import actor
from paqte.web.socle.typed.refusals import refusals_told


def say_produced(genre: GenreDocument, periode: Periode) -> bool:
    """Produce the document of a period and tell how it went; False when it was refused."""
    with refusals_told():
        issued, _path = produce_edition(
            genre,
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
