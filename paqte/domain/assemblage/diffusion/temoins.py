"""A witness for each number that must stay hidden, in all that the files of a département say of one measure (R23).

What is published is true of the real answers; a hidden number is safe when it is just as true of others: one person
moved from an answer to another (or added, or taken away) changes the hidden number and nothing that any file says,
nor that it says by being shown. No reasoning over all files together can then tell the number from its neighbour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain

from paqte.domain.secret import MASQUE, PART_MAXIMALE, SEUIL, VOILES, Cellule, Origin, primary

Bounds = tuple[Decimal, Decimal]
LARGEST = Decimal("Infinity")
ANY: Bounds = (Decimal(1), LARGEST)


def bounds_of(valeur: Decimal) -> Bounds:
    """Between what a reader may suppose a hidden figure to be: one to four, or five and more."""
    return (Decimal(1), Decimal(SEUIL - 1)) if valeur < SEUIL else (Decimal(SEUIL), LARGEST)


# An answer in one of the states it was published in; with the figure 0, in all of them together.
State = tuple[str, int, str, Decimal]
# The answer that gains a person, the one that loses it; None: nobody else changes.
Move = tuple[State | None, State | None]
TOGETHER = Decimal(0)
# The cells of nobody.
_NOWHERE: frozenset[Hashable] = frozenset()


def states_of(cellule: Cellule) -> frozenset[State]:
    """The answers that a figure is made of, each with what it brings."""
    return frozenset((*origin, value) for origin, value in cellule.apports.items())


def _seen_in(cellule: Cellule) -> frozenset[State]:
    """The answers whose place a figure tells, also all their states together."""
    return states_of(cellule) | {(*origin, TOGETHER) for origin in cellule.apports}


class World:
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
        # Totals shown for what they are: nobody outweighs the others in them.
        self._weighed: dict[Hashable, Cellule] = {}
        self._alike: dict[frozenset[Hashable], list[State]] | None = None
        self._witnesses: dict[frozenset[State], Move | None] = {}
        for cellule in chain(tues, anciennes):
            self._hear(cellule)
        # What totals gave away by being shown before anybody weighed them is not taken back: they go on as they were.
        if not self.forget_given():
            self._tight.clear()
            self._unweighed |= {states_of(c) for c in anciennes if isinstance(c.dite, Decimal)}

    def veil(self, cellule: Cellule, bounds: Bounds) -> None:
        """A figure of the next file hides behind its bounds."""
        self._meet(cellule)
        self._known[cellule.cle] = (cellule.valeur, bounds)
        self._put(cellule, self._veiled)
        self._guard(cellule, is_hidden=bool(primary(cellule)))

    def show(self, cellule: Cellule, is_open: Callable[[World, Cellule], bool]) -> bool:
        """Show a veiled figure, unless that gives away a number that must stay hidden; says whether it is shown.

        `is_open` says what a witness cannot: whether who replays the decision would learn from it (marges.py).
        Only a witness that changes one of its answers can cease to hold. What shown figures give by themselves is
        told already: it is shown, since a veil over it would be lifted by whoever adds them up.
        """
        self._take(cellule, self._veiled)
        self._put(cellule, self._shown)
        self._weigh(cellule)
        if is_open(self, cellule) and self._is_all_safe_with(cellule):
            return True
        self._take(cellule, self._shown)
        is_given = self.gives(cellule)
        if is_given and self._is_all_safe_with(cellule):
            return True
        self._take(cellule, self._tight)
        self._weighed.pop(cellule.cle, None)
        self._put(cellule, self._veiled)
        self._guard(cellule, is_hidden=not is_given)
        return False

    def _is_all_safe_with(self, cellule: Cellule) -> bool:
        own = _seen_in(cellule)
        return all(self.is_safe(t) for t, move in self._witnesses.items() if move is None or not own.isdisjoint(move))

    def gives(self, cellule: Cellule) -> bool:
        """Whether shown figures tell this one, added and subtracted."""
        return self._is_given(states_of(cellule))

    def supposing(self, cellule: Cellule) -> None:
        """Take a figure for shown, its value aside, until `forgetting` it: who would then be told from whom."""
        self._put(cellule, self._shown)

    def forgetting(self, cellule: Cellule) -> None:
        self._take(cellule, self._shown)

    def alike(self, cellule: Cellule | None = None) -> list[list[State]]:
        """Answers that nothing shown tells from one another, group by group: those of a figure, else all shown.

        A corrected answer stands there once, by its states together.
        """
        groups = self._groups()
        asked = groups if cellule is None else {frozenset(self._shown[state]) for state in _seen_in(cellule)}
        return [
            [s for s in groups[shown] if s[3] == TOGETHER or len(self._figures[s[:3]]) == 1]
            for shown in asked
            if shown and shown in groups
        ]

    def is_told(self, state: State) -> bool:
        """Whether some shown figure counts it."""
        return bool(self._shown[state])

    def is_corrected(self, state: State) -> bool:
        """Whether files were made of its answer with several figures."""
        return len(self._figures[state[:3]]) > 1

    def is_small(self, state: State) -> bool:
        """Whether it is an answer of one to four, or once was."""
        return self._least(state) < SEUIL

    def spare(self, state: State) -> tuple[Decimal, Decimal]:
        """How many persons an answer could lose, and gain, and look the same: small or not, outweighing nobody."""
        figures = self._figures[state[:3]] if state[3] == TOGETHER else {state[3]}
        down = min(v - bounds_of(v)[0] for v in figures)
        up: Decimal = min(bounds_of(v)[1] - v for v in figures)
        # Of a small answer four is bound enough; of a larger one, what else its company gave is hidden too.
        for cle in self._shown[state] & self._weighed.keys() if not self.is_small(state) else ():
            total = self._weighed[cle]
            given = total.by_contributor[state[0]]
            own = sum((v if origin == state[:3] else bounds_of(v)[0] for origin, v in given.items()), Decimal(0))
            up = min(up, max(int(PART_MAXIMALE * total.valeur) - own, Decimal(0)))
        return down, up

    def small_veils(self, state: State) -> Iterator[tuple[Hashable, Decimal]]:
        """Figures said « < 5 » that an answer enters, and what each of them is short of four."""
        for cle in self._veiled[state]:
            valeur, (_, most) = self._known[cle]
            if most < SEUIL:
                yield cle, most - valeur

    def is_inside(self, cellule: Cellule) -> bool:
        """Whether a shown figure counts all its answers, and others."""
        mine = states_of(cellule)
        around = frozenset.intersection(*(frozenset(self._shown[state]) for state in mine))
        return any(around & cells for state, cells in self._shown.items() if state not in mine and state[3] != TOGETHER)

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
            self._known[cellule.cle] = (cellule.valeur, ANY if is_unsaid else bounds_of(cellule.valeur))
        self._guard(cellule, is_hidden=cellule.dite in VOILES if cellule.dite is not None else bool(primary(cellule)))

    def _meet(self, cellule: Cellule) -> None:
        self._alike = None
        for origin, value in cellule.apports.items():
            self._figures[origin].add(value)

    def _weigh(self, cellule: Cellule) -> None:
        """In a total that is shown for what it is, nobody makes more than 85 % (R23)."""
        if cellule.is_total and not primary(cellule) and states_of(cellule) not in self._unweighed:
            self._weighed[cellule.cle] = cellule
            most = PART_MAXIMALE * cellule.valeur
            tight = (given for given in cellule.by_contributor.values() if sum(given.values()) + 1 > most)
            for origin, value in chain.from_iterable(given.items() for given in tight):
                self._tight[*origin, value].add(cellule.cle)
                self._tight[*origin, TOGETHER].add(cellule.cle)

    def _guard(self, cellule: Cellule, *, is_hidden: bool) -> None:
        """What must not be found: a hidden figure, and each small number of one company inside any figure."""
        if is_hidden:
            self._witnesses.setdefault(states_of(cellule), None)
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
            side[*origin, TOGETHER].add(cellule.cle)

    def _take(self, cellule: Cellule, side: defaultdict[State, set[Hashable]]) -> None:
        self._alike = None
        for origin, value in cellule.apports.items():
            side[*origin, value].discard(cellule.cle)
            side[*origin, TOGETHER].discard(cellule.cle)

    def _moves(self, target: frozenset[State]) -> Iterator[Move]:
        """Witnesses that change this sum: a person enters or leaves it, from or to an answer seen alike."""
        within = target | {(*state[:3], TOGETHER) for state in target}
        alike: defaultdict[frozenset[Hashable], list[State]] = defaultdict(list)
        for state in sorted(within):
            if state[3] != TOGETHER or len(self._figures[state[:3]]) > 1:
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
                for figure in sorted(figures) + [TOGETHER] * (len(figures) > 1):
                    state = (*origin, figure)
                    self._alike.setdefault(frozenset(self._shown[state]), []).append(state)
        return self._alike

    def _can_give(self, state: State | None) -> bool:
        return state is None or self._least(state) >= 2

    def _least(self, state: State) -> Decimal:
        return min(self._figures[state[:3]]) if state[3] == TOGETHER else state[3]

    def _holds(self, move: Move) -> bool:
        """Whether everything that files say stays true after the move."""
        gains, loses = move
        if (self._shown[gains] if gains else _NOWHERE) != (self._shown[loses] if loses else _NOWHERE):
            return False
        # One company alone can be that heavy in a total: where both answers are, they are its own.
        if gains and not self._tight[gains] <= (self._tight[loses] if loses else _NOWHERE):
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
            for cle in cells if state[3] != TOGETHER else ():
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
