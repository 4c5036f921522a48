"""What the grid is made of: versions, axes, thématiques, indicators."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from paqte.domain.indicateurs.genres import GenreIndicateur, genre_of

CIVIL = "civil"
SCOLAIRE = "scolaire"
CALENDRIERS = frozenset({CIVIL, SCOLAIRE})

RECONSTRUITE = "reconstruite"
OFFICIELLE = "officielle"
STATUTS = frozenset({RECONSTRUITE, OFFICIELLE})


@dataclass(frozen=True, slots=True)
class Version:
    """A state of the grid, in force from `du` until the next version."""

    code: str
    du: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Axe:
    code: str
    libelle: str
    dispositif: str


@dataclass(frozen=True, slots=True)
class Thematique:
    code: str
    libelle: str
    transversale: bool = False
    preuve: str = ""


@dataclass(frozen=True, slots=True)
class Indicateur:
    """What can be promised and declared.

    `dont` is the code of the indicator this one is a part of; `total_de` the codes it should add up; `repete` the code
    of the one that asks for the very same quantity;
    `thematique` the plan's thématique it measures (R8b), `thematiques` those it may value (R10). `compte` says in one
    sentence what is counted (R39). `phare` is its short title among the figures that a préfet asks for first, "" when
    it is none of them.
    """

    code: str
    axe: str
    libelle: str
    unite: str
    genre: str
    nombre: str
    numerateur: str = ""
    denominateur: str = ""
    dont: str = ""
    total_de: tuple[str, ...] = ()
    repete: str = ""
    compte: str = ""
    thematique: str = ""
    thematiques: tuple[str, ...] = ()
    du: date = date.min
    au: date = date.max
    calendrier: str = CIVIL
    doublons: bool = False
    petits_nombres: bool = False
    borne_effectif: bool = False
    phare: str = ""
    preuve: str = ""

    def is_valid_during(self, debut: date, fin: date) -> bool:
        """Whether it can be owed in the half-open interval [debut, fin)."""
        return self.du < fin and self.au >= debut

    @property
    def source(self) -> str:
        """Code of the indicator whose figure is asked for again here: its first number, of a ratio; '' when none is."""
        return self.numerateur or self.repete

    @property
    def traits(self) -> GenreIndicateur:
        """How its kind is typed, checked, summed, shown and masked."""
        return genre_of(self.genre)

    @property
    def is_summable(self) -> bool:
        return self.traits.is_summable


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole grid, by code, in the order of the file."""

    statut: str
    avertissement: str
    versions: tuple[Version, ...]
    axes: dict[str, Axe]
    thematiques: dict[str, Thematique]
    indicateurs: dict[str, Indicateur]
    _counted: dict[tuple[date, date], frozenset[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def counted_during(self, debut: date, fin: date) -> frozenset[str]:
        """Codes of what can be owed in the half-open interval [debut, fin); asked of each convention and period."""
        found = self._counted.get((debut, fin))
        if found is None:
            found = frozenset(i.code for i in self.indicateurs.values() if i.is_valid_during(debut, fin))
            self._counted[debut, fin] = found
        return found

    def version_on(self, day: date) -> Version:
        """The version in force on that day; the first one before it begins."""
        started = [v for v in self.versions if v.du <= day]
        return started[-1] if started else self.versions[0]

    def of_axe(self, axe: str) -> tuple[Indicateur, ...]:
        return tuple(i for i in self.indicateurs.values() if i.axe == axe)

    def of_dispositif(self, dispositif: str) -> tuple[Indicateur, ...]:
        """Indicators of the PAQTE, or measures of the plan 10 000."""
        return tuple(i for i in self.indicateurs.values() if self.axes[i.axe].dispositif == dispositif)

    @property
    def phares(self) -> tuple[Indicateur, ...]:
        """What a préfet asks for first."""
        return tuple(i for i in self.indicateurs.values() if i.phare)

    def measures_of(self, thematique: str) -> tuple[Indicateur, ...]:
        """The plan's own measures of a thématique (R8b)."""
        return tuple(i for i in self.indicateurs.values() if i.thematique == thematique)

    def valuing(self, thematique: str) -> tuple[Indicateur, ...]:
        """PAQTE indicators that may value a thématique, beside its own measure (R10)."""
        return tuple(i for i in self.indicateurs.values() if thematique in i.thematiques)

    def definitions(self, codes: Collection[str]) -> tuple[str, ...]:
        """What each of these indicators counts, in the order of the grid, said to be reconstructed when it is (R39)."""
        told = [f"{i.code}, {i.libelle} : {i.compte}" for i in self.indicateurs.values() if i.code in codes]
        kind = ", définition reconstruite comme la grille" if self.statut == RECONSTRUITE else ""
        return (f"Ce qui est compté, indicateur par indicateur{kind} :", *told) if told else ()

    @property
    def secrets(self) -> frozenset[str]:
        """Codes of what counts persons whose small numbers are hidden in what is published (R23)."""
        return frozenset(code for code in self.indicateurs if self.is_secret(code))

    def is_secret(self, code: str) -> bool:
        """Whether its small numbers are hidden in what is published (R23).

        So are those of a measure that says so (`petits_nombres`), of whatever counts for the same thématique, and of
        a "dont" or a ratio built on such a count.
        """
        indicateur = self.indicateurs.get(code)
        if indicateur is None or not indicateur.traits.is_masked:
            return False
        if indicateur.petits_nombres or any(self._has_secret(t) for t in indicateur.thematiques):
            return True
        return any(self.is_secret(c) for c in (indicateur.numerateur, indicateur.denominateur, indicateur.dont) if c)

    def _has_secret(self, thematique: str) -> bool:
        return any(measure.petits_nombres for measure in self.measures_of(thematique))

    def parts_of(self, code: str) -> tuple[Indicateur, ...]:
        """The "dont" of an indicator."""
        return tuple(i for i in self.indicateurs.values() if i.dont == code)
