"""What stands beside a figure so that it explains itself: over how many conventions, what its rate counts (R6, R22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from paqte.domain.assemblage.donnees import ConventionLue, EngagementLu
from paqte.domain.assemblage.grille.attentes import aiming
from paqte.domain.consolidation import Cle, Part
from paqte.domain.conventions.engagements import lacking_years
from paqte.domain.conventions.objectifs import Taux, counts_everything
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.indicateurs.genres import Quotient, genre_of
from paqte.domain.saisie.nombres import written

OBJECTIF, PREVISION = "objectif", "prévision"


@dataclass(frozen=True, slots=True)
class Couverture:
    """Of the `conventions` whose promise of an indicator counts, how many have a reference and a target.

    `partielles` tells of each of those whose yearly targets leave a year out what it has: « 2 années sur 3 ».
    """

    conventions: int = 0
    references: int = 0
    cibles: int = 0
    partielles: tuple[str, ...] = ()


NOTHING = Couverture()


def coverages(conventions: Iterable[ConventionLue], last_day: date, grid: Catalogue) -> dict[str, Couverture]:
    """The coverage of each indicator somebody promised, by code."""
    found: defaultdict[str, list[tuple[ConventionLue, EngagementLu]]] = defaultdict(list)
    for c, e in aiming(conventions, last_day, grid.indicateurs):
        found[e.indicateur].append((c, e))
    return {code: _coverage(promised, grid.indicateurs[code]) for code, promised in found.items()}


def _coverage(promised: list[tuple[ConventionLue, EngagementLu]], i: Indicateur) -> Couverture:
    return Couverture(
        conventions=len(promised),
        references=sum(e.reference is not None for _, e in promised),
        cibles=sum(e.cible is not None for _, e in promised),
        partielles=tuple(
            told for c, e in promised if (told := lacking_years(e.annees, c.dates.debut, c.dates.dernier_jour, i))
        ),
    )


def of_promises(held: Couverture, nom: str = OBJECTIF) -> list[str]:
    """Over how many conventions a reference is known, and targets by year that leave a year out."""
    told = []
    if 0 < held.references < held.conventions:
        told.append(f"référence connue pour {_over(held.references, held)}")
    if held.partielles and held.conventions == 1:
        told.append(partial_target(held.partielles[0], nom))
    elif held.partielles:
        told.append(f"{nom} {_partial(nom)} : une année au moins sans {nom} pour {_over(len(held.partielles), held)}")
    return told


def of_targets(held: Couverture, nom: str) -> str:
    """Over how many conventions a target is known, where no rate says it."""
    return f"{nom} connu{_e(nom)} pour {_over(held.cibles, held)}" if 0 < held.cibles < held.conventions else ""


def partial_target(years: str, nom: str = OBJECTIF) -> str:
    """« objectif partiel : fixé pour 2 années sur 3 »."""
    return f"{nom} {_partial(nom)} : fixé{_e(nom)} pour {years}"


def of_answers(how: Quotient) -> str:
    """What is counted beside a quotient, which is no mean of those of the signatories (R14)."""
    return f"réponses : nombre de signataires ; {how.nom} : somme de leurs numérateurs sur somme de leurs dénominateurs"


def not_added(how: Quotient) -> str:
    """Why several references give none."""
    return f"références en {how.nom}, non sommables"


def of_rate(parts: Mapping[Cle, Part], genre: str, rate: Taux, held: Couverture, *, nom: str, is_secret: bool) -> str:
    """What a rate counts, where it is not all that the figure since the start counts (R22).

    Its two numbers are told but for what is under secret (R23), and for quotients, whose numbers are no figure.
    """
    if rate.taux is None or counts_everything(parts, genre):
        return ""
    told = f"taux sur les seules conventions en vigueur ayant un{_e(nom)} {nom} ({_count(held.cibles, held)})"
    if is_secret or genre_of(genre).is_pair or rate.realise is None or rate.vise is None:
        return told
    return f"{told} : {written(rate.realise)} sur {written(rate.vise)}"


def _over(count: int, held: Couverture) -> str:
    return f"{_many(count, 'convention')} sur {held.conventions}"


def _count(count: int, held: Couverture) -> str:
    return f"{count} sur {held.conventions}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count > 1 else ''}"


def _partial(nom: str) -> str:
    return "partielle" if nom == PREVISION else "partiel"


def _e(nom: str) -> str:
    return "e" if nom == PREVISION else ""
