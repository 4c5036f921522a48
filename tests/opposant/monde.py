"""Random départements as plain data, for a count that shares nothing with the product's own.

Charters, renewals, ended conventions, overlapping ones, four natures, two records of one SIREN, leap years, semester
declarants, overseas, conventions typed late, late and missing answers, confirmed zeros, measures that closed, and
corrections made after a first edition. The same seed gives the same world.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

FLUX, STOCK, RATIO, OUI_NON, LIBRE = "flux", "stock", "ratio", "oui_non", "libre"
FERMEES = {"R3e": date(2024, 12, 31), "P08": date(2024, 12, 31)}
# Indicator: kind, last day on which it counts. Copied from the grid by hand: the opponent reads no catalogue.
_FLUX = (
    *("S1", "S2", "S2r", "S3", "S4", "S5", "S6", "S6h", "S7", "F1", "F2", "F3", "F4"),
    *("R2", "R3", "R3e", "A2", "A3", "A4", "A5", "A6", "B1"),
)
_PLAN = (*(f"P{rank:02}" for rank in range(1, 15)), "P12h")
INDICATEURS: dict[str, tuple[str, date]] = {
    **{code: (FLUX, FERMEES.get(code, date.max)) for code in _FLUX},
    **dict.fromkeys(("S2p", "F1p", "R2p", "A2p"), (RATIO, date.max)),
    "A1": (STOCK, date.max),
    "R1": (OUI_NON, date.max),
    "X1": (LIBRE, date.max),
}
MESURES: dict[str, tuple[str, date]] = {code: (FLUX, FERMEES.get(code, date.max)) for code in _PLAN}
TOUS = {**INDICATEURS, **MESURES}
# Always in the promises of a world: what does not simply add up.
TOUJOURS = ("A1", "R1", "F1p", "X1", "S1")
EUROS = frozenset({"S7", "A2", "A3", "A4", "P12"})
AXES = {"S": "Sensibiliser", "F": "Former", "R": "Recruter", "A": "Acheter", "X": "Autres engagements"}
AXES |= {"B": "Autres engagements", "P": "Plan « 10 000 entreprises »"}
NATURES = ("entreprise", "entreprise", "entreprise", "reseau", "employeur_public", "association")


@dataclass
class Reponse:
    """One answer: "nombre", "neant" or "manquante"; a ratio has two numbers."""

    sorte: str
    valeur: Decimal | None = None
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None

    @property
    def is_non_zero(self) -> bool:
        return bool(self.valeur or self.numerateur)


@dataclass
class Engagement:
    code: str
    reference: Decimal | None
    # Target by convention year; key 0 is the whole term.
    cibles: dict[int, Decimal]
    reponses: dict[str, Reponse] = field(default_factory=dict)


@dataclass
class Convention:
    numero: str
    dispositif: str
    is_in_plan: bool
    debut: date
    fin: date
    resiliee_le: date | None
    rythme: str
    statut: str
    engagements: list[Engagement]
    # State by period, for those that exist; "validee" alone counts.
    etats: dict[str, str] = field(default_factory=dict)
    # Day of the first sending, by period.
    envois: dict[str, date] = field(default_factory=dict)
    # Periods already over when it was typed: the day since which they are asked all the same, or None (R42).
    anterieures: dict[str, date | None] = field(default_factory=dict)
    # Periods of which a référent opened a validated declaration again.
    rouvertes: set[str] = field(default_factory=set)

    @property
    def dernier_jour(self) -> date:
        return min(self.fin, self.resiliee_le) if self.resiliee_le else self.fin


@dataclass
class Signataire:
    nom: str
    # The establishment that signed, of its first nine figures.
    siret: str
    nature: str
    conventions: list[Convention]

    @property
    def siren(self) -> str:
        return self.siret[:9]


@dataclass
class Monde:
    departement: str
    premier_semestre: str
    # Code of the semester looked at.
    periode: str
    signataires: list[Signataire]
    # Indicators that its conventions promise: few, so that they meet.
    paniers: tuple[list[str], list[str]]

    @property
    def trimestre(self) -> str:
        """The last quarter of the semester looked at, or its first one, to see it in mid-semester (R11)."""
        last = int(self.periode[-1]) * 2
        return f"{self.periode[:5]}T{last if len(self.signataires) % 2 else last - 1}"


def first_day(code: str) -> date:
    year, part = int(code[:4]), code[5:]
    return date(year, (int(part[1]) - 1) * (6 if part[0] == "S" else 3) + 1, 1)


def day_after(code: str) -> date:
    start, months = first_day(code), 6 if code[5] == "S" else 3
    month = start.month + months
    return date(start.year + (month > 12), month - 12 if month > 12 else month, 1)


def codes(debut: date, dernier_jour: date, rythme: str) -> list[str]:
    """Codes of the periods that have a day in between, both inside."""
    size = 6 if rythme == "S" else 3
    found, year, number = [], debut.year, (debut.month - 1) // size + 1
    while first_day(code := f"{year}-{rythme}{number}") <= dernier_jour:
        found.append(code)
        year, number = (year + 1, 1) if number == 12 // size else (year, number + 1)
    return found


def random_world(seed: int, departement: str = "", periode: str = "") -> Monde:
    """A département of two to seven signatories and the semester to look at, the last of its year or the first."""
    chance = random.Random(f"opposant {seed} {departement}")
    year = chance.choice((2023, 2024, 2024, 2025, 2026))
    drawn = f"{year}-S{chance.choice((1, 2))}"
    periode = periode or (drawn if drawn != "2026-S2" else "2026-S1")
    monde = Monde(
        departement=departement or chance.choice(("41", "41", "974", "972", "2A")),
        premier_semestre=chance.choice(
            ("2019-S1", "2019-S1", f"{int(periode[:4]) - 1}-S1", periode, f"{int(periode[:4]) + 1}-S1")
        ),
        periode=periode,
        signataires=[],
        paniers=(
            [*TOUJOURS, *chance.sample([c for c in INDICATEURS if c not in TOUJOURS], 6)],
            chance.sample(list(MESURES), 4),
        ),
    )
    for rank in range(chance.randint(2, 7)):
        monde.signataires.append(_signatory(chance, monde, rank))
    return monde


def first_siren(departement: str) -> str:
    """SIREN of a département of the tests begin with it, so that two départements share none."""
    return f"{int(departement, 16):05}0001"


def _signatory(chance: random.Random, monde: Monde, rank: int) -> Signataire:
    end = day_after(monde.periode)
    start = date(
        chance.randint(end.year - 5, end.year), chance.choice((1, 1, 3, 4, 5, 7, 10)), chance.choice((1, 1, 15))
    )
    start = min(start, end - timedelta(days=20))
    plan_alone = chance.random() < 0.15
    charter = not plan_alone and chance.random() < 0.2
    dispositif = "plan_10000" if plan_alone else "paqte"
    siret, nature = f"{int(first_siren(monde.departement)) + rank:09}00017", chance.choice(NATURES)
    if rank and chance.random() < 0.15:
        # Another establishment of the one before: same SIREN, hence same nature (R3, R35).
        siret, nature = f"{monde.signataires[-1].siren}{rank:05}", monde.signataires[-1].nature
    given = Signataire(f"Signataire {rank} du {monde.departement} (fictif)", siret, nature, [])
    if charter:
        given.conventions.append(_convention(chance, monde, f"C{rank}", "charte", start, start + timedelta(days=1095)))
    for number in range(chance.choice((1, 1, 2, 2, 3))):
        fin = start + timedelta(days=chance.choice((300, 1094, 1095, 1460)))
        if chance.random() < 0.3:
            fin = date(fin.year, 3, 31)
        one = _convention(chance, monde, f"{rank}-{number}", dispositif, start, max(fin, start + timedelta(days=40)))
        given.conventions.append(one)
        # A renewal the day after, one that overlaps, or one after a gap.
        start = one.dernier_jour + timedelta(days=chance.choice((1, 1, 1, -100, 200)))
        if start >= end or start <= one.debut:
            break
    return given


def _convention(
    chance: random.Random, monde: Monde, numero: str, dispositif: str, debut: date, fin: date
) -> Convention:
    is_in_plan = dispositif == "paqte" and chance.random() < 0.4
    of_paqte, of_plan = monde.paniers
    grid = of_plan if dispositif == "plan_10000" else [*of_paqte, *(of_plan if is_in_plan else ())]
    ended = None
    if chance.random() < 0.2:
        ended = debut + timedelta(days=chance.randint(30, (fin - debut).days))
    one = Convention(
        numero=f"{monde.departement}-{numero}",
        dispositif=dispositif,
        is_in_plan=is_in_plan,
        debut=debut,
        fin=fin,
        resiliee_le=ended,
        rythme=chance.choice(("T", "T", "S")),
        statut="resiliee" if ended else ("projet" if chance.random() < 0.05 else "signee"),
        engagements=[
            _engagement(chance, code) for code in sorted(chance.sample(grid, chance.randint(0, min(5, len(grid)))))
        ],
    )
    if one.statut != "projet":
        _answer(chance, monde, one)
    return one


def _engagement(chance: random.Random, code: str) -> Engagement:
    kind = TOUS[code][0]
    cibles: dict[int, Decimal] = {}
    if chance.random() < 0.7:
        years = (0,) if chance.random() < 0.6 else tuple(range(1, chance.randint(2, 4)))
        cibles = {year: _amount(chance, code, kind) for year in years}
    reference = _amount(chance, code, kind) if chance.random() < 0.4 else None
    return Engagement(code, reference, cibles)


def _amount(chance: random.Random, code: str, kind: str) -> Decimal:
    if kind == RATIO:
        return Decimal(chance.choice((5, 3, "12.25", "0.05", 50, 100)))
    if kind == OUI_NON:
        return Decimal(1)
    if code in EUROS:
        return Decimal(chance.randint(0, chance.choice((10**9, 10**14 - 1)))) / 100  # as much as a form takes
    return Decimal(chance.choice((0, 1, 2, 7, 40, 365, 1000)))


def _answer(chance: random.Random, monde: Monde, c: Convention) -> None:
    """Declarations up to the end of the semester looked at: validated most often, absent, or only sent."""
    own = [p for p in codes(c.debut, c.dernier_jour, c.rythme) if day_after(p) <= day_after(monde.periode)]
    if chance.random() < 0.2:
        _type_late(chance, c, own)
    for code in own:
        if chance.random() < 0.15 or not c.engagements:
            continue
        c.etats[code] = "validee" if chance.random() < 0.85 else "transmise"
        c.envois[code] = day_after(code) + timedelta(days=chance.choice((2, 9, 18, 19, 20, 21, 35)))
        for e in c.engagements:
            if first_day(code) <= TOUS[e.code][1]:
                e.reponses[code] = _reply(chance, e.code)


def _type_late(chance: random.Random, c: Convention, own: list[str]) -> None:
    """A convention typed once some of its periods were over: each is asked since that day, or not at all (R42)."""
    for code in own[: max(0, len(own) - chance.choice((0, 1, 1, 2, 3)))]:
        c.anterieures[code] = chance.choice((None, day_after(code) + timedelta(days=chance.choice((15, 40)))))


def correct(monde: Monde, seed: int) -> None:
    """What happens after a first edition: answers changed with a reason, late validations, missing ones now given.

    Some are opened again, and not validated since: nothing of theirs counts any more (R18).
    """
    chance, opening = random.Random(f"correction {seed}"), random.Random(f"réouverture {seed}")
    for s in monde.signataires:
        for c in s.conventions:
            for code, etat in c.etats.items():
                # Most of them in the semester itself, some in those to which it is compared.
                is_inside = first_day(code) >= first_day(monde.periode)
                is_recent = day_after(code) > day_after(monde.periode) - timedelta(days=400)
                if is_recent and chance.random() < (0.6 if is_inside else 0.2):
                    _correct(chance, c, code, etat)
                if is_recent and etat == "validee" and opening.random() < 0.15:
                    c.etats[code] = "a_completer"
                    c.rouvertes.add(code)


def _correct(chance: random.Random, c: Convention, code: str, etat: str) -> None:
    c.etats[code] = "validee"
    if etat != "validee":
        return
    c.rouvertes.add(code)
    for e in c.engagements:
        if code in e.reponses and chance.random() < 0.5:
            e.reponses[code] = _reply(chance, e.code)


def _reply(chance: random.Random, code: str) -> Reponse:
    fate, kind = chance.random(), TOUS[code][0]
    if fate < 0.1:
        return Reponse("manquante")
    if fate < 0.25:
        if kind == RATIO:
            return Reponse("neant", None, Decimal(0), Decimal(chance.randint(0, 900)))
        return Reponse("neant", Decimal(0))
    if kind == RATIO:
        whole = chance.choice((0, 7, 230, 7_525_200, 100_000_000))
        return Reponse("nombre", None, Decimal(chance.randint(0, min(whole, 40_000))), Decimal(whole))
    if kind == OUI_NON:
        return Reponse("nombre", Decimal(chance.choice((0, 1, 1))))
    return Reponse("nombre", _amount(chance, code, kind))
