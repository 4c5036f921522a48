"""Reading the numbers people type in French (R16)."""

from __future__ import annotations

import re
from decimal import Decimal

COMPTE = "compte"
QUANTITE = "quantite"
EUROS = "euros"
POURCENTAGE = "pourcentage"

_SPACES = " \u00a0\u202f\u2009"
_SUFFIX = {EUROS: ("€",), POURCENTAGE: ("%",), QUANTITE: ("h",), COMPTE: ()}
_DECIMALS = {COMPTE: 0, QUANTITE: 2, EUROS: 2, POURCENTAGE: 2}
_EXAMPLE = {COMPTE: "12", QUANTITE: "1 234,5", EUROS: "1 234,50", POURCENTAGE: "12,5"}
_PLAIN = re.compile(r"[0-9]+", re.ASCII)
_GROUPED = re.compile(rf"[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+", re.ASCII)
_LIMIT = Decimal(10) ** 12


def read_number(text: str, kind: str) -> Decimal:
    """The figure typed, never negative, with as many decimals as its kind allows.

    `kind` is COMPTE (whole), QUANTITE (two decimals), EUROS (two decimals) or POURCENTAGE (0–100).
    Raises ValueError with a French sentence that says what is expected (R16).
    """
    typed = text.strip(_SPACES + "\t\r\n")
    if not typed:
        raise ValueError(_expected("Ce nombre est vide", kind))
    if typed.startswith(("-", "−", "–")):
        raise ValueError(_expected("Ce nombre ne peut pas être négatif", kind))
    whole, decimals = _split(_without_suffix(typed, kind), kind)
    if not (_PLAIN.fullmatch(whole) or _GROUPED.fullmatch(whole)) or (decimals and not _PLAIN.fullmatch(decimals)):
        raise ValueError(_expected(f"« {shown(typed)} » n’est pas un nombre", kind))
    return _bounded(Decimal(_digits(whole) + ("." + decimals if decimals else "")), decimals, kind)


def written(number: Decimal | int) -> str:
    """A figure as French people write it: narrow no-break spaces by thousands, decimal comma."""
    plain = format(Decimal(number), "f")
    whole, _, decimals = plain.partition(".")
    grouped = f"{int(whole):,}".replace(",", "\u202f")
    decimals = decimals.rstrip("0")
    return f"{grouped},{decimals}" if decimals else grouped


def shown(text: str, limit: int = 40) -> str:
    """What was typed, short enough to be quoted in a sentence and without invisible marks."""
    visible = "".join(c if c.isprintable() else "�" for c in text)
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"


def _without_suffix(text: str, kind: str) -> str:
    for suffix in _SUFFIX[kind]:
        text = text.removesuffix(suffix).rstrip(_SPACES)
    return text


def _split(text: str, kind: str) -> tuple[str, str]:
    """Whole part and decimals; what could be read two ways is refused rather than guessed."""
    marks = [c for c in text if c in ".,"]
    if len(marks) > 1:
        raise ValueError(_expected(f"« {shown(text)} » peut se lire de deux façons", kind))
    if not marks:
        return text, ""
    whole, decimals = text.split(marks[0])
    if not whole or not decimals:
        raise ValueError(_expected(f"« {shown(text)} » n’est pas un nombre complet", kind))
    if len(decimals) == 3 and len(_digits(whole)) <= 3 and _digits(whole) != "0":
        raise ValueError(_expected(f"« {shown(text)} » peut se lire de deux façons", kind))
    return whole, decimals


def _digits(text: str) -> str:
    return "".join(c for c in text if c not in _SPACES)


def _bounded(number: Decimal, decimals: str, kind: str) -> Decimal:
    allowed = _DECIMALS[kind]
    if len(decimals.rstrip("0")) > allowed:
        message = "Ce nombre doit être entier" if allowed == 0 else "Ce nombre a plus de deux décimales"
        raise ValueError(_expected(message, kind))
    if kind == POURCENTAGE and number > 100:
        raise ValueError(_expected("Un pourcentage va de 0 à 100", kind))
    if number >= _LIMIT:
        raise ValueError(_expected("Ce nombre est trop grand pour être vrai", kind))
    whole = number.to_integral_value()
    return whole if whole == number else number.normalize()


def _expected(fault: str, kind: str) -> str:
    return f"{fault} : écrivez par exemple {_EXAMPLE[kind]}."
