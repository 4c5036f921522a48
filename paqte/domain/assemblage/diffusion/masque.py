"""What the next file says of each figure under secret, so that none can be computed back nor replayed (R23).

Lines of companies first, then totals: a total weighs more for its readers, so that what hides beside a small number is
a line where one can; and a line that waited for the total to be decided would tell the number by hiding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from decimal import Decimal
from functools import partial

from paqte.domain.assemblage.diffusion.marges import hushed, is_open, of_few, silent, unexplained
from paqte.domain.assemblage.diffusion.temoins import ANY, World, bounds_of, states_of
from paqte.domain.secret import MASQUE, PETIT, SEUIL, Cellule, primary


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
    world = World(anciennes, tues)
    for cellule in nouvelles:
        world.veil(cellule, bounds_of(cellule.valeur))
    _veil_small(world, nouvelles, said)
    is_traced = all(_is_traced(c) for c in anciennes)
    is_sure = is_traced and world.forget_given()
    few = of_few((*nouvelles, *anciennes, *tues))
    hidden = silent(world, nouvelles, few)
    tus = unexplained(world, anciennes, few)
    candidates = [c for c in nouvelles if not said[c.cle] and c.valeur]
    for cellule in sorted(candidates, key=lambda c: c.is_total):
        may_show = is_sure and cellule.cle not in hidden
        if not (world.show(cellule, partial(is_open, tus)) if may_show else is_traced and world.gives(cellule)):
            said[cellule.cle] = MASQUE
            tus += [hushed(world, cellule)] if may_show and cellule.is_total else []
    # A line that hid while totals were not decided, and that those shown since give by a difference, hides in vain.
    for cellule in candidates:
        if said[cellule.cle] and not cellule.is_total and is_traced and world.gives(cellule):
            said[cellule.cle] = ""
    return said


def _veil_small(world: World, nouvelles: list[Cellule], said: dict[Hashable, str]) -> None:
    """« < 5 » over four answers would say one each; of a part of a shown total, whether the rest is five or more."""
    small = [c for c in nouvelles if said[c.cle] == PETIT]
    for cellule in small:
        is_part = cellule.is_total and len(cellule.by_contributor) > 1 and world.is_inside(cellule)
        if len(cellule.apports) >= SEUIL - 1 or is_part:
            said[cellule.cle] = MASQUE
            world.veil(cellule, ANY)
    for cellule in small:
        if said[cellule.cle] == PETIT and not world.is_safe(states_of(cellule)):
            said[cellule.cle] = MASQUE
            world.veil(cellule, ANY)


def _is_traced(ancienne: Cellule) -> bool:
    """Whether what a file says is true of the answers it is known to come from."""
    if isinstance(ancienne.dite, Decimal):
        return ancienne.dite == ancienne.valeur
    return ancienne.dite != PETIT or 0 < ancienne.valeur < SEUIL
