"""What a declaration sent back opens again: the answers asked about, and those that depend on them (R18)."""

from __future__ import annotations

from collections.abc import Iterable

from paqte.domain.indicateurs.catalogue import Catalogue

_Ties = list[tuple[str, str]]


def reopened(asked: Iterable[str], grid: Catalogue) -> frozenset[str]:
    """The indicators asked about, what they are made of, then all that is made with those (R17, R18).

    Made of: the parts of a total, the numerator of a ratio, what a figure repeats, the "dont" of a whole. Otherwise a
    correction could be refused for an answer that is shut. The other parts of a total that opens this way stay shut.
    """
    ties = [(code, i.code) for i in grid.indicateurs.values() for code in (*i.total_de, i.source) if code]
    ties += [(i.code, i.dont) for i in grid.indicateurs.values() if i.dont]
    made_of = _reached(asked, [(whole, part) for part, whole in ties])
    return _reached(made_of, ties)


def _reached(start: Iterable[str], ties: _Ties) -> frozenset[str]:
    found = frozenset(start)
    while more := {b for a, b in ties if a in found} - found:
        found |= more
    return found
