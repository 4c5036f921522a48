"""A territory, région or nation, over one semester: the sum of what its départements issued, each figure with them."""

from __future__ import annotations

from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue

from paqte.domain.assemblage.nation import Nation
from paqte.domain.erreurs import NotFound
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, REGION
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.domain.statuts.recus import MARQUES
from paqte.ops import clock
from paqte.queries.editions.nation import BilanAwaited, last_editions, list_awaited, names_of_departements
from paqte.queries.editions.recus import list_received
from paqte.services.editions.national import consolidate_in_time, consolidate_nation
from paqte.services.editions.sommes import take_territory_workbook
from paqte.web.affichage.adresses import period_of
from paqte.web.affichage.carte import Tile
from paqte.web.commun.copies import handed
from paqte.web.national import blueprint
from paqte.web.national.sommes import editions_told
from paqte.web.socle.acces import current_territory
from paqte.web.socle.session import actor

PRODUIT, RECU, RETARD, ATTENDU, RIEN = "produit", "recu", "retard", "attendu", "rien"
# What the map says of a département, and the sign that says it without a colour.
SUR_LA_CARTE = {
    PRODUIT: ("Bilan produit", "✓"),
    RECU: ("Reçu en classeur", "R"),
    RETARD: ("En retard", "!"),
    ATTENDU: ("Attendu", "…"),
    RIEN: ("Rien d’attendu", ""),
}
# What a bilan may not tell, by how the page calls it: its département is then named beside the sum.
MUETS = {
    "objectifs": "objectifs",
    "thematiques": "thematiques",
    "natures": "natures",
    "delais": "a_temps",
    "sirens": "sirens",
}


@blueprint.get("/bilans/<periode>")
@open_to(REGION, NATIONAL, ADMIN)
def bilan(periode: str) -> ResponseReturnValue:
    """Every indicator, then the départements: what each issued, and who is still awaited."""
    window = period_of(periode, SEMESTRE)
    in_time = consolidate_in_time(actor=actor(), periode=window)
    nation = in_time.present
    compared = (
        ("Précédent", window.precedente, in_time.before),
        ("Un an avant", window.un_an_avant, in_time.year_ago),
    )
    awaited = list_awaited(actor=actor(), periode=window, now=clock.now())
    axes, received = catalogue().axes, list_received(actor=actor(), periode=window)
    return render_template(
        "national/bilan.html",
        periode=window,
        nation=nation,
        autrefois=[(one, len(then.parts)) for _, one, then in compared],
        colonnes=[(titre, then.chiffres) for titre, _, then in compared if then.parts],
        inegaux=in_time.not_alike,
        axes=[(axes[code].libelle, list(lines)) for code, lines in groupby(nation.lignes, key=lambda line: line.axe)],
        editions={e.id: e for e in last_editions(actor=actor(), periode=window)},
        recus={r.id: r for r in received},
        a_decider=sum(r.is_waiting for r in received),
        attendus=awaited,
        tuiles=_tiles(nation, awaited),
        **{f"muets_{name}": nation.silent_on(subject) for name, subject in MUETS.items()},
        sur_la_carte=SUR_LA_CARTE,
        sommes=editions_told(window),
    )


@blueprint.get("/bilans/<periode>/chiffres/<indicateur>")
@open_to(REGION, NATIONAL, ADMIN)
def chiffre(periode: str, indicateur: str) -> ResponseReturnValue:
    """What each département brings to one figure, with the edition that says it."""
    window = period_of(periode, SEMESTRE)
    nation = consolidate_nation(actor=actor(), periode=window)
    measure = catalogue().indicateurs.get(indicateur)
    if measure is None or not measure.is_summable:
        raise NotFound("Ce chiffre")
    lines = [line for line in nation.lignes if line.code == indicateur]
    asked = request.args.get("nature", lines[0].nature if lines else "")
    return render_template(
        "national/chiffre.html",
        periode=window,
        indicateur=measure,
        ligne=next((line for line in lines if line.nature == asked), None),
        prises=MARQUES,
        parts=[p for p in nation.parts if p.somme(indicateur, asked) is not None],
    )


@blueprint.get("/bilans/<periode>/classeur.xlsx")
@open_to(REGION, NATIONAL, ADMIN)
def classeur_telecharger(periode: str) -> ResponseReturnValue:
    """The same sum to take away, with the texts and the context of each département."""
    window = period_of(periode, SEMESTRE)
    return handed(
        take_territory_workbook(actor=actor(), periode=window, territoire=current_territory(), now=clock.now())
    )


def _tiles(nation: Nation, awaited: list[BilanAwaited]) -> list[Tile]:
    said = {p.departement: RECU if p.recue else PRODUIT for p in nation.parts}
    late = {one.departement.code: RETARD if one.departement.is_late else ATTENDU for one in awaited}
    names = names_of_departements(actor=actor())
    states = {code: said.get(code) or late.get(code) or RIEN for code in names}
    return [Tile(code, nom, states[code], SUR_LA_CARTE[states[code]][1]) for code, nom in names.items()]
