"""Random départements published twice, read by somebody who knows everything but the numbers under secret (R23, R46).

The reader tries other worlds on the product itself: another number for a hidden answer, and one other answer changed
with it. If no other world says the same of everything that is not a hidden figure (warnings, comments, corrections,
states, changes, notes, counts), then what is said gives that number away.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

import pytest

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.diffusion.apports import EditionPubliable
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import AvertissementLu, DonneesBilan
from paqte.domain.documents.bilan import Bilan
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.secret import MASQUE, PETIT
from tests.domain.loir_et_cher import NOW, convention, corrected, donnees, engagement, fait

pytestmark = pytest.mark.lent

GRID = catalogue()
QUARTERS = ("2026-T1", "2026-T2")
NEAR = range(-4, 5)
Answers = Mapping[tuple[int, str], int]


class Monde(NamedTuple):
    """Who answered what about refugees at the first and at the second edition; 0 is a confirmed zero."""

    avant: Answers
    apres: Answers


def drawn(seed: int) -> Monde:
    """One to four companies, small and larger numbers, some jumps, some corrections."""
    chance = random.Random(seed)
    keys = [(c, q) for c in range(1, chance.randint(1, 4) + 1) for q in QUARTERS if chance.random() < 0.9]
    avant = {key: chance.choice((0, 1, 1, 2, 3, 4, 4, 6, 9, 20)) for key in keys}
    changed = {key: chance.choice((1, 4, 7)) for key in keys if chance.random() < 0.2}
    return Monde(avant, {**avant, **changed})


def rows_of(answers: Answers) -> DonneesBilan:
    """The rows behind, with the warnings that the rules ask for: more than three times the quarter before (R17)."""
    conventions = {c: convention(c, engagement(c, "P09")) for c in sorted({c for c, _ in answers})}
    faits, told = [], []
    for (c, quarter), value in sorted(answers.items()):
        reponse = "nombre" if value else "neant"
        faits.append(fait(conventions[c], conventions[c].engagements[0], quarter, value, reponse=reponse))
        former = answers.get((c, "2026-T1"), 0)
        if quarter == "2026-T2" and value > 3 * former > 0:
            told.append(AvertissementLu(c, quarter, "P09", f"Plus de 3 fois {former}.", "C’est exact."))
    return replace(donnees(list(conventions.values()), faits), avertissements=tuple(told))


def published(monde: Monde) -> tuple[Bilan, Bilan]:
    """Both published versions, one after the other."""
    avant, apres = rows_of(monde.avant), rows_of(monde.apres)
    internal = assemble(avant, GRID, edition=1, now=NOW, gabarit="essai")
    first = publishable(internal, avant, GRID)
    second = assemble(apres, GRID, edition=2, now=NOW, gabarit="essai", corrections=corrected(avant.faits, apres))
    return first, publishable(second, apres, GRID, [EditionPubliable(1, first, avant.faits)])


def said(document: Bilan) -> tuple[dict[str, Any], Any]:
    """The figures of T09, and all the rest as one text; écarts between two figures repeat figures."""
    line = next(t for t in document.thematiques if t.code == "T09")
    figures = {name: getattr(line, name) for name in ("realise", "cumul")}
    others = tuple(t for t in document.thematiques if t.code != "T09")
    kept = tuple(e for e in document.ecarts if not e.ligne.startswith("T09"))
    rest = replace(document, thematiques=others, ecarts=kept)
    return figures, (rest.as_json(), line.repondu, line.du, line.entreprises, line.valorise)


def agrees(real: Bilan, other: Answers, quarters: Answers) -> bool:
    """Whether what the real document says of T09 is true of other answers."""
    total = sum(other[key] for key in quarters)
    for chiffre in said(real)[0].values():
        if chiffre.valeur is not None and chiffre.valeur != Decimal(total):
            return False
        if chiffre.motif == PETIT and not 1 <= total <= 4:
            return False
        if chiffre.motif == MASQUE and total == 0:
            return False
    return True


def others(monde: Monde, target: tuple[int, str]) -> Iterator[Monde]:
    """Worlds where the target has other numbers, zeros staying zeros, and at most one other answer changed."""
    alone: list[tuple[int, str] | None] = [None, *(k for k in monde.apres if k != target and monde.apres[k])]
    for pair, second in product(numbers(monde, target), alone):
        if pair[1] == monde.apres[target]:
            continue
        for other in numbers(monde, second) if second else ((0, 0),):
            changed = {target: pair} | ({second: other} if second else {})
            yield Monde(*({**monde[side], **{k: v[side] for k, v in changed.items()}} for side in (0, 1)))


def numbers(monde: Monde, key: tuple[int, str]) -> list[tuple[int, int]]:
    """What an answer may have been before and after, near what it was: what did not change stays alike, as zeros do."""
    befores, afters = ([side[key] + n for n in NEAR if side[key] + n > 0] if side[key] else [0] for side in monde)
    if monde.avant[key] == monde.apres[key]:
        return [(n, n) for n in afters]
    return [(b, a) for b in befores for a in afters if a != b]


def is_given_away(monde: Monde, documents: tuple[Bilan, Bilan], target: tuple[int, str]) -> bool:
    """Whether no other world says the same."""
    for other in others(monde, target):
        if not all(agrees(d, side, side) for d, side in zip(documents, other, strict=True)):
            continue
        if all(said(a)[1] == said(b)[1] for a, b in zip(documents, published(other), strict=True)):
            return False
    return True


def attack(seeds: range) -> list[tuple[int, tuple[int, str]]]:
    """Small numbers given away: the seed of their world, whose and when."""
    found = []
    for seed in seeds:
        monde = drawn(seed)
        documents = published(monde)
        targets = [key for key, value in monde.apres.items() if 0 < value < 5]
        found += [(seed, target) for target in targets if is_given_away(monde, documents, target)]
    return found


@pytest.mark.parametrize("decade", [*range(4), *(pytest.param(n, marks=pytest.mark.long) for n in range(4, 20))])
def test_R46_nothing_that_is_published_beside_the_figures_gives_a_small_number_away(decade: int) -> None:
    assert attack(range(decade * 10, decade * 10 + 10)) == []


def test_the_reader_finds_the_number_that_a_listed_warning_gives_away() -> None:
    """One then four: the only jump above three that fits « < 5 » twice. The reader is an opponent worth having."""
    monde = Monde({(1, "2026-T1"): 1, (1, "2026-T2"): 4}, {(1, "2026-T1"): 1, (1, "2026-T2"): 4})
    warned = [replace(d, notes=(*d.notes, "Société 01 · 2e trimestre · P09 · masqué")) for d in published(monde)]

    def listed(other: Monde) -> bool:
        return 4 * other.apres[1, "2026-T2"] > 0 and other.apres[1, "2026-T2"] > 3 * other.apres[1, "2026-T1"]

    fitting = [o for o in others(monde, (1, "2026-T1")) if max(o.apres.values()) < 5 and listed(o)]
    assert warned and fitting == []
