"""The company's home: what is due and when, what was sent back and why, what it has already achieved."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import Axe, catalogue
from paqte.domain.personnes.acteurs import ANSWERING
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import ETATS as ETATS_CONVENTION
from paqte.domain.statuts.declarations import ETATS
from paqte.ops import clock
from paqte.queries.suivi.entreprise import EntreprisePage, list_followed, read_espace
from paqte.queries.suivi.entreprise_chiffres import EngagementAchieved, PointLu
from paqte.services.declarations.declarations import open_declaration
from paqte.web.affichage.svg import Point
from paqte.web.entreprise import blueprint
from paqte.web.formulaires.base import OurForm
from paqte.web.socle.session import actor

FEW = 3


@blueprint.get("/")
@open_to(*ANSWERING)
def accueil() -> ResponseReturnValue:
    """One's own company; the list of those followed, for whoever has several."""
    now = clock.now()
    followed = list_followed(actor=actor(), now=now)
    if len(followed) == 1:
        return _espace_page(read_espace(actor=actor(), signataire_id=followed[0].id, now=now), is_only=True)
    return render_template("entreprise/liste.html", suivis=followed)


@blueprint.get("/signataires/<int:signataire_id>")
@open_to(*ANSWERING)
def signataire(signataire_id: int) -> ResponseReturnValue:
    """One company among those followed."""
    return _espace_page(read_espace(actor=actor(), signataire_id=signataire_id, now=clock.now()), is_only=False)


@blueprint.post("/conventions/<int:convention_id>/declarations/<periode>")
@open_to(*ANSWERING)
def declaration_ouvrir(convention_id: int, periode: str) -> ResponseReturnValue:
    """Open the declaration of a period, or find it again, and go and type it."""
    try:
        window = Periode.from_code(periode)
    except ValueError as error:
        raise Refused(str(error)) from None
    key = open_declaration(actor=actor(), now=clock.now(), convention_id=convention_id, periode=window)
    return redirect(url_for("entreprise.declaration_saisir", declaration_id=key))


def _espace_page(espace: EntreprisePage, *, is_only: bool) -> str:
    axes = {c.id: _by_axis(c.realises) for c in espace.conventions}
    return render_template(
        "entreprise/espace.html",
        espace=espace,
        is_only=is_only,
        axes=axes,
        points=_curve,
        peu=FEW,
        etats=ETATS,
        etats_convention=ETATS_CONVENTION,
        ouvrir=OurForm(),
    )


def _by_axis(realises: Sequence[EngagementAchieved]) -> list[tuple[Axe, list[EngagementAchieved]]]:
    grid = catalogue()
    return [(axe, found) for code, axe in grid.axes.items() if (found := [r for r in realises if r.axe == code])]


def _curve(realise: EngagementAchieved) -> list[Point]:
    """The periods of one engagement, ready to be drawn."""
    return [
        Point(
            p.covered.court,
            p.valeur,
            _instead_of_number(p),
            p.covered.libelle.capitalize(),
        )
        for p in realise.recents
    ]


def _instead_of_number(point: PointLu) -> str:
    """What the table says of a period instead of its number."""
    return "" if point.valeur is not None else point.motif or "–"
