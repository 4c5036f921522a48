"""What a declaration sent back opens again: the answers asked about, and those that hang together with them (R18)."""

from __future__ import annotations

from collections.abc import Iterable

from paqte.domain.catalogue import Catalogue


def hanging_together(asked: Iterable[str], grid: Catalogue) -> frozenset[str]:
    """The indicators asked about and every one tied to them by a "dont", a total or the numerator of a ratio (R17).

    Whoever corrects a total must be able to correct its parts, and the other way round: otherwise the correction could
    be refused for an answer that is shut.
    """
    ties = [(i.code, tied) for i in grid.indicateurs.values() for tied in (i.dont, i.numerateur, *i.total_de) if tied]
    found = set(asked)
    while True:
        more = {b for a, b in ties if a in found} | {a for a, b in ties if b in found}
        if more <= found:
            return frozenset(found)
        found |= more
