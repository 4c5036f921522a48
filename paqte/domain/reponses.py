"""One answer as a person gives it, and what it becomes (R13, R14).

The form, the Excel form and the import all hand over AnswerTyped: numbers already read, nothing decided yet.
Left empty is missing. A zero somebody took the trouble to type is a confirmed zero, like the tick « néant ».
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from paqte.domain.catalogue import OUI_NON, RATIO, Catalogue, Indicateur
from paqte.domain.controles import ERREUR, Constat, Reponse
from paqte.domain.declarations import MANQUANTE, NEANT, NOMBRE
from paqte.domain.nombres import COMPTE
from paqte.domain.periodes import Periode

# Errors that no table could hold: they stop a draft too.
UNSTORABLE = frozenset({"neant_et_valeur", "ratio_incomplet", "date_sans_oui"})


@dataclass(frozen=True, slots=True)
class AnswerTyped:
    """What was typed for one engagement. A yes is `valeur` 1, a no is `valeur` 0."""

    valeur: Decimal | None = None
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None
    is_neant: bool = False
    datee_du: date | None = None
    commentaire: str = ""


def settle(engagement: int, typed: AnswerTyped, indicateur: Indicateur) -> Reponse:
    """The answer this typing means: a number, a confirmed zero or a missing one (R13)."""
    settled = _settle_ratio(typed) if indicateur.genre == RATIO else _settle_value(typed)
    return Reponse(engagement, indicateur.code, *settled)


_Settled = tuple[str, Decimal | None, Decimal | None, Decimal | None]


def _settle_value(typed: AnswerTyped) -> _Settled:
    if typed.is_neant or typed.valeur == 0:
        return NEANT, typed.valeur or Decimal(0), None, None
    return (MANQUANTE if typed.valeur is None else NOMBRE), typed.valeur, None, None


def _settle_ratio(typed: AnswerTyped) -> _Settled:
    """A ratio keeps both numbers (R14); « néant » alone is zero out of nothing known."""
    upper, lower = typed.numerateur, typed.denominateur
    if typed.is_neant:
        return NEANT, None, None if lower is None else upper or Decimal(0), lower
    if upper is None and lower is None:
        return MANQUANTE, None, None, None
    return (NEANT if upper == 0 and lower is not None else NOMBRE), None, upper, lower


def typing_faults(reponse: Reponse, typed: AnswerTyped, indicateur: Indicateur, periode: Periode) -> list[Constat]:
    """What only the typing shows: a tick beside a number, a date without its yes or after the period."""
    faults = []
    if indicateur.genre == RATIO and typed.is_neant and typed.numerateur:
        message = "« Néant » et un nombre se contredisent : gardez l’un des deux."
        faults.append(Constat(ERREUR, "neant_et_valeur", reponse.engagement, message))
    if typed.datee_du is None or indicateur.genre != OUI_NON:
        return faults
    if reponse.reponse != NOMBRE:
        message = "Cette date accompagne un « oui » : effacez-la, ou répondez « oui »."
        faults.append(Constat(ERREUR, "date_sans_oui", reponse.engagement, message))
    elif typed.datee_du >= periode.fin:
        last = periode.dernier_jour.strftime("%d/%m/%Y")
        message = f"Cette date est postérieure à la période, qui finit le {last}."
        faults.append(Constat(ERREUR, "date_apres", reponse.engagement, message))
    return faults


def part_kind(indicateur: Indicateur, grid: Catalogue) -> str:
    """How the two numbers of a ratio are typed: as the indicator its numerator counts."""
    counted = grid.indicateurs.get(indicateur.numerateur)
    return counted.nombre if counted else COMPTE


def field_of(constat: Constat, indicateur: Indicateur | None) -> str:
    """Name of the field a finding stands beside, the same in every door."""
    if constat.engagement is None:
        return ""
    if constat.code in ("date_sans_oui", "date_apres"):
        return f"date_{constat.engagement}"
    return f"{'numerateur' if indicateur and indicateur.genre == RATIO else 'valeur'}_{constat.engagement}"


def comment_field(engagement: int | None, code: str) -> str:
    """Name of the field in which a warning is explained."""
    return f"explication_{engagement or 0}_{code}"
