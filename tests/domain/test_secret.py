"""No small number can be computed back from all that was ever published (R23)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paqte.domain.assemblage.diffusion.masque import tell
from paqte.domain.secret import MASQUE, PETIT, Cellule, Origin, primary
from tests.domain.assemblage.diffusion.attaques.attaquant import Dit, Unknown, is_computed, other_values

QUARTERS = ("T1", "T2", "T3", "T4")
SEMESTERS = {"S1": ("T1", "T2"), "S2": ("T3", "T4")}
COMPANIES = "ABCDE"


def total(cle: Hashable, *values: int, mesure: str = "P09", dite: Decimal | str | None = None) -> Cellule:
    """A département's total over one answer a company, in order."""
    given = {(company, 1, "T1"): Decimal(v) for company, v in zip("ABCDEFGHIJ", values, strict=False) if v}
    return Cellule(cle, mesure, given, dite=dite)


def row(company: str, value: int) -> Cellule:
    return Cellule(f"ligne {company}", "P09", {(company, 1, "T1"): Decimal(value)} if value else {}, is_total=False)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((0, 0, 0), ""),
        ((3,), PETIT),
        ((1, 1, 1), PETIT),
        ((4, 3), MASQUE),
        ((40, 3, 3), MASQUE),
        ((17, 2, 1), ""),
        ((18, 2, 1), MASQUE),
        ((0, 4, 3, 0), MASQUE),
        ((2, 2, 2), ""),
    ],
)
def test_R23_a_total_needs_three_contributors_none_above_85_percent_and_five_persons(
    values: tuple[int, ...], said: str
) -> None:
    assert primary(total("total", *values)) == said


def test_R23_a_figure_of_one_company_hides_below_five_only() -> None:
    assert [primary(row("A", value)) for value in (0, 1, 4, 5)] == ["", PETIT, PETIT, ""]


def test_R23_a_total_hides_when_only_one_of_its_lines_does() -> None:
    said = tell([row("A", 3), row("B", 6), row("C", 7), total("total", 3, 6, 7)])
    assert said["ligne A"] == PETIT
    assert [*said.values()].count("") == 2, "one line or the total hides beside it, no more"


def test_R23_two_hidden_lines_that_their_total_pins_down_hide_the_total() -> None:
    """7 less 5 leaves two for two companies: one each."""
    said = tell([row("A", 1), row("B", 1), row("C", 5), total("total", 1, 1, 5)])
    assert said["total"] == MASQUE or said["ligne C"] == MASQUE


def test_R23_four_companies_with_one_each_are_not_said_to_be_less_than_five() -> None:
    assert tell([total("total", 1, 1, 1, 1)]) == {"total": MASQUE}


def both_natures(a: int, b: int, c: int) -> list[Cellule]:
    """Two companies, a public employer, and all together."""
    own = Cellule("employeur public", "P09", {("C", 1, "T1"): Decimal(c)})
    return [total("tout", a, b, c), total("entreprises", a, b), own]


def test_R23_a_total_is_not_shown_where_its_largest_part_would_be_known_by_the_85_percent() -> None:
    """Of 21 shown nobody makes 18: « < 5 » beside it would say four. Of 20, three or four."""
    assert tell(both_natures(2, 2, 17)) == {"tout": MASQUE, "entreprises": PETIT, "employeur public": MASQUE}
    assert tell(both_natures(2, 1, 17)) == {"tout": "", "entreprises": PETIT, "employeur public": MASQUE}


def test_R23_a_total_published_before_anybody_weighed_it_does_not_hide_all_that_follows() -> None:
    whole, part, _ = both_natures(2, 2, 17)
    former = [replace(whole, cle=1, dite=Decimal(21)), replace(part, cle=2, dite=PETIT)]
    assert tell([total("suite", 2, 2, 17), total("autre", 0, 0, 0, 9, 9, 9)], former) == {"suite": "", "autre": ""}


def test_R23_a_late_answer_is_not_the_difference_of_two_editions() -> None:
    first = total("édition 1", 3, 4, 3)
    assert tell([first]) == {"édition 1": ""}
    second = total("édition 2", 3, 4, 3, 2)
    assert tell([second], [Cellule(first.cle, "P09", first.apports, dite=first.valeur)]) == {"édition 2": MASQUE}


def test_R23_what_published_figures_give_is_told_again_since_a_veil_over_it_would_hide_nothing() -> None:
    """6 was published; two of its three answers make a total that hides, with them nothing else is sure."""
    whole, part = total("tout", 1, 4, 1), total("partie", 1, 4)
    assert tell([whole]) == {"tout": ""}
    former = Cellule("édition 1", "P09", whole.apports, dite=Decimal(6))
    again, rest = total("encore", 1, 4, 1), total("autre", 1, 4, 1, 5)
    assert tell([part, again, rest], [former]) == {"partie": MASQUE, "encore": "", "autre": MASQUE}
    untraced = Cellule("édition 1", "P09", whole.apports, dite=Decimal(7))
    assert tell([again], [untraced]) == {"encore": MASQUE}, "6 beside 7 would tell what moved"


def test_R23_what_cannot_be_traced_is_hidden_but_for_zeros() -> None:
    former = total("édition 1", 4, 4, 4, dite=Decimal(13))
    said = tell([total("a", 9, 9, 9), total("b", 0), total("c", 1)], [former])
    assert said == {"a": MASQUE, "b": "", "c": PETIT}


def test_R23_measures_do_not_meet() -> None:
    said = tell([total("a", 3, 4, 3), total("b", 1, mesure="P10")])
    assert said == {"a": "", "b": PETIT}


@dataclass
class Annee:
    """A year of one measure in a département, published as it goes."""

    answers: dict[tuple[str, str], int]
    published: list[Cellule] = field(default_factory=list)
    count: int = 0

    def publish(self, kind: str, period: str) -> None:
        """A bilan (a semester, and since the start) or an account (a quarter, its lines, and since the start)."""
        self.count += 1
        last = QUARTERS.index(SEMESTERS[period][1] if period in SEMESTERS else period)
        window = SEMESTERS.get(period, (period,))
        cells = [self._cell("total", window), self._cell("cumul", QUARTERS[: last + 1])]
        if kind == "export":
            cells += [self._cell(f"ligne {c}", window, c) for c in COMPANIES]
        said = tell(cells, self.published, self._unsaid())
        self.published += [
            Cellule(c.cle, c.mesure, c.apports, c.is_total, c.valeur if not said[c.cle] else said[c.cle]) for c in cells
        ]

    def _cell(self, name: str, window: tuple[str, ...], company: str = "") -> Cellule:
        given: dict[Origin, Decimal] = {
            (c, 1, quarter): Decimal(value)
            for (c, quarter), value in self.answers.items()
            if quarter in window and value and c in (company or COMPANIES)
        }
        return Cellule((self.count, name), "P09", given, is_total=not company)

    def _unsaid(self) -> Iterator[Cellule]:
        for rank in range(4):
            yield self._cell(f"tue {rank}", (QUARTERS[rank],))
            yield self._cell(f"tue … {rank}", QUARTERS[: rank + 1])
        for name, window in SEMESTERS.items():
            yield self._cell(f"tue {name}", window)

    def said(self) -> list[Dit]:
        """What the attacker reads; a zero tells itself."""
        return [_read(c) for c in self.published if c.valeur]


def _read(cellule: Cellule) -> Dit:
    unknowns, value = frozenset(_unknowns(cellule)), int(cellule.valeur)
    if isinstance(cellule.dite, Decimal):
        return Dit(unknowns, value, value)
    return Dit(unknowns, 1, 4 if cellule.dite == PETIT else None)


def _unknowns(cellule: Cellule) -> dict[Unknown, int]:
    """An answer that changed is another unknown; one that did not is the same everywhere."""
    return {(company, quarter, int(v)): int(v) for (company, _, quarter), v in cellule.apports.items()}


def targets(year: Annee) -> Iterator[tuple[frozenset[Unknown], int]]:
    """What must stay hidden: hidden figures, and 1 to 4 persons of one company in any of them or in one answer.

    A total hides in vain when a total and the lines published before give it; those of one company never do.
    """
    for cellule in year.published:
        known = _unknowns(cellule)
        if cellule.dite in (PETIT, MASQUE) and not _was_given(cellule, year):
            yield frozenset(known), sum(known.values())
        for company in {c for c, _, _ in known}:
            mine = {u: v for u, v in known.items() if u[0] == company}
            if sum(mine.values()) < 5:
                yield frozenset(mine), sum(mine.values())
        yield from ((frozenset({u}), v) for u, v in known.items() if v < 5)


def _was_given(cellule: Cellule, year: Annee) -> bool:
    former = [c for c in year.published if c.cle[0] < cellule.cle[0] and isinstance(c.dite, Decimal)]  # type: ignore[index]
    return is_computed(dict.fromkeys(_unknowns(cellule), 1), [frozenset(_unknowns(c)) for c in former])


PUBLICATIONS = st.one_of(
    st.tuples(st.just("bilan"), st.sampled_from(sorted(SEMESTERS))),
    st.tuples(st.just("export"), st.sampled_from(QUARTERS)),
    st.tuples(st.sampled_from(COMPANIES), st.sampled_from(QUARTERS), st.integers(0, 7)),
)


@st.composite
def years(draw: st.DrawFn, most: int = 6, top: int = 5) -> Annee:
    """Some answers, then publications and late or corrected answers in any order."""
    keys = st.tuples(st.sampled_from(COMPANIES), st.sampled_from(QUARTERS))
    year = Annee(dict(draw(st.dictionaries(keys, st.integers(0, top), max_size=most))))
    for step in draw(st.lists(PUBLICATIONS, min_size=1, max_size=6)):
        _live(year, step)
    return year


def _live(year: Annee, step: tuple[Any, ...]) -> None:
    if len(step) == 2:
        year.publish(*step)
    else:
        year.answers[step[0], step[1]] = step[2]


def lived(answers: dict[tuple[str, str], int], *steps: tuple[Any, ...]) -> Annee:
    year = Annee(dict(answers))
    for step in steps:
        _live(year, step)
    return year


@settings(max_examples=60, deadline=None)
@given(years())
def test_R23_no_reasoning_over_whole_numbers_finds_a_hidden_number(year: Annee) -> None:
    said = year.said()
    for target, value in set(targets(year)):
        assert other_values(target, value, said), (target, value, said)


@settings(max_examples=300, deadline=None)
@given(years(most=20, top=40))
@pytest.mark.lent
def test_R23_no_sum_or_difference_of_published_figures_is_a_hidden_number(year: Annee) -> None:
    shown = [frozenset(_unknowns(c)) for c in year.published if isinstance(c.dite, Decimal) and c.valeur]
    for target, _ in set(targets(year)):
        assert not is_computed(dict.fromkeys(target, 1), shown)


@settings(max_examples=200, deadline=None)
@given(years(most=20, top=40))
@pytest.mark.lent
def test_R23_a_zero_is_never_hidden_and_a_number_of_one_to_four_always_is(year: Annee) -> None:
    for cellule in year.published:
        if cellule.valeur == 0:
            assert cellule.dite == 0
        elif cellule.valeur < 5:
            assert cellule.dite in (PETIT, MASQUE)


FULL = {(c, q): 6 + rank for rank, c in enumerate(COMPANIES) for q in QUARTERS}


def test_R23_figures_of_many_companies_that_answer_well_are_all_shown() -> None:
    """The mask is no larger than the secret asks."""
    year = lived(FULL, ("export", "T1"), ("export", "T2"), ("bilan", "S1"), ("export", "T3"), ("bilan", "S2"))
    assert [c.cle for c in year.published if isinstance(c.dite, str)] == []


def test_R23_a_corrected_line_that_the_total_and_the_other_lines_give_is_not_masked_in_vain() -> None:
    answers = {("A", "T1"): 6, ("B", "T1"): 5, ("C", "T1"): 5}
    year = lived(answers, ("export", "T1"), ("A", "T1", 5), ("export", "T1"))
    assert [c.cle for c in year.published if isinstance(c.dite, str)] == []


def test_R23_small_answers_of_many_companies_leave_their_totals_shown() -> None:
    year = lived(dict.fromkeys(FULL, 2), ("export", "T1"), ("export", "T2"), ("bilan", "S1"), ("bilan", "S2"))
    hidden = {str(c.cle[1]) for c in year.published if isinstance(c.dite, str)}
    assert hidden == {f"ligne {c}" for c in COMPANIES}


def test_R23_the_same_figures_give_the_same_mask_whatever_their_order_in_memory() -> None:
    year = lived(FULL | {("A", "T1"): 2}, ("export", "T1"))
    turned = lived(dict(reversed([*(FULL | {("A", "T1"): 2}).items()])), ("export", "T1"))
    assert [(c.cle, c.dite) for c in year.published] == [(c.cle, c.dite) for c in turned.published]
