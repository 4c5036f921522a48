"""The numbered editions of the sum of a territory: its semester, and its two quarters of the plan."""

from __future__ import annotations

from typing import NamedTuple

from flask import current_app, flash, redirect
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.registre import somme_of
from paqte.domain.documents.somme import GenreSomme
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, REGION
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
from paqte.ops import clock
from paqte.queries.editions.nation import SommeIssued, is_issued, issued_sommes, own_territory
from paqte.services.editions.sommes import produce_somme
from paqte.web.affichage.adresses import period_of, url_territoire
from paqte.web.commun.public import public_address
from paqte.web.national import PARIS, blueprint
from paqte.web.socle.session import actor
from paqte.web.socle.typed.refusals import refusals_told


class SommeShown(NamedTuple):
    """A sum of the page: its kind, its period, its editions, and whether one may be issued."""

    genre: GenreSomme
    periode: Periode
    editions: list[SommeIssued]
    is_ready: bool


def editions_told(*periodes: Periode) -> list[SommeShown]:
    """The sums of these periods; the territory is that of who asks."""
    territoire, today = own_territory(actor=actor()), local_date(clock.now(), PARIS)
    told = []
    for periode in periodes:
        genre = somme_of(periode.genre)
        issued = issued_sommes(actor=actor(), periode=periode.code, territoire=territoire)
        has_parts = is_issued(actor=actor(), periode=periode, genre=genre.de)
        told.append(SommeShown(genre, periode, issued, periode.is_closed(today) and has_parts))
    return told


@blueprint.post("/sommes/<periode>/produire")
@open_to(REGION, NATIONAL, ADMIN)
def somme_produire(periode: str) -> ResponseReturnValue:
    """Issue and publish the next edition of one's territory."""
    window = period_of(periode, SEMESTRE, TRIMESTRE)
    with refusals_told():
        issued, _path = produce_somme(
            actor=actor(),
            territoire=own_territory(actor=actor()),
            periode=window,
            reports=current_app.extensions["paqte"].reports,
            base_url=public_address(),
            now=clock.now(),
        )
        if issued.is_new:
            flash(f"L’édition n° {issued.numero} est produite : vous pouvez la télécharger.", "succes")
        else:
            flash(f"Rien n’a changé depuis l’édition n° {issued.numero} : elle reste la bonne.", "info")
    return redirect(url_territoire(window, "editions"))
