"""One answer as a person gives it, and what it becomes (R13, R14).

The form, the Excel form and the import all hand over AnswerTyped: numbers already read, nothing decided yet.
Left empty is missing. A zero somebody took the trouble to type is a confirmed zero, like the tick « Aucun (0) ».
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Number
from paqte.domain.declarations.controles import ERREUR, Constat, Reponse
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.saisie.nombres import COMPTE, written
from paqte.domain.statuts.declarations import MANQUANTE, NEANT, NOMBRE, SANS_REPONSE, TOTAL_ANNUEL, ZERO_CONFIRME

# Errors that no table could hold: they stop a draft too.
UNSTORABLE = frozenset({"neant_et_valeur", "ratio_incomplet", "date_sans_oui"})


@dataclass(frozen=True, slots=True)
class AnswerTyped:
    """What was typed for one engagement. A yes is `valeur` 1, a no is `valeur` 0.

    `is_own` says that a figure which repeats another was touched here, hence follows it no more.
    """

    valeur: Decimal | None = None
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None
    is_neant: bool = False
    datee_du: date | None = None
    commentaire: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Saisie:
    """What was typed on a declaration. An engagement that is not in `reponses` stays as it was.

    `explications` maps (engagement, code of the warning) to the sentence that answers it (R17). `annuelles` are the
    engagements whose value is told for the whole year that ends with this period (R11).
    """

    reponses: Mapping[int, AnswerTyped]
    texte_libre: str | None = None
    explications: Mapping[tuple[int, str], str] = field(default_factory=dict)
    origine: str = "formulaire"
    annuelles: frozenset[int] = frozenset()

    def origine_of(self, engagement: int) -> str:
        """By which door its answer came in."""
        return TOTAL_ANNUEL if engagement in self.annuelles else self.origine


class AnswerGiven(Protocol):
    """An answer wherever it stands: in a form, under a seal, behind a figure."""

    @property
    def reponse(self) -> str: ...
    @property
    def valeur(self) -> Number | None: ...
    @property
    def numerateur(self) -> Number | None: ...
    @property
    def denominateur(self) -> Number | None: ...


def answer_told(given: AnswerGiven | None, indicateur: Indicateur | None, unite: str = "") -> str:
    """An answer as a person reads it: a word of its list, two numbers, a confirmed zero, a number (R13, R14).

    Nil out of something known says out of what: 0 of 5 is not 0 of 12.
    """
    if given is None or given.reponse == MANQUANTE:
        return SANS_REPONSE
    if indicateur is not None and indicateur.traits.is_chosen:
        return indicateur.traits.word(given.valeur)
    if given.denominateur is None:
        return ZERO_CONFIRME if given.reponse == NEANT else written(given.valeur or 0, unite)
    both = f"{written(given.numerateur or 0)} sur {written(given.denominateur)}"
    return f"{ZERO_CONFIRME} ({both})" if given.reponse == NEANT else both


class SaisieRefused(Refused):
    """A typing that cannot be saved or sent as it is; `constats` are all the findings, warnings included."""

    def __init__(self, errors: Mapping[str, str] | str, constats: Iterable[Constat] = ()) -> None:
        super().__init__(errors)
        self.constats = tuple(constats)


def settle(engagement: int, typed: AnswerTyped, indicateur: Indicateur) -> Reponse:
    """The answer this typing means: a number, a confirmed zero or a missing one (R13)."""
    settled = _settle_pair(typed) if indicateur.traits.is_pair else _settle_value(typed)
    return Reponse(engagement, indicateur.code, *settled)


_Settled = tuple[str, Decimal | None, Decimal | None, Decimal | None]


def _settle_value(typed: AnswerTyped) -> _Settled:
    if typed.is_neant or typed.valeur == 0:
        return NEANT, typed.valeur or Decimal(0), None, None
    return (MANQUANTE if typed.valeur is None else NOMBRE), typed.valeur, None, None


def _settle_pair(typed: AnswerTyped) -> _Settled:
    """A quotient keeps both numbers (R14); « néant » alone is zero out of nothing known."""
    upper, lower = typed.numerateur, typed.denominateur
    if typed.is_neant:
        return NEANT, None, upper or (None if lower is None else Decimal(0)), lower
    if upper is None and lower is None:
        return MANQUANTE, None, None, None
    return (NEANT if upper == 0 and lower is not None else NOMBRE), None, upper, lower


def typing_faults(reponse: Reponse, typed: AnswerTyped, indicateur: Indicateur, periode: Periode) -> list[Constat]:
    """What only the typing shows: a date without its yes, or after the period."""
    if typed.datee_du is None or not indicateur.traits.is_dated:
        return []
    if reponse.reponse != NOMBRE:
        fact = "Cette date accompagne un « oui »."
        return [Constat(ERREUR, "date_sans_oui", reponse.engagement, fact, "Effacez-la, ou répondez « oui ».")]
    if typed.datee_du >= periode.fin:
        fact = f"Cette date vient après la période, qui finit le {periode.dernier_jour:%d/%m/%Y}."
        return [Constat(ERREUR, "date_apres", reponse.engagement, fact, "Vérifiez la date.")]
    return []


def part_kind(indicateur: Indicateur, grid: Catalogue) -> str:
    """How the first of two numbers is typed: as the indicator it counts; the sum of a mean as the mean is told."""
    counted = grid.indicateurs.get(indicateur.numerateur)
    if counted is None:
        return COMPTE if indicateur.traits.is_percent else indicateur.nombre
    return counted.nombre


def whole_kind(indicateur: Indicateur, grid: Catalogue) -> str:
    """How the second of two numbers is typed: as its kind says, else as the first."""
    return indicateur.traits.nombre_denominateur or part_kind(indicateur, grid)


def field_of(constat: Constat, indicateur: Indicateur | None) -> str:
    """Name of the field a finding stands beside, the same in every door."""
    if constat.code in ("date_sans_oui", "date_apres"):
        return f"date_{constat.engagement}"
    return f"{'numerateur' if indicateur and indicateur.traits.is_pair else 'valeur'}_{constat.engagement}"


def comment_field(engagement: int, code: str) -> str:
    """Name of the field in which a warning is explained."""
    return f"explication_{engagement}_{code}"
