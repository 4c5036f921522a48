"""Every figure of a bilan or of an export counted a second time, from the numbered rules alone.

Plain loops over exact fractions; nothing of the product is imported. Absent is None, never zero (R13).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from tests.opposant.attendu import in_plan, is_semestriel, last_ones, owed_periods
from tests.opposant.monde import (
    FLUX,
    LIBRE,
    OUI_NON,
    RATIO,
    STOCK,
    TOUS,
    Convention,
    Engagement,
    Monde,
    Reponse,
    Signataire,
    codes,
    day_after,
    first_day,
)
from tests.opposant.nombres import added, greatest, percent, taken

ENSEMBLE = "ensemble"
SAID_ONCE = (STOCK, OUI_NON)


@dataclass
class Ligne:
    """What a line must show; `taux`, `sans_cible` and the figures of a ratio in percent, exact."""

    cible: Fraction | None
    reference: Fraction | None
    periode: Fraction | None
    precedent: Fraction | None
    un_an_avant: Fraction | None
    cumul: Fraction | None
    taux: Fraction | None
    sans_cible: Fraction | None
    repondu: int
    du: int
    neants: int
    # How many signatories answer for the semester instead (R11).
    semestriels: int
    # Whether the target is the mean of several percentages.
    is_mean: bool
    # What a share of the period is made of, exact; None for what is no share.
    numerateur: Fraction | None = None
    denominateur: Fraction | None = None
    # What its target and its rate are made of, exact: achieved and aimed at by who has a target, weight of the targets.
    realise_vise: Fraction | None = None
    vise: Fraction | None = None
    poids: Fraction | None = None


@dataclass
class Donne:
    """One validated answer that is not missing."""

    signataire: Signataire
    convention: Convention
    engagement: Engagement
    periode: str
    reponse: Reponse


def window_before(code: str) -> str:
    """The period just before, of the same length."""
    before = first_day(code) - timedelta(days=1)
    return codes(before, before, code[5])[0]


def year_before(code: str) -> str:
    return f"{int(code[:4]) - 1}{code[4:]}"


class Compte:
    """The count of one period of a world, over signatories of one nature or of all."""

    def __init__(self, monde: Monde, periode: str, nature: str = ENSEMBLE) -> None:
        self.monde, self.periode = monde, periode
        self.signataires = [s for s in monde.signataires if nature in (ENSEMBLE, s.nature)]
        self._all: defaultdict[str, list[Donne]] | None = None

    def ligne(self, code: str) -> Ligne:
        """One indicator (R13, R14, R20, R22, R32)."""
        du, repondu, neants = self._answered(code)
        is_share = TOUS[code][0] == RATIO
        upper, lower = self._two_numbers(self._inside(code, self.periode)) if is_share else (None, None)
        return Ligne(
            cible=self._target(code),
            reference=self._reference(code),
            periode=self._figure(code, self._inside(code, self.periode), self.periode),
            precedent=self._of_window(code, window_before(self.periode)),
            un_an_avant=self._of_window(code, year_before(self.periode)),
            cumul=self._figure(code, self._since(code), self.periode),
            taux=self._rate(code),
            sans_cible=self._without(code),
            repondu=repondu,
            du=du,
            neants=neants,
            semestriels=self.semestriels(code),
            is_mean=is_share and len(self._aimed(code)) > 1,
            numerateur=upper,
            denominateur=lower,
            **dict(zip(("realise_vise", "vise", "poids"), self._aims(code), strict=True)),
        )

    # Who and what

    def _signed(self, s: Signataire) -> list[Convention]:
        """A charter is in no figure (R7), nor is what is not signed yet."""
        return [c for c in s.conventions if c.dispositif != "charte" and c.statut != "projet"]

    def _bound(self, s: Signataire, periode: str) -> list[Convention]:
        """In force at least one day of the period."""
        return [
            c for c in self._signed(s) if c.debut < day_after(periode) and c.dernier_jour >= first_day(periode)
        ]  # fmt: skip

    def _given(self, code: str) -> list[Donne]:
        if self._all is None:
            self._all = defaultdict(list)
            for s in self.signataires:
                for c in self._signed(s):
                    for e in c.engagements:
                        for periode, reponse in e.reponses.items():
                            if c.etats.get(periode) == "validee" and reponse.sorte != "manquante":
                                self._all[e.code].append(Donne(s, c, e, periode, reponse))
        return self._all[code]

    def _inside(self, code: str, window: str) -> list[Donne]:
        """Answers to periods that lie wholly inside the window (R11)."""
        debut, fin = first_day(window), day_after(window)
        return [g for g in self._given(code) if debut <= first_day(g.periode) and day_after(g.periode) <= fin]

    def _since(self, code: str) -> list[Donne]:
        return [g for g in self._given(code) if day_after(g.periode) <= day_after(self.periode)]

    # Figures

    def _of_window(self, code: str, window: str) -> Fraction | None:
        return self._figure(code, self._inside(code, window), window)

    def _figure(self, code: str, given: list[Donne], window: str) -> Fraction | None:
        kind = TOUS[code][0]
        if kind == FLUX:
            return added([taken(g.reponse) for g in given])
        if kind == RATIO:
            return percent(*self._two_numbers(given))
        last = self._lasts(code, given, window)
        if kind == OUI_NON:
            return Fraction(sum(1 for v in last.values() if v)) if last else None
        return added(list(last.values()))

    def _two_numbers(self, given: list[Donne]) -> tuple[Fraction | None, Fraction | None]:
        told = [g.reponse for g in given if g.reponse.denominateur is not None]
        upper = added([Fraction(r.numerateur or 0) for r in told])
        return upper, added([Fraction(r.denominateur or 0) for r in told])

    def sources(self, code: str, colonne: str) -> list[Donne]:
        """The answers of which a column is made, and no other (R45); of a stock, one a signatory (R32)."""
        columns = {"periode": self.periode, "precedent": window_before(self.periode)}
        window = (columns | {"un_an_avant": year_before(self.periode)}).get(colonne, "")
        given = self._inside(code, window) if window else self._since(code)
        if TOUS[code][0] not in SAID_ONCE:
            return given
        return list(self._last_ones(code, given, window or self.periode).values())

    def _lasts(self, code: str, given: list[Donne], window: str) -> dict[str, Fraction]:
        return {name: taken(g.reponse) for name, g in self._last_ones(code, given, window).items()}

    def _last_ones(self, code: str, given: list[Donne], window: str) -> dict[str, Donne]:
        """The last answer of each signatory over all its conventions, while one is in force on the last day (R32)."""
        found: dict[str, Donne] = {}
        for g in given:
            if self._still_bound(g.signataire, code, window):
                held = found.get(g.signataire.nom, g)
                found[g.signataire.nom] = max(held, g, key=lambda one: (day_after(one.periode), taken(one.reponse)))
        return found

    def _still_bound(self, s: Signataire, code: str, window: str) -> bool:
        last_day = day_after(window) - timedelta(days=1)
        return any(c.debut <= last_day <= c.dernier_jour for c in self._signed(s) if is_of(c, code))

    # Promises

    def _engaged(self, code: str) -> list[tuple[Signataire, Convention, Engagement]]:
        """Engagements of conventions in force in the period; of a stock or a yes, on its last day (R32)."""
        last_day = day_after(self.periode) - timedelta(days=1)
        return [
            (s, c, e)
            for s in self.signataires
            for c in self._bound(s, self.periode)
            for e in c.engagements
            if e.code == code and (TOUS[code][0] not in SAID_ONCE or c.debut <= last_day <= c.dernier_jour)
        ]

    def _aimed(self, code: str) -> list[tuple[Signataire, Engagement, Fraction]]:
        return [(s, e, t) for s, _, e in self._engaged(code) if (t := term_target(e)) is not None]

    def _target(self, code: str) -> Fraction | None:
        aimed = self._aimed(code)
        kind = TOUS[code][0]
        if not aimed or kind == LIBRE:
            return None
        if kind in SAID_ONCE:
            return added(list(greatest({(s.nom, id(e)): t for s, e, t in aimed}).values()))
        if kind == FLUX:
            return added([t for _, _, t in aimed])
        return self._weighted(code, [e for _, e, _ in aimed])

    def _weighted(self, code: str, aimed: list[Engagement]) -> Fraction | None:
        """Percentages aimed at together weigh what their denominators weigh (R14)."""
        if len(aimed) == 1:
            return term_target(aimed[0])
        upper = lower = Fraction(0)
        for e in aimed:
            _, weight = self._two_numbers([g for g in self._since(code) if g.engagement is e])
            upper += (term_target(e) or 0) * (weight or 0)
            lower += weight or 0
        return upper / lower if lower else None

    def _reference(self, code: str) -> Fraction | None:
        kind = TOUS[code][0]
        known = {(s.nom, id(e)): Fraction(e.reference) for s, _, e in self._engaged(code) if e.reference is not None}
        if kind == LIBRE or (kind == RATIO and len(known) > 1):
            return None
        return added(list((greatest(known) if kind in SAID_ONCE else known).values()))

    def _rate(self, code: str) -> Fraction | None:
        """Achieved since the start over what was aimed at, by those alone that have a target (R22)."""
        target = self._target(code)
        if not target:
            return None
        done = self._figure(code, self._of_aimed(code), self.periode)
        return None if done is None else done * 100 / target

    def _of_aimed(self, code: str) -> list[Donne]:
        """The answers since the start of those alone that have a target (R22)."""
        aimed = [(s, e) for s, _, e in self._engaged(code) if term_target(e) is not None]
        if TOUS[code][0] in SAID_ONCE:
            names = {s.nom for s, _ in aimed}
            return [g for g in self._since(code) if g.signataire.nom in names]
        own = {id(e) for _, e in aimed}
        return [g for g in self._since(code) if id(g.engagement) in own]

    def _aims(self, code: str) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
        """Achieved, aimed at, and what the targets of percentages weigh: 0 while no denominator is known (R22, R33)."""
        aimed, kind = self._aimed(code), TOUS[code][0]
        if not aimed or kind == LIBRE:
            return None, None, None
        given = self._of_aimed(code)
        if kind != RATIO:
            return self._figure(code, given, self.periode), self._target(code), None
        weights = [(t, self._two_numbers([g for g in given if g.engagement is e])[1] or 0) for _, e, t in aimed]
        whole = sum((Fraction(weight) for _, weight in weights), Fraction(0))
        if not whole:
            return None, None, whole
        upper, _ = self._two_numbers(given)
        return (upper or 0) * 100, sum((t * weight for t, weight in weights), Fraction(0)), whole

    def _without(self, code: str) -> Fraction | None:
        engaged = self._engaged(code)
        if TOUS[code][0] in SAID_ONCE:
            every = {s.nom for s, _, _ in engaged}
            aimed = {s.nom for s, _, e in engaged if term_target(e) is not None}
        else:
            every = {str(id(e)) for _, _, e in engaged}
            aimed = {str(id(e)) for _, _, e in engaged if term_target(e) is not None}
        return Fraction(100 * (len(every) - len(aimed)), len(every)) if every else None

    # Answers

    def _answered(self, code: str) -> tuple[int, int, int]:
        """How many signatories owe, answered all they owe, and confirmed zero all along (R13, R42)."""
        du = repondu = neants = 0
        for s in self.signataires:
            owed = {id(e): self._owed(c, code) for c in self._signed(s) for e in c.engagements if e.code == code}
            owed = {key: periodes for key, periodes in owed.items() if periodes}
            mine = [g for g in self._inside(code, self.periode) if g.signataire is s]
            # One that nobody asked for makes up for none that is missing.
            is_whole = all({g.periode for g in mine if id(g.engagement) == key} >= owed[key] for key in owed)
            du += bool(owed)
            repondu += bool(owed) and is_whole
            neants += is_whole and bool(mine) and all(g.reponse.sorte == "neant" for g in mine)
        return du, repondu, neants

    def _owed(self, c: Convention, code: str) -> set[str]:
        return {p for p in owed_periods(self.monde, c, self.periode) if first_day(p) <= TOUS[code][1]}

    def semestriels(self, code: str) -> int:
        """Signatories that answer for the semester what is asked, hence nothing in the quarter (R11, R41)."""
        return len({s.nom for s, c, e in self._engaged_ever(code) if is_semestriel(self.monde, c, e, self.periode)})

    def _engaged_ever(self, code: str) -> list[tuple[Signataire, Convention, Engagement]]:
        signed = ((s, c) for s in self.signataires for c in self._signed(s))
        return [(s, c, e) for s, c in signed for e in c.engagements if e.code == code]

    def entreprises_engagees(self, code: str) -> int:
        """Enterprises, by SIREN, of a convention in force that promises a measure of the plan (R3, R8)."""
        bound = ((s, c) for s in self.signataires for c in self._bound(s, self.periode) if s.nature == "entreprise")
        return len({s.siren for s, c in bound if any(e.code == code for e in c.engagements)})

    # Signatories

    def counts(self) -> dict[str, int]:
        """Enterprises by SIREN, the other natures apart (R2, R3), new, active and in the plan (R9, R34)."""
        bound = [(s, c) for s in self.signataires for c in self._bound(s, self.periode)]
        paqte = {s.siren: s.nature for s, c in bound if c.dispositif == "paqte"}
        plan = {s.siren for s, c in bound if in_plan(c) and s.nature == "entreprise"}
        entreprises = {siren for siren, nature in paqte.items() if nature == "entreprise"}
        # A quarter counts who is in the PAQTE or in the plan, a semester who is in the PAQTE.
        is_quarter = "-T" in self.periode
        others = {s.siren: s.nature for s, _ in bound} if is_quarter else paqte
        engaged = entreprises | plan if is_quarter else entreprises
        return {
            "entreprises": len(entreprises),
            **{k: list(others.values()).count(k) for k in ("reseau", "employeur_public", "association")},
            "engagees": len(engaged),
            "nouvelles": len(engaged - self.known()),
            "actives": len(engaged & self.active()),
            "plan": len(plan),
            "club": len(plan & entreprises),
            "chartes": len({s.siren for s in self.signataires if self._is_to_transform(s)}),
        }

    def active_others(self) -> dict[str, int]:
        """Of each nature that is no enterprise, how many are active: each in its own line (R34)."""
        bound = {(s.siren, s.nature) for s in self.signataires for c in self._bound(s, self.periode) if self._tells(c)}
        active = self.active()
        return {
            nature: len({siren for siren, mine in bound if mine == nature and siren in active})
            for nature in ("reseau", "employeur_public", "association")
        }

    def _tells(self, c: Convention) -> bool:
        return "-T" in self.periode or c.dispositif == "paqte"

    def evolution(self, semestre: str) -> tuple[int, int]:
        """Enterprises and other signatories of the PAQTE at a semester, by SIREN."""
        bound = [(s, c) for s in self.signataires for c in self._bound(s, semestre) if c.dispositif == "paqte"]
        natures = {s.siren: s.nature for s, _ in bound}
        entreprises = list(natures.values()).count("entreprise")
        return entreprises, len(natures) - entreprises

    def _is_to_transform(self, s: Signataire) -> bool:
        """A charter signed and in force is listed to be transformed (R7)."""
        debut, fin = first_day(self.periode), day_after(self.periode)
        charters = (c for c in s.conventions if c.dispositif == "charte" and c.statut != "projet")
        return any(c.debut < fin and c.dernier_jour >= debut for c in charters)

    def known(self) -> set[str]:
        """SIREN already bound before the period, by the PAQTE; of a quarter, by the PAQTE or by the plan."""
        wanted = ("paqte", "plan_10000") if "-T" in self.periode else ("paqte",)
        return {
            s.siren
            for s in self.signataires
            for c in self._signed(s)
            if c.dispositif in wanted and c.debut < first_day(self.periode)
        }

    def active(self) -> set[str]:
        """A non-zero answer in one of the four quarters, or two semesters, that end with the period (R34).

        Semesters are those over when the period is; the rules speak of none that ends after it.
        """
        end = day_after(self.periode)
        quarters, semesters = last_ones(end, "T", 4), last_ones(end, "S", 2)
        given = (g for code in TOUS for g in self._given(code))
        return {g.signataire.siren for g in given if g.reponse.is_non_zero and g.periode in quarters + semesters}


def is_of(c: Convention, code: str) -> bool:
    """Whether a convention is of the dispositif of the indicator."""
    return in_plan(c) if code.startswith("P") else c.dispositif == "paqte"


def term_target(e: Engagement) -> Fraction | None:
    """Over the term (R6): as typed, or annual flows added, or the last year of what does not add up."""
    if not e.cibles:
        return None
    if 0 in e.cibles:
        return Fraction(e.cibles[0])
    if TOUS[e.code][0] in (FLUX, LIBRE):
        return Fraction(sum(e.cibles.values(), Decimal(0)))
    return Fraction(e.cibles[max(e.cibles)])
