"""What was owed over a window, ready for consolidation (R5, R11, R22)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from paqte.domain.assemblage.donnees import ConventionLue
from paqte.domain.catalogue import Indicateur
from paqte.domain.consolidation import Attente
from paqte.domain.conventions import SEMESTRE, TRIMESTRE
from paqte.domain.periodes import Periode


def over(
    conventions: Iterable[ConventionLue], window: Periode, indicateurs: Mapping[str, Indicateur]
) -> Iterator[Attente]:
    """How many answers each engagement owes inside the window."""
    for convention in conventions:
        periodes = convention.suivi.followed(window)
        for engagement in convention.engagements:
            dues = _count(indicateurs.get(engagement.indicateur), periodes)
            if dues:
                yield Attente(convention.cle(engagement), engagement.indicateur, dues)


def targets(conventions: Iterable[ConventionLue], indicateurs: Mapping[str, Indicateur]) -> Iterator[Attente]:
    """One mark an engagement of a convention in force, bearing its target and reference over the term."""
    for convention in conventions:
        for engagement in convention.engagements:
            if engagement.indicateur in indicateurs:
                yield Attente(
                    convention.cle(engagement), engagement.indicateur, 1, engagement.cible, engagement.reference
                )


def is_semestriel(convention: ConventionLue, window: Periode, indicateurs: Mapping[str, Indicateur]) -> bool:
    """Whether it binds in a quarter that it does not answer for, because it answers for the whole semester (R11).

    One of which nothing is asked for the semester either is no declarant (R41, R42).
    """
    if window.genre != TRIMESTRE or convention.rythme != SEMESTRE or not convention.binds_in(window):
        return False
    asked = convention.suivi.followed(Periode.containing(window.debut, SEMESTRE))
    return any(_count(indicateurs.get(e.indicateur), asked) for e in convention.engagements)


def _count(indicateur: Indicateur | None, periodes: tuple[Periode, ...]) -> int:
    if indicateur is None:
        return 0
    return len([p for p in periodes if indicateur.is_valid_during(p.debut, p.fin)])
