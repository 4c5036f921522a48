"""The numbers that the published folder bears, document by document (R19)."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from paqte.domain.documents import registre
from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.reporting.publies import NumeroPublished, published_numbers

NOTE = replace(
    DOCUMENTS[BILAN],
    code="note",
    travail="note",
    gabarit="note",
    fichier="bilan-paqte-note",
    marque="paqte-bilan-semestriel-note",
)


@pytest.fixture
def note(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another document of each semester, whose files and mark begin as those of the bilan."""
    monkeypatch.setitem(registre.DOCUMENTS, NOTE.code, NOTE)  # type: ignore[arg-type]


def workbook(path: Path, *strings: str) -> None:
    """A workbook whose `_meta` says these."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/sharedStrings.xml", "".join(f"<si><t>{one}</t></si>" for one in strings))


def told(reports: Path) -> list[tuple[str, str, int]]:
    return sorted((n.periode, n.genre, n.numero) for n in published_numbers(reports, "41"))


def test_R19_two_documents_of_one_semester_have_numbers_of_their_own(note: None, tmp_path: Path) -> None:
    folder = tmp_path / "41" / "2026-S1"
    workbook(folder / "bilan-paqte_41_2026-S1_edition-2_publiable.xlsx")
    workbook(folder / "bilan-paqte-note_41_2026-S1_edition-5.xlsx")
    assert told(tmp_path) == [("2026-S1", "bilan", 2), ("2026-S1", "note", 5)]


def test_R19_a_workbook_that_was_renamed_says_itself_which_document_it_is(note: None, tmp_path: Path) -> None:
    folder = tmp_path / "41" / "2026-S1"
    workbook(folder / "pour le préfet.xlsx", "paqte-bilan-semestriel-note", "Édition n°\u00a03, produite le 1er mars")
    workbook(folder / "copie edition-4.xlsx", "paqte-bilan-semestriel")
    assert told(tmp_path) == [("2026-S1", "bilan", 4), ("2026-S1", "note", 3)]


def test_R19_a_number_whose_document_nothing_says_is_taken_by_all_those_of_its_period(
    note: None, tmp_path: Path
) -> None:
    workbook(tmp_path / "41" / "2026-S1" / "perdu edition-9.xlsx", "rien")
    (found,) = published_numbers(tmp_path)
    assert found == NumeroPublished("41", "2026-S1", 9) and found.genres == ("bilan", "note")
    assert NumeroPublished("41", "2026-T3", 9).genres == (COMPTE_RENDU,)
    assert NumeroPublished("41", "2026", 9).genres == ()


def test_R19_a_year_has_its_folder_and_what_is_no_period_has_none(tmp_path: Path) -> None:
    for name in ("2026", "2026-T3", "2026-S3", "20260", "archives"):
        workbook(tmp_path / "41" / name / "bilan-paqte_41_x_edition-1.xlsx")
    assert [periode for periode, *_ in told(tmp_path)] == ["2026", "2026-T3"]


def test_no_two_documents_share_what_tells_them_apart() -> None:
    for told_apart in ("code", "travail", "gabarit", "fichier", "marque", "document"):
        said = [getattr(genre, told_apart) for genre in DOCUMENTS.values()]
        assert len(set(said)) == len(said), told_apart
