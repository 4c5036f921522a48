"""The texts a référent writes, one for each heading and period; a new period opens with that of the former (R36)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
from paqte.domain.statuts.pilotage import RUBRIQUES, RUBRIQUES_PLAN, TEXTES

# The bilan goes out by semester, the account of the plan by quarter: a text has the rhythm of what prints it.
RYTHMES: dict[str, str] = dict.fromkeys(RUBRIQUES, SEMESTRE) | dict.fromkeys(RUBRIQUES_PLAN, TRIMESTRE)


class RubriqueLue(NamedTuple):
    """A text for a period. `version` None while the period has no line of its own.

    `repris_de` is the period it was written for when nobody wrote or confirmed it for this one, "" otherwise.
    """

    code: str
    periode: str
    texte: str = ""
    is_confirmed: bool = False
    repris_de: str = ""
    version: int | None = None

    @property
    def titre(self) -> str:
        """What the circular calls it."""
        return TEXTES[self.code]

    @property
    def libelle(self) -> str:
        """The period, as people read it."""
        return Periode.from_code(self.periode).libelle

    @property
    def is_repris(self) -> bool:
        """Whether it says something that nobody wrote or confirmed for this period."""
        return bool(self.texte) and not self.is_confirmed

    @property
    def origine(self) -> str:
        """The period it was written for, as people read it; "" when it is this one."""
        return Periode.from_code(self.repris_de).libelle if self.repris_de else ""

    @property
    def empreinte(self) -> str:
        """What a page saw of the text, so that nobody confirms another."""
        return hashlib.sha256(self.texte.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def codes_of(periode: Periode) -> tuple[str, ...]:
    """The headings that have a text for this kind of period, in the order of the circular."""
    return tuple(code for code, genre in RYTHMES.items() if genre == periode.genre)


def in_force(code: str, periode: Periode, known: Iterable[RubriqueLue]) -> RubriqueLue:
    """The text of a heading for a period: its own, else that of the last period before it, « repris » (R36).

    `known` are the lines of one département; codes of one rhythm sort as their days do.
    """
    past = [r for r in known if r.code == code and r.periode <= periode.code]
    last = max(past, key=lambda r: r.periode, default=None)
    if last is None:
        return RubriqueLue(code, periode.code)
    if last.periode == periode.code:
        return last
    written = last.repris_de or (last.periode if last.is_confirmed else "")
    return RubriqueLue(code, periode.code, last.texte, repris_de=written)


def texts_of(periode: Periode, known: Iterable[RubriqueLue]) -> tuple[RubriqueLue, ...]:
    """Every text of a period, in the order of the circular."""
    lines = tuple(known)
    return tuple(in_force(code, periode, lines) for code in codes_of(periode))
