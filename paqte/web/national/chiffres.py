"""What a figure of a territory is made of, département by département, and how it moved over time."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask import render_template, request
from flask.typing import ResponseReturnValue

from paqte.domain.assemblage.nation import Nation
from paqte.domain.assemblage.territoire import measure_in
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import share
from paqte.domain.erreurs import NotFound
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, REGION
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
from paqte.domain.statuts.recus import MARQUES
from paqte.services.editions.national import consolidate_over, consolidate_territory
from paqte.web.affichage.adresses import period_of, url_territoire
from paqte.web.affichage.filters import plural, show_number, show_percent, show_share
from paqte.web.affichage.svg import Point
from paqte.web.national import blueprint
from paqte.web.national.territoire import MOTS
from paqte.web.socle.session import actor

# Two years of quarters, four of semesters.
MOST_PERIODS = 8
Read = Callable[[Nation], tuple[Decimal | None, str]]


@blueprint.get("/bilans/<periode>/chiffres/<indicateur>")
@open_to(REGION, NATIONAL, ADMIN)
def chiffre(periode: str, indicateur: str) -> ResponseReturnValue:
    """What each département brings to one figure, with the edition that says it."""
    window = period_of(periode, SEMESTRE, TRIMESTRE)
    nation = consolidate_territory(actor=actor(), periode=window)
    measure = catalogue().indicateurs.get(indicateur)
    if measure is None or not measure.is_summable:
        raise NotFound("Ce chiffre")
    lines = [line for line in nation.lignes if line.code == indicateur]
    asked = request.args.get("nature", lines[0].nature if lines else "")
    line = next((line for line in lines if line.nature == asked), None)
    return render_template(
        "national/chiffre.html",
        periode=window,
        mots=MOTS[window.genre],
        indicateur=measure,
        ligne=line,
        prises=MARQUES,
        parts=[p for p in nation.parts if p.somme(indicateur, asked) is not None],
        points=_curve_of(window, lambda then: _figure_of(then, indicateur, asked)) if line else [],
    )


@blueprint.get("/bilans/<periode>/thematiques/<thematique>")
@open_to(REGION, NATIONAL, ADMIN)
def thematique(periode: str, thematique: str) -> ResponseReturnValue:
    """What each département forecasts and achieves under one thématique of the plan, with the edition that says it."""
    window = period_of(periode, SEMESTRE, TRIMESTRE)
    known = catalogue().thematiques.get(thematique)
    if known is None:
        raise NotFound("Cette thématique")
    nation = consolidate_territory(actor=actor(), periode=window)
    lines = [one for one in nation.thematiques if one.code == thematique]
    return render_template(
        "national/thematique.html",
        periode=window,
        mots=MOTS[window.genre],
        thematique=known,
        mesures=[
            (one, [(p, held) for p in nation.parts if (held := measure_in(p.beside, one.key)) is not None])
            for one in lines
        ],
        prises=MARQUES,
    )


@blueprint.get("/bilans/<periode>/evolution")
@open_to(REGION, NATIONAL, ADMIN)
def evolution(periode: str) -> ResponseReturnValue:
    """How the counts, the answers and their punctuality moved, period by period."""
    window = period_of(periode, SEMESTRE, TRIMESTRE)
    over = consolidate_over(actor=actor(), periode=window, count=MOST_PERIODS)
    return render_template(
        "national/evolution.html",
        periode=window,
        mots=MOTS[window.genre],
        entreprises=_curve_over(over, _companies),
        reponses=_curve_over(over, _answered),
        delais=_curve_over(over, _in_time) if any(then.dus_a_temps for _, then in over) else [],
    )


def _curve_of(periode: Periode, read: Read) -> list[Point]:
    return _curve_over(consolidate_over(actor=actor(), periode=periode, count=MOST_PERIODS), read)


def _curve_over(over: list[tuple[Periode, Nation]], read: Read) -> list[Point]:
    """From the first period of which somebody issued anything, a gap where nobody did since (R13); each period says how
    many départements it adds up.
    """
    found = []
    first = next((rank for rank, (_, nation) in enumerate(over) if nation.parts), len(over) - 1)
    for periode, nation in over[first:]:
        valeur, told = read(nation) if nation.parts else (None, MOTS[periode.genre].aucun)
        among = f" ({plural(len(nation.parts), 'département')})" if nation.parts else ""
        name = periode.libelle.capitalize()
        found.append(Point(periode.court, valeur, told + among, name, url_territoire(periode)))
    return found


def _companies(nation: Nation) -> tuple[Decimal | None, str]:
    return Decimal(nation.entreprises), show_number(nation.entreprises)


def _answered(nation: Nation) -> tuple[Decimal | None, str]:
    return _rate_told(nation.repondus, nation.dus)


def _in_time(nation: Nation) -> tuple[Decimal | None, str]:
    return _rate_told(nation.a_temps or 0, nation.dus_a_temps)


def _rate_told(given: int, owed: int) -> tuple[Decimal | None, str]:
    return (share(given, owed).valeur, show_share(given, owed)) if owed else (None, "rien d’attendu")


def _figure_of(nation: Nation, code: str, nature: str) -> tuple[Decimal | None, str]:
    line = nation.chiffres.get((code, nature))
    if line is None:
        return None, "rien d’attendu"
    read = line.chiffre
    if read.valeur is None:
        return None, read.motif or ("sans réponse" if line.du else "rien d’attendu")
    return read.valeur, show_percent(read.valeur) if line.unite == "%" else show_number(read.valeur, line.unite)
