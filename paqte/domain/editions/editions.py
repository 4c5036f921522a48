"""What an edition is kept as: kinds of template, formats of file, and the validated answers behind its figures."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from operator import attrgetter

from paqte.domain.consolidation import Fait

GABARIT_BILAN = "bilan"
GABARIT_TRIMESTRE = "trimestre"

XLSX = "xlsx"
CSV = "csv"
JSON = "json"
FORMATS: dict[str, str] = {XLSX: "Classeur", CSV: "Données (CSV)", JSON: "Schéma des données"}

_BY_PLACE = attrgetter("declaration", "engagement")

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
    return with_earlier(_line(faits), earlier)


def with_earlier(own: str, earlier: Iterable[Fait]) -> str:
    """The same of answers of its own period that are written already."""
    before = _line(earlier)
    return own if before == "[]" else f"{own}\n{before}"


def _line(faits: Iterable[Fait]) -> str:
    return json.dumps(sorted(faits, key=_BY_PLACE), default=str, separators=(",", ":"))


def read_facts(text: str) -> list[Fait]:
    """The answers of its own period that an edition keeps."""
    return _read_line(_own(text))


def read_facts_about(text: str, indicateurs: Collection[str]) -> list[Fait]:
    """The answers about some measures that an edition keeps, earlier ones under secret included (R23).

    An edition keeps thousands of answers: those about others are not even read.
    """
    named = re.compile("|".join(f'"{re.escape(code)}"' for code in sorted(indicateurs)) or "(?!)")
    rows = [row for line in text.splitlines() for row in line[2:-2].split("],[") if named.search(row)]
    return [fait for fait in _read_rows(rows) if fait.indicateur in indicateurs]


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
