"""The national team's home: semester by semester, how many départements have issued their bilan."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
from paqte.ops import clock
from paqte.queries.editions.nation import NationalSemestre, departements_followed, issued_semesters
from paqte.web.national import PARIS, blueprint
from paqte.web.socle.session import actor


@blueprint.get("/")
@open_to(NATIONAL, ADMIN)
def accueil() -> ResponseReturnValue:
    """Semesters, the last closed one first even when nobody has issued it yet."""
    today = local_date(clock.now(), PARIS)
    last, quarter = last_closed(today, SEMESTRE), last_closed(today, TRIMESTRE)
    issued = issued_semesters(actor=actor())
    if last not in [s.periode for s in issued]:
        issued = sorted([*issued, NationalSemestre(last, 0)], key=lambda s: s.periode.debut, reverse=True)
    return render_template(
        "national/accueil.html", semestres=issued, trimestre=quarter, suivis=len(departements_followed())
    )
