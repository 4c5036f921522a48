"""What a heading of a tracker means: its words compared with the names people give, and with the grid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache, lru_cache

from paqte.domain.calendrier.periodes import read_period
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.saisie.textes import clean_line, searchable
from paqte.importing.tracker.targets import FIELDS, IGNORED, WORDS
from paqte.importing.tracker.units import is_not_the_figure, is_of_another_unit

_MARKS = re.compile(r"[()\[\]:;*/\\_°º\"«»?!+&]|\bn°")
_SMALL = frozenset({
    "de", "du", "des", "d", "la", "le", "les", "l", "en", "a", "au", "aux", "et", "ou", "par", "pour", "sur", "dans",
    "nb", "nbre", "nombre",
})  # fmt: skip
_MEASURES = (
    ("valeur", re.compile(r"\b(?:realis\w*|resultats?|reel|bilan|effectifs? realises?|obtenus?)\b")),
    ("cible", re.compile(r"\b(?:objectifs?|cibles?|prevus?|previsions?|vises?|engagements?)\b")),
    ("reference", re.compile(r"\b(?:references?|situation initiale|depart)\b")),
)
_PERIOD = re.compile(
    r"\b(?:[ts][1-4] ?\d{4}|\d{4} ?[ts][1-4]|[1-4][ts] ?\d{4}"
    r"|[1-4](?:er|e|eme|nd) (?:tri|se)mestre \d{4}|(?:tri|se)mestre [1-4] \d{4}|20\d{2})\b"
)
# An objective that is not of the whole term: three of these columns are no objective each.
_OF_A_YEAR = re.compile(r"\b(?:annuel\w*|par an|an(?:nee)? ?[1-9])\b")
# Whom the indicators count: those of the quartiers, those of the collèges.
_WHOM = re.compile(r"\b(?:qpv|quartiers?|prioritaires?|rep)\b")
_CODE = re.compile(r"([a-z]{1,2}\d{1,2}[a-z]?)\b")
_ALIKE = 0.86
_LONGEST = 160


def plain(heading: str) -> str:
    """A heading without case, accents, marks or doubled spaces."""
    return " ".join(_MARKS.sub(" ", searchable(clean_line(heading)[0])).split())


@lru_cache(maxsize=2_000)
def guess(heading: str, *, is_near: bool = True) -> str:
    """The target a heading most likely stands for; IGNORED when nothing is near enough to be proposed.

    Without `is_near` only names known as they are count: enough to tell a row of headings from a row of data.
    """
    said = plain(heading)
    if not said or len(said) > _LONGEST:
        return IGNORED
    if exact := _known_names().get(said):
        return exact
    measured = _measured(said, is_near=is_near)
    if measured or not is_near:
        return measured
    without_period = " ".join(_PERIOD.sub(" ", said).split())
    near = _nearest_field(without_period)
    return IGNORED if near == "cible" and without_period != said else near


def guess_all(headings: Sequence[str], *, is_near: bool = True) -> list[str]:
    """The same for a row of headings: of two columns for one target, the first keeps it.

    Of two for the figure of an indicator, the one that names the quartiers, the collèges or the indicator itself:
    « Total alternants » beside « Alternants QPV » counts others too. Where both do, or neither, a person says which.
    """
    guessed = [guess(heading, is_near=is_near) for heading in headings]
    kept: dict[str, int | None] = {}
    for target in dict.fromkeys(guessed):
        places = [place for place, other in enumerate(guessed) if other == target]
        if len(places) > 1 and ":" in target:
            places = _one_alone([p for p in places if _names_whom(headings[p], target)])
        kept[target] = places[0] if places else None
    return [target if kept[target] == place else IGNORED for place, target in enumerate(guessed)]


def _one_alone(places: list[int]) -> list[int]:
    return places if len(places) == 1 else []


def _names_whom(heading: str, target: str) -> bool:
    """Whether a heading says of whom an indicator counts, or names it by its code or its label."""
    code = target.partition(":")[2].partition("@")[0]
    said = " ".join(_PERIOD.sub(" ", plain(heading)).split())
    codes, labels = _grid_names()
    first = _CODE.match(said)
    is_named = (first is not None and codes.get(first[1]) == code) or labels.get(said) == code
    return is_named or _WHOM.search(said) is not None


def period_in(text: str) -> str:
    """The code of the period that a heading or the title of a sheet names; '' when it names none."""
    found = _PERIOD.search(plain(text))
    if not found:
        return ""
    try:
        return read_period(found[0]).code
    except ValueError:
        return ""


def lasting(heading: str) -> str:
    """A heading without case, accents, marks, nor the period it names: the same in the file of the next period."""
    return " ".join(_PERIOD.sub(" ", plain(heading)).split())


def of_period(target: str, heading: str) -> str:
    """A target kept without its period, with the one that this heading names."""
    periode = period_in(heading)
    is_of_period = periode and target.partition(":")[0] in ("valeur", "numerateur", "denominateur") and ":" in target
    return f"{target}@{periode}" if is_of_period else target


@cache
def _known_names() -> dict[str, str]:
    return {heading: field.code for field in FIELDS for heading in (*field.headings, plain(field.libelle))}


def _measured(said: str, *, is_near: bool) -> str:
    """An indicator in a column of its own, with what is measured of it and, when it is named, its period."""
    periode = period_in(said)
    bare = " ".join(_PERIOD.sub(" ", said).split())
    measure, words = "valeur", bare
    for name, pattern in _MEASURES:
        if pattern.search(bare):
            measure, words = name, " ".join(pattern.sub(" ", bare).split())
            break
    if measure == "cible" and (periode or _OF_A_YEAR.search(bare)):
        return IGNORED  # of one year, it would be taken for the whole term (R6): a person says which
    code = _indicator_in(words, is_near=is_near)
    if not code:
        return IGNORED
    grid = catalogue().indicateurs
    label = plain(grid[code].libelle)
    if is_of_another_unit(bare, grid[code], label) or is_not_the_figure(bare, label, is_achieved=measure == "valeur"):
        return IGNORED  # it would be taken for what it is not: a person says what it is
    if grid[code].traits.is_pair:
        part = "numerateur" if "numerateur" in said else "denominateur" if "denominateur" in said else ""
        if measure == "valeur" and not part:
            return IGNORED  # a percentage alone says of how many nobody knows: two numbers are asked (R14)
        measure = part or measure
    is_of_period = periode and measure in ("valeur", "numerateur", "denominateur")
    return f"{measure}:{code}@{periode}" if is_of_period else f"{measure}:{code}"


def indicator_named(text: str) -> str:
    """The code of the indicator that a cell names, by its code or its label; '' when the grid has none."""
    return _indicator_in(plain(text))


def names_another_unit(text: str, code: str, *, is_sentence: bool = False) -> bool:
    """Whether a cell, or a unit beside it, says that an indicator is not counted there in its own unit."""
    i = catalogue().indicateurs[code]
    return is_of_another_unit(plain(text), i, plain(i.libelle), is_sentence=is_sentence)


def _indicator_in(words: str, *, is_near: bool = True) -> str:
    """The indicator named: by its code, by its label, or by the words trackers use."""
    codes, labels = _grid_names()
    first = _CODE.match(words)
    if first and first[1] in codes:
        return codes[first[1]]
    if words in labels:
        return labels[words]
    if is_near and (near := _nearest(words, labels)):
        return labels[near]
    if "part" in words.split() or "%" in words or "taux" in words:
        return ""  # a percentage says of how many nobody knows
    given = {word for word in words.split() if word not in _SMALL}
    sets = [(len(w.split()), code) for code, all_words in WORDS.items() for w in all_words if set(w.split()) <= given]
    return max(sets, key=lambda s: s[0])[1] if sets else ""


def _nearest_field(said: str) -> str:
    if len(said) < 5:
        return IGNORED
    known = _known_names()
    return known[near] if (near := _nearest(said, known)) else IGNORED


@cache
def _grid_names() -> tuple[dict[str, str], dict[str, str]]:
    """Codes of the grid by how they are written in headings, and by the label of each."""
    grid = catalogue().indicateurs
    return {code.lower(): code for code in grid}, {plain(i.libelle): code for code, i in grid.items()}


def _nearest(said: str, known: Iterable[str]) -> str:
    """The name most like what is said, when it is like enough; '' otherwise."""
    found = get_close_matches(said, list(known), n=1, cutoff=_ALIKE)
    return found[0] if found else ""
