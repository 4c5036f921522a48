"""What the comparison of two editions calls each cell, and which declarations it says moved it, as literals (R19)."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from paqte.domain.documents.bilan import TABLES as COMPARES_BILAN
from paqte.domain.documents.commun.comparaison import Comparaison, Ecart, compare
from paqte.domain.documents.compte_rendu import TABLES as COMPARES_TRIMESTRE
from tests.domain.documents.attendus_bilan import ATTENDUS_BILAN
from tests.domain.documents.attendus_trimestre import ATTENDUS_TRIMESTRE
from tests.domain.documents.tableaux_compares import (
    BILAN,
    COMPTE_RENDU,
    CORRECTIONS,
    NUMEROS,
    Attendu,
    changed,
    other,
    without,
)

Kind = tuple[Any, tuple[Comparaison, ...], Attendu]
ROWS: list[Kind] = [
    *((BILAN, COMPARES_BILAN, row) for row in ATTENDUS_BILAN),
    *((COMPTE_RENDU, COMPARES_TRIMESTRE, row) for row in ATTENDUS_TRIMESTRE),
]
LISTED = [kind for kind in ROWS if kind[2].entiere]


def named(kind: Any) -> str:
    return f"{kind.tableau}, {kind.ligne}" if isinstance(kind, Attendu) else ""


def found(before: Any, after: Any, compared: tuple[Comparaison, ...]) -> list[Ecart]:
    return compare(before, after, compared, CORRECTIONS, NUMEROS)


def read(ecart: Ecart) -> tuple[str, str, str, str]:
    return (*ecart[:3], " ".join(map(str, ecart.declarations)))


@pytest.mark.parametrize(("document", "compared", "row"), ROWS, ids=named)
def test_R19_each_cell_that_moved_bears_its_heading_and_the_declarations_behind_it(
    document: Any, compared: tuple[Comparaison, ...], row: Attendu
) -> None:
    for champ, heading in row.cellules.items():
        after = changed(document, row.table, row.rang, champ)
        ligne = row.ligne
        if champ == row.nomme:
            was = getattr(getattr(document, row.table)[row.rang], champ)
            ligne = ligne.replace(was, other(was))
        told = [read(e) for e in found(document, after, compared)]
        assert told == [(row.tableau, ligne, heading, row.behind(champ))], champ


@pytest.mark.parametrize(("document", "compared", "row"), LISTED, ids=named)
def test_R19_a_row_that_went_is_one_ecart_that_tells_what_it_held(
    document: Any, compared: tuple[Comparaison, ...], row: Attendu
) -> None:
    # Beside another row: an empty table may be that of an edition made before the table was.
    document = replace(document, **{row.table: (*getattr(document, row.table), *spare(document, row))})
    (gone,) = found(document, without(document, row.table, row.rang), compared)
    assert (*read(gone), gone.avant, gone.apres) == (
        row.tableau,
        row.ligne,
        "(ligne entière)",
        row.behind(""),
        row.entiere,
        "absente",
    )


def spare(document: Any, row: Attendu) -> tuple[Any, ...]:
    kept = getattr(document, row.table)[row.rang]
    return (replace(kept, **{row.cle.split()[0]: other(getattr(kept, row.cle.split()[0]))}),)


@pytest.mark.parametrize(("document", "compared", "row"), LISTED, ids=named)
def test_R19_a_row_is_named_by_these_fields_and_by_no_other(
    document: Any, compared: tuple[Comparaison, ...], row: Attendu
) -> None:
    for champ in row.cle.split():
        ecarts = found(document, changed(document, row.table, row.rang, champ), compared)
        assert [(e.tableau, e.colonne) for e in ecarts] == [(row.tableau, "(ligne entière)")] * 2, champ
        assert [e.avant == "absente" for e in ecarts] == [True, False], champ
    for champ in row.tus.split():
        assert found(document, changed(document, row.table, row.rang, champ), compared) == [], champ


@pytest.mark.parametrize(("document", "compared", "row"), LISTED, ids=named)
def test_R19_no_column_of_a_listed_row_escapes_these_literals(
    document: Any, compared: tuple[Comparaison, ...], row: Attendu
) -> None:
    columns = {f.name for f in fields(getattr(document, row.table)[row.rang])}
    written = {"etat" if champ == "etat_lu" else champ for champ in row.cellules}
    assert columns == written | set(row.cle.split()) | set(row.tus.split())


@pytest.mark.parametrize("kind", ["bilan", "trimestre"])
def test_R19_every_table_that_is_compared_is_written_here(kind: str) -> None:
    compared = COMPARES_BILAN if kind == "bilan" else COMPARES_TRIMESTRE
    rows = ATTENDUS_BILAN if kind == "bilan" else ATTENDUS_TRIMESTRE
    assert {(c.champ, c.tableau) for c in compared} == {(row.table, row.tableau) for row in rows}
    columns = {(c.champ, c.tableau): set(c.comparees) for c in compared}
    for row in rows:
        named_by = set(row.cle.split()) & columns[row.table, row.tableau]
        assert columns[row.table, row.tableau] == set(row.cellules) | named_by, row.tableau
