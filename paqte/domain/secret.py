"""Small numbers: what a publishable file says of a figure, so that none can be computed back (R23).

A figure is a sum of what each answer brings. What is published is true of the real answers; a hidden number is
safe when it is just as true of others. `tell` shows a figure only while each hidden number keeps such a witness:
one person moved from an answer to another (or added, or taken away) that changes the hidden number and nothing
that any file says. No reasoning over all files together can then tell the hidden number from its neighbour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, product

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
Bounds = tuple[Decimal, Decimal]
# The answer that gains a person, the one that loses it; "" of either: nobody else changes.
Move = tuple[Origin | None, Origin | None]


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


def tell(
    cellules: Iterable[Cellule], anciennes: Iterable[Cellule] = (), tues: Iterable[Cellule] = ()
) -> dict[Hashable, str]:
    """What the next file says of each figure: "" (the figure itself) or one of VOILES. Same input, same answer.

    `cellules` come in the order in which they deserve to be shown; `anciennes` are those of files already published;
    `tues` are figures that no file gives, and that none may give away.
    """
    grouped: defaultdict[str, tuple[list[Cellule], list[Cellule], list[Cellule]]] = defaultdict(lambda: ([], [], []))
    for rank, given in enumerate((cellules, anciennes, tues)):
        for cellule in given:
            grouped[cellule.mesure][rank].append(cellule)
    return {cle: said for group in grouped.values() for cle, said in _tell_measure(*group).items()}


def _tell_measure(nouvelles: list[Cellule], anciennes: list[Cellule], tues: list[Cellule]) -> dict[Hashable, str]:
    said = {c.cle: primary(c) for c in nouvelles}
    if not all(_is_traced(c) for c in anciennes):
        return {c.cle: said[c.cle] or (MASQUE if c.valeur else "") for c in nouvelles}
    world = _World(anciennes, tues)
    for cellule in nouvelles:
        world.veil(cellule, _bounds(cellule.valeur))
    # « < 5 » over four companies known to have answered one each would say four.
    for cellule in [c for c in nouvelles if said[c.cle] == PETIT]:
        if not world.is_safe(frozenset(cellule.apports)):
            said[cellule.cle] = MASQUE
            world.veil(cellule, _ANY)
    for cellule in [c for c in nouvelles if not said[c.cle] and c.valeur]:
        if not world.show(cellule):
            said[cellule.cle] = MASQUE
    return said


def _is_traced(ancienne: Cellule) -> bool:
    """Whether what a file says is true of the answers it is known to come from."""
    if isinstance(ancienne.dite, Decimal):
        return ancienne.dite == ancienne.valeur
    return ancienne.dite != PETIT or 0 < ancienne.valeur < SEUIL


_LARGEST = Decimal("Infinity")
_ANY: Bounds = (Decimal(1), _LARGEST)


def _bounds(valeur: Decimal) -> Bounds:
    """Between what a reader knows a hidden figure to be: one to four, or five and more."""
    return (Decimal(1), Decimal(SEUIL - 1)) if valeur < SEUIL else (Decimal(SEUIL), _LARGEST)


class _World:
    """What all files say of one measure, and a witness for each number that must stay hidden.

    Answers that bring the same figures to the same shown cells can exchange a person unseen. An answer known not to
    be zero keeps one person at least; a veil keeps its bounds.
    """

    def __init__(self, anciennes: list[Cellule], tues: list[Cellule]) -> None:
        self._shown: defaultdict[Origin, set[Hashable]] = defaultdict(set)
        self._veiled: defaultdict[Origin, set[Hashable]] = defaultdict(set)
        self._least: dict[Origin, Decimal] = {}
        self._known: dict[Hashable, tuple[Decimal, Bounds]] = {}
        self._alike: dict[frozenset[Hashable], list[Origin]] | None = None
        self._witnesses: dict[frozenset[Origin], Move | None] = {}
        for cellule in chain(tues, anciennes):
            self._hear(cellule)

    def veil(self, cellule: Cellule, bounds: Bounds) -> None:
        """A figure of the next file hides behind its bounds."""
        self._meet(cellule)
        self._known[cellule.cle] = (cellule.valeur, bounds)
        for origin in cellule.apports:
            self._veiled[origin].add(cellule.cle)
        self._guard(cellule, is_hidden=bool(primary(cellule)))

    def show(self, cellule: Cellule) -> bool:
        """Show a veiled figure, unless that gives away a number which is safe so far; says whether it is shown."""
        safe = [target for target in self._witnesses if self.is_safe(target)]
        self._move(cellule, self._veiled, self._shown)
        if all(self.is_safe(target) for target in safe):
            return True
        self._move(cellule, self._shown, self._veiled)
        self._guard(cellule, is_hidden=True)
        return False

    def is_safe(self, target: frozenset[Origin]) -> bool:
        """Whether a witness gives this sum another value; the last one found serves as long as it holds."""
        known = self._witnesses.get(target)
        if known is None or not self._holds(known):
            known = self._witnesses[target] = next(self._moves(target), None)
        return known is not None

    def _hear(self, cellule: Cellule) -> None:
        """A figure of a published file, or one that no file gives."""
        self._meet(cellule)
        if cellule.dite is not None:
            side = self._shown if isinstance(cellule.dite, Decimal) else self._veiled
            for origin in cellule.apports:
                side[origin].add(cellule.cle)
            is_unsaid = cellule.dite == MASQUE and cellule.valeur < SEUIL
            self._known[cellule.cle] = (cellule.valeur, _ANY if is_unsaid else _bounds(cellule.valeur))
        self._guard(cellule, is_hidden=cellule.dite in VOILES if cellule.dite is not None else bool(primary(cellule)))

    def _meet(self, cellule: Cellule) -> None:
        self._alike = None
        for origin, value in cellule.apports.items():
            self._least[origin] = min(value, self._least.get(origin, value))

    def _guard(self, cellule: Cellule, *, is_hidden: bool) -> None:
        """What must not be found: a hidden figure, and each small number of one company inside any figure."""
        if is_hidden and cellule.valeur:
            self._witnesses.setdefault(frozenset(cellule.apports), None)
        for given in cellule.by_contributor.values():
            if sum(given.values()) < SEUIL:
                self._witnesses.setdefault(frozenset(given), None)
            for origin, value in given.items():
                if value < SEUIL:
                    self._witnesses.setdefault(frozenset({origin}), None)

    def _move(self, cellule: Cellule, source: dict[Origin, set[Hashable]], target: dict[Origin, set[Hashable]]) -> None:
        self._alike = None
        for origin in cellule.apports:
            source[origin].discard(cellule.cle)
            target[origin].add(cellule.cle)

    def _moves(self, target: frozenset[Origin]) -> Iterator[Move]:
        """Witnesses that change this sum: a person enters or leaves it, from or to an answer seen alike."""
        for shown in {frozenset(self._shown[o]): None for o in sorted(target)}:
            group = self._groups()[shown]
            inside: list[Origin | None] = [o for o in group if o in target]
            outside: list[Origin | None] = [o for o in group if o not in target]
            if not shown:
                outside.insert(0, None)
            yield from filter(self._holds, product(inside, self._givers(outside)))
            yield from filter(self._holds, product(outside, self._givers(inside)))

    def _groups(self) -> dict[frozenset[Hashable], list[Origin]]:
        """Answers by the shown cells that they enter."""
        if self._alike is None:
            self._alike = {}
            for origin in sorted(self._least):
                self._alike.setdefault(frozenset(self._shown[origin]), []).append(origin)
        return self._alike

    def _givers(self, origins: list[Origin | None]) -> list[Origin | None]:
        return [o for o in origins if o is None or self._least[o] >= 2]

    def _holds(self, move: Move) -> bool:
        """Whether everything that files say stays true after the move."""
        more, less = (self._shown[o] if o else set() for o in move)
        if more != less:
            return False
        more, less = (self._veiled[o] if o else set() for o in move)
        return all(self._fits(c, 1) for c in more - less) and all(self._fits(c, -1) for c in less - more)

    def _fits(self, cle: Hashable, change: int) -> bool:
        valeur, (low, high) = self._known[cle]
        return low <= valeur + change <= high
