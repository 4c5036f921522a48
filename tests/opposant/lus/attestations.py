"""What the attestation of each convention says of its engagements, beside their own count (R5, R18)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from tests.opposant import listes
from tests.opposant.compte import term_target
from tests.opposant.lecture import number, pdf_rows
from tests.opposant.lus.classeurs import unlike
from tests.opposant.monde import FLUX, LIBRE, OUI_NON, RATIO, TOUS, Convention, Engagement, Monde, Reponse, day_after
from tests.opposant.nombres import percent, rounded, taken

# Nothing validated, or a validated answer left missing (R13); a share of nothing (R14).
NOTHING, OF_NOTHING = "aucun résultat validé", "n.d."
# A figure with its unit, a word in its place, or nothing of it.
_FIGURE = re.compile(
    r"(\d+(?:[\u00a0\u202f ]\d{3})*(?:,\d+)?)(?:[\u00a0 ]|$)|(oui|non|–|aucun résultat validé|n\.d\.|< 0,1)(?!\w)"
)
Told = tuple[object, object]


def differences(monde: Monde, attested: Mapping[str, bytes]) -> Iterator[str]:
    """Each convention that is signed; a charter promises nothing (R7)."""
    for s in monde.signataires:
        for c in s.conventions:
            if c.numero in attested:
                promised = c.engagements if c.dispositif != "charte" else []
                counted = Counter((achieved(c, e), aimed(e)) for e in promised)
                yield from unlike(f"Attestation {c.numero}", Counter(read(attested[c.numero])), counted)


def read(octets: bytes) -> list[Told]:
    """Pairs of what was achieved and of what was aimed at, engagement by engagement."""
    rows = pdf_rows(octets)
    pairs = [tuple(found for text in row[1:] if (found := _FIGURE.match(text))) for row in rows]
    return [(_value(achieved), _value(aimed)) for achieved, aimed in pairs]


def _value(found: re.Match[str]) -> object:
    return number(found[1]) if found[1] else found[2]


def achieved(c: Convention, e: Engagement) -> object:
    """Since the start: flows and a free commitment added, the last of what stays, shares from their numbers (R14)."""
    kind = TOUS[e.code][0]
    periodes = sorted(e.reponses, key=day_after)
    known = [r for p in periodes if (r := listes.given(c, e, p))]
    if not known:
        return NOTHING
    if kind == RATIO:
        return _share(known)
    if kind in (FLUX, LIBRE):
        return sum((taken(r) for r in known), Fraction(0))
    last = taken(known[-1])
    return ("oui" if last else "non") if kind == OUI_NON else last


def _share(known: list[Reponse]) -> object:
    upper = sum(Fraction(r.numerateur or 0) for r in known)
    value = percent(upper, sum(Fraction(r.denominateur or 0) for r in known))
    if value is None:
        return OF_NOTHING
    return "< 0,1" if value and not rounded(value, 1) else Fraction(rounded(value, 1))


def aimed(e: Engagement) -> object:
    """Over the term (R6)."""
    target = term_target(e)
    if target is None:
        return "–"
    return ("oui" if target else "non") if TOUS[e.code][0] == OUI_NON else target
