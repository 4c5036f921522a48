"""What a convention owes in a period, from the numbered rules alone: nothing of the product is imported."""

from __future__ import annotations

from datetime import date

from tests.opposant.monde import TOUS, Convention, Engagement, Monde, codes, day_after, first_day


def last_ones(end: date, rythme: str, count: int) -> list[str]:
    """Codes of the last periods over on a day."""
    every = codes(date(end.year - 3, 1, 1), end, rythme)
    return [code for code in every if day_after(code) <= end][-count:]


def owed_periods(monde: Monde, c: Convention, window: str) -> list[str]:
    """Own periods of a convention that lie in the window, from the first one followed; of those over when it was

    typed, only those that the référent asked for all the same (R11, R42). A charter owes nothing (R7).
    """
    if c.statut == "projet" or c.dispositif == "charte":
        return []
    debut, fin = first_day(window), day_after(window)
    own = codes(c.debut, c.dernier_jour, c.rythme)
    inside = [p for p in own if debut <= first_day(p) and day_after(p) <= fin]
    followed = [p for p in inside if first_day(p) >= first_day(monde.premier_semestre)]
    return [p for p in followed if c.anterieures.get(p, date.min) is not None]


def is_semestriel(monde: Monde, c: Convention, e: Engagement, quarter: str) -> bool:
    """Whether an engagement in force in a quarter is asked for the semester around it, not for the quarter (R11)."""
    if quarter[5] != "T" or c.rythme != "S":
        return False
    if not (c.debut < day_after(quarter) and c.dernier_jour >= first_day(quarter)):
        return False
    semester = f"{quarter[:5]}S{(int(quarter[6]) + 1) // 2}"
    asked = owed_periods(monde, c, semester)
    return bool(asked) and first_day(quarter) <= TOUS[e.code][1]


def in_plan(c: Convention) -> bool:
    return c.dispositif == "plan_10000" or c.is_in_plan
