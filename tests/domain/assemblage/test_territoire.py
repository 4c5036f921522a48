"""What a territory aims at, forecasts and owes is exactly the sum of its départements, workbooks among them (R20, R22).

Counted a second time by plain loops over the rows that each département was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paqte.domain.assemblage.nation import EditionScellee, Nation, PartDepartement, PartRecue, merge_parts, part_of
from paqte.domain.assemblage.recus import (
    AIM,
    ANSWERED,
    CODE,
    COUNTS,
    DONE,
    FIRMS,
    FORECAST,
    IN_TIME,
    LABEL,
    LOWER,
    OWED,
    SIGNED,
    SINCE,
    THEME,
    UNIT,
    UPPER,
    VISES,
    ZEROS,
    BilanReceived,
    part_received,
)
from paqte.domain.assemblage.territoire import NON_CONNU, sirens_listed
from paqte.domain.assemblage.territoires.ecrites import (
    edition_part_again,
    edition_part_kept,
    part_again,
    part_kept,
)
from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import GENRES, LigneIndicateur
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.assemblage.petit_monde import bilan
from tests.domain.loir_et_cher import convention, donnees, engagement, fait
from tests.domain.oracle import added

pytestmark = pytest.mark.lent

GRID = catalogue()
NATURES = ("entreprise", "reseau", "employeur_public", "association")


class Firm(NamedTuple):
    """A signatory: pupils aimed at and taken in, a share aimed at with its two numbers, places forecast and given."""

    nature: str
    vise: int | None
    pris: int | None
    part_visee: int | None
    part: tuple[int, int] | None
    prevu: int | None
    donne: int | None


few = st.integers(0, 900)
firms = st.builds(
    Firm,
    st.sampled_from(NATURES),
    st.none() | few,
    st.none() | few,
    st.none() | st.integers(0, 100),
    st.none() | st.tuples(few, few).map(lambda two: (min(two), max(two))),
    st.none() | few,
    st.none() | few,
)
# A département: its région, how its bilan came, its signatories.
places = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["ici", "reçu"]), st.lists(firms, max_size=4)), max_size=5
)


def edition(code: str, signed: Sequence[Firm]) -> EditionScellee:
    conventions, faits = [], []
    for key, firm in enumerate(signed, 1):
        own = (
            engagement(10 * key, "S2", firm.vise),
            engagement(10 * key + 1, "F1p", firm.part_visee),
            engagement(10 * key + 2, "P01", firm.prevu),
        )
        c = convention(key, *own, nature=firm.nature, is_in_plan_10000=True)
        conventions.append(c)
        faits += [fait(c, own[0], "2026-T1", firm.pris)] if firm.pris is not None else []
        faits += [fait(c, own[1], "2026-T2", ratio=firm.part)] if firm.part is not None else []
        faits += [fait(c, own[2], "2026-T2", firm.donne)] if firm.donne is not None else []
    rows = donnees(conventions, faits)
    return EditionScellee(replace(bilan(rows), departement=code, departement_nom=code), tuple(rows.faits))


def as_received(told: Bilan) -> PartDepartement:
    """The same bilan as the sheets of its workbook say it, kept in the base and read again."""
    counts = told.comptes
    held = (counts.entreprises, counts.reseaux, counts.employeurs_publics, counts.associations)
    sheets = BilanReceived(
        departement=told.departement,
        nom=told.departement,
        numero=1,
        sha256="",
        champs=dict(zip(COUNTS, held, strict=True)),
        indicateurs=[_row_of(line) for line in told.indicateurs],
        completude=[
            {"De": GENRES[c.genre], "Attendues": c.dus, "Validées": c.repondus, IN_TIME: c.a_temps}
            for c in told.completude
        ],
        thematiques=[
            {
                CODE: t.code, THEME: t.titre, UNIT: t.unite, FIRMS: t.entreprises, FORECAST: t.prevision.valeur,
                DONE: t.realise.valeur, SINCE: t.cumul.valeur, ANSWERED: t.repondu, OWED: t.du,
            }
            for t in told.thematiques
        ],
        signataires=[
            dict(zip(SIGNED, (s.identifiant, s.nature, s.dispositifs), strict=True)) for s in told.signataires
        ],
    )  # fmt: skip
    part = part_received(sheets, GRID)
    return part_again(part_kept(part), part.departement, part.nom, PartRecue(4))


def _row_of(line: LigneIndicateur) -> dict[str, object]:
    exact = dict(zip(VISES, (line.realise_vise, line.vise, line.poids_vise), strict=True))
    told = {CODE: line.code, LABEL: line.titre, DONE: line.realise.valeur, ZEROS: line.neants, AIM: line.cible.valeur}
    return {**told, UPPER: line.numerateur, LOWER: line.denominateur, ANSWERED: line.repondu, OWED: line.du, **exact}


def brought(code: str, how: str, signed: Sequence[Firm]) -> PartDepartement:
    made = edition(code, signed)
    return part_of(made, GRID) if how == "ici" else as_received(made.bilan)


def rounded(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal((value * 10 + Fraction(1, 2)).__floor__()) / 10


def targets(signed: Iterable[Firm]) -> tuple[Fraction | None, Decimal | None]:
    """What is aimed at in pupils, and the rate of those that aim at something."""
    aimed = [f for f in signed if f.vise is not None]
    aim = added([Fraction(f.vise or 0) for f in aimed])
    done = added([Fraction(f.pris) for f in aimed if f.pris is not None])
    return aim, rounded(done * 100 / aim) if aim and done is not None else None


def shares_aimed_at(signed: Sequence[Firm]) -> tuple[Decimal | None, Decimal | None]:
    """The mean of the shares aimed at, each weighing what its denominator weighs, and achieved over it (R14).

    One that is alone is shown as it was typed, answered or not.
    """
    every = [f.part_visee for f in signed if f.part_visee is not None]
    aimed = [(f.part_visee, f.part) for f in signed if f.part_visee is not None and f.part is not None]
    weight = sum(part[1] for _, part in aimed)
    vise = sum((Fraction(aim) * part[1] for aim, part in aimed), Fraction(0))
    done = sum((Fraction(100 * part[0]) for _, part in aimed), Fraction(0))
    mean = rounded(vise / weight) if weight else None
    return Decimal(every[0]) if len(every) == 1 else mean, rounded(done * 100 / vise) if vise else None


def of_nature(drawn: Iterable[Sequence[Firm]], nature: str) -> list[Firm]:
    return [f for signed in drawn for f in signed if nature in ("ensemble", f.nature)]


@given(places)
@example([(0, "ici", [Firm("entreprise", 2001, 1, None, None, None, None)])])
def test_R20_R22_what_a_nation_aims_at_and_achieves_is_counted_from_its_signatories(
    drawn: list[tuple[int, str, list[Firm]]],
) -> None:
    nation = merge_parts((brought(f"{n:02}", how, signed) for n, (_, how, signed) in enumerate(drawn, 1)), GRID)
    for line in nation.lignes:
        mine = of_nature((signed for _, _, signed in drawn), line.nature)
        if line.code == "S2":
            assert (line.cible.valeur, _read(line.taux)) == targets(mine), line.nature
        elif line.code == "F1p":
            assert (_read(line.cible), _read(line.taux)) == shares_aimed_at(mine), line.nature
        else:
            assert line.cible.valeur is None
    for t in nation.thematiques:
        mine = of_nature((signed for _, _, signed in drawn), t.nature)
        if t.code == "T01":
            assert t.somme.prevision == added([Fraction(f.prevu) for f in mine if f.prevu is not None])
            assert t.somme.realise == added([Fraction(f.donne) for f in mine if f.donne is not None])
    said = {nature: sum(f.nature == nature for _, _, signed in drawn for f in signed) for nature in NATURES[1:]}
    assert nation.natures == (said if drawn else {})


@given(places)
def test_R3_a_company_bound_in_several_departements_is_one_SIREN_behind_the_sum(
    drawn: list[tuple[int, str, list[Firm]]],
) -> None:
    """Signatory n of any département bears the same SIREN: the nation has as many as there are different n."""
    nation = merge_parts((brought(f"{n:02}", how, signed) for n, (_, how, signed) in enumerate(drawn, 1)), GRID)
    bound = [key for _, _, signed in drawn for key, firm in enumerate(signed) if firm.nature == "entreprise"]
    assert nation.entreprises == nation.entreprises_identifiees == len(bound)
    assert nation.sirens == (len(set(bound)) if drawn else None)


@pytest.mark.parametrize(
    ("lines", "counted", "expected"),
    [
        ((("123456789 00012", "Entreprise", "PAQTE"), ("123456789", "Entreprise", "PAQTE")), 1, ("123456789",)),
        ((("123456789", "Entreprise", "PAQTE"), ("987654321", "Entreprise", "Charte E&Q")), 1, ("123456789",)),
        ((("123 456 789 00012", "Entreprise", "PAQTE"),), 1, ("123456789",)),
        ((("123456789", "Réseau", "PAQTE"),), 0, ()),
        ((("123456789", "Entreprise", "PAQTE"),), 2, None),
        ((), 3, None),
    ],
)
def test_R3_R7_a_list_that_does_not_hold_as_many_as_its_document_counts_tells_no_SIREN(
    lines: tuple[tuple[str, str, str], ...], counted: int, expected: tuple[str, ...] | None
) -> None:
    assert sirens_listed(lines, counted) == expected


def _read(told: Chiffre) -> Decimal | None:
    """A rate that is not zero and would round to it is told in words (R33)."""
    return Decimal(0) if told.motif == "< 0,1\u00a0%" else told.valeur


@given(places)
def test_R20_the_nation_is_the_sum_of_its_regions_in_every_figure_it_aims_at_or_forecasts(
    drawn: list[tuple[int, str, list[Firm]]],
) -> None:
    parts = [(region, brought(f"{n:02}", how, signed)) for n, (region, how, signed) in enumerate(drawn, 1)]
    nation = merge_parts((part for _, part in parts), GRID)
    regions = [merge_parts((p for where, p in parts if where == one), GRID) for one in {where for where, _ in parts}]
    for line in nation.lignes:
        if line.nature != "ensemble":
            mine = [one.chiffres[line.code, line.nature] for one in regions if (line.code, line.nature) in one.chiffres]
            for rank in range(3):
                known = [m.objectif[rank] for m in mine if m.objectif and m.objectif[rank] is not None]
                assert line.objectif is not None and line.objectif[rank] == (sum(known) if known else None)
    assert (nation.a_temps or 0) == sum(one.a_temps or 0 for one in regions)
    for name in ("prevision", "realise", "cumul", "entreprises", "repondu", "du"):
        whole, each = _figures(nation, name), [_figures(one, name) for one in regions]
        assert whole == {key: sum(one[key] for one in each if key in one) for key in whole}, name


def _figures(nation: Nation, name: str) -> dict[tuple[str, str], Decimal | int]:
    found = ((t, getattr(t.somme, name)) for t in nation.thematiques if t.nature == "entreprise")
    return {(t.code, t.unite): value for t, value in found if value is not None}


def test_R13_an_edition_of_before_is_in_no_objective_and_is_named() -> None:
    """Its target is not zero and its rate is not nought: neither is known exactly."""
    firm = Firm("entreprise", 40, 10, None, None, 8, 2)
    made = edition("18", [firm])
    versions = replace(made.bilan.versions, colonnes="2026-12")
    silent = tuple(replace(i, realise_vise=None, vise=None, poids_vise=None) for i in made.bilan.indicateurs)
    former = part_of(made._replace(bilan=replace(made.bilan, versions=versions, indicateurs=silent)), GRID)
    both = merge_parts([former, brought("41", "ici", [firm, firm._replace(nature="reseau")])], GRID)
    line = both.chiffres["S2", "entreprise"]
    assert (line.valeur, line.cible.valeur, line.taux.valeur) == (20, 40, Decimal(25))
    assert (line.sans_objectif_dit, both.silent_on("objectifs"), both.silent_on("thematiques")) == (
        ("18 (18)",),
        ("18 (18)",),
        (),
    )
    assert both.chiffres["S2", "reseau"].sans_objectif_dit == (), "whoever has no such line is silent on nothing"
    alone = merge_parts([former], GRID).chiffres["S2", "entreprise"]
    assert (alone.cible, alone.taux) == (NON_CONNU, NON_CONNU)


def test_R13_what_was_kept_of_a_workbook_before_it_was_told_says_nothing() -> None:
    old = (
        '{"numero": 1, "sha256": "", "entreprises": 2, "autres": 1, "dus": 4, "repondus": 3, "sommes": '
        '[["S2", "entreprise", "7", null, null, 1, 1, 0]]}'
    )
    nation = merge_parts([part_again(old, "18", "Cher", PartRecue(4))], GRID)
    assert nation.chiffres["S2", "entreprise"].cible == NON_CONNU
    assert (nation.natures, nation.a_temps, nation.dus_a_temps, nation.thematiques) == ({}, None, 0, ())
    assert nation.silent_on("natures") == ("Cher (18)",)


def test_R7_a_charter_brings_no_objective() -> None:
    aimed = engagement(10, "S2", 40)
    rows = donnees([convention(1, aimed, dispositif="charte"), convention(2, engagement(20, "S2", 5))], [])
    nation = merge_parts([part_of(EditionScellee(bilan(rows), ()), GRID)], GRID)
    assert nation.chiffres["S2", "entreprise"].cible.valeur == 5


@given(places)
def test_R20_what_an_edition_brings_is_the_same_once_it_was_kept(drawn: list[tuple[int, str, list[Firm]]]) -> None:
    for rank, (_, _, signed) in enumerate(drawn, 1):
        made = edition(f"{rank:02}", signed)._replace(id=rank)
        for facts in (made.faits, made.faits[1:]):
            part = part_of(made._replace(faits=facts), GRID)
            assert edition_part_again(edition_part_kept(part), rank) == part
