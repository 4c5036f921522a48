"""What a change of delays moves, in sentences (R37)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from paqte.domain.calendrier.agenda import told
from paqte.services.reglages.agendas import Consequences


def told_suites(given: Collection[Consequences]) -> list[str]:
    """What moves, then what stays; nothing when no date of a period already begun changes. One entry a département."""
    moved = Counter(told(one) for suites in given for one in suites.deplacees)
    kept = Counter(
        f"échéance du {periode.libelle}, le {dates.echeance:%d/%m/%Y}"
        for suites in given
        for periode, dates in suites.gardees
    )
    found = []
    if moved:
        found.append(f"Ces dates changent : {_listed(moved)}. Celles qui sont passées ne changent pas.")
    if kept:
        found.append(f"Ces échéances restent, car elles seraient déjà passées avec le nouveau délai : {_listed(kept)}.")
    return found


def _listed(counted: Counter[str]) -> str:
    return " ; ".join(_with_places(sentence, places) for sentence, places in counted.items())


def _with_places(sentence: str, places: int) -> str:
    return f"{sentence} ({places} départements)" if places > 1 else sentence
