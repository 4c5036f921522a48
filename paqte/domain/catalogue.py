"""The grid as data: axes, thématiques, indicators, versions, read once from catalogue.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from paqte.domain import nombres

SOURCE = Path(__file__).with_name("catalogue.toml")

FLUX = "flux"
STOCK = "stock"
RATIO = "ratio"
OUI_NON = "oui_non"
LIBRE = "libre"
GENRES = frozenset({FLUX, STOCK, RATIO, OUI_NON, LIBRE})
NOMBRES = frozenset({nombres.COMPTE, nombres.QUANTITE, nombres.EUROS, nombres.POURCENTAGE})


class CatalogueRefused(Exception):
    """The catalogue contradicts itself; the message names the line."""


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

    `dont` is the code of the indicator this one is a part of; `total_de` the codes it should add up;
    `thematique` the plan's thématique it measures (R8b), `thematiques` those it may value (R10).
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
    thematique: str = ""
    thematiques: tuple[str, ...] = ()
    du: date = date.min
    au: date = date.max
    calendrier: str = "civil"
    doublons: bool = False
    petits_nombres: bool = False
    borne_effectif: bool = False
    preuve: str = ""

    def is_valid_during(self, debut: date, fin: date) -> bool:
        """Whether it can be owed in the half-open interval [debut, fin)."""
        return self.du < fin and self.au >= debut

    @property
    def is_summable(self) -> bool:
        return self.genre != LIBRE


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole grid, by code, in the order of the file."""

    statut: str
    avertissement: str
    versions: tuple[Version, ...]
    axes: dict[str, Axe]
    thematiques: dict[str, Thematique]
    indicateurs: dict[str, Indicateur]

    def version_on(self, day: date) -> Version:
        """The version in force on that day; the first one before it begins."""
        started = [v for v in self.versions if v.du <= day]
        return started[-1] if started else self.versions[0]

    def of_axe(self, axe: str) -> tuple[Indicateur, ...]:
        return tuple(i for i in self.indicateurs.values() if i.axe == axe)

    def of_dispositif(self, dispositif: str) -> tuple[Indicateur, ...]:
        """Indicators of the PAQTE, or measures of the plan 10 000."""
        return tuple(i for i in self.indicateurs.values() if self.axes[i.axe].dispositif == dispositif)

    def measures_of(self, thematique: str) -> tuple[Indicateur, ...]:
        """The plan's own measures of a thématique (R8b)."""
        return tuple(i for i in self.indicateurs.values() if i.thematique == thematique)

    def valuing(self, thematique: str) -> tuple[Indicateur, ...]:
        """PAQTE indicators that may value a thématique, beside its own measure (R10)."""
        return tuple(i for i in self.indicateurs.values() if thematique in i.thematiques)

    def parts_of(self, code: str) -> tuple[Indicateur, ...]:
        """The "dont" of an indicator."""
        return tuple(i for i in self.indicateurs.values() if i.dont == code)


@cache
def catalogue() -> Catalogue:
    """The grid shipped with the product; CatalogueRefused when it contradicts itself."""
    return load_catalogue(SOURCE.read_text(encoding="utf-8"))


def load_catalogue(text: str) -> Catalogue:
    """Read and check a grid; CatalogueRefused names the line of the first contradiction."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueRefused(f"catalogue : {error}") from error
    reader = _Reader(text)
    grid = Catalogue(
        statut=str(raw.get("statut", "")),
        avertissement=str(raw.get("avertissement", "")),
        versions=tuple(reader.entries(Version, "version", raw)),
        axes={a.code: a for a in reader.entries(Axe, "axe", raw)},
        thematiques={t.code: t for t in reader.entries(Thematique, "thematique", raw)},
        indicateurs={i.code: i for i in reader.entries(Indicateur, "indicateur", raw)},
    )
    _check_versions(grid, reader)
    for indicateur in grid.indicateurs.values():
        for fault in _faults(indicateur, grid):
            reader.refuse("indicateur", indicateur.code, fault)
    return grid


class _Reader:
    """Turns tables into dataclasses and remembers on which line each began."""

    def __init__(self, text: str) -> None:
        self._lines: dict[str, list[int]] = {}
        self._codes: dict[str, list[str]] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            header = re.match(r"\s*\[\[\s*(\w+)\s*\]\]", line)
            if header:
                self._lines.setdefault(header[1], []).append(number)

    def entries(self, kind: Any, name: str, raw: dict[str, Any]) -> list[Any]:
        built: list[Any] = []
        for rank, entry in enumerate(raw.get(name, [])):
            code = str(entry.get("code", ""))
            self._codes.setdefault(name, []).append(code)
            if not code or any(code == b.code for b in built):
                self._fail(name, rank, f"code absent ou déjà pris : « {code} »")
            built.append(self._build(kind, name, rank, entry))
        if not built:
            raise CatalogueRefused(f"catalogue : aucune entrée [[{name}]]")
        return built

    def _build(self, kind: Any, name: str, rank: int, entry: dict[str, Any]) -> Any:
        unknown = set(entry) - {f.name for f in fields(kind)}
        if unknown:
            self._fail(name, rank, f"clé inconnue : {', '.join(sorted(unknown))}")
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
        try:
            return kind(**values)
        except TypeError:
            self._fail(name, rank, "il manque une clé obligatoire")

    def refuse(self, name: str, code: str, fault: str) -> None:
        self._fail(name, self._codes[name].index(code), f"{code} : {fault}")

    def _fail(self, name: str, rank: int, fault: str) -> None:
        raise CatalogueRefused(f"catalogue, ligne {self._lines[name][rank]} : {fault}")


def _check_versions(grid: Catalogue, reader: _Reader) -> None:
    for before, after in zip(grid.versions, grid.versions[1:], strict=False):
        if after.du <= before.du:
            reader.refuse("version", after.code, "une version commence après la précédente")


def _faults(i: Indicateur, grid: Catalogue) -> list[str]:
    """What contradicts itself in one indicator."""
    known = grid.indicateurs
    links = [("dont", i.dont), ("numerateur", i.numerateur), *(("total_de", c) for c in i.total_de)]
    faults = [f"{name} cite « {code} », qui n’existe pas" for name, code in links if code and code not in known]
    faults += [f"la thématique « {t} » n’existe pas" for t in _cited(i) if t not in grid.thematiques]
    checks = (
        (i.axe not in grid.axes, f"l’axe « {i.axe} » n’existe pas"),
        (i.genre not in GENRES, f"genre « {i.genre} » inconnu"),
        (i.nombre not in NOMBRES, f"nombre « {i.nombre} » inconnu"),
        (i.genre == RATIO and not i.denominateur, "un ratio a un dénominateur"),
        (i.genre != RATIO and bool(i.denominateur or i.numerateur), "seul un ratio a un dénominateur"),
        (i.genre == RATIO and i.nombre != nombres.POURCENTAGE, "un ratio se lit en pourcentage"),
        (i.dont == i.code or i.code in i.total_de, "un indicateur n’est pas une partie de lui-même"),
        (i.du > i.au, "la fin de validité précède le début"),
    )
    faults += [fault for wrong, fault in checks if wrong]
    if i.dont in known and known[i.dont].genre != i.genre:
        faults.append(f"« dont » de {i.dont}, qui n’est pas du même genre")
    if _is_own_ancestor(i, known):
        faults.append("ses « dont » tournent en rond")
    return faults


def _is_own_ancestor(i: Indicateur, known: dict[str, Indicateur]) -> bool:
    seen: set[str] = set()
    parent = i.dont
    while parent in known and parent not in seen:
        seen.add(parent)
        parent = known[parent].dont
    return i.code in seen


def _cited(i: Indicateur) -> tuple[str, ...]:
    return (*i.thematiques, i.thematique) if i.thematique else i.thematiques
