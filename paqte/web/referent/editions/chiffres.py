"""Where a figure of the bilan or of the export comes from: its declarations, and the answers it leaves out (R45)."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from paqte.domain.assemblage.grille.traces import CUMUL, PERIODE, PRECEDENT, UN_AN_AVANT
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.lignes.lignes import ENSEMBLE_NATURES
from paqte.domain.personnes.acteurs import TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import ENTREPRISE, NATURES, SEMESTRE, TRIMESTRE
from paqte.ops import clock
from paqte.queries.editions.traces import trace
from paqte.queries.perimetre import own_departement
from paqte.web.affichage.adresses import period_of
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor

COLONNES = {PERIODE: "", PRECEDENT: "Précédent", UN_AN_AVANT: "Un an avant", CUMUL: "Depuis le début"}
LIGNES = {**NATURES, ENSEMBLE_NATURES: "Toutes natures"}


@blueprint.get("/bilans/<periode>/chiffres/<indicateur>")
@open_to(*TERRITORIAL)
def bilan_chiffre(periode: str, indicateur: str) -> ResponseReturnValue:
    """The declarations behind one figure of the bilan."""
    return _traced_page(period_of(periode, SEMESTRE), indicateur)


@blueprint.get("/trimestres/<trimestre>/chiffres/<indicateur>")
@open_to(*TERRITORIAL)
def trimestre_chiffre(trimestre: str, indicateur: str) -> ResponseReturnValue:
    """The declarations behind one figure of the export."""
    return _traced_page(period_of(trimestre, TRIMESTRE), indicateur)


@blueprint.get("/annees/<annee>/chiffres/<indicateur>")
@open_to(*TERRITORIAL)
def annee_chiffre(annee: str, indicateur: str) -> ResponseReturnValue:
    """The declarations behind one figure of a civil year, and what the conventions promise for it."""
    return _traced_page(period_of(annee, "A"), indicateur)


def _traced_page(window: Periode, indicateur: str) -> ResponseReturnValue:
    """By default, the enterprises' figure of the period itself."""
    departement = own_departement(actor())
    traced = trace(
        actor=actor(),
        departement=departement,
        periode=window,
        indicateur=indicateur,
        nature=request.args.get("nature", ENTREPRISE),
        colonne=request.args.get("colonne", PERIODE),
        today=local_date(clock.now(), departement),
    )
    return render_template(
        "referent/chiffre.html",
        figure=traced,
        periode=window,
        is_bilan=window.genre == SEMESTRE,
        COLONNES=COLONNES,
        LIGNES=LIGNES,
        ENTREPRISE=ENTREPRISE,
        PERIODE=PERIODE,
    )
