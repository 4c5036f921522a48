"""Kinds of indicator that the product does not have, put in its table and its grid for one test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from paqte.domain.indicateurs import catalogue as source
from paqte.domain.indicateurs import genres
from paqte.domain.indicateurs.genres import GenreIndicateur


@contextmanager
def invented_kinds(kinds: Iterable[GenreIndicateur], grid: str, folder: Path) -> Iterator[None]:
    """These entries, and these lines of the grid: nothing else."""
    path = folder / "grille.toml"
    path.write_text(source.SOURCE.read_text(encoding="utf-8") + grid, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for kind in kinds:
            patch.setitem(genres.GENRES, kind.code, kind)
        patch.setattr(source, "SOURCE", path)
        source.catalogue.cache_clear()
        yield
    source.catalogue.cache_clear()


def words(html: str) -> str:
    """What is read of a page, in one line."""
    text = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(text.split())


def figures(workbook: bytes, libelle: str) -> tuple[Any, Any, Any]:
    """Unit, figure of the semester and since the start of an indicator, as the sheet of indicators shows them."""
    sheet = openpyxl.load_workbook(BytesIO(workbook))["Indicateurs"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    titles = next(row for row in rows if "Indicateur" in row)
    line = next(row for row in rows if libelle in row)
    unit, semester, start = (line[titles.index(t)] for t in ("Unité", "Réalisé au semestre", "Depuis le début"))
    return unit, semester, start
