"""The quarterly export as a page: figures, what is missing, semester declarants, then « Produire » and the editions."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.assemblage.tableaux.engages import RIEN_DE_DU
from paqte.domain.calendrier.periodes import local_date
from paqte.domain.documents.lignes.comptes import told_others
from paqte.domain.documents.lignes.lignes_trimestre import ETATS_DONNEE, SEMESTRIEL
from paqte.domain.documents.registre import COMPTE_RENDU, DOCUMENTS
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import REFERENT, TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import TRIMESTRE
from paqte.domain.statuts.declarations import ETATS
from paqte.ops import clock
from paqte.queries.declarations.listes.declarations import owed_declarations
from paqte.queries.editions.editions import list_editions, list_periods
from paqte.queries.editions.modifications import changes_since
from paqte.queries.editions.transmissions import transmissions_of
from paqte.queries.perimetre import own_departement
from paqte.queries.pilotage.rubriques import read_rubriques
from paqte.services.editions.editions import revise_document
from paqte.web.affichage.adresses import period_of
from paqte.web.referent import blueprint
from paqte.web.referent.editions.productions import say_produced
from paqte.web.socle.session import actor


@blueprint.get("/trimestres")
@open_to(*TERRITORIAL)
def trimestres() -> ResponseReturnValue:
    """Quarters and their editions."""
    return render_template(
        "referent/trimestres.html", trimestres=list_periods(DOCUMENTS[COMPTE_RENDU], actor=actor(), now=clock.now())
    )


@blueprint.get("/trimestres/<trimestre>")
@open_to(*TERRITORIAL)
def trimestre(trimestre: str) -> ResponseReturnValue:
    """The export as it would be issued now."""
    window = period_of(trimestre, TRIMESTRE)
    now = clock.now()
    departement = own_departement(actor())
    computed, ecarts = revise_document(
        DOCUMENTS[COMPTE_RENDU], actor=actor(), departement=departement, periode=window, now=now
    )
    editions = list_editions(actor=actor(), periode=window.code, genre=COMPTE_RENDU)
    others = (ETATS_DONNEE[SEMESTRIEL], RIEN_DE_DU)
    return render_template(
        "referent/trimestre.html",
        export=computed,
        periode=window,
        AXES=catalogue().axes,
        attendues=[e for e in computed.entreprises if e.declaration not in others],
        manquants=[e for e in computed.entreprises if e.dus and e.repondus != e.dus],
        groupes=owed_declarations(actor=actor(), departement=departement, periodes=[window], now=now).by_group(),
        ETATS_DECLARATION=ETATS,
        semestriels=[e for e in computed.entreprises if e.declaration == ETATS_DONNEE[SEMESTRIEL]],
        textes=read_rubriques(actor=actor(), departement=departement, periode=window),
        editions=editions,
        transmises=transmissions_of(actor=actor(), editions=[e.id for e in editions]),
        ecarts=ecarts,
        autres_comptes=told_others(computed.comptes),
        modifies=changes_since(departement, editions[0].created_at) if editions and ecarts else (),
        is_closed=window.is_closed(local_date(now, departement)),
    )


@blueprint.post("/trimestres/<trimestre>/produire")
@open_to(REFERENT)
def trimestre_produire(trimestre: str) -> ResponseReturnValue:
    """Freeze and publish an edition."""
    is_done = say_produced(DOCUMENTS[COMPTE_RENDU], period_of(trimestre, TRIMESTRE))
    return redirect(url_for("referent.trimestre", trimestre=trimestre, _anchor="editions" if is_done else None))
