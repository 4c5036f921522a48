"""docs/mesures.md: what was measured, on which machine and which day, a section a part."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from paqte.ops import clock
from tests.bench.mesure import Figure

REPORT = Path(__file__).resolve().parents[2] / "docs" / "mesures.md"
HEAD = """# Mesures

Ce fichier est écrit par `make bench`, section par section. Chaque chiffre est un rapport : le temps de PAQTE sur celui
d’un plancher mesuré dans le même passage, que rien ne peut battre (la même page dont le modèle est dessiné depuis la
mémoire ; les mêmes lignes lues par le pilote de la base et les mêmes cellules compressées). Le temps est celui du
processeur, sauf celui des entreprises qui écrivent ensemble, attendu par une personne. Un rapport sans limite est
celui d’une autre bibliothèque, donné pour comparer.
"""
_SECTION = re.compile(r"^## (?P<title>.+)\n(?P<body>(?:(?!## ).*\n?)*)", re.MULTILINE)


def write_report(title: str, figures: Sequence[Figure]) -> None:
    """Put these figures in place of the last ones of their section; the other sections stay."""
    known = {m["title"]: m["body"].strip() for m in _SECTION.finditer(REPORT.read_text())} if REPORT.exists() else {}
    known[title] = "\n".join(
        (_where(), "", "| mesure | rapport | limite | médiane de |", "|---|--:|--:|--:|", *map(_row, figures))
    )
    REPORT.write_text("\n".join((HEAD, *(f"## {name}\n\n{body}\n" for name, body in known.items()))))


def _where() -> str:
    day, cores = clock.now(), os.cpu_count()
    return (
        f"Le {day:%d/%m/%Y}, {platform.system()} {platform.machine()}, {cores} processeurs, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}."
    )


def _row(figure: Figure) -> str:
    limit = "" if figure.limite is None else f"{figure.limite:.3g}"
    over = "" if figure.is_good else " (dépassée)"
    cells = (figure.nom, f"{figure.ratio:.3g}", f"{limit}{over}", str(figure.mesures))
    return f"| {' | '.join(cell.replace('.', ',') if rank else cell for rank, cell in enumerate(cells))} |"
