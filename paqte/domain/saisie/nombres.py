"""Reading the numbers people type in French (R16).

What every French keyboard gives is read: thousands apart by a space of any width, a decimal comma or point, the
unit of the field behind. What could be read two ways (`1.234`, `1.234,5`) is refused, never guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal

COMPTE = "compte"
QUANTITE = "quantite"
EUROS = "euros"
POURCENTAGE = "pourcentage"

_SPACES = " \u00a0\u202f\u2007\u2009"
_UNITS = {
    COMPTE: re.compile(r"(?!)"),
    QUANTITE: re.compile(r"(?:h|heures?)$", re.IGNORECASE | re.ASCII),
    EUROS: re.compile(rf"(?:€|eur|euros?)(?:[{_SPACES}]?HT)?$", re.IGNORECASE | re.ASCII),
    POURCENTAGE: re.compile(r"%$"),
}
_DECIMALS = {COMPTE: 0, QUANTITE: 2, EUROS: 2, POURCENTAGE: 2}
_EXAMPLE = {COMPTE: "12", QUANTITE: "1 234,5", EUROS: "1 234,50", POURCENTAGE: "12,5"}
_SURE = {
    COMPTE: "écrivez les milliers avec une espace, par exemple 1 234.",
    QUANTITE: "écrivez les milliers avec une espace et les décimales après une virgule, par exemple 1 234,5.",
    EUROS: "écrivez les milliers avec une espace et les centimes après une virgule, par exemple 1 234,50.",
    POURCENTAGE: "écrivez deux décimales au plus, après une virgule, par exemple 12,5.",
}
_FIGURE = re.compile(rf"[0-9.,{_SPACES}]+", re.ASCII)
_PLAIN = re.compile(r"[0-9]+", re.ASCII)
# Nobody writes « 0 120 »: a figure in groups begins with its first digit, else two cells stand there.
_GROUPED = re.compile(rf"[1-9][0-9]{{0,2}}(?:[{_SPACES}][0-9]{{3}})+", re.ASCII)
_BARE_SPACES = re.compile(r"[0-9] [0-9]", re.ASCII)
# What stands between the cells of a table, once copied: a line break of any kind, or a tab.
_BETWEEN_CELLS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_NEGATIVE = re.compile(rf"[-\u2010\u2011\u2012–—−﹣－][{_SPACES}]*[0-9]")
# A letter that looks like a digit, which telephones and readers of pictures put there.
_LOOKALIKES = str.maketrans("OoОоlIІ", "0000111")
# Digits a spreadsheet computes on: those after them are noise.
_COMPUTED = 15
# No count of people or things reaches a thousand million, which every base can hold as a whole number.
_LIMITS = {COMPTE: Decimal(10**9), QUANTITE: Decimal(10**12), EUROS: Decimal(10**12), POURCENTAGE: Decimal(10**12)}


def read_number(text: str, kind: str) -> Decimal:
    """The figure typed, never negative, with as many decimals as its kind allows.

    `kind` is COMPTE (whole), QUANTITE (two decimals), EUROS (two decimals) or POURCENTAGE (0–100).
    Raises ValueError with a French sentence that says what is expected (R16).
    """
    typed = text.strip(_SPACES + "\t\r\n")
    if not typed:
        raise ValueError(_expected("Ce nombre est vide", kind))
    if _BETWEEN_CELLS.search(typed):
        raise ValueError(_expected("Plusieurs cellules ont été collées ici", kind))
    if _NEGATIVE.match(typed):
        raise ValueError(_expected("Ce nombre ne peut pas être négatif", kind))
    whole, decimals = _split(_UNITS[kind].sub("", typed).rstrip(_SPACES), typed, kind)
    if _may_be_cells(whole):
        raise ValueError(_expected(f"« {shown(typed)} » n’est pas un nombre, mais peut-être plusieurs cellules", kind))
    if not (_PLAIN.fullmatch(whole) or _GROUPED.fullmatch(whole)) or not _PLAIN.fullmatch(decimals or "0"):
        raise ValueError(_expected(f"« {shown(typed)} » n’est pas un nombre", kind))
    return _bounded(_digits(whole), decimals.rstrip("0"), kind)


def is_one_of_groups(text: str) -> bool:
    """Whether a figure is apart by the ordinary spaces that a browser also makes of cells pasted together."""
    return _BARE_SPACES.search(text.strip()) is not None


def written(number: Decimal | int, unite: str = "") -> str:
    """A figure as French people write it: narrow no-break spaces by thousands, decimal comma; cents are two digits."""
    whole, _, decimals = format(Decimal(number), ",f").partition(".")
    grouped, decimals = whole.replace(",", "\u202f"), decimals.rstrip("0")
    decimals = decimals.ljust(2, "0") if decimals and unite.startswith("€") else decimals
    return f"{grouped},{decimals}" if decimals else grouped


def shown(text: str, limit: int = 40) -> str:
    """What was typed, short enough to be quoted in a sentence; what cannot be seen is marked, spaces are plain."""
    begun = text[: limit + 1]
    visible = "".join(c if c.isprintable() else " " if c.isspace() else "�" for c in begun)
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"


def _split(figure: str, typed: str, kind: str) -> tuple[str, str]:
    """Whole part and decimals; what could be read two ways is refused rather than guessed."""
    if not _FIGURE.fullmatch(figure):
        if _FIGURE.fullmatch(figure.translate(_LOOKALIKES)) and any(c in "0123456789" for c in figure):
            raise ValueError(_expected(f"« {shown(typed)} » contient une lettre à la place d’un chiffre", kind))
        raise ValueError(_expected(f"« {shown(typed)} » n’est pas un nombre", kind))
    whole, *others = re.split("[.,]", figure)
    if not others:
        return whole, ""
    if not (whole and all(others)):
        raise ValueError(_expected(f"« {shown(typed)} » n’est pas un nombre complet", kind))
    if len(others) > 1 or _may_be_thousands(whole, others[0]):
        raise ValueError(f"« {shown(typed)} » peut se lire de deux façons : {_SURE[kind]}")
    return whole, others[0]


def _may_be_cells(whole: str) -> bool:
    """Whether spaces part figures that no thousands do: groups of another length, or a first one that begins by 0."""
    groups = re.split(f"[{_SPACES}]+", whole)
    return len(groups) > 1 and all(map(_PLAIN.fullmatch, groups)) and not _GROUPED.fullmatch(whole)


def _may_be_thousands(whole: str, decimals: str) -> bool:
    """Whether the mark may part thousands: three digits behind it, one to three before, not only zeros."""
    return len(decimals) == 3 and 1 <= len(whole.lstrip("0")) <= 3


def _digits(text: str) -> str:
    return "".join(c for c in text if c not in _SPACES)


def _bounded(whole: str, decimals: str, kind: str) -> Decimal:
    allowed = _DECIMALS[kind]
    whole, decimals = _without_noise(whole, decimals)
    if len(decimals) > allowed:
        message = "Ce nombre doit être entier" if allowed == 0 else "Ce nombre a plus de deux décimales"
        raise ValueError(_expected(message, kind))
    number = Decimal(f"{whole}.{decimals}" if decimals else whole)
    if kind == POURCENTAGE and number > 100:
        raise ValueError(_expected("Un pourcentage va de 0 à 100", kind))
    if number >= _LIMITS[kind]:
        raise ValueError(_expected("Ce nombre est trop grand pour être vrai", kind))
    return number


def _without_noise(whole: str, decimals: str) -> tuple[str, str]:
    """A computer's 0.30000000000000004 is 0,3: nobody types more than fifteen digits, all that it counts on."""
    if not decimals or len(whole.lstrip("0") + decimals) <= _COMPUTED:
        return whole, decimals
    number = Decimal(f"{whole}.{decimals}")
    rounded = format(Decimal(f"{number:.{_COMPUTED - 1}E}"), "f") if number else "0"
    whole, _, decimals = rounded.partition(".")
    return whole, decimals.rstrip("0")


def _expected(fault: str, kind: str) -> str:
    return f"{fault} : écrivez par exemple {_EXAMPLE[kind]}."
