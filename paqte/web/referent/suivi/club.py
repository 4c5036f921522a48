"""The club (R9), and the results of a period broken down by size, commune, EPCI or nature (R20)."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from paqte.domain.assemblage.tableaux.club import PAR, Repartition
from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import CATEGORIES, SEMESTRE
from paqte.ops import clock
from paqte.queries.perimetre import own_departement
from paqte.queries.suivi.phares import ClubPage, read_breakdown, read_club
from paqte.web.affichage.adresses import period_of
from paqte.web.formulaires.base import FilterForm
from paqte.web.formulaires.champs import ChoiceField
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor


class ClubForm(FilterForm):
    periode = ChoiceField("Semestre")
    par = ChoiceField("Résultats répartis par", choices=PAR, default="categorie")


@blueprint.get("/club")
@open_to(REFERENT)
def club() -> ResponseReturnValue:
    """Who is in both dispositifs, what each forecast and achieved; the results of the semester, group by group."""
    periode, page, repartition = club_found()
    last = last_closed(local_date(clock.now(), own_departement(actor())), SEMESTRE)
    form = ClubForm(data={"periode": periode.code, "par": repartition.par})
    form.periode.choices = {one.code: one.libelle for one in dict.fromkeys((last, last.precedente, periode))}
    return render_template(
        "referent/club.html",
        form=form,
        periode=periode,
        club=page,
        r=repartition,
        par=PAR[repartition.par],
        categories=CATEGORIES,
        entetes=[{"titre": i.phare, "nombre": True} for i in repartition.colonnes],
    )


def club_found() -> tuple[Periode, ClubPage, Repartition]:
    """The semester of the address, else the last one over; the club, and the results by what the address asks for."""
    departement = own_departement(actor())
    asked = request.args.get("periode")
    periode = (
        period_of(asked, SEMESTRE) if asked else last_closed(local_date(clock.now(), departement), SEMESTRE)
    )  # fmt: skip
    par = request.args.get("par", "")
    given = {"actor": actor(), "departement": departement, "periode": periode}
    return periode, read_club(**given), read_breakdown(**given, par=par if par in PAR else "categorie")
