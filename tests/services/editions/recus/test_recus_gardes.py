"""A bilan that a person changed, or filled by hand in our empty template, is kept by decision alone, and says so."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from paqte.domain.erreurs import Refused
from paqte.importing.door import WorkbookGiven
from paqte.importing.door.apart import sheets_of
from paqte.services.editions import recus_lus
from paqte.services.editions.recus import SommeMade, consolidate_files
from paqte.services.editions.recus_lus import WorkbookReceived
from tests.reporting.mondes.bilans import read_template
from tests.services.editions.recus.test_recus import ODD, S1, _read, added, received, workbook

pytestmark = pytest.mark.lent


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the readers apart add has its own tests, and the last one of these."""
    monkeypatch.setattr(recus_lus, "read_back_series", lambda contents, genre: map(_read, contents))
    monkeypatch.setattr(
        recus_lus, "read_spreadsheet", lambda content: WorkbookGiven("xlsx", tuple(sheets_of("xlsx", content)))
    )


CALLED = "chiffres confirmés au téléphone"


def kept(content: bytes, *others: WorkbookReceived, nom: str = "x.xlsx", raison: str = CALLED) -> SommeMade:
    files = [WorkbookReceived(nom, content), *others]
    return consolidate_files(fichiers=files, periode=S1, region=None, garder={nom: raison})


def filled(*rows: tuple[Any, ...], place: Any = "Indre (36)", period: Any = "1er semestre 2026") -> bytes:
    """Our empty template as a préfecture fills it: code, label, figure, upper, lower, answered, owed."""
    book = openpyxl.load_workbook(io.BytesIO(read_template()))
    first, sheet = book["Bilan"], book["Indicateurs"]
    first["A7"], first["S7"] = place, period
    first["A10"], first["J10"] = 12, "3"
    columns = {cell.value: cell.column for cell in sheet[1]}
    names = (
        "Code",
        "Indicateur",
        "Réalisé au semestre",
        "Numérateur",
        "Dénominateur",
        "Réponses reçues",
        "Réponses attendues",
    )
    for number, row in enumerate(rows, start=2):
        for name, value in zip(names, row, strict=False):
            if name in columns:
                sheet.cell(number, columns[name]).value = value
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def values(made: SommeMade) -> dict[tuple[str, str], Decimal | None]:
    return {(line.code, line.nature): line.valeur for line in made.nation.lignes}


def test_an_edited_figure_counts_as_it_stands_under_its_mark() -> None:
    edited = ODD["edited"][0]()
    made = kept(edited, *received(2))
    assert values(made)["S2", "entreprise"] == 4 + 6
    assert {line.code: line.marques for line in made.nation.lignes}["S2"] == ("Cher (18)",)
    (part,) = made.nation.marquees
    assert part.recue is not None
    assert part.recue.phrase == f"modifié après sa production, gardé par décision : {CALLED}"


def test_the_workbook_of_the_sum_says_which_figures_nothing_proves() -> None:
    book = openpyxl.load_workbook(io.BytesIO(kept(ODD["edited"][0](), *received(2)).octets))
    totals = {row[1]: row[10] for row in book["Indicateurs"].iter_rows(min_row=2, values_only=True)}
    assert "dont chiffres non vérifiés : Cher (18)" in totals["S2"]
    checks = [row[12] for row in book["Départements"].iter_rows(min_row=2, values_only=True)]
    assert checks == [f"modifié après sa production, gardé par décision : {CALLED}", "reçu, intact"]


def test_without_an_edit_nothing_is_marked() -> None:
    made = added(received(1, 2))
    assert made.nation.marquees == ()
    assert not any(line.marques for line in made.nation.lignes)


def test_our_template_filled_by_hand_brings_its_figures() -> None:
    content = filled(
        ("S2", "Stages de 3e", 7, None, None, 2, 3),
        ("s2", "Stages de 3e — réseaux", "1 234"),
        ("R1", "Autodiagnostic", "néant"),
        ("A1", "Fournisseurs"),
    )
    made = kept(content)
    assert values(made) == {
        ("S2", "entreprise"): 7,
        ("S2", "reseau"): 1234,
        ("R1", "entreprise"): 0,
        ("A1", "entreprise"): None,
    }
    (part,) = made.nation.parts
    assert (part.departement, part.nom, part.numero, part.entreprises, part.autres) == ("36", "Indre", 0, 12, 3)
    assert part.sommes["S2", "entreprise"][3:] == (3, 2, 0)
    assert part.recue is not None
    assert part.recue.marque == "rempli"


def test_a_heading_that_stands_twice_is_refused_for_nobody_knows_which_figure_is_right() -> None:
    """Seen red: the figures of the last column were added, and those beside them forgotten without a word."""
    book = openpyxl.load_workbook(io.BytesIO(filled(("S2", "Stages de 3e", 7))))
    sheet = book["Indicateurs"]
    sheet.cell(1, sheet.max_column + 1).value, sheet.cell(2, sheet.max_column).value = " réalisé AU semestre", 99
    held = io.BytesIO()
    book.save(held)
    with pytest.raises(Refused, match="deux colonnes de « Indicateurs » portent le titre « Réalisé au semestre »"):
        kept(held.getvalue())


@pytest.mark.parametrize("place", ["36", "INDRE"])
def test_its_departement_is_known_by_name_or_by_code(place: str) -> None:
    assert kept(filled(("S2", "", 7), place=place)).nation.parts[0].departement == "36"


def test_its_first_page_alone_is_read_too() -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled()))
    sheet = book["Bilan"]
    for column, value in (("A", "S2"), ("C", "Stages (personnes)"), ("P", 9), ("AA", "1 / 4")):
        sheet[f"{column}73"] = value
    held = io.BytesIO()
    book.save(held)
    (part,) = kept(held.getvalue()).nation.parts
    assert part.sommes["S2", "entreprise"][:1] == (9,)
    assert part.sommes["S2", "entreprise"][3:5] == (4, 1)


def _with(change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(filled(("S2", "", 7))))
    change(book)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _renamed(cell: str, text: str) -> bytes:
    """A workbook taken over from another, one of whose names was typed again and not the other."""

    def change(book: Any) -> None:
        book["Bilan"][cell] = text

    return _with(change)


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (read_template, "il ne dit ni son département ni son semestre : écrivez-les en haut de la feuille"),
    "no place": (lambda: filled(("S2", "", 7), place="Chez nous"), "il ne dit pas son département : écrivez-le"),
    "two places": (
        lambda: _renamed("A1", "Cher (18)"),
        "nomme deux départements (18 et 36) : gardez celui de ce bilan",
    ),
    "two periods": (lambda: _renamed("A1", "2e semestre 2025"), "nomme deux semestres (2025-S2 et 2026-S1) : gardez"),
    "period": (lambda: filled(("S2", "", 7), period="2025-S2"), "c’est le bilan du 2e semestre 2025"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_read_is_refused_with_its_cell_even_by_decision(kind: str) -> None:
    make, sentence = BAD[kind]
    with pytest.raises(Refused) as refused:
        kept(make())
    assert "Il ne peut pas être gardé : " in str(refused.value)
    assert sentence in str(refused.value)


def test_every_cell_that_holds_no_figure_is_named() -> None:
    rows = ("environ 7", -7, 7.5, "=3+4")
    with pytest.raises(Refused) as refused:
        kept(filled(*((code, "", value) for code, value in zip(("S1", "S2", "S3", "S4"), rows, strict=True))))
    for sentence in (
        "feuille « Indicateurs », cellule G2 : « environ 7 » n’est pas",
        "cellule G3 : Ce nombre ne peut pas être négatif",
        "cellule G4 : ",
        "cellule G5 : La formule de cette cellule n’est pas calculée",
    ):
        assert sentence in str(refused.value)


def test_a_row_of_no_indicator_or_said_twice_is_never_passed_over() -> None:
    with pytest.raises(Refused) as refused:
        kept(filled(("Z9", "", 7), ("S2", "", 7), ("S2", "", 8)))
    assert "cellule B2 : aucun indicateur connu n’est nommé." in str(refused.value)
    assert "L’indicateur S2 figure deux fois" in str(refused.value)


def test_a_share_without_its_two_numbers_is_not_added() -> None:
    made = kept(filled(("S2", "", 7), ("S2p", "", "14,3 %")))
    assert values(made)["S2p", "entreprise"] is None
    made = kept(filled(("S2", "", 7), ("S2p", "", 0.143, 1, 7)))
    assert "S2p" in {line.code for line in made.nation.lignes}


@pytest.mark.parametrize("kind", ["foreign", "period", "publishable", "before"])
def test_what_is_no_bilan_of_this_sum_is_never_kept(kind: str) -> None:
    with pytest.raises(Refused):
        kept(ODD[kind][0]())


def test_figures_that_contradict_one_another_are_kept_by_decision() -> None:
    made = kept(ODD["total"][0]())
    assert values(made)["S2", "reseau"] == 99
    assert made.nation.marquees[0].recue.marque == "contredit"  # type: ignore[union-attr]


@pytest.mark.parametrize("raison", ["", "  ", "x" * 501])
def test_whoever_keeps_it_says_why(raison: str) -> None:
    with pytest.raises(Refused):
        kept(ODD["edited"][0](), raison=raison)


def test_a_reason_marks_nothing_that_is_sound() -> None:
    made = kept(workbook(1))
    assert made.nation.marquees == ()


def an_ods(*rows: tuple[str, ...], sheet: str = "Indicateurs") -> bytes:
    """A bilan as LibreOffice saves it in its own format: its first page, then a sheet of figures."""
    first = [[["Bilan semestriel"]], *[[[]]] * 5, [["Indre (36)"], ["1er semestre 2026"]]]
    content = [
        ("Bilan", [[cell[0] if cell else "" for cell in row] for row in first]),
        (sheet, [list(r) for r in rows]),
    ]
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(
            "<table:table-row>"
            + "".join(
                f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
                for cell in row
            )
            + "</table:table-row>"
            for row in lines
        )
        + "</table:table>"
        for name, lines in content
    )
    names = {"office": "office", "table": "table", "text": "text"}
    spaces = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in names.items())
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml", f'<?xml version="1.0"?><office:document-content {spaces}>{body}</office:document-content>'
        )
    return held.getvalue()


def test_a_copy_in_another_format_is_never_proven_and_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    content = an_ods(("Code", "Réalisé au semestre"), ("S2", "7"))
    with pytest.raises(Refused, match=r"il est au format \.ods, où son empreinte ne se vérifie pas"):
        added([WorkbookReceived("36.ods", content)])
    made = kept(content, nom="36.ods")
    assert values(made) == {("S2", "entreprise"): 7}
    assert made.nation.marquees[0].recue.marque == "modifie"  # type: ignore[union-attr]


def test_the_readers_apart_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert values(kept(filled(("S2", "", 7)))) == {("S2", "entreprise"): 7}
