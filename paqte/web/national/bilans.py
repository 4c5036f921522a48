"""A territory, région or nation, over one semester: the sum of what its départements issued, each figure with them."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, REGION
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
from paqte.ops import clock
from paqte.queries.editions.recus import list_received
from paqte.services.editions.sommes import take_territory_workbook
from paqte.web.affichage.adresses import period_of
from paqte.web.commun.copies import handed
from paqte.web.national import blueprint
from paqte.web.national.sommes import editions_told
from paqte.web.national.territoire import told_of_territory
from paqte.web.socle.acces import current_territory
from paqte.web.socle.session import actor


@blueprint.get("/bilans/<periode>")
@open_to(REGION, NATIONAL, ADMIN)
def bilan(periode: str) -> ResponseReturnValue:
    """Every indicator, then the départements: what each issued, and who is still awaited."""
    window = period_of(periode, SEMESTRE)
    received = list_received(actor=actor(), periode=window)
    return render_template(
        "national/bilan.html",
        **told_of_territory(window),
        recus={r.id: r for r in received},
        a_decider=sum(r.is_waiting for r in received),
        sommes=editions_told(window, *window.parts(TRIMESTRE)),
    )


@blueprint.get("/bilans/<periode>/classeur.xlsx")
@open_to(REGION, NATIONAL, ADMIN)
def classeur_telecharger(periode: str) -> ResponseReturnValue:
    """The same sum to take away, of a semester or of a quarter, with the texts of each département."""
    window = period_of(periode, SEMESTRE, TRIMESTRE)
    return handed(
        take_territory_workbook(actor=actor(), periode=window, territoire=current_territory(), now=clock.now())
    )
