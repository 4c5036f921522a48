"""What a convention may promise: axes, indicators, reference values and targets (R5, R6, R8, R8b)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from paqte.domain.conventions.objectifs import is_partial
from paqte.domain.indicateurs.catalogue import Axe, Catalogue, Indicateur
from paqte.domain.saisie.nombres import COMPTE, POURCENTAGE, written
from paqte.domain.statuts.conventions import PLAN_10000, years_of

AUTRE = "AUTRE"
MAX_ANNEES = 10
MAX_VALEUR = Decimal(10) ** 12
LENGTHS = {"libelle": 300, "unite": 60, "precision": 1_000}


@dataclass(frozen=True, slots=True)
class EngagementSaisi:
    """One promise as typed. `duree` is a target for the whole term, `annees` targets by convention year from 1.

    Nothing typed is no target; 0 is a target (R6). `rang` tells apart several free ones (X1).
    """

    indicateur: str
    is_kept: bool
    rang: int = 1
    libelle: str = ""
    unite: str = ""
    reference: Decimal | None = None
    duree: Decimal | None = None
    annees: Mapping[int, Decimal] = field(default_factory=dict)
    precision: str = ""

    @property
    def is_blank(self) -> bool:
        figures = (self.reference, self.duree, *self.annees.values())
        return not (self.libelle or self.unite or self.precision) and all(f is None for f in figures)

    @property
    def objectifs(self) -> dict[int, Decimal]:
        """Targets as they are kept: year 0 is the whole term."""
        return dict(self.annees) if self.duree is None else {0: self.duree}


def axes_of(grid: Catalogue, dispositif: str, is_in_plan_10000: bool) -> tuple[Axe, ...]:
    """Axes on which a convention of this dispositif promises; a measure of its own is always possible (R8b)."""
    is_plan = dispositif == PLAN_10000
    return tuple(
        axe
        for axe in grid.axes.values()
        if (axe.dispositif == PLAN_10000 and (is_plan or is_in_plan_10000))
        or (axe.dispositif != PLAN_10000 and (not is_plan or axe.code == AUTRE))
    )


def offered(grid: Catalogue, axe: str, debut: date, dernier_jour: date) -> tuple[Indicateur, ...]:
    """Indicators of the axis that can be owed at least one day of the term, the free one last."""
    after = dernier_jour + timedelta(days=1)
    found = [i for i in grid.of_axe(axe) if i.is_valid_during(debut, after)]
    return tuple(sorted(found, key=lambda i: i.traits.is_free))


def target_years(debut: date, dernier_jour: date) -> int:
    """How many yearly targets the term holds."""
    return min(years_of(debut, dernier_jour), MAX_ANNEES)


def lacking_years(annees: Collection[int], debut: date, dernier_jour: date, i: Indicateur) -> str:
    """What yearly targets cover of the term when they leave a year out: « 2 années sur 3 »; else "" (R6).

    `annees` are the convention years that have a target, none when the target is for the whole term.
    """
    years = target_years(debut, dernier_jour)
    if not is_partial(annees, years, i.genre):
        return ""
    if i.traits.adds_years:
        return f"{len(annees)} année{'s' if len(annees) > 1 else ''} sur {years}"
    return f"l’année {max(annees)} sur {years}"


def typing_errors(saisi: EngagementSaisi, indicateur: Indicateur, years: int) -> dict[str, str]:
    """Errors of one promise that is kept, by field: libelle, unite, reference, duree, an1, an2…, precision."""
    errors = {
        name: f"Ce texte est trop long : {written(limit)} caractères au plus."
        for name, limit in LENGTHS.items()
        if len(getattr(saisi, name)) > limit
    }
    if indicateur.traits.is_free:
        if not saisi.libelle:
            errors["libelle"] = "Expliquez en quelques mots à quoi le signataire s’engage."
        if not saisi.unite:
            errors["unite"] = "Indiquez dans quelle unité cela se compte : heures, personnes, actions…"
    errors |= {name: fault for name, number in _figures(saisi) if (fault := _fault(number, indicateur))}
    errors |= {f"an{year}": "Cette année est après la fin de la convention." for year in saisi.annees if year > years}
    if saisi.duree is not None and saisi.annees:
        errors["duree"] = "Choisissez : un objectif pour toute la durée, ou un objectif par année, pas les deux."
    return errors


def _figures(saisi: EngagementSaisi) -> Iterator[tuple[str, Decimal]]:
    for name in ("reference", "duree"):
        number = getattr(saisi, name)
        if number is not None:
            yield name, number
    for year, number in saisi.annees.items():
        yield f"an{year}", number


def _fault(number: Decimal, indicateur: Indicateur) -> str:
    """What a reader of forms or of files let through and no base could keep."""
    if not number.is_finite() or not 0 <= number < MAX_VALEUR:
        return "Ce nombre est hors de toute mesure : vérifiez-le."
    if indicateur.nombre == POURCENTAGE and number > 100:
        return "Un pourcentage va de 0 à 100."
    if not indicateur.traits.takes(number):
        return indicateur.traits.refus_choix
    if indicateur.nombre == COMPTE and number != number.to_integral_value():
        return "Ce nombre doit être entier."
    return ""
