"""Accounts and bilans published one after the other, corrected meanwhile, and a reader who knows bounds (R23, R38)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pytest

from paqte.domain.assemblage.diffusion.apports import EditionPubliable
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import ConventionLue
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.assemblage.diffusion.attaques.attaquant import Dit, Unknown, is_computed
from tests.domain.assemblage.diffusion.attaques.bornes import is_found, said_by_total
from tests.domain.assemblage.petit_monde import bilan, export
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

GRID = catalogue()
QUARTERS = ("2026-T1", "2026-T2")
NATURES = ("entreprise", "entreprise", "entreprise", "employeur_public", "reseau")
PROMISED = "cible"
Answers = dict[tuple[int, str], int]


class Figure(NamedTuple):
    """A figure as the reader understands it: what it is the sum of, contributor by contributor, what it says."""

    parts: tuple[frozenset[Unknown], ...]
    chiffre: Chiffre
    is_total: bool

    @property
    def unknowns(self) -> frozenset[Unknown]:
        return frozenset().union(*self.parts)

    def said(self) -> list[Dit]:
        """An exact number, one to four, or something that is not nil; a total says that nobody outweighs in it."""
        if self.chiffre.valeur is None:
            return [Dit(self.unknowns, 1, 4 if self.chiffre.motif == "< 5" else None)]
        value = int(self.chiffre.valeur)
        return said_by_total(self.parts, value) if self.is_total else [Dit(self.unknowns, value, value)]


@dataclass
class Departement:
    """Who signed what about refugees, what they answered so far, what was published, what the reader made of it."""

    conventions: list[ConventionLue]
    answers: Answers
    published: list[EditionPubliable] = field(default_factory=list)
    figures: list[list[Figure]] = field(default_factory=list)
    truth: dict[Unknown, int] = field(default_factory=dict)

    def publish(self, quarter: str = "") -> None:
        """The account of a quarter, else the bilan of the semester."""
        faits = [
            fait(c, c.engagements[0], q, value, reponse="nombre" if value else "neant")
            for c in self.conventions
            for (key, q), value in sorted(self.answers.items())
            if key == c.id
        ]
        rows = donnees(self.conventions, faits)
        internal = export(rows, quarter) if quarter else bilan(rows)
        then = replace(rows, periode=Periode.from_code(quarter)) if quarter else rows
        shown = publishable(internal, then, GRID, self.published)
        self.published.append(EditionPubliable(len(self.published) + 1, shown, rows.faits))
        self.figures.append([f for f in self._read(shown, quarter) if f.parts])
        self.truth |= {u: u[2] for f in self.figures[-1] for u in f.unknowns}

    def _read(self, shown: Any, quarter: str) -> Iterator[Figure]:
        window = (quarter,) if quarter else QUARTERS
        so_far = QUARTERS[: QUARTERS.index(window[-1]) + 1]
        for line in (t for t in shown.thematiques if t.code == "T09"):
            yield Figure(self._parts(line.nature, window), line.realise, is_total=True)
            yield Figure(self._parts(line.nature, so_far), line.cumul, is_total=True)
            yield Figure(self._promised(line.nature), line.prevision, is_total=True)
        for row in (d for d in getattr(shown, "donnees", ()) if d.indicateur == "P09"):
            motif = {"moins_de_5": "< 5", "masquee": "masqué"}.get(row.etat, "")
            if row.valeur is not None or motif:
                mine = next(c for c in self.conventions if c.numero == row.convention)
                parts = self._parts("", (row.periode,), mine.id)
                yield Figure(parts, Chiffre(row.valeur, motif), is_total=False)

    def _parts(self, nature: str, window: tuple[str, ...], key: int = 0) -> tuple[frozenset[Unknown], ...]:
        """What is not nil in a window, by signatory; an answer that was corrected is another unknown."""
        given = {
            c.id: frozenset((c.nom, q, n) for q in window if (n := self.answers.get((c.id, q), 0)))
            for c in self._of(nature)
            if key in (0, c.id)
        }
        return tuple(part for part in given.values() if part)

    def _promised(self, nature: str) -> tuple[frozenset[Unknown], ...]:
        aims = ((c, c.engagements[0].cible) for c in self._of(nature))
        return tuple(frozenset({(c.nom, PROMISED, int(aim))}) for c, aim in aims if aim)

    def _of(self, nature: str) -> Iterator[ConventionLue]:
        return (c for c in self.conventions if nature in ("", "ensemble", c.nature))

    def said(self) -> list[Dit]:
        return list(dict.fromkeys(dit for figures in self.figures for f in figures for dit in f.said()))

    def secrets(self) -> set[frozenset[Unknown]]:
        """What must not be found: hidden figures that no earlier file gives, one to four persons of one signatory."""
        found, given = set(), list[frozenset[Unknown]]()
        for figures in self.figures:
            hidden = {f.unknowns for f in figures if f.chiffre.valeur is None}
            found |= {one for one in hidden if not is_computed(dict.fromkeys(one, 1), given)}
            given += [f.unknowns for f in figures if f.chiffre.valeur is not None]
            found |= {part for f in figures for part in f.parts if sum(u[2] for u in part) < 5}
        return found | {frozenset({u}) for u, n in self.truth.items() if n < 5}


def lived(seed: int) -> Departement:
    """Two to five signatories, a forecast here and there, an account, a bilan, a late answer or a correction, again."""
    chance = random.Random(seed)
    signed = [
        convention(key, engagement(key, "P09", chance.choice((None, 1, 3, 6, 20))), nature=chance.choice(NATURES))
        for key in range(1, chance.randint(2, 5) + 1)
    ]

    def answer() -> int:
        return chance.choice((0, 1, 1, 2, 2, 3, 4, 5, 6, 9, 17, 20))

    there = Departement(signed, {(c.id, "2026-T1"): answer() for c in signed if chance.random() < 0.9})
    there.publish("2026-T1")
    there.answers |= {(c.id, "2026-T2"): answer() for c in signed if chance.random() < 0.8}
    there.publish(chance.choice(("", "2026-T2")))
    there.answers |= {(c.id, q): answer() for c in signed for q in QUARTERS if chance.random() < 0.2}
    there.publish()
    return there


def attack(there: Departement) -> list[tuple[list[Unknown], int]]:
    """Sums under secret that only one number fits."""
    said: list[Dit] = there.said()
    for dit in said:
        value = sum(there.truth[u] for u in dit.unknowns)
        assert dit.least <= value and (dit.most is None or value <= dit.most), "the reader misreads a file"
    return [(sorted(t), sum(u[2] for u in t)) for t in there.secrets() if is_found(t, said, there.truth)]


@pytest.mark.parametrize("seed", [*range(20), *(pytest.param(n, marks=pytest.mark.long) for n in range(20, 200))])
def test_R23_bounds_whole_numbers_and_former_editions_find_no_hidden_number(seed: int) -> None:
    assert attack(lived(seed)) == []


def test_the_attacker_finds_what_a_shown_total_says_of_its_largest_part() -> None:
    """21 persons of whom nobody makes 18: the two companies that make « < 5 » make four, not three."""
    two, other = (frozenset({("A", "T1", 2), ("B", "T1", 2)}), frozenset({("C", "T1", 17)}))
    veil, truth = Dit(two, 1, 4), {("A", "T1", 2): 2, ("B", "T1", 2): 2, ("C", "T1", 17): 17}
    parts = [frozenset({u}) for u in truth]
    assert is_found(two, [veil, *said_by_total(parts, 21)], truth)
    assert not is_found(two, [veil, Dit(two | other, 21, 21)], truth)
    assert not is_found(parts[0], [veil, *said_by_total(parts, 21)], truth)
