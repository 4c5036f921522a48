"""The lists of a bilan or of an export, row by row, from the numbered rules alone: nothing of the product is imported.

Each list is a dictionary from what names a row to what it must say, but for values, of which two may be alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from tests.opposant.attendu import in_plan, is_semestriel, owed_periods
from tests.opposant.compte import SAID_ONCE, Compte
from tests.opposant.monde import (
    AXES,
    INDICATEURS,
    LIBRE,
    MESURES,
    RATIO,
    TOUS,
    Convention,
    Engagement,
    Monde,
    Reponse,
    Signataire,
    day_after,
    first_day,
)
from tests.opposant.nombres import percent, rounded, taken

ORDINAUX = {"1": "1er", "2": "2e", "3": "3e", "4": "4e"}
NATURES = {
    "entreprise": "Entreprise",
    "reseau": "Réseau d’entreprises",
    "employeur_public": "Employeur public",
    "association": "Association",
}
ETATS = {"validee": "Validée", "transmise": "Transmise", "a_completer": "À corriger", "": "À saisir"}
Value = Fraction | None


def label(periode: str) -> str:
    """« 1er trimestre 2026 »."""
    return f"{ORDINAUX[periode[6]]} {'semestre' if periode[5] == 'S' else 'trimestre'} {periode[:4]}"


def bound(monde: Monde, periode: str) -> Iterator[tuple[Signataire, Convention]]:
    """Signed and in force at least one day of the period, charters included."""
    for s in monde.signataires:
        for c in s.conventions:
            is_in_force = c.debut < day_after(periode) and c.dernier_jour >= first_day(periode)
            if c.statut != "projet" and is_in_force:
                yield s, c


def asked(c: Convention, periode: str) -> list[Engagement]:
    """What a convention owes in one of its periods: not what is closed (R5)."""
    return [e for e in c.engagements if first_day(periode) <= TOUS[e.code][1]]


def given(c: Convention, e: Engagement, periode: str) -> Reponse | None:
    """Its validated answer, a number or a confirmed zero (R13, R18)."""
    reponse = e.reponses.get(periode) if c.etats.get(periode) == "validee" else None
    return reponse if reponse and reponse.sorte != "manquante" else None


# Declarations owed, and completeness


def declarations(monde: Monde, window: str) -> dict[tuple[str, str], dict[str, object]]:
    """Each declaration owed in the window, answered or not; without a question nothing is owed (R41, R42)."""
    found = {}
    for s in monde.signataires:
        for c in s.conventions:
            for periode in owed_periods(monde, c, window):
                if due := asked(c, periode):
                    found[c.numero, label(periode)] = _declaration(s, c, periode, due)
    return found


def _declaration(s: Signataire, c: Convention, periode: str, due: list[Engagement]) -> dict[str, object]:
    known = [r for e in due if (r := given(c, e, periode))]
    return {
        "Signataire": s.nom,
        "État": ETATS[c.etats.get(periode, "")],
        "Attendus": len(due),
        "Répondus": len(known),
        "Zéros confirmés": [r.sorte for r in known].count("neant"),
        "Manquants": ", ".join(e.code for e in due if not given(c, e, periode)),
    }


def completude(monde: Monde, window: str) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Answers owed, validated, and of a declaration sent in time: of all, an axis, an indicator, a signatory."""
    found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for s in monde.signataires:
        for c in s.conventions:
            for periode in owed_periods(monde, c, window):
                for e in asked(c, periode):
                    is_given = given(c, e, periode) is not None
                    for place in _places(s, e):
                        found[place]["dues"] += 1
                        found[place]["validées"] += is_given
                        found[place]["à temps"] += is_given and c.envois[periode] <= due_day(c, periode)
    return {place: (n["dues"], n["validées"], n["à temps"]) for place, n in found.items()}


def _places(s: Signataire, e: Engagement) -> tuple[tuple[str, str], ...]:
    return ("Ensemble", "Toutes les réponses"), ("Axe", AXES[e.code[0]]), ("Indicateur", e.code), ("Signataire", s.nom)


def due_day(c: Convention, periode: str) -> date:
    """Twenty days after the period, as shipped (R12); asked late, after the day since which it is asked (R42)."""
    depuis = c.anterieures.get(periode)
    return (depuis or day_after(periode) - timedelta(days=1)) + timedelta(days=20)


# Signatories


def signataires(monde: Monde, periode: str) -> dict[str, dict[str, object]]:
    """The conventions of the PAQTE and the charters to transform (R7)."""
    return {
        c.numero: {
            "Signataire": s.nom,
            "SIREN ou SIRET": s.siret,
            "Nature": NATURES[s.nature],
            "Axes": axes(c),
            "Début": c.debut,
            "Fin": c.dernier_jour,
            "État": etat(c, day_after(periode) - timedelta(days=1)),
            "Dispositifs": dispositifs(c),
        }
        for s, c in bound(monde, periode)
        if c.dispositif != "plan_10000"
    }


def axes(c: Convention) -> str:
    """The axes of the PAQTE that it promises something of, in the order of the circular."""
    held = {AXES[e.code[0]] for e in c.engagements if e.code in INDICATEURS}
    return ", ".join(axe for axe in dict.fromkeys(AXES.values()) if axe in held)


def dispositifs(c: Convention) -> str:
    """What it engages in; a charter is in nothing else (R7)."""
    if c.dispositif == "charte":
        return "Charte E&Q"
    names = {"PAQTE": c.dispositif == "paqte", "Plan 10 000": in_plan(c)}
    return " + ".join(name for name, is_held in names.items() if is_held)


def etat(c: Convention, day: date) -> str:
    """Its state on a day (R4): ended early, over, to renew in its last 180 days, else running."""
    if c.statut == "resiliee" and day > c.dernier_jour:
        return "Résiliée"
    if day > c.fin:
        return "Échue"
    is_near = day >= c.fin - timedelta(days=180)
    return "À renouveler" if is_near and c.statut == "signee" else "En cours"


def engages(monde: Monde, quarter: str) -> dict[str, dict[str, object]]:
    """The conventions engaged in a quarter: new, active and in the club by SIREN, whatever the nature (R34)."""
    compte = Compte(monde, quarter)
    known, active = compte.known(), compte.active()
    every = [(s, c) for s, c in bound(monde, quarter) if c.dispositif != "charte"]
    # The club is of enterprises (R9).
    of_companies = [(s, c) for s, c in every if s.nature == "entreprise"]
    club = {s.siren for s, c in of_companies if c.dispositif == "paqte"} & {
        s.siren for s, c in of_companies if in_plan(c)
    }
    owed = declarations(monde, quarter)
    found = {}
    for s, c in every:
        answer = owed.get((c.numero, label(quarter)), {})
        found[c.numero] = {
            "Nature": NATURES[s.nature],
            "Dispositifs": dispositifs(c),
            "Axes": axes(c),
            "Thématiques": ", ".join(sorted({f"T{e.code[1:3]}" for e in c.engagements if e.code in MESURES})),
            "Fin": c.dernier_jour,
            "État": etat(c, day_after(quarter) - timedelta(days=1)),
            "Nouvelle": yes(s.siren not in known),
            "Active": yes(s.siren in active),
            "Club": yes(s.siren in club),
            "Déclaration du trimestre": answer.get("État", _why_none(monde, c, quarter)),
            "Réponses attendues": answer.get("Attendus", ""),
            "Réponses reçues": answer.get("Répondus", ""),
            "Zéros confirmés": answer.get("Zéros confirmés", ""),
        }
    return found


def _why_none(monde: Monde, c: Convention, quarter: str) -> str:
    is_waiting = any(is_semestriel(monde, c, e, quarter) for e in c.engagements)
    return "Déclarant semestriel" if is_waiting else "Rien de dû"


def yes(is_so: bool) -> str:
    return "oui" if is_so else "non"


# Values


def donnees(monde: Monde, quarter: str) -> Counter[tuple[object, ...]]:
    """Every answer owed or validated in a quarter, and who answers for the semester instead (R11, R13, R14)."""
    found: Counter[tuple[object, ...]] = Counter()
    compte = Compte(monde, quarter)
    for s in monde.signataires:
        for c in s.conventions:
            if c.dispositif == "charte" or c.statut == "projet":
                continue
            owed = owed_periods(monde, c, quarter)
            for e in c.engagements:
                is_owed = quarter in owed and first_day(quarter) <= TOUS[e.code][1]
                # What nobody owed and nobody said is no missing answer.
                if is_owed or given(c, e, quarter):
                    state, *numbers = _value(c, e, quarter)
                    kept = [g.engagement for g in compte.sources(e.code, "periode")]
                    if TOUS[e.code][0] in SAID_ONCE and given(c, e, quarter) and not any(e is one for one in kept):
                        # Said once a signatory: another answer counts, or it is gone (R32).
                        state = "non_retenue"
                    found[s.siret, place(c.numero, e.code), e.code, quarter, state, *numbers] += 1
                elif is_semestriel(monde, c, e, quarter):
                    found[s.siret, place(c.numero, e.code), e.code, quarter, "semestriel", None, None, None] += 1
    return found


def place(numero: str, code: str) -> str:
    """The convention of an answer; the rules don't say which of two equal stocks of one period is the one kept."""
    return "" if TOUS[code][0] in SAID_ONCE else numero


def _value(c: Convention, e: Engagement, quarter: str) -> tuple[object, Value, Value, Value]:
    """What a row of data says: its state, its figure, and the two numbers of a share."""
    reponse = given(c, e, quarter)
    if reponse is None:
        lacking = {"validee": "sans_reponse", "transmise": "non_validee", "a_completer": "non_transmise"}
        return lacking.get(c.etats.get(quarter, ""), "non_transmise"), None, None, None
    if TOUS[e.code][0] != RATIO:
        return reponse.sorte, taken(reponse), None, None
    upper, lower = Fraction(reponse.numerateur or 0), Fraction(reponse.denominateur or 0)
    share = percent(upper, lower)
    if share and not rounded(share, 1):
        # Not zero, and never shown as zero (R33).
        return "infime", None, upper, lower
    return reponse.sorte, None if share is None else Fraction(rounded(share, 1)), upper, lower


def libres(monde: Monde, periode: str) -> Counter[tuple[object, ...]]:
    """Free commitments in force, each on its own line and never added (R5): who, reference, target, answers."""
    found: Counter[tuple[object, ...]] = Counter()
    for s, c in bound(monde, periode):
        for e in c.engagements:
            if TOUS[e.code][0] == LIBRE and c.dispositif != "charte":
                owed = owed_periods(monde, c, periode)
                inside = [r for p in e.reponses if _lies(p, periode) and (r := given(c, e, p))]
                is_zero = bool(inside) and all(r.sorte == "neant" for r in inside)
                target = None if not e.cibles else Fraction(sum(e.cibles.values()))
                reference = None if e.reference is None else Fraction(e.reference)
                is_whole = bool(owed) and all(given(c, e, p) for p in owed)
                found[s.nom, reference, target, int(is_whole), int(bool(owed)), int(is_zero)] += 1
    return found


def _lies(periode: str, window: str) -> bool:
    return first_day(window) <= first_day(periode) and day_after(periode) <= day_after(window)
