"""A cell, a table, a sheet that came later: a template drawn before still serves, and says what it does not show."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

import pytest

from paqte.domain.colonnes import Colonne
from paqte.reporting.classeurs.bilan import FORMAT
from paqte.reporting.classeurs.bilan_detail import BILAN
from paqte.reporting.relecture.relecture import read_back, read_claim
from paqte.reporting.remplissage.classeur import fill
from paqte.reporting.remplissage.gabarits.gabarit import GabaritRefused, check_template, told_lacking
from paqte.reporting.remplissage.plan.format import META, NamedCell, Table
from tests.reporting.mondes.exemples import exemple

INDICES = "Indices"
CELL = NamedCell("b_indice", BILAN, lambda bilan: f"indice {bilan.edition}", depuis="2027-01")
TABLE = Table(
    "t_indices",
    INDICES,
    attrgetter("indicateurs"),
    (Colonne("code", "Code"), Colonne("libelle", "Indicateur")),
    "Néant.",
    intitule="Indices de l’année",
    depuis="2027-01",
)
LATER = replace(
    FORMAT,
    champs=(*FORMAT.champs, CELL),
    tableaux=(*FORMAT.tableaux[:-1], TABLE, FORMAT.tableaux[-1]),
    feuilles=(*FORMAT.feuilles[:-1], INDICES, META),
)


def test_R19_a_template_of_before_serves_without_the_cell_the_table_and_the_sheet_that_came_later() -> None:
    ready = check_template(FORMAT.gabarit.read_bytes(), LATER)
    assert told_lacking(ready) == (
        "Ce modèle sert, mais ne montre pas le tableau « Indices de l’année » (Indices) ; la case b_indice (Bilan), "
        "ajoutés depuis qu’il a été dessiné."
    )
    made = fill(exemple(), FORMAT.gabarit.read_bytes(), LATER)
    assert made == fill(exemple(), FORMAT.gabarit.read_bytes(), FORMAT), "not a byte of what was made moves"
    again = read_back(made, LATER)
    assert "b_indice" not in again.champs and "t_indices" not in again.tableaux
    assert read_claim(made, LATER).edition == "1"


@pytest.mark.parametrize(
    ("format", "told"),
    [
        (replace(LATER, champs=FORMAT.champs), "le tableau « Indices de l’année » (Indices), ajouté"),
        (replace(FORMAT, champs=LATER.champs), "la case b_indice (Bilan), ajoutée"),
    ],
    ids=["a table", "a cell"],
)
def test_what_one_addition_lacks_is_said_of_it_alone(format: object, told: str) -> None:
    ready = check_template(FORMAT.gabarit.read_bytes(), format)  # type: ignore[arg-type]
    assert told_lacking(ready) == f"Ce modèle sert, mais ne montre pas {told} depuis qu’il a été dessiné."


def test_what_was_there_from_the_first_is_still_asked_of_a_template() -> None:
    first = replace(LATER, champs=(*FORMAT.champs, replace(CELL, depuis="")))
    with pytest.raises(GabaritRefused, match="il manque le nom b_indice"):
        check_template(FORMAT.gabarit.read_bytes(), first)
