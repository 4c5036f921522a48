"""Small numbers: what is under secret, and what hides a figure by itself (R23).

A figure is a sum of what each answer brings. What a publishable file says of each, so that no other figure gives it
back, is decided where its figures are gathered: domain/assemblage/diffusion/masque.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal

INTERNE = "interne"
PUBLIABLE = "publiable"
DIFFUSIONS: dict[str, str] = {INTERNE: "Usage interne", PUBLIABLE: "Version publiable"}

SEUIL = 5
CONTRIBUTEURS = 3
PART_MAXIMALE = Decimal("0.85")
PETIT = "< 5"
MASQUE = "masqué (secret statistique)"
# What a file may say instead of a figure under secret.
VOILES = frozenset({PETIT, MASQUE})

# Whose answer, which one: contributor, engagement, period declared ("" for what bears none, as a forecast).
Origin = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Cellule:
    """A figure under secret: what each answer brings to it, zeros left out since a zero may be shown.

    `mesure` says what is counted: figures of different measures never meet. `is_total` tells a total over the
    département from one company's own figure. `dite` is what a file already published says: the figure, or one of
    VOILES.
    """

    cle: Hashable
    mesure: str
    apports: Mapping[Origin, Decimal]
    is_total: bool = True
    dite: Decimal | str | None = None

    @property
    def valeur(self) -> Decimal:
        return sum(self.apports.values(), Decimal(0))

    @property
    def by_contributor(self) -> dict[str, dict[Origin, Decimal]]:
        """What it is made of, contributor by contributor."""
        given: defaultdict[str, dict[Origin, Decimal]] = defaultdict(dict)
        for origin, value in self.apports.items():
            given[origin[0]][origin] = value
        return given


def primary(cellule: Cellule) -> str:
    """What hides a figure by itself, "" when nothing does: its size, its few contributors, one that outweighs (R23)."""
    total = cellule.valeur
    if total == 0:
        return ""
    if total < SEUIL:
        return PETIT
    parts = [sum(given.values()) for given in cellule.by_contributor.values()]
    is_weak = len(parts) < CONTRIBUTEURS or max(parts) > PART_MAXIMALE * total
    return MASQUE if cellule.is_total and is_weak else ""
