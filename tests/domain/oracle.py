"""Random facts, and figures added up a second time by plain loops over exact fractions, apart from the product."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import floor
from typing import NamedTuple

from hypothesis import strategies as st

from paqte.domain.consolidation import Attente, Cle, Fait

INDICATEURS = ("S2", "R3", "A2")
PERIODES = ("2025-T3", "2025-T4", "2025-S2", "2026-T1", "2026-T2", "2026-S1")
LAST_DAY = {"2025-T3": 1, "2025-T4": 2, "2025-S2": 2, "2026-T1": 3, "2026-T2": 4, "2026-S1": 4}

counts = st.integers(0, 5000)
amounts = st.integers(0, 10**11).map(lambda cents: Decimal(cents) / 100)
figures = counts | amounts
# Two départements, three signatories in each, some renewed, with one or two engagements on the same indicator.
CLES = [
    Cle(departement, signataire, signataire * 10 + renewal, signataire * 100 + renewal * 10 + rang)
    for departement, signataire, renewal, rang in product(["41", "972"], [1, 2, 3], [0, 1], [0, 1])
]
cles = st.sampled_from(CLES)


@st.composite
def facts(draw: st.DrawFn) -> Fait:
    """One answer as the base may hold it: « néant » is stored as 0 or as nothing, a missing one without any figure."""
    cle, indicateur, periode = draw(cles), draw(st.sampled_from(INDICATEURS)), draw(st.sampled_from(PERIODES))
    reponse = draw(st.sampled_from(["nombre", "nombre", "nombre", "neant", "manquante"]))
    valeur = numerateur = denominateur = None
    if reponse == "nombre":
        valeur = draw(st.none() | figures)
        if valeur is None:
            numerateur, denominateur = draw(counts), draw(counts)
    elif reponse == "neant":
        valeur = draw(st.sampled_from([None, 0, Decimal(0)]))
        if valeur is None and draw(st.booleans()):
            numerateur, denominateur = 0, draw(counts)
    declaration = cle.convention * 10 + PERIODES.index(periode)
    return Fait(*cle, indicateur, declaration, periode, reponse, valeur, numerateur, denominateur)


@st.composite
def owings(draw: st.DrawFn) -> Attente:
    cible, reference = draw(st.none() | figures), draw(st.none() | figures)
    return Attente(draw(cles), draw(st.sampled_from(INDICATEURS)), draw(st.integers(0, 3)), cible, reference)


fact_lists = st.lists(facts(), max_size=30)
owing_lists = st.lists(owings(), max_size=12, unique_by=lambda a: (a.cle, a.indicateur))


class Counted(NamedTuple):
    """What one indicator comes to, all kinds at once."""

    flux: Fraction | None
    stock: Fraction | None
    oui: int | None
    ratio: Decimal | None
    dus: int
    repondants: int
    neants: int
    contributeurs: int


def added(values: list[Fraction]) -> Fraction | None:
    total = None
    for value in values:
        total = value if total is None else total + value
    return total


def share(upper: Fraction | None, lower: Fraction | None) -> Decimal | None:
    """Percent with one decimal, half up."""
    if upper is None or not lower:
        return None
    return Decimal(floor(upper / lower * 1000 + Fraction(1, 2))) / 10


def zero_or(fait: Fait, value: int | Decimal | None) -> Fraction | None:
    if fait.reponse == "neant":
        return Fraction(0)
    return None if value is None else Fraction(value)


def lasts(given: list[Fait]) -> list[Fraction]:
    """The last value of each signatory over all it signed; of two that end together, the higher (R32)."""
    found = []
    for who in {f[:2] for f in given}:
        mine = [(LAST_DAY[f.periode], v) for f in given if f[:2] == who and (v := zero_or(f, f.valeur)) is not None]
        if mine:
            newest = max(day for day, _ in mine)
            found.append(max(value for day, value in mine if day == newest))
    return found


def count(faits: list[Fait], attentes: list[Attente], indicateur: str) -> Counted:
    """Add up one indicator the slow way."""
    given = [f for f in faits if f.indicateur == indicateur and f.reponse != "manquante"]
    owed = [a for a in attentes if a.indicateur == indicateur]
    flows = [v for f in given if (v := zero_or(f, f.valeur)) is not None]
    pairs = [f for f in given if f.denominateur is not None]
    newest = lasts(given)
    dus = repondants = neants = contributeurs = 0
    for signatory in {(f.departement, f.signataire) for f in given} | {a.cle[:2] for a in owed}:
        answers = [f for f in given if f[:2] == signatory]
        debts = [a for a in owed if a.cle[:2] == signatory]
        is_whole = all(len([f for f in answers if f[:4] == a.cle]) >= a.periodes for a in debts)
        is_owing = any(a.periodes > 0 for a in debts)
        dus += is_owing
        repondants += is_owing and is_whole
        contributeurs += bool(answers)
        neants += is_whole and bool(answers) and all(f.reponse == "neant" for f in answers)
    return Counted(
        flux=added(flows),
        stock=added(newest),
        oui=len([v for v in newest if v]) if newest else None,
        ratio=share(
            added([Fraction(f.numerateur or 0) for f in pairs]),
            added([Fraction(f.denominateur or 0) for f in pairs]),
        ),
        dus=dus,
        repondants=repondants,
        neants=neants,
        contributeurs=contributeurs,
    )
