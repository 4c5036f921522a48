"""An opponent who has read the code: replays the mask over every small world, and keeps those that publish the same.

Whoever knows the rule can run it. What a hidden answer may be is then what it is in the worlds whose published files
are the ones in hand: an answer of one to four that is the same in all of them is told, whatever stands in its place.
This reader decides nothing by himself: he builds what the files count from the rules (R23, R38), and runs the product.

A finite set of worlds gives him more than he has: the numbers beyond it are missing from what he must suppose. So he
tries larger numbers than those he looks for (`CORPS`), and two that outweigh all others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from paqte.domain.assemblage.diffusion.masque import tell
from paqte.domain.secret import Cellule

# Who answered what in which quarter; 0 is a confirmed zero, that every file shows.
Reponses = dict[tuple[int, str], int]
Nombres = tuple[int, ...]
T1, T2, S1 = "2026-T1", "2026-T2", "2026-S1"
LARGES = (60, 400)
CORPS = range(5)


class Fuite(NamedTuple):
    """An answer of one to four that all worlds which publish the same agree on: which, and how many."""

    nombres: Nombres
    rang: int
    combien: int


class Scene(NamedTuple):
    """Who signed, what is published in turn, and who had answered what by then, from the numbers of a world."""

    natures: tuple[str, ...]
    publications: tuple[str, ...]
    reponses: Callable[[Nombres], Sequence[Reponses]]
    # How many numbers a world has.
    taille: int

    def fuites(self, numbers: Sequence[int]) -> list[Fuite]:
        """What is told, over every world made of these numbers; only of worlds whose numbers are all in CORPS."""
        alike: defaultdict[Hashable, list[Nombres]] = defaultdict(list)
        for world in product(numbers, repeat=self.taille):
            alike[self.published(world)].append(world)
        return [
            Fuite(world, rank, known[0])
            for worlds in alike.values()
            for rank, known in enumerate(zip(*worlds, strict=True))
            if 0 < known[0] < 5 and len(set(known)) == 1
            for world in worlds
            if all(n in CORPS or n in (5, 6) for n in world)
        ]

    def published(self, world: Nombres) -> Hashable:
        """All that files say, one after the other, and the zeros that they show."""
        done, said = list[Cellule](), list[Hashable]()
        for edition, (code, answers) in enumerate(zip(self.publications, self.reponses(world), strict=True)):
            cells = list(self.cells(edition, code, answers))
            told = tell(cells, done, self.unsaid(answers))
            done += [Cellule(c.cle, "P09", c.apports, c.is_total, told[c.cle] or c.valeur) for c in cells]
            said.append(tuple((c.cle, told[c.cle] or c.valeur) for c in cells))
            said.append(tuple((key, value == 0) for key, value in sorted(answers.items())))
        return tuple(said)

    def cells(self, edition: int, code: str, answers: Reponses) -> Iterator[Cellule]:
        """Totals of each nature and of all, in the period and since the start, then the lines of an account."""
        window, so_far = self._windows(code)
        for nature in self._lines():
            yield self._cell((edition, nature, "realise"), answers, window, nature)
            yield self._cell((edition, nature, "cumul"), answers, so_far, nature)
        for who, quarter in sorted(answers):
            if quarter == code:
                given = self._cell((edition, who), {(who, quarter): answers[who, quarter]}, window, "ensemble")
                yield Cellule(given.cle, "P09", given.apports, is_total=False)

    def unsaid(self, answers: Reponses) -> Iterator[Cellule]:
        """Totals that no file gives, over each quarter and the semester."""
        for code, nature in product((T1, T2, S1), self._lines()):
            window, so_far = self._windows(code)
            yield self._cell(("tue", code, nature), answers, window, nature)
            yield self._cell(("tue", "…", code, nature), answers, so_far, nature)

    def _lines(self) -> list[str]:
        kinds = sorted(set(self.natures))
        return [*kinds, "ensemble"] if len(kinds) > 1 else ["ensemble"]

    def _windows(self, code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return ((T1, T2) if code == S1 else (code,)), ((T1,) if code == T1 else (T1, T2))

    def _cell(self, cle: Hashable, answers: Reponses, window: tuple[str, ...], nature: str) -> Cellule:
        given = {
            (str(who), who, quarter): Decimal(value)
            for (who, quarter), value in answers.items()
            if value and quarter in window and nature in ("ensemble", self.natures[who])
        }
        return Cellule(cle, "P09", given)


def once(world: Nombres) -> Sequence[Reponses]:
    """A first quarter, answered by all."""
    return [{(who, T1): n for who, n in enumerate(world)}]


def corrected(world: Nombres) -> Sequence[Reponses]:
    """Then the first answer becomes the last number."""
    first = once(world[:-1])[0]
    return [first, first | {(0, T1): world[-1]}]


def late(world: Nombres) -> Sequence[Reponses]:
    """Then the last one answers too."""
    whole = once(world)[0]
    return [{key: n for key, n in whole.items() if key[0] < len(world) - 1}, whole]


def semester(world: Nombres) -> Sequence[Reponses]:
    """Then the first answers a second quarter, and the bilan of the semester is published."""
    first = once(world[:-1])[0]
    return [first, first | {(0, T2): world[-1]}]
