"""Whether what a heading or a cell names is counted as an indicator is: its unit, the whole of it, one period (R15)."""

from __future__ import annotations

import re

from paqte.domain.indicateurs.catalogue import Indicateur

# How the units of a tracker are written once plain, and the beginning of the unit that they are in the grid.
_THOUSANDS = re.compile(r"(?<![a-z])[km] ?(?:€|eur(?:os?)?\b)|\bmill(?:iers?|ions?)\b")
_OTHERWISE = re.compile(r"\bttc\b|\betp\b|\bequivalents? temps plein\b|\btaxes? comprises?\b")
_UNITS: tuple[tuple[re.Pattern[str], str], ...] = (
    (_THOUSANDS, "-"),
    (_OTHERWISE, "-"),
    (re.compile(r"\bjours?\b|\bjournees?\b"), "jours"),
    (re.compile(r"\bheures?\b"), "heures"),
    (re.compile(r"€|\beur(?:os?)?\b"), "€"),
    (re.compile(r"%|\bpourcentages?\b"), "%"),
)
# Some of those that an indicator counts, or others; what adds up several periods.
_PART = re.compile(r"\b(?:hommes?|femmes?|cdi|cdd|interim|hors qpv|hors quartiers?|non qpv)\b")
_SEVERAL_PERIODS = re.compile(r"\b(?:cumul\w*|depuis)\b")


def is_of_another_unit(said: str, i: Indicateur, label: str, *, is_sentence: bool = False) -> bool:
    """Whether a plain text names a unit that is not that of the indicator: thousands of euros, days for hours.

    `label` is its own label, plain: what stands there contradicts nothing. Two numbers have each their own. In a
    sentence, « stages de 5 jours » are still counted in persons: what no indicator is counted in is meant alone.
    """
    if i.traits.is_free or i.traits.is_pair:
        return False
    units = _UNITS[:1] if is_sentence else _UNITS
    return any(
        not i.unite.startswith(unit) and pattern.search(said) and not pattern.search(label) for pattern, unit in units
    )


def says_thousands(said: str) -> bool:
    """Whether a plain text says that its numbers are thousands or millions, which nothing would multiply."""
    return _THOUSANDS.search(said) is not None


def never_counted_so(said: str, i: Indicateur | None) -> str:
    """What a plain text says that no indicator of the grid is counted in, as people read it; '' when nothing of it.

    A free commitment (R5) is counted as its convention says; `i` is None where each row has its own.
    """
    if says_thousands(said):
        return "en milliers ou en millions"
    if (i is not None and i.traits.is_free) or _OTHERWISE.search(said) is None:
        return ""
    return "en euros TTC" if re.search(r"\bttc\b|\btaxes?\b", said) else "en équivalents temps plein"


def is_not_the_figure(said: str, label: str, *, is_achieved: bool) -> bool:
    """Whether a plain heading names a part of what is counted, or, of a value achieved, the sum of several periods.

    All the parts that the label names are the whole: of « CDI, CDD », one alone is not.
    """
    parts = set(_PART.findall(said))
    is_part = bool(parts) and parts != set(_PART.findall(label))
    return is_part or (is_achieved and _SEVERAL_PERIODS.search(said) is not None)
