"""The nation is exactly the merge of its départements, figure by figure (R20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.assemblage.nation import EditionScellee, Nation, merge_parts, part_of, whole_of
from paqte.domain.chiffres import Chiffre, share
from paqte.domain.consolidation import Fait, Somme, condense, consolidate, figure
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import LigneIndicateur, LigneSignataire, Versions
from paqte.domain.editions.editions import read_facts, write_facts
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.indicateurs.genres import FLUX, OUI_NON, RATIO, STOCK
from tests.domain.oracle import fact_lists

pytestmark = pytest.mark.lent

CODES = {FLUX: "S2", RATIO: "S2p", STOCK: "A1", OUI_NON: "R1"}
GRID = catalogue()


def edition(departement: str, faits: list[Fait], **told: tuple[int, int]) -> EditionScellee:
    """An edition that says of its facts what they say."""
    parts = consolidate(faits)
    lines = []
    for code in CODES.values():
        i = GRID.indicateurs[code]
        value = figure(parts.of(code), i.genre)
        repondu, du = told.get(code, (1, 2))
        none = Chiffre(None, "sans")
        lines.append(
            LigneIndicateur(
                i.axe, code, i.libelle, i.unite, i.genre, False, none, Chiffre(value), none, none, none, none,
                repondu, du, 0, reference=none, sans_cible=none,
            )
        )  # fmt: skip
    bound = tuple(
        LigneSignataire(key, "", "", "", "", "", "", "", "", "2025-01-01", "2027-12-31", "", dispositifs="PAQTE")
        for key in sorted({f.signataire for f in faits})
    )
    bilan = Bilan(
        departement, departement, "", "2026-S1", "", 1, "", Versions("1", ""),
        signataires=bound, indicateurs=tuple(lines),
    )  # fmt: skip
    return EditionScellee(bilan, tuple(faits))


def merged(editions: Iterable[EditionScellee]) -> Nation:
    return merge_parts((part_of(e, GRID) for e in editions), GRID)


def of(departement: str, faits: list[Fait]) -> list[Fait]:
    """The same facts as another département's, on the indicators of the grid."""
    genres = sorted({f.indicateur for f in faits})
    codes = dict(zip(genres, [*CODES.values()] * len(genres), strict=False))
    return [f._replace(departement=departement, indicateur=codes[f.indicateur]) for f in faits]


@given(st.lists(fact_lists, min_size=1, max_size=4))
def test_R20_every_national_figure_is_the_one_that_all_the_facts_together_give(lists: list[list[Fait]]) -> None:
    editions = [edition(f"{n:02}", of(f"{n:02}", faits)) for n, faits in enumerate(lists, 1)]
    nation = merged(editions)
    together = consolidate(f for e in editions for f in e.faits)
    for line in nation.lignes:
        assert line.valeur == figure(together.of(line.code), line.genre), line.code
        assert (line.repondu, line.du) == (len(editions), 2 * len(editions))
    assert nation.ecarts == ()


@given(st.lists(fact_lists, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_R20_the_order_of_the_departements_changes_nothing(lists: list[list[Fait]], chance: object) -> None:
    editions = [edition(f"{n:02}", of(f"{n:02}", faits)) for n, faits in enumerate(lists, 1)]
    shuffled = [*editions]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merged(shuffled) == merged(editions)


@given(st.lists(st.tuples(st.integers(0, 2), fact_lists), min_size=1, max_size=5))
def test_R20_the_nation_is_the_sum_of_its_regions_however_they_are_drawn(drawn: list[tuple[int, list[Fait]]]) -> None:
    """Counts and values add up; a share is that of both sums, so its two numbers add up (R14). Absent is not zero."""
    editions = [(region, edition(f"{n:02}", of(f"{n:02}", faits))) for n, (region, faits) in enumerate(drawn, 1)]
    nation = merged(one for _, one in editions)
    regions = [merged(one for where, one in editions if where == region) for region in {where for where, _ in editions}]
    for line in nation.lignes:
        mine = [
            other for one in regions for other in one.lignes if (other.code, other.nature) == (line.code, line.nature)
        ]
        assert (line.repondu, line.du) == (sum(m.repondu for m in mine), sum(m.du for m in mine))
        wholes = [whole_of(one.parts, line.code, line.nature) for one in regions]
        if line.genre == RATIO:
            upper = [w.numerateur for w in wholes if w.numerateur is not None]
            lower = [w.denominateur for w in wholes if w.denominateur is not None]
            told = share(sum(upper), sum(lower), "n.d.") if upper else Chiffre()
            assert line.chiffre.valeur == told.valeur
        else:
            given_values = [m.valeur for m in mine if m.valeur is not None]
            assert line.valeur == (sum(given_values) if given_values else None), line.code
    assert nation.entreprises == sum(one.entreprises for one in regions)


@given(fact_lists, fact_lists, st.sampled_from([*CODES]))
def test_R20_sums_merge_and_nothing_is_their_neutral(one: list[Fait], two: list[Fait], genre: str) -> None:
    here, there = of("41", one), of("18", two)
    code = CODES[genre]
    a, b = (condense(consolidate(faits).of(code), genre) for faits in (here, there))
    both = condense(consolidate([*here, *there]).of(code), genre)
    assert reduce(Somme.merge, [a, b], Somme()) == both == b.merge(a)


def test_R20_an_edition_whose_figure_is_not_that_of_its_answers_is_named() -> None:
    faits = [Fait("41", 1, 1, 1, "S2", 1, "2026-T1", "nombre", 3, None, None)]
    sealed = edition("41", faits)
    altered = EditionScellee(sealed.bilan, (faits[0]._replace(valeur=4),))
    assert merged([sealed]).ecarts == ()
    (gap,) = merged([altered]).ecarts
    assert gap.startswith("41, S2")


def test_R13_a_figure_that_no_departement_answered_stays_absent() -> None:
    (line,) = [one for one in merged([edition("41", []), edition("18", [])]).lignes if one.code == "S2"]
    assert line.valeur is None
    assert line.departements == (("18", None), ("41", None))


@given(fact_lists)
def test_R19_the_answers_an_edition_keeps_are_read_back_as_they_were(faits: list[Fait]) -> None:
    kept = read_facts(write_facts(faits))
    assert kept == sorted(faits, key=lambda f: (f.declaration, f.engagement))
    assert all(isinstance(f.valeur, int | Decimal | None) for f in kept)


def test_R32_an_edition_issued_before_stocks_were_said_once_is_no_fault() -> None:
    """24 was printed for 12 told by the former convention and 12 by the next: it stands as it was issued (R19)."""
    faits = [
        Fait("41", 1, 10, 100, "A1", 1, "2026-T1", "nombre", 12, None, None),
        Fait("41", 1, 11, 110, "A1", 2, "2026-T2", "nombre", 12, None, None),
    ]
    issued = edition("41", faits)
    former = tuple(
        replace(line, realise=Chiffre(Decimal(24))) if line.code == "A1" else line for line in issued.bilan.indicateurs
    )
    old = EditionScellee(replace(issued.bilan, indicateurs=former), issued.faits)
    assert [(n.valeur, n.departements) for n in merged([old]).lignes if n.code == "A1"] == [(24, (("41", 24),))]
    assert merged([old]).ecarts == merged([issued]).ecarts == ()
    wrong = tuple(replace(line, realise=Chiffre(Decimal(13))) for line in former if line.code == "A1")
    assert len(merged([EditionScellee(replace(issued.bilan, indicateurs=wrong), issued.faits)]).ecarts) == 1
