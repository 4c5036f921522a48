"""Small numbers: what a publishable file says of a figure, so that none can be computed back (R23).

A figure is a sum of what each answer brings. What is published is true of the real answers; a hidden number is
safe when it is just as true of others. `tell` shows a figure only while each hidden number keeps such a witness:
one person moved from an answer to another (or added, or taken away) that changes the hidden number and nothing
that any file says, nor that it says by being shown. No reasoning over all files together can then tell the hidden
number from its neighbour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain

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
    candidates = [c for c in nouvelles if not said[c.cle] and c.valeur]
    world = _World(anciennes, tues)
    for cellule in nouvelles:
        world.veil(cellule, _bounds(cellule.valeur))
    # « < 5 » over four companies known to have answered one each would say four.
    for cellule in [c for c in nouvelles if said[c.cle] == PETIT]:
        if not world.is_safe(_states(cellule)):
            said[cellule.cle] = MASQUE
            world.veil(cellule, _ANY)
    is_traced = all(_is_traced(c) for c in anciennes)
    is_sure = is_traced and world.forget_given()
    for cellule in candidates:
        if not (world.show(cellule) if is_sure else is_traced and world.gives(cellule)):
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
    """Between what a reader may suppose a hidden figure to be: one to four, or five and more."""
    return (Decimal(1), Decimal(SEUIL - 1)) if valeur < SEUIL else (Decimal(SEUIL), _LARGEST)


# An answer in one of the states it was published in; with the figure 0, in all of them together.
State = tuple[str, int, str, Decimal]
# The answer that gains a person, the one that loses it; None: nobody else changes.
Move = tuple[State | None, State | None]
_TOGETHER = Decimal(0)
# The cells of nobody.
_NOWHERE: frozenset[Hashable] = frozenset()


def _states(cellule: Cellule) -> frozenset[State]:
    return frozenset((*origin, value) for origin, value in cellule.apports.items())


def _seen_in(cellule: Cellule) -> frozenset[State]:
    """The answers whose place a figure tells, also all their states together."""
    return _states(cellule) | {(*origin, _TOGETHER) for origin in cellule.apports}


class _World:
    """What all files say of one measure, and a witness for each number that must stay hidden.

    Answers that bring the same figures to the same shown cells can exchange a person unseen. An answer known not to
    be zero keeps one person at least; a veil keeps its bounds; in a total that is shown, nobody outweighs the others,
    which whoever reads the rule knows. An answer corrected between two editions has two states, which may change apart
    or together.
    """

    def __init__(self, anciennes: list[Cellule], tues: list[Cellule]) -> None:
        self._shown: defaultdict[State, set[Hashable]] = defaultdict(set)
        self._veiled: defaultdict[State, set[Hashable]] = defaultdict(set)
        self._figures: defaultdict[Origin, set[Decimal]] = defaultdict(set)
        self._known: dict[Hashable, tuple[Decimal, Bounds]] = {}
        # Answers of who could not have one person more in these totals without outweighing the others.
        self._tight: defaultdict[State, set[Hashable]] = defaultdict(set)
        self._unweighed: set[frozenset[State]] = set()
        self._alike: dict[frozenset[Hashable], list[State]] | None = None
        self._witnesses: dict[frozenset[State], Move | None] = {}
        for cellule in chain(tues, anciennes):
            self._hear(cellule)
        # What totals gave away by being shown before anybody weighed them is not taken back: they go on as they were.
        if not self.forget_given():
            self._tight.clear()
            self._unweighed |= {_states(c) for c in anciennes if isinstance(c.dite, Decimal)}

    def veil(self, cellule: Cellule, bounds: Bounds) -> None:
        """A figure of the next file hides behind its bounds."""
        self._meet(cellule)
        self._known[cellule.cle] = (cellule.valeur, bounds)
        self._put(cellule, self._veiled)
        self._guard(cellule, is_hidden=bool(primary(cellule)))

    def show(self, cellule: Cellule) -> bool:
        """Show a veiled figure, unless that gives away a number that must stay hidden; says whether it is shown.

        Only a witness that changes one of its answers can cease to hold. What shown figures give by themselves is
        told already: it is shown, since a veil over it would be lifted by whoever adds them up.
        """
        self._take(cellule, self._veiled)
        self._put(cellule, self._shown)
        self._weigh(cellule)
        if self._is_all_safe_with(cellule):
            return True
        self._take(cellule, self._shown)
        is_given = self.gives(cellule)
        if is_given and self._is_all_safe_with(cellule):
            return True
        self._take(cellule, self._tight)
        self._put(cellule, self._veiled)
        self._guard(cellule, is_hidden=not is_given)
        return False

    def _is_all_safe_with(self, cellule: Cellule) -> bool:
        own = _seen_in(cellule)
        return all(self.is_safe(t) for t, move in self._witnesses.items() if move is None or not own.isdisjoint(move))

    def gives(self, cellule: Cellule) -> bool:
        """Whether shown figures tell this one, added and subtracted."""
        return self._is_given(_states(cellule))

    def is_safe(self, target: frozenset[State]) -> bool:
        """Whether a witness gives this sum another value; the last one found serves as long as it holds."""
        known = self._witnesses.get(target)
        if known is None or not self._holds(known):
            known = self._witnesses[target] = next(self._moves(target), None)
        return known is not None

    def forget_given(self) -> bool:
        """Stop guarding sums that published figures give by themselves; says whether all others are safe."""
        given = [target for target in self._witnesses if not self.is_safe(target)]
        for target in given:
            if self._is_given(target):
                del self._witnesses[target]
        return all(map(self.is_safe, self._witnesses))

    def _hear(self, cellule: Cellule) -> None:
        """A figure of a published file, or one that no file gives."""
        self._meet(cellule)
        if cellule.dite is not None:
            self._put(cellule, self._shown if isinstance(cellule.dite, Decimal) else self._veiled)
            if isinstance(cellule.dite, Decimal):
                self._weigh(cellule)
            is_unsaid = cellule.dite == MASQUE and cellule.valeur < SEUIL
            self._known[cellule.cle] = (cellule.valeur, _ANY if is_unsaid else _bounds(cellule.valeur))
        self._guard(cellule, is_hidden=cellule.dite in VOILES if cellule.dite is not None else bool(primary(cellule)))

    def _meet(self, cellule: Cellule) -> None:
        self._alike = None
        for origin, value in cellule.apports.items():
            self._figures[origin].add(value)

    def _weigh(self, cellule: Cellule) -> None:
        """In a total that is shown for what it is, nobody makes more than 85 % (R23)."""
        if cellule.is_total and not primary(cellule) and _states(cellule) not in self._unweighed:
            most = PART_MAXIMALE * cellule.valeur
            tight = (given for given in cellule.by_contributor.values() if sum(given.values()) + 1 > most)
            for origin, value in chain.from_iterable(given.items() for given in tight):
                self._tight[*origin, value].add(cellule.cle)
                self._tight[*origin, _TOGETHER].add(cellule.cle)

    def _guard(self, cellule: Cellule, *, is_hidden: bool) -> None:
        """What must not be found: a hidden figure, and each small number of one company inside any figure."""
        if is_hidden and cellule.valeur:
            self._witnesses.setdefault(_states(cellule), None)
        for given in cellule.by_contributor.values():
            if sum(given.values()) < SEUIL:
                self._witnesses.setdefault(frozenset((*o, v) for o, v in given.items()), None)
            for origin, value in given.items():
                if value < SEUIL:
                    self._witnesses.setdefault(frozenset({(*origin, value)}), None)

    def _put(self, cellule: Cellule, side: defaultdict[State, set[Hashable]]) -> None:
        self._alike = None
        for origin, value in cellule.apports.items():
            side[*origin, value].add(cellule.cle)
            side[*origin, _TOGETHER].add(cellule.cle)

    def _take(self, cellule: Cellule, side: defaultdict[State, set[Hashable]]) -> None:
        for origin, value in cellule.apports.items():
            side[*origin, value].discard(cellule.cle)
            side[*origin, _TOGETHER].discard(cellule.cle)

    def _moves(self, target: frozenset[State]) -> Iterator[Move]:
        """Witnesses that change this sum: a person enters or leaves it, from or to an answer seen alike."""
        within = target | {(*state[:3], _TOGETHER) for state in target}
        alike: defaultdict[frozenset[Hashable], list[State]] = defaultdict(list)
        for state in sorted(within):
            if state[3] != _TOGETHER or len(self._figures[state[:3]]) > 1:
                alike[frozenset(self._shown[state])].append(state)
        for shown, inside in alike.items():
            pairs = chain(
                ((s, other) for s in inside for other in self._outside(shown, within) if self._can_give(other)),
                ((other, s) for other in self._outside(shown, within) for s in inside if self._can_give(s)),
            )
            yield from filter(self._holds, pairs)

    def _outside(self, shown: frozenset[Hashable], within: frozenset[State]) -> Iterator[State | None]:
        """Answers of others seen so; nobody at all, where no cell shows them."""
        if not shown:
            yield None
        yield from (s for s in self._groups().get(shown, ()) if s not in within)

    def _groups(self) -> dict[frozenset[Hashable], list[State]]:
        """Answers by the shown cells that they enter; those with several states also together."""
        if self._alike is None:
            self._alike = {}
            for origin, figures in sorted(self._figures.items()):
                for figure in sorted(figures) + [_TOGETHER] * (len(figures) > 1):
                    state = (*origin, figure)
                    self._alike.setdefault(frozenset(self._shown[state]), []).append(state)
        return self._alike

    def _can_give(self, state: State | None) -> bool:
        return state is None or self._least(state) >= 2

    def _least(self, state: State) -> Decimal:
        return min(self._figures[state[:3]]) if state[3] == _TOGETHER else state[3]

    def _holds(self, move: Move) -> bool:
        """Whether everything that files say stays true after the move."""
        gains, loses = move
        if (self._shown[gains] if gains else _NOWHERE) != (self._shown[loses] if loses else _NOWHERE):
            return False
        same = self._tight[loses] if gains and loses and gains[0] == loses[0] else _NOWHERE
        if gains and not self._tight[gains] <= same:
            return False
        more = self._veiled[gains] if gains else _NOWHERE
        less = self._veiled[loses] if loses else _NOWHERE
        return all(self._fits(c, 1) for c in more - less) and all(self._fits(c, -1) for c in less - more)

    def _fits(self, cle: Hashable, change: int) -> bool:
        valeur, (low, high) = self._known[cle]
        return low <= valeur + change <= high

    def _is_given(self, target: frozenset[State]) -> bool:
        """Whether adding and subtracting shown figures gives this sum: it lies in the space of their rows."""
        columns: defaultdict[Hashable, set[State]] = defaultdict(set)
        for state, cells in self._shown.items():
            for cle in cells if state[3] != _TOGETHER else ():
                columns[cle].add(state)
        rows = [dict.fromkeys(row, Fraction(1)) for row in columns.values()]
        rest = dict.fromkeys(target, Fraction(1))
        while rest and rows:
            row = rows.pop()
            pivot = next(iter(row), None)
            if pivot is not None:
                rows = [_reduced(other, row, pivot) for other in rows]
                rest = _reduced(rest, row, pivot)
        return not rest


def _reduced(given: dict[State, Fraction], row: dict[State, Fraction], pivot: State) -> dict[State, Fraction]:
    """A row less what makes its pivot nil."""
    if pivot not in given:
        return given
    factor = given[pivot] / row[pivot]
    return {
        s: n for s in given.keys() | row.keys() if (n := given.get(s, Fraction(0)) - factor * row.get(s, Fraction(0)))
    }
