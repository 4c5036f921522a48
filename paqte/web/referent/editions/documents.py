"""Any document as a page, from the tables and columns it says; the bilan and the export have pages of their own too."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.documents.commun.lecture import sections
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import REFERENT, TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.editions.editions import list_editions, list_periods
from paqte.queries.editions.modifications import changes_since
from paqte.queries.editions.transmissions import transmissions_of
from paqte.queries.perimetre import own_departement
from paqte.services.editions.editions import revise_document
from paqte.web.affichage.adresses import period_of, url_document
from paqte.web.referent import blueprint
from paqte.web.referent.editions.productions import say_produced
from paqte.web.socle.session import actor


@blueprint.get("/documents/<genre_document>")
@open_to(*TERRITORIAL)
def documents(genre_document: str) -> ResponseReturnValue:
    """Its periods and their editions."""
    genre = _genre(genre_document)
    periodes = list_periods(genre, actor=actor(), now=clock.now())
    return render_template("referent/documents.html", genre=genre, periodes=periodes)


@blueprint.get("/documents/<genre_document>/<periode>")
@open_to(*TERRITORIAL)
def document(genre_document: str, periode: str) -> ResponseReturnValue:
    """The document as it would be issued now."""
    genre = _genre(genre_document)
    window, now, departement = period_of(periode, genre.rythme), clock.now(), own_departement(actor())
    computed, ecarts = revise_document(genre, actor=actor(), departement=departement, periode=window, now=now)
    editions = list_editions(actor=actor(), periode=window.code, genre=genre.code)
    return render_template(
        "referent/document.html",
        genre=genre,
        periode=window,
        document=computed,
        sections=list(sections(computed)),
        editions=editions,
        transmises=transmissions_of(actor=actor(), editions=[e.id for e in editions]),
        ecarts=ecarts,
        modifies=changes_since(departement, editions[0].created_at) if editions and ecarts else (),
        is_closed=window.is_closed(local_date(now, departement)),
    )


@blueprint.post("/documents/<genre_document>/<periode>/produire")
@open_to(REFERENT)
def document_produire(genre_document: str, periode: str) -> ResponseReturnValue:
    """Freeze and publish an edition."""
    genre = _genre(genre_document)
    is_done = say_produced(genre, period_of(periode, genre.rythme))
    return redirect(url_document(genre.code, periode, "editions" if is_done else None))


def _genre(code: str) -> GenreDocument:
    if code not in DOCUMENTS:
        raise NotFound("Ce document")
    return DOCUMENTS[code]
