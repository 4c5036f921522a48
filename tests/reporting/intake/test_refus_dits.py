"""A workbook refused says what people see of it: the title of a sheet, a macro, a list; never a part of its zip."""

from __future__ import annotations

import pytest

from paqte.reporting.intake.apart import examine
from paqte.reporting.intake.refus import PieceRefused
from paqte.reporting.relecture.relecture import RelectureRefused
from paqte.reporting.relecture.relecture_a_part import read_apart
from tests.reporting.intake.test_pieces_recues import BOOKS, SHEET, rewritten


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("DDE in a formula", "une formule va chercher une donnée hors du classeur (la feuille « Sheet »)."),
        ("a sheet that is not there", "il manque la feuille « Sheet »."),
        ("nested without end", "la feuille « Sheet » a des éléments imbriqués hors de toute mesure."),
        ("a macro under its own name", "des objets étrangers (une macro)."),
        ("a connection", "des objets étrangers (une connexion à des données)."),
        ("an embedded object", "des objets étrangers (un objet d’un autre programme)."),
        ("a web extension", "des objets étrangers (la liste de ce qu’il contient)."),
        ("an entity", "une partie interne du classeur porte une déclaration interdite."),
    ],
)
def test_a_refusal_names_what_people_see_and_no_part_of_the_file(name: str, told: str) -> None:
    with pytest.raises(PieceRefused) as refused:
        examine(BOOKS[name]())
    assert told in str(refused.value)


def test_a_sheet_that_cannot_be_read_is_told_by_its_title_where_it_has_one() -> None:
    cut = rewritten(lambda parts: parts.update({SHEET: parts[SHEET][:-20]}))
    with pytest.raises(PieceRefused, match="la feuille « Sheet » n’est pas lisible"):
        examine(cut)
    untitled = rewritten(lambda parts: parts.update({SHEET: b"<a>", "xl/workbook.xml": b"<workbook/>"}))
    with pytest.raises(PieceRefused, match="une feuille n’est pas lisible"):
        examine(untitled)
    with pytest.raises(RelectureRefused, match="la feuille « Sheet » n’est pas lisible"):
        read_apart(cut)
