"""What an edition is kept as: kinds of template, formats of file, and the validated answers behind its figures."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal

from paqte.domain.consolidation import Fait

GABARIT_BILAN = "bilan"
GABARIT_TRIMESTRE = "trimestre"

XLSX = "xlsx"
CSV = "csv"
JSON = "json"
FORMATS: dict[str, str] = {XLSX: "Classeur", CSV: "Données (CSV)", JSON: "Schéma des données"}

DECLARATION = Fait._fields.index("declaration")

# What a template is on a day: told, never stored (it follows from its dates).
PROPOSE = "propose"
A_VENIR = "a_venir"
EN_VIGUEUR = "en_vigueur"
REMPLACE = "remplace"
RETIRE = "retire"
DU_PRODUIT = "du_produit"
ETATS_GABARIT: dict[str, str] = {
    PROPOSE: "À l’essai",
    A_VENIR: "À venir",
    EN_VIGUEUR: "En vigueur",
    REMPLACE: "Remplacé",
    RETIRE: "Retiré",
    DU_PRODUIT: "Livré avec PAQTE",
}


def write_facts(faits: Iterable[Fait], earlier: Iterable[Fait] = ()) -> str:
    """The answers as an edition keeps them: the same answers give the same text.

    On a second line, those of earlier periods that its figures since the start come from and that are under secret:
    the next publishable edition must know them (R23).
    """
    lines = (sorted(given, key=lambda f: (f.declaration, f.engagement)) for given in (faits, earlier))
    own, before = (json.dumps(line, default=str, separators=(",", ":")) for line in lines)
    return own if before == "[]" else f"{own}\n{before}"


def read_facts(text: str) -> list[Fait]:
    """The answers of its own period that an edition keeps."""
    return _read_line(_own(text))


def read_all_facts(text: str) -> list[Fait]:
    """Every answer that an edition keeps, earlier ones under secret included (R23)."""
    return [fait for line in text.splitlines() for fait in _read_line(line)]


def read_differing(before: str, after: str) -> tuple[list[Fait], list[Fait]]:
    """The answers of each of two editions that the other does not keep just so; those alike are not even read.

    An edition keeps thousands of answers and two editions differ by a few: texts are told apart much faster than read.
    """
    former, present = _answers_of_line(_own(before)), _answers_of_line(_own(after))
    return _read_rows(former - present), _read_rows(present - former)


def _answers_of_line(line: str) -> set[str]:
    """Each answer of a line, as it is written."""
    return {*line[2:-2].split("],[")} - {""}


def _read_rows(rows: Iterable[str]) -> list[Fait]:
    return _read_line(f"[{','.join(f'[{row}]' for row in rows)}]")


def _own(text: str) -> str:
    return text.partition("\n")[0]


def _read_line(line: str) -> list[Fait]:
    return [Fait._make(row[:8] + [_exact(v) for v in row[8:]]) for row in json.loads(line)]


def _exact(value: int | str | None) -> int | Decimal | None:
    return Decimal(value) if isinstance(value, str) else value
