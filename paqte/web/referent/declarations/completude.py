"""Who answers, and who answers in time: a period in detail, then the history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask import render_template, request
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.personnes.acteurs import TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.declarations.completude import WINDOWS, PointCompletude, read_completeness
from paqte.queries.perimetre import own_departement
from paqte.web.affichage.filters import show_share
from paqte.web.affichage.svg import Point
from paqte.web.formulaires.base import FilterForm
from paqte.web.formulaires.champs import ChoiceField
from paqte.web.referent import blueprint
from paqte.web.socle.lists import as_left
from paqte.web.socle.session import actor


class CompletudeForm(FilterForm):
    periode = ChoiceField("Période")


@blueprint.get("/completude")
@open_to(*TERRITORIAL)
@as_left("periode")
def completude() -> ResponseReturnValue:
    """Rates of a period: whole, by signatory, axis and indicator; then period after period."""
    today = local_date(clock.now(), own_departement(actor()))
    form = CompletudeForm(request.args)
    found = read_completeness(actor=actor(), periode=_chosen(form, today))
    return render_template(
        "referent/completude.html",
        form=form,
        c=found,
        completude=[_point(p, p.ensemble.completude, p.ensemble.repondus) for p in found.historique],
        ponctualite=[_point(p, p.ensemble.ponctualite, p.ensemble.a_temps) for p in found.historique],
    )


def _chosen(form: CompletudeForm, today: date) -> Periode:
    """The period asked for, of those offered: the present and past semesters and quarters; else the last closed one."""
    offered = {genre: _back_from(Periode.containing(today, genre)) for genre in ("S", "T")}
    form.periode.choices = {
        heading: {p.code: p.libelle for p in offered[genre]}
        for genre, heading in (("S", "Semestres"), ("T", "Trimestres"))
    }
    form.periode.default = last_closed(today, "S").code
    if not form.validate() or not form.periode.data:
        form.periode.data = form.periode.default
    return Periode.from_code(form.periode.data)


def _back_from(periode: Periode) -> list[Periode]:
    periodes = [periode]
    while len(periodes) <= WINDOWS:
        periodes.append(periodes[-1].precedente)
    return periodes


def _point(point: PointCompletude, rate: Decimal | None, given: int) -> Point:
    text = "rien n’était attendu" if rate is None else show_share(given, point.ensemble.dus)
    return Point(point.periode.court, rate, text, point.periode.libelle.capitalize())
