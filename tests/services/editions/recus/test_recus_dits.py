"""The sentence that each bilan received without anything to add up gets, from what its cells say and no workbook."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.assemblage.nation import PartRecue
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import Refused
from paqte.domain.statuts.recus import REMPLI
from paqte.importing.bilans import BilanNamed
from paqte.reporting.relecture.relecture import RelectureRefused, WorkbookReread
from paqte.services.editions import recus_lus
from paqte.services.editions.recus import _decided
from paqte.services.editions.recus_lus import PartLue, WorkbookReceived, read_files
from tests.domain.assemblage.test_bilans_recus import BILAN, SHARE, STAGES, row

S1 = Periode.from_code("2026-S1")
FILE = WorkbookReceived("blois.xlsx", b"x")
READ = WorkbookReread(
    departement="41", periode="2026-S1", edition=3, genere_le="", gabarit="", catalogue="", sha256="a" * 64,
    champs=BILAN.champs, tableaux={"t_indicateurs": tuple(BILAN.indicateurs), "t_completude": tuple(BILAN.completude)},
)  # fmt: skip


def of_rows(*rows: dict[str, Any]) -> WorkbookReread:
    return replace(READ, tableaux={**READ.tableaux, "t_indicateurs": rows})


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    def given(said: WorkbookReread | RelectureRefused, region: str | None = None) -> PartLue:
        monkeypatch.setattr(recus_lus, "_series", lambda _fichiers: iter([said]))
        (found,) = read_files([FILE], S1, region)
        return found

    return given


def test_R20_a_sound_bilan_is_taken_whole_under_no_mark(read: Any) -> None:
    for region in (None, "24"):
        found = read(READ, region)
        assert (found.fichier, found.refus, found.constats) == (FILE, "", ())
        assert (found.part.nom, found.part.numero, found.part.entreprises, found.part.autres) == (
            "Loir-et-Cher", 3, 5, 3,
        )  # fmt: skip
        assert (found.part.recue.id, found.part.recue.marque, found.part.is_marked) == (0, "intact", False)


WRONG = [row(code, "Part", Decimal("99.9"), Decimal(3), Decimal(12), 3, 2, 0) for code in ("S2p", "F1p", "A2p", "R2p")]


@pytest.mark.parametrize(
    ("said", "region", "refus"),
    [
        (replace(READ, periode="2025-S2"), None, "c’est le bilan du 2e semestre 2025, et non celui du 1er semestre "
         "2026."),
        (replace(READ, departement="99"), None, "« 99 » n’est pas le code d’un département."),
        (READ, "11", "le département 41 (Loir-et-Cher) n’est pas de la région 11 (Île-de-France)."),
        (replace(READ, champs={**READ.champs, "b_meta_diffusion": "Version publiable"}), None,
         "c’est la version publiable, où les petits nombres sont masqués : demandez la version interne."),
        (of_rows({k: v for k, v in SHARE.items() if k != "Numérateur"}), None,
         "il vient d’une version ou d’un modèle d’avant les colonnes « Numérateur » et « Dénominateur », sans "
         "lesquelles ses taux ne s’additionnent pas : demandez au département de le produire de nouveau."),
        (of_rows(*(row(code, "Autre", Decimal(1)) for code in ("Z1", "Z2", "Z3", "Z4"))), None,
         "son catalogue a des indicateurs inconnus ici (Z1, Z2, Z3)."),
        (RelectureRefused("ce n’est pas un classeur"), None, "ce n’est pas un classeur."),
    ],
    ids=["period", "département", "région", "publishable", "before the numbers", "unknown", "no workbook"],
)  # fmt: skip
def test_a_bilan_that_has_no_place_in_the_sum_says_why_and_brings_nothing(
    read: Any, said: Any, region: str | None, refus: str
) -> None:
    assert read(said, region) == PartLue(FILE, None, refus, ())


def test_figures_that_contradict_one_another_are_told_three_at_most_and_taken_by_decision_alone(read: Any) -> None:
    found = read(of_rows(*STAGES, *WRONG))
    told = " ; ".join(f"{code}, Part : le taux n’est pas celui de ses deux nombres" for code in ("S2p", "F1p", "A2p"))
    assert found.refus == f"ses chiffres se contredisent : {told} ; et 1 autre."
    assert (len(found.constats), found.part.recue.marque, found.part.is_marked, found.part.ecarts) == (
        4, "contredit", True, (),
    )  # fmt: skip
    few = read(of_rows(*STAGES, *WRONG[:3]))
    assert few.refus == f"ses chiffres se contredisent : {told}."


def test_R20_what_is_kept_by_decision_alone_bears_its_mark_and_the_reason_and_no_number_of_this_base(read: Any) -> None:
    found = read(of_rows(*STAGES, *WRONG))
    kept = _decided(found, {"blois.xlsx": "Vérifié au téléphone."})
    assert kept == replace(found.part, recue=PartRecue(0, found.part.recue.marque, "Vérifié au téléphone."))
    for reasons in ({}, {"blois.xlsx": ""}, {"tours.xlsx": "Vérifié."}):
        with pytest.raises(Refused) as refused:
            _decided(found, reasons)
        assert str(refused.value) == found.refus
    assert _decided(read(READ), {}) == read(READ).part


@pytest.mark.parametrize(
    ("departement", "periode", "lacks"),
    [
        ("", "", "il ne dit ni son département ni son semestre : écrivez-les"),
        ("41", "", "il ne dit pas son semestre : écrivez-le"),
        ("", "2026-S1", "il ne dit pas son département : écrivez-le"),
    ],
)  # fmt: skip
def test_a_bilan_filled_by_hand_that_does_not_say_whose_it_is_says_what_to_write_on_it(
    read: Any, monkeypatch: pytest.MonkeyPatch, departement: str, periode: str, lacks: str
) -> None:
    monkeypatch.setattr(recus_lus, "read_spreadsheet", lambda _octets: None)
    monkeypatch.setattr(recus_lus, "whose_bilan", lambda *_: BilanNamed(departement, periode, is_publishable=False))
    said = f"il a été rempli à la main. Il ne peut pas être gardé : {lacks} en haut de la feuille « Bilan »."
    assert read(RelectureRefused("il a été rempli à la main", REMPLI)) == PartLue(FILE, None, said)
