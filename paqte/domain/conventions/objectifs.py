"""Targets, references and rates: what is achieved of what was promised (R6, R22, R32)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import UNITE, Chiffre, rounded
from paqte.domain.consolidation import Cle, Number, Part, add_up, percent, said, summed
from paqte.domain.indicateurs.genres import Quotient, genre_of
from paqte.domain.statuts.conventions import Dates, add_years

SANS_OBJECTIF = "sans objectif"


class Taux(NamedTuple):
    """Achievement over the engagements having a target (R22). Percentages; None when nothing can be said.

    `taux` and `sans_cible` are rounded, to be read; the exact numbers that they come from follow (R33): what is
    achieved over what was aimed at, and how many of those engaged have no target. `cible` is rounded when it is the
    mean of several; `aims` are then its two exact numbers. `poids` is what the targets of quotients weigh together: 0
    when no denominator is known yet.
    """

    cible: Decimal | None
    taux: Decimal | None
    sans_cible: Decimal | None
    realise: Decimal | None = None
    vise: Decimal | None = None
    sans: int = 0
    engages: int = 0
    aims: tuple[Decimal, Decimal] | None = None
    poids: Decimal | None = None


def achievement(parts: Mapping[Cle, Part], genre: str) -> Taux:
    """Target, rate and share of owing engagements without target; a target of 0 is a target (R6, R22).

    The rate says what is known to be achieved of all that was promised: a target nobody answered yet stays in it,
    and how many answered stands beside (R13).
    """
    owing = [p for p in said(parts, genre) if p.dues]
    aimed = [p for p in owing if p.cible is not None]
    sans, engages = len(owing) - len(aimed), len(owing)
    without = Taux(None, None, percent(sans, engages), sans=sans, engages=engages)
    if not aimed or not genre_of(genre).is_summable:
        return without
    if (how := genre_of(genre).quotient) is not None:
        return _of_quotients(aimed, genre, how, without)
    cible, realise = summed(p.cible for p in aimed), add_up(aimed, genre).valeur
    return without._replace(cible=cible, taux=percent(realise, cible), realise=realise, vise=cible)


def _of_quotients(aimed: list[Part], genre: str, how: Quotient, without: Taux) -> Taux:
    """Of quotients, each target weighs what its denominator weighs (R14); nothing is rounded on the way (R33)."""
    known = [p for p in aimed if p.denominateur]
    weight = summed(p.denominateur for p in known)
    targets = {p.cible for p in aimed}
    only = summed([aimed[0].cible]) if len(targets) == 1 else None
    if not weight:
        return without._replace(cible=only if len(aimed) == 1 else None, poids=Decimal(0))
    vise = sum((Decimal(p.cible or 0) * Decimal(p.denominateur or 0) for p in known), Decimal(0))
    upper = add_up(aimed, genre).numerateur
    realise = None if upper is None else upper * how.facteur
    return without._replace(
        cible=(vise / weight).quantize(how.pas, ROUND_HALF_UP) if only is None else only,
        taux=percent(realise, vise),
        realise=realise,
        vise=vise,
        aims=(vise, weight * how.facteur) if only is None else None,
        poids=weight,
    )


def counts_everything(parts: Mapping[Cle, Part], genre: str) -> bool:
    """Whether what is compared with the targets is all that the figure since the start is made of (R22)."""
    given = said(parts, genre)
    aimed = [p for p in given if p.dues and p.cible is not None]
    return len(aimed) == len(given) or add_up(aimed, genre) == add_up(given, genre)


def reference(parts: Mapping[Cle, Part], genre: str) -> Decimal | None:
    """Reference values added up; quotients do not add, so several of them give None."""
    known = [p for p in said(parts, genre) if p.reference is not None and p.dues]
    kind = genre_of(genre)
    if not kind.is_summable or (kind.is_pair and len(known) > 1):
        return None
    return summed(p.reference for p in known)


def is_partial(annees: Collection[int], years: int, genre: str) -> bool:
    """Whether yearly targets leave out a year that the term's one needs: any year of a flow, else the last (R6).

    `annees` are the convention years that have a target, none when the target is for the whole term.
    """
    needed = range(1, years + 1) if genre_of(genre).adds_years else (years,)
    return bool(annees) and not set(needed) <= set(annees)


def term_target(objectifs: Mapping[int, Number], genre: str) -> Number | None:
    """Target over the whole term. Key 0 is the term itself; 1, 2, 3… are convention years (R6).

    Annual flows add up; of stocks, ratios and yes/no the last year counts. No target at all gives None.
    """
    if 0 in objectifs:
        return objectifs[0]
    if not objectifs:
        return None
    return sum(objectifs.values(), Decimal(0)) if genre_of(genre).adds_years else objectifs[max(objectifs)]


def promised_in(window: Periode, dates: Dates, cible: Number, par_annee: Mapping[int, Number]) -> Fraction:
    """The share of a flow's target over the term that falls in the window, exact: the target of each convention year
    goes day after day of it, or of the whole term when none is yearly (R6). Of a convention ended early, until then.
    """
    spans = [(dates.debut, dates.dernier_jour, cible)]
    if par_annee:
        starts = {year: add_years(dates.debut, year - 1) for year in par_annee}
        ends = {year: min(add_years(dates.debut, year) - timedelta(days=1), dates.dernier_jour) for year in par_annee}
        spans = [(starts[year], ends[year], target) for year, target in par_annee.items()]
    found = Fraction(0)
    for start, end, target in spans:
        if end < start:  # a year that the term does not reach
            continue
        inside = (min(end, dates.effective_end, window.dernier_jour) - max(start, window.debut)).days + 1
        found += Fraction(Decimal(target)) * max(inside, 0) / ((end - start).days + 1)
    return found


def promised_together(shares: Iterable[Fraction | None]) -> Chiffre:
    """What several engagements promise in one window, to the unit, or that no target is known (R13, R33)."""
    known = [share for share in shares if share is not None]
    return rounded(sum(known, Fraction(0)), UNITE) if known else Chiffre(None, SANS_OBJECTIF)
