"""`paqte recus` does with bilans received what the national page does, and says as much."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paqte.cli.socle.application import application
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Departement
from paqte.ops import clock
from paqte.services.editions.national import consolidate_nation
from paqte.services.transaction import transaction
from tests.services.editions.recus.test_recus import ODD, workbook
from tests.services.editions.recus.test_recus_gardes import CALLED, in_this_process

pytestmark = pytest.mark.lent
__all__ = ["in_this_process"]
S1 = ("--periode", "2026-S1")


@pytest.fixture
def cher(base: Path, tmp_path: Path) -> str:
    with application(), transaction(actor=PLANIFICATEUR, now=clock.now()) as session:
        session.add(Departement(code="18", nom="Cher"))
    path = tmp_path / "18.xlsx"
    path.write_bytes(workbook(1))
    return str(path)


def counted() -> list[str]:
    with application():
        return [p.departement for p in consolidate_nation(actor=PLANIFICATEUR, periode=Periode.from_code(S1[1])).recues]


def test_a_sound_bilan_counts_until_it_is_withdrawn_with_its_reason(paqte: Callable[..., Any], cher: str) -> None:
    said = paqte("recus", "deposer", cher, *S1)
    assert (said.code, said.lignes) == (0, ["1\t18\t18.xlsx\tReçu, intact : ses chiffres comptent."])
    assert counted() == ["18"]
    assert paqte("recus", "retirer", "1").code == 2
    assert paqte("recus", "retirer", "1", "--motif", "reçu par erreur").code == 0
    assert counted() == []
    assert paqte("recus", "lister", *S1).lignes == ["1\t18\tRetiré\t18.xlsx\treçu par erreur"]
    again = paqte("recus", "retirer", "1", "--motif", "une fois de plus")
    assert (again.code, "« retiré »" in again.erreur) == (1, True)
    told = [line for line in paqte("journal", "lister").lignes if "bilan_recu" in line]
    assert len(told) == 2
    assert all("Ligne de commande" in line for line in told)


def test_a_bilan_that_somebody_changed_waits_to_be_kept_or_given_up(
    paqte: Callable[..., Any], cher: str, tmp_path: Path
) -> None:
    odd = tmp_path / "18 bis.xlsx"
    odd.write_bytes(ODD["edited"][0]())
    for _ in range(2):
        said = paqte("recus", "deposer", str(odd), *S1)
        assert (said.code, counted()) == (1, [])
    assert "déjà reçu" in said.sortie
    assert paqte("recus", "ecarter", "1").code == 0
    assert paqte("recus", "deposer", str(odd), *S1).code == 1
    assert "gardé" not in paqte("recus", "garder", "2").sortie
    assert paqte("recus", "garder", "2", "--raison", CALLED).code == 0
    assert counted() == ["18"]
    assert [line.split("\t")[2] for line in paqte("recus", "lister", *S1).lignes] == ["Additionné", "Écarté"]
    assert paqte("recus", "garder", "9").code == 1
