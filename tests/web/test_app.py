"""What the application refuses to start with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from paqte import create_app
from paqte.domain.indicateurs import catalogue as grid


@pytest.fixture
def contradiction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A grid in which a « dont » is part of nothing."""
    altered = tmp_path / "catalogue.toml"
    shipped = grid.SOURCE.read_text(encoding="utf-8")
    altered.write_text(shipped.replace('dont = "R3"', 'dont = "R9"'), encoding="utf-8")
    monkeypatch.setattr(grid, "SOURCE", altered)
    grid.catalogue.cache_clear()
    yield
    grid.catalogue.cache_clear()


@pytest.mark.usefixtures("contradiction")
def test_a_grid_that_contradicts_itself_is_refused_at_start_with_the_line(tmp_path: Path) -> None:
    with pytest.raises(grid.CatalogueRefused, match=r"ligne \d+ : R3e : dont cite « R9 »"):
        create_app({"PAQTE_ENV": "demonstration", "PAQTE_INSTANCE": str(tmp_path)})
