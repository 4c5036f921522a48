"""A bilan that a person changed or filled, read from its sheets."""

from __future__ import annotations

import pytest

from paqte.domain.assemblage.recus import part_received
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.importing.bilans import read_typed_bilan
from paqte.importing.door import WorkbookGiven
from paqte.importing.door.apart import sheets_of
from tests.importing.door.tableurs import an_xlsx

HEADS = ["Code", "Indicateur", "Réalisé au semestre", "Numérateur", "Dénominateur"]


@pytest.mark.parametrize("told", ["< 0,1 %", "0,0004", None])
def test_R33_a_share_too_small_to_be_read_contradicts_nothing(told: str | None) -> None:
    """40,000 of 100 million is « < 0,1 % » in the bilan itself: changed elsewhere, it was said to be false."""
    (sheet,) = sheets_of("xlsx", an_xlsx([HEADS, ["A2p", "Part des achats", told, 40_000, 100_000_000]]))
    bilan = read_typed_bilan(
        WorkbookGiven("xlsx", (sheet._replace(titre="Indicateurs"),)), catalogue(), "41", "Loir-et-Cher"
    )
    assert part_received(bilan, catalogue()).ecarts == ()
