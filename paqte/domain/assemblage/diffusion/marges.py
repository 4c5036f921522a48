"""What a decision of the mask says by itself, to somebody who knows the rule and replays it (R23).

That a figure hides tells that it could not be shown: of 8 and « < 5 » twice beside 6, hidden for want of a witness,
remains one each. So nothing here is decided from a hidden number alone. Which lines hide beside a small number follows
from who answered, and whether it was one to four; whether a total can be shown follows from what it would say. It is
shown while the persons that it counts beyond the least possible leave each small answer open, in every world that
would publish the same; and where it hides, it hides for its least as for its largest, so that hiding says neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from decimal import Decimal
from functools import partial

from paqte.domain.assemblage.diffusion.temoins import TOGETHER, State, World, states_of
from paqte.domain.secret import CONTRIBUTEURS, MASQUE, PART_MAXIMALE, SEUIL, Cellule

# Under so many small numbers that a total counts, a larger line hides with them: alone, they would often be all ones.
ENTRE_PETITS = 3
# Of nothing but small numbers, a total one short of all fours hides like all fours: « < 5 » already told all ones.
BORD = 2


# A total that could have been shown and is not, and the answers that this says something of.
Tu = tuple[Cellule, frozenset[State]]


def is_eligible(cellule: Cellule) -> bool:
    """Whether a total could be shown, for all that is known of it without its numbers."""
    return cellule.is_total and cellule.valeur >= SEUIL and len(cellule.by_contributor) >= CONTRIBUTEURS


def of_few(cellules: Iterable[Cellule]) -> set[frozenset[State]]:
    """The answers of totals that hide for want of contributors, those that no file gives included."""
    return {states_of(c) for c in cellules if c.is_total and 0 < len(c.by_contributor) < CONTRIBUTEURS}


def silent(world: World, nouvelles: Sequence[Cellule], few: Collection[frozenset[State]]) -> set[Hashable]:
    """Figures that hide whatever their numbers: totals that would leave a small answer or a few alone, and covers.

    Both are found from who answered, and whether it was one to four; former files may have given a figure already.
    """
    kept, hidden = list[Cellule](), set[Hashable]()
    for total in (c for c in nouvelles if c.is_total and c.valeur >= SEUIL):
        is_given = world.gives(total)
        world.supposing(total)
        if is_given or (is_eligible(total) and _is_peopled(world, total, few)):
            kept.append(total)
        else:
            world.forgetting(total)
            hidden.add(total.cle)
    groups = world.alike()
    for total in kept:
        world.forgetting(total)
    # A corrected line may have covered a small number: shown now, it would give it back.
    lines = (
        c for c in nouvelles if not c.is_total and c.valeur >= SEUIL and any(map(world.is_corrected, states_of(c)))
    )
    return hidden | {c.cle for c in lines} | _covers(world, groups, nouvelles)


def unexplained(world: World, anciennes: Iterable[Cellule], few: Collection[frozenset[State]]) -> list[Tu]:
    """Totals that former files could have shown and hid: not those that hide whatever their numbers."""
    found = list[Tu]()
    for total in (c for c in anciennes if c.dite == MASQUE and is_eligible(c)):
        tu = hushed(world, total)
        world.supposing(total)
        found += [tu] if _is_peopled(world, total, few) else []
        world.forgetting(total)
    return found


def hushed(world: World, total: Cellule) -> Tu:
    """A total that could be shown and is not, with those of its answers that no shown figure counts."""
    return total, frozenset(state for state in states_of(total) if not world.is_told(state))


def _is_peopled(world: World, total: Cellule, few: Collection[frozenset[State]]) -> bool:
    """Whether a total, supposed shown, leaves no small answer alone, and tells no total of few contributors."""
    return not any(
        frozenset(group) in few or (any(map(world.is_small, group)) and len({state[0] for state in group}) == 1)
        for group in world.alike(total)
    )


def _covers(world: World, groups: Iterable[Sequence[State]], nouvelles: Iterable[Cellule]) -> set[Hashable]:
    """The first larger line of each group of answers that holds few small ones."""
    lines = {states_of(c): c for c in nouvelles if not c.is_total and c.valeur >= SEUIL and not world.gives(c)}
    covers = set[Hashable]()
    for group in groups:
        small = {state[0] for state in group if world.is_small(state)}
        larger = (lines[one] for state in group if (one := frozenset({state})) in lines)
        if 0 < len(small) < ENTRE_PETITS and (cover := next(larger, None)):
            covers.add(cover.cle)
    return covers


def is_open(tus: Collection[Tu], world: World, cellule: Cellule) -> bool:
    """Whether a figure, shown, leaves each small answer several values in all worlds that publish the same.

    `tus` are the totals that could have been shown and are not: why they are not says something of them.
    """
    return all(map(partial(_is_roomy, tus, world), world.alike(cellule)))


def _is_roomy(tus: Collection[Tu], world: World, group: Sequence[State]) -> bool:
    """Of answers that only their sum is known of, whether neither all at their least nor all at their most make it."""
    small = [state for state in group if world.is_small(state)]
    if not small:
        return True
    spare = {state: world.spare(state) for state in group}
    # A corrected small answer is known by what it changed: three more is one, then four. Of another, three are open.
    if any(sum(spare[state]) < BORD for state in small):
        return False
    beyond = sum(down for down, _ in spare.values())
    least = max([1, *(_margin(world, *tu, group) for tu in tus)])
    most = BORD if len(small) == len(group) else 1
    is_shared = len({state[0] for state in group}) > 1
    return is_shared and beyond >= least and _up_to_four(world, {s: up for s, (_, up) in spare.items()}) >= most


def _up_to_four(world: World, up: dict[State, Decimal]) -> Decimal:
    """How many persons a group could gain, where several answers together are less than five."""
    within: defaultdict[Hashable, list[State]] = defaultdict(list)
    short: dict[Hashable, Decimal] = {}
    for state in up:
        for cle, missing in world.small_veils(state):
            within[cle].append(state)
            short[cle] = missing
    gained = sum(up.values(), Decimal(0))
    for cle in sorted(within, key=lambda cle: (len(within[cle]), repr(cle))):
        excess = sum(up[state] for state in within[cle]) - short[cle]
        if excess > 0:
            gained -= excess
            up |= dict.fromkeys(within[cle], Decimal(0))
    return gained


def _margin(world: World, total: Cellule, untold: Collection[State], group: Sequence[State]) -> int:
    """Persons beyond the least from which a sum over this group no longer says why a total over some of it hides.

    It hides because all its answers are at their least, or at their most, or because one outweighs the others: the sum
    must leave room for more than one of these.
    """
    origins = {state[:3] for state in untold}
    inside = [s for s in group if s in untold or (s[3] == TOGETHER and s[:3] in origins)]
    if not inside:
        return 0
    if all(map(world.is_small, inside)):
        return (SEUIL - 2) * len(inside)
    known = {state[:3] for state in inside}
    least = [(1 if v < SEUIL else SEUIL) if origin in known else v for origin, v in total.apports.items()]
    # The others at their least but for one person more, and one that outweighs them.
    others = sum(least, Decimal(1)) - SEUIL
    return int(others * PART_MAXIMALE / (1 - PART_MAXIMALE)) + 2 - SEUIL
