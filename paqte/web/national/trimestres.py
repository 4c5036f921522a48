"""A territory over one quarter of the plan « 10 000 entreprises »: the sum of the exports of its départements."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, REGION
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
from paqte.web.affichage.adresses import period_of
from paqte.web.national import blueprint
from paqte.web.national.sommes import editions_told
from paqte.web.national.territoire import told_of_territory


@blueprint.get("/trimestres/<trimestre>")
@open_to(REGION, NATIONAL, ADMIN)
def trimestre(trimestre: str) -> ResponseReturnValue:
    """The 14 thématiques, the axes of the PAQTE, then the départements: what each issued, and who is still awaited."""
    window = period_of(trimestre, TRIMESTRE)
    return render_template(
        "national/trimestre.html",
        **told_of_territory(window),
        recus={},
        semestre=Periode.containing(window.debut, SEMESTRE),
        sommes=editions_told(window),
    )
