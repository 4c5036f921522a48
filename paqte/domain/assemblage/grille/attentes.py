"""What was owed over a window, ready for consolidation (R5, R11, R22)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from paqte.domain.assemblage.donnees import ConventionLue, EngagementLu
from paqte.domain.attendus import semester_instead
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Attente, Consolidation, Whose
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.sommes import whose
from paqte.domain.statuts.conventions import PLAN_10000, is_in_force


def over(
    conventions: Iterable[ConventionLue], window: Periode, indicateurs: Mapping[str, Indicateur]
) -> Iterator[Attente]:
    """The answers that each engagement owes inside the window."""
    for convention in conventions:
        periodes = convention.suivi.followed(window)
        for engagement in convention.engagements:
            dues = _asked(indicateurs.get(engagement.indicateur), periodes)
            if dues:
                yield Attente(convention.cle(engagement), engagement.indicateur, len(dues), codes=dues)


def targets(
    conventions: Iterable[ConventionLue], last_day: date, indicateurs: Mapping[str, Indicateur]
) -> Iterator[Attente]:
    """One mark an engagement of a convention in force, bearing its target and reference over the term."""
    for c, e in aiming(conventions, last_day, indicateurs):
        yield Attente(c.cle(e), e.indicateur, 1, e.cible, e.reference)


def aiming(
    conventions: Iterable[ConventionLue], last_day: date, indicateurs: Mapping[str, Indicateur]
) -> Iterator[tuple[ConventionLue, EngagementLu]]:
    """The engagements whose targets and references count.

    Of a stock or a yes, that of a convention in force on the last day: a renewal takes the place of the former (R32).
    """
    for convention in conventions:
        is_last = is_in_force(convention.dates, last_day)
        for engagement in convention.engagements:
            known = indicateurs.get(engagement.indicateur)
            if known and (is_last or not known.traits.is_said_once):
                yield convention, engagement


def gone_from(
    conventions: Iterable[ConventionLue], given: Consolidation, last_day: date, grid: Catalogue
) -> frozenset[Whose]:
    """The same of those whose answers are added up."""
    return gone(
        conventions, whose(given, {i.code for i in grid.indicateurs.values() if i.traits.is_said_once}), last_day, grid
    )


def gone(
    conventions: Iterable[ConventionLue], told: Iterable[Whose], last_day: date, grid: Catalogue
) -> frozenset[Whose]:
    """Of those who told something, whose stocks and yes stand no longer: no convention of theirs is in force on the

    last day (R32).

    A convention of the dispositif of the indicator: being in the plan keeps no figure of the PAQTE alive.
    """
    present = {
        (c.departement, c.signataire_id, c.dispositif) for c in conventions if is_in_force(c.dates, last_day)
    } | {
        (c.departement, c.signataire_id, PLAN_10000)
        for c in conventions
        if c.is_plan and is_in_force(c.dates, last_day)
    }
    said_once = {i.code: grid.axes[i.axe].dispositif for i in grid.indicateurs.values() if i.traits.is_said_once}
    return frozenset(
        (departement, signataire, code)
        for departement, signataire, code in told
        if (departement, signataire, said_once[code]) not in present
    )


def is_semestriel(convention: ConventionLue, window: Periode, indicateurs: Mapping[str, Indicateur]) -> bool:
    """Whether it binds in a quarter that it does not answer for, because it answers for the whole semester (R11).

    One of which nothing is asked for the semester either is no declarant (R41, R42).
    """
    semestre = semester_instead(convention.suivi, window)
    asked = convention.suivi.followed(semestre) if semestre is not None else ()
    return any(_asked(indicateurs.get(e.indicateur), asked) for e in convention.engagements)


def _asked(indicateur: Indicateur | None, periodes: tuple[Periode, ...]) -> frozenset[str]:
    """Codes of the periods for which the grid counts an indicator."""
    if indicateur is None:
        return frozenset()
    return frozenset(p.code for p in periodes if indicateur.is_valid_during(p.debut, p.fin))
