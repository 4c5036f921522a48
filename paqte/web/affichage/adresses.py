"""What addresses name."""

from __future__ import annotations

from collections.abc import Mapping

from flask import url_for

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, COMPTE_RENDU
from paqte.domain.erreurs import NotFound
from paqte.domain.statuts.conventions import SEMESTRE

# The documents that have a page of their own, and what it calls their period; the others share one.
PAGES: Mapping[str, tuple[str, str]] = {
    BILAN: ("referent.bilan", "periode"),
    COMPTE_RENDU: ("referent.trimestre", "trimestre"),
}


def period_of(code: str, *genres: str) -> Periode:
    """The period of an address; NotFound unless it is one of these genres (of domain.periodes)."""
    try:
        periode = Periode.from_code(code)
    except ValueError as error:
        raise NotFound("Cette période") from error
    if periode.genre not in genres:
        raise NotFound("Cette période")
    return periode


def url_territoire(periode: Periode, ancre: str | None = None) -> str:
    """Where a territory reads the sum of a semester, or of a quarter of the plan."""
    if periode.genre == SEMESTRE:
        return url_for("national.bilan", periode=periode.code, _anchor=ancre)
    return url_for("national.trimestre", trimestre=periode.code, _anchor=ancre)


def url_document(genre: str, periode: str, ancre: str | None = None) -> str:
    """Where a référent reads a document of a period, by their codes."""
    if genre in PAGES:
        endpoint, name = PAGES[genre]
        return url_for(endpoint, **{name: periode}, _anchor=ancre)
    return url_for("referent.document", genre_document=genre, periode=periode, _anchor=ancre)
