"""The grid as data, read once from catalogue.toml; its shapes are in grille.py, its contradictions in coherence.py."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, get_type_hints

from paqte.domain.indicateurs.coherence import axe_faults, faults, version_faults
from paqte.domain.indicateurs.grille import (
    RECONSTRUITE,
    STATUTS,
    Axe,
    Catalogue,
    Indicateur,
    Thematique,
    Version,
)

__all__ = [
    "Axe",
    "Catalogue",
    "CatalogueRefused",
    "Indicateur",
    "Thematique",
    "Version",
    "catalogue",
    "load_catalogue",
]

SOURCE = Path(__file__).with_name("catalogue.toml")
KINDS: dict[str, Any] = {"version": Version, "axe": Axe, "thematique": Thematique, "indicateur": Indicateur}
HEADINGS = ("statut", "avertissement")
_HEADER = re.compile(r"\s*\[\[?\s*[\"']?(\w+)")
_KEY = re.compile(r"\s*[\"']?(\w+)[\"']?\s*=")
_WHERE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


class CatalogueRefused(Exception):
    """The catalogue contradicts itself; the message names the line."""


@cache
def catalogue() -> Catalogue:
    """The grid shipped with the product; CatalogueRefused when it contradicts itself."""
    octets = SOURCE.read_bytes()
    try:
        return load_catalogue(octets.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _refusal(octets[: error.start].count(b"\n") + 1, "enregistrez ce fichier en UTF-8") from error


def load_catalogue(text: str) -> Catalogue:
    """Read and check a grid; CatalogueRefused names the line of the first contradiction."""
    text = text.removeprefix("\ufeff")
    reader = _TomlReader(text, _tables(text))
    entries = {name: {entry.code: entry for entry in reader.entries(name)} for name in KINDS}
    grid = Catalogue(
        statut=reader.heading("statut"),
        avertissement=reader.heading("avertissement"),
        versions=tuple(entries["version"].values()),
        axes=entries["axe"],
        thematiques=entries["thematique"],
        indicateurs=entries["indicateur"],
    )
    _check(grid, reader)
    return grid


def _tables(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _WHERE.search(str(error))
        line = int(where[1]) if where and where[1] else text.count("\n") + 1
        raise _refusal(line, f"ce n’est pas du TOML ({_WHERE.sub('', str(error))})") from error


def _check(grid: Catalogue, reader: _TomlReader) -> None:
    """Raise for the first contradiction, in the order of the file."""
    if grid.statut not in STATUTS:
        reader.refuse_heading("statut", f"statut « {grid.statut} » inconnu")
    if grid.statut == RECONSTRUITE and not grid.avertissement:
        reader.refuse_heading("avertissement", "une grille reconstruite le dit dans son avertissement")
    for code, fault in version_faults(grid.versions):
        reader.refuse("version", code, fault)
    for axe in grid.axes.values():
        for fault in axe_faults(axe):
            reader.refuse("axe", axe.code, fault)
    for indicateur in grid.indicateurs.values():
        for fault in faults(indicateur, grid):
            reader.refuse("indicateur", indicateur.code, fault)


class _TomlReader:
    """Turns tables into dataclasses and knows on which line each began, as it does each key above them."""

    def __init__(self, text: str, raw: dict[str, Any]) -> None:
        self._raw = raw
        self._lines: dict[str, list[int]] = {}
        is_above = True
        for number, line in enumerate(text.split("\n"), start=1):
            header = _HEADER.match(line)
            is_above = is_above and not header
            named = header or (_KEY.match(line) if is_above else None)
            if named:
                self._lines.setdefault(named[1], []).append(number)
        for name in sorted(set(raw) - {*KINDS, *HEADINGS}):
            self.refuse_heading(name, f"« {name} » est inconnu")

    def heading(self, name: str) -> str:
        value = self._raw.get(name, "")
        if not isinstance(value, str):
            self.refuse_heading(name, f"{name} est un texte")
        return str(value).strip()

    def entries(self, name: str) -> list[Any]:
        tables = self._raw.get(name)
        if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables) or not tables:
            self.refuse_heading(name, f"aucune entrée [[{name}]]")
        return [self._build(name, rank, entry) for rank, entry in enumerate(tables)]

    def refuse(self, name: str, code: str, fault: str) -> NoReturn:
        rank = [entry["code"] for entry in self._raw[name]].index(code)
        self._fail(name, rank, f"{code} : {fault}")

    def refuse_heading(self, name: str, fault: str) -> NoReturn:
        self._fail(name, 0, fault)

    def _build(self, name: str, rank: int, entry: dict[str, Any]) -> Any:
        hints = get_type_hints(KINDS[name])
        values = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
        unknown = sorted(set(values) - set(hints))
        if unknown:
            self._fail(name, rank, f"clé inconnue : {', '.join(unknown)}")
        wrong = [key for key, value in values.items() if not _is_of(value, hints[key])]
        if wrong:
            self._fail(name, rank, f"{wrong[0]} n’est pas du type attendu")
        try:
            built = KINDS[name](**values)
        except TypeError:
            self._fail(name, rank, "il manque une clé obligatoire")
        self._check_names(name, rank, built)
        return built

    def _check_names(self, name: str, rank: int, built: Any) -> None:
        """A code of its own and, where there is one, a label."""
        codes = [entry.get("code") for entry in self._raw[name][:rank]]
        if not built.code or built.code in codes:
            self._fail(name, rank, f"code absent ou déjà pris : « {built.code} »")
        if not getattr(built, "libelle", "sans").strip():
            self._fail(name, rank, f"{built.code} : le libellé manque")

    def _fail(self, name: str, rank: int, fault: str) -> NoReturn:
        lines = self._lines.get(name, [])
        raise _refusal(lines[rank] if rank < len(lines) else 1, fault)


def _is_of(value: object, kind: Any) -> bool:
    if kind == tuple[str, ...]:
        return isinstance(value, tuple) and all(isinstance(item, str) for item in value)
    return type(value) is kind


def _refusal(line: int, fault: str) -> CatalogueRefused:
    return CatalogueRefused(f"catalogue, ligne {line} : {fault}")
