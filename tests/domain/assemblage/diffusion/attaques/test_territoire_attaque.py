"""Five départements, their région and the nation, four periods and corrections: what a territory publishes of what is
under secret is read by somebody who holds every publishable file (R23, R46).

The reader tries other worlds on the product itself: where every file of the départements says the very same of one, and
a hidden number differs, every file of the territories must say the very same too. It adds up by itself what the
départements publish, and looks for hidden numbers in sums and differences of all that is shown.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import pytest

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.diffusion.apports import EditionPubliable
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.nation import EditionScellee, PartDepartement, merge_parts, part_of
from paqte.domain.assemblage.territoires.publiable import publishable_somme
from paqte.domain.assemblage.territoires.somme import PartSource, TerritoireNamed, assemble_somme
from paqte.domain.assemblage.territoires.trimestre import part_of_quarter
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import somme_of
from paqte.domain.documents.somme import SommeTerritoire
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.assemblage.diffusion.attaques.attaquant import Unknown, is_computed
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

pytestmark = pytest.mark.lent

GRID = catalogue()
FIVE = ("18", "37", "41", "45", "972")
REGION = frozenset(FIVE[:4])
PERIODS = ("2026-T1", "2026-T2", "2026-S1", "2026-T3")
QUARTERS = ("2026-T1", "2026-T2", "2026-T3")
# Of a département: who answered how many about refugees, by company and quarter; 0 is a confirmed zero.
Answers = Mapping[tuple[int, str], int]
Places = Mapping[str, Answers]


class Monde(NamedTuple):
    """The answers as they were when all was published first, then as corrected."""

    avant: Places
    apres: Places


class Said(NamedTuple):
    """What is out: the publishable documents of the départements, and those of the région and of the nation."""

    departements: Mapping[tuple[str, str, int], Any]
    territoires: Mapping[tuple[str, str, int], SommeTerritoire]


def drawn(seed: int) -> Monde:
    """Up to five companies a département; in some worlds nearly all answer well, so that a territory tells a sum."""
    chance = random.Random(seed)
    avant, apres = {}, {}
    top, is_large = chance.choice((5, 9, 40)), chance.random() < 0.3
    for code in FIVE:
        keys = [(c, q) for c in range(1, chance.randint(0, 5) + 1) for q in QUARTERS if chance.random() < 0.9]
        if is_large:
            keys = [(c, q) for c in range(1, chance.choice((0, 4, 5)) + 1) for q in QUARTERS]
        numbers = (0, 7, 8, 9, 11) if is_large else (0, 1, 2, 4, chance.randint(1, top), top)
        avant[code] = {key: chance.choice(numbers) for key in keys}
        moved = {key: chance.choice((12,) if is_large else (1, 4, 7)) for key in keys if chance.random() < 0.15}
        apres[code] = {**avant[code], **moved}
    return Monde(avant, apres)


def rows_of(code: str, answers: Answers, periode: str) -> DonneesBilan:
    signed = {c: convention(c, engagement(c, "P09"), departement=code) for c in sorted({c for c, _ in answers})}
    faits = [
        fait(signed[c], signed[c].engagements[0], q, value, reponse="nombre" if value else "neant")._replace(
            departement=code
        )
        for (c, q), value in sorted(answers.items())
        if Periode.from_code(q).fin <= Periode.from_code(periode).fin
    ]
    rows = donnees(list(signed.values()), faits)
    return replace(rows, departement=code, departement_nom=code, periode=Periode.from_code(periode))


class Dossier(NamedTuple):
    """What a département brings and publishes of one period, in one edition."""

    part: PartDepartement
    public: Any


@cache
def dossiers(code: str, *sides: frozenset[tuple[tuple[int, str], int]]) -> Mapping[tuple[str, int], Dossier]:
    """Everything once, then everything again once corrected."""
    former: list[EditionPubliable] = []
    told = {}
    for edition, side in enumerate(sides, start=1):
        for periode in PERIODS:
            rows = rows_of(code, dict(side), periode)
            put = assemble if "S" in periode else assemble_trimestre
            whole = put(rows, GRID, edition=edition, now=NOW, gabarit="essai")
            public = publishable(whole, rows, GRID, former)
            former.append(EditionPubliable(len(former) + 1, public, rows.faits))
            told[periode, edition] = Dossier(_part(whole, rows, periode), public)
    return told


def published(monde: Monde) -> Said:
    """The files of the départements, then those of the région and of the nation, which follow from them."""
    each = {code: dossiers(code, *(frozenset(side[code].items()) for side in monde)) for code in FIVE}
    sums: dict[tuple[str, str, int], SommeTerritoire] = {}
    for edition, periode in ((e, p) for e in (1, 2) for p in PERIODS):
        now = {code: held[periode, edition] for code, held in each.items()}
        for territoire, codes in (("R24", REGION), ("FR", frozenset(FIVE))):
            last = sums.get((territoire, periode, edition - 1))
            mine = {code: one for code, one in now.items() if code in codes}
            sums[territoire, periode, edition] = _summed(territoire, periode, mine, last)
    told = {(code, *key): one.public for code, held in each.items() for key, one in held.items()}
    return Said(told, sums)


def _part(whole: Any, rows: DonneesBilan, periode: str) -> PartDepartement:
    if "S" in periode:
        return part_of(EditionScellee(whole, tuple(rows.answers.inside(rows.periode)), 1), GRID)
    return part_of_quarter(whole, GRID, 1)


def _summed(
    territoire: str, periode: str, held: Mapping[str, Dossier], last: SommeTerritoire | None
) -> SommeTerritoire:
    window = Periode.from_code(periode)
    nation = merge_parts((one.part for one in held.values()), GRID)
    assert nation.ecarts == ()
    whole = assemble_somme(
        somme_of(window.genre).document, nation, [PartSource(p, "", "") for p in nation.parts],
        territoire=TerritoireNamed(territoire), periode=window, grid=GRID, now=NOW, edition=1,
    )  # fmt: skip
    publics = {code: one.public for code, one in held.items()}
    return publishable_somme(whole, publics, GRID, textes=(), contexte=(), former=last)


def others(monde: Monde) -> Iterator[Monde]:
    """Worlds where one or two answers of one département have another number, zeros staying zeros."""
    for code in FIVE:
        small = [key for key, value in monde.apres[code].items() if value]
        for target in small:
            for second in (None, *(key for key in small if key != target)):
                for step in (1, -1):
                    moved = {target: step, **({second: -step} if second else {})}
                    sides = [_moved(side, code, moved) for side in monde]
                    if all(side is not None for side in sides):
                        yield Monde(*sides)  # type: ignore[arg-type]


def _moved(side: Places, code: str, moved: Mapping[tuple[int, str], int]) -> Places | None:
    changed = {key: side[code][key] + step for key, step in moved.items() if side[code][key]}
    if len(changed) < len(moved) or min(changed.values()) < 1:
        return None
    return {**side, code: {**side[code], **changed}}


def alike(monde: Monde, said: Said, tried: int) -> int:
    """How many other worlds, of so many tried, have the very same départements; each must have the same territories."""
    chance, found = random.Random(7), 0
    worlds = list(others(monde))
    for other in chance.sample(worlds, min(tried, len(worlds))):
        theirs = published(other)
        if theirs.departements == said.departements:
            found += 1
            assert theirs.territoires == said.territoires, other
    return found


def shown_of(document: Any, code: str, side: Answers) -> Iterator[tuple[Decimal | None, str, frozenset[Unknown]]]:
    """The figures of T09 of a publishable document: value, why there is none, the answers that it is the sum of."""
    line = next((t for t in document.thematiques if t.code == "T09"), None)
    end = document.periode
    inside = [q for q in QUARTERS if Periode.from_code(end).contains(Periode.from_code(q))]
    until = [q for q in QUARTERS if Periode.from_code(q).fin <= Periode.from_code(end).fin]
    for name, window in (("realise", inside), ("cumul", until)):
        unknowns = frozenset((f"{code}.{c}", q, v) for (c, q), v in side.items() if q in window and v)
        if line is not None:
            yield getattr(line, name).valeur, getattr(line, name).motif, unknowns


def wrong_sums(monde: Monde, said: Said) -> Iterator[str]:
    """Figures of territories that are not the sum of what départements show, or that tell what one of them hides."""
    for (territoire, periode, edition), somme in said.territoires.items():
        codes = REGION if territoire == "R24" else FIVE
        mine = {c: list(shown_of(said.departements[c, periode, edition], c, monde[edition - 1][c])) for c in codes}
        for row in (t for t in somme.thematiques if t.code == "T09" and t.nature == "entreprise"):
            for rank, name in enumerate(("realise", "cumul")):
                each = [figures[rank] for figures in mine.values() if figures]
                is_hidden = any(motif.startswith(("masqué", "<")) for _, motif, _ in each)
                known = [value for value, _, _ in each if value is not None]
                right = None if is_hidden or not known else sum(known)
                if getattr(row, name) != right:
                    yield f"{territoire} {periode} {edition} {name}: {getattr(row, name)}, {right}"


def computed(monde: Monde, said: Said) -> list[Any]:
    """Small answers that sums and differences of all that is shown give."""
    rows = [
        unknowns
        for (code, _, edition), document in said.departements.items()
        for value, _, unknowns in shown_of(document, code, monde[edition - 1][code])
        if value
    ]
    for (territoire, periode, edition), somme in said.territoires.items():
        side = monde[edition - 1]
        codes = REGION if territoire == "R24" else FIVE
        for row in (t for t in somme.thematiques if t.code == "T09" and t.nature == "entreprise"):
            each = [list(shown_of(said.departements[c, periode, edition], c, side[c])) for c in codes]
            for rank, value in enumerate((row.realise, row.cumul)):
                if value:
                    rows.append(frozenset().union(*(figures[rank][2] for figures in each if figures)))
    small = {(f"{c}.{k}", q, v) for side in monde for c in FIVE for (k, q), v in side[c].items() if 0 < v < 5}
    return [one for one in sorted(small) if is_computed({one: 1}, rows)]


def attack(seeds: range, tried: int = 3) -> tuple[int, int]:
    """How many other worlds could not be told from the real one, and how many totals under secret were told."""
    same = told = 0
    for seed in seeds:
        monde = drawn(seed)
        said = published(monde)
        assert list(wrong_sums(monde, said)) == [], seed
        assert computed(monde, said) == [], seed
        same += alike(monde, said, tried)
        told += sum(
            bool(row.realise) for one in said.territoires.values() for row in one.thematiques if row.code == "T09"
        )
    return same, told


@pytest.mark.parametrize("decade", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 10))])
def test_R23_R46_a_territory_publishes_nothing_that_its_departements_do_not_publish_already(decade: int) -> None:
    same, told = attack(range(decade * 10, decade * 10 + 10), tried=2 if decade == 0 else 6)
    assert same > 0, "no other world was alike: nothing was tried"
    assert told > 0, "all was hidden: nothing was tried"
