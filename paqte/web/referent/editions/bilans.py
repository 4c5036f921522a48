"""The bilan as a page: every figure, what is missing and who owes it, then « Produire » and the editions."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.comptes import told_others
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import REFERENT, TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import PLAN_10000, SEMESTRE
from paqte.domain.statuts.declarations import ETATS
from paqte.ops import clock
from paqte.queries.declarations.listes.declarations import owed_declarations
from paqte.queries.editions.editions import list_editions, list_periods
from paqte.queries.editions.modifications import changes_since
from paqte.queries.editions.transmissions import transmissions_of
from paqte.queries.perimetre import own_departement
from paqte.queries.pilotage.rubriques import read_rubriques
from paqte.queries.suivi.phares import read_headlines
from paqte.services.editions.editions import compute_document
from paqte.web.affichage.adresses import PAGES, period_of
from paqte.web.affichage.filters import show_number
from paqte.web.affichage.svg import Point
from paqte.web.referent import blueprint
from paqte.web.referent.editions.productions import say_produced
from paqte.web.socle.session import actor


@blueprint.get("/bilans")
@open_to(*TERRITORIAL)
def bilans() -> ResponseReturnValue:
    """Semesters and their editions."""
    genre = DOCUMENTS[BILAN]
    others = [one for code, one in DOCUMENTS.items() if code not in PAGES]
    semestres = list_periods(genre, actor=actor(), now=clock.now())
    return render_template("referent/bilans.html", genre=genre, semestres=semestres, autres=others)


@blueprint.get("/bilans/<periode>")
@open_to(*TERRITORIAL)
def bilan(periode: str) -> ResponseReturnValue:
    """The bilan as it would be issued now."""
    window = period_of(periode, SEMESTRE)
    now = clock.now()
    departement = own_departement(actor())
    computed = compute_document(DOCUMENTS[BILAN], actor=actor(), departement=departement, periode=window, now=now)
    editions = list_editions(actor=actor(), periode=window.code, genre=BILAN)
    return render_template(
        "referent/bilan.html",
        bilan=computed,
        periode=window,
        r=read_headlines(actor=actor(), departement=departement, periode=window),
        axes=_by_axis(computed),
        manquants=[r for r in computed.reponses if r.repondus < r.dus],
        groupes=owed_declarations(actor=actor(), departement=departement, periodes=[window], now=now).by_group(),
        ETATS_DECLARATION=ETATS,
        textes_vides=_empty_headings(computed),
        repris=[t for t in read_rubriques(actor=actor(), departement=departement, periode=window) if t.is_repris],
        points=_points(computed),
        autres_comptes=told_others(computed.comptes),
        mesures={(m.thematique, m.unite): m.code for m in catalogue().of_dispositif(PLAN_10000)},
        editions=editions,
        transmises=transmissions_of(actor=actor(), editions=[e.id for e in editions]),
        modifies=changes_since(departement, editions[0].created_at) if editions and computed.ecarts else (),
        is_closed=window.is_closed(local_date(now, departement)),
    )


@blueprint.post("/bilans/<periode>/produire")
@open_to(REFERENT)
def bilan_produire(periode: str) -> ResponseReturnValue:
    """Freeze and publish an edition."""
    is_done = say_produced(DOCUMENTS[BILAN], period_of(periode, SEMESTRE))
    return redirect(url_for("referent.bilan", periode=periode, _anchor="editions" if is_done else None))


class AxeLu(NamedTuple):
    """Lines of one axis: those of what somebody owes or has answered, and those of what nobody does (R38)."""

    libelle: str
    engages: list[LigneIndicateur]
    autres: list[LigneIndicateur]


def _by_axis(computed: Bilan) -> list[AxeLu]:
    axes = catalogue().axes
    # The enterprises' line stands beside those of a network or of a hospital, even when it has no figure.
    alive = {line.code for line in computed.indicateurs if _is_alive(line)}
    return [
        AxeLu(axes[code].libelle, [n for n in lines if n.code in alive], [n for n in lines if n.code not in alive])
        for code, lines in ((c, list(g)) for c, g in groupby(computed.indicateurs, key=lambda line: line.axe))
    ]


def _is_alive(line: LigneIndicateur) -> bool:
    figures = (line.realise, line.precedent, line.un_an_avant, line.cumul, line.cible)
    return line.du > 0 or any(not figure.is_missing for figure in figures)


def _empty_headings(computed: Bilan) -> list[str]:
    """Headings of the circular that nobody has filled yet."""
    headings = (
        ("le référent du PAQTE", computed.referents),
        ("l’organisation du suivi", computed.organisation.strip()),
        ("la stratégie", computed.strategie.strip()),
        ("les obstacles", computed.obstacles.strip()),
        ("les partenaires", computed.partenaires),
        ("les chiffres de contexte", [c for c in computed.contexte if not c.valeur.is_missing]),
        ("des exemples concrets d’actions relus", computed.actions),
    )
    return [name for name, content in headings if not content]


def _points(computed: Bilan) -> list[Point]:
    known = [(Periode.from_code(p.periode), p.entreprises) for p in computed.evolution]
    return [Point(p.court, Decimal(number), show_number(number), p.libelle.capitalize()) for p, number in known]
