"""A warning kept by a base of before tells its fact alone afterwards; nobody's own words move (R17)."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from paqte.domain.declarations.controles import fact_of

keep_facts = import_module("paqte.migrations.versions.0027_constats").keep_facts
FORMER = {
    "C’est plus de 3 fois la période précédente, 4 : dites pourquoi.": "C’est plus de 3 fois la période précédente, 4.",
    "Le total annoncé, 9, n’est pas la somme de ses parties, 5 (S2) + 1 (R3) = 6 : corrigez, ou dites pourquoi.": (
        "Le total annoncé, 9, n’est pas la somme de ses parties, 5 (S2) + 1 (R3) = 6."
    ),
    "Cette mesure est close depuis le 31/12/2024 : dites de quoi il s’agit.": (
        "Cette mesure est close depuis le 31/12/2024."
    ),
    **{said: said for said in ("Ce nombre, 15, diffère de 12 (S2).", "Un 100 % à part : dites pourquoi, enfin")},
}


def test_R17_the_instruction_leaves_the_fact_and_nothing_else_moves(empty_url: str) -> None:
    engine = create_engine(empty_url)
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir()
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE avertissement (id INTEGER, message VARCHAR(500), commentaire VARCHAR(99))"
        )
        for key, message in enumerate(FORMER):
            place = "%s" if connection.dialect.name == "postgresql" else "?"
            row = (key, message, "Notre phrase : dites pourquoi.")
            connection.exec_driver_sql(f"INSERT INTO avertissement VALUES ({place}, {place}, {place})", row)
        keep_facts(connection)
        rows: list[Any] = list(connection.exec_driver_sql("SELECT message, commentaire FROM avertissement ORDER BY id"))
    engine.dispose()
    assert [tuple(row) for row in rows] == [(fact, "Notre phrase : dites pourquoi.") for fact in FORMER.values()]


@pytest.mark.parametrize(("former", "fact"), FORMER.items())
def test_R19_a_fact_kept_with_its_instruction_is_the_same_line_of_two_editions(former: str, fact: str) -> None:
    assert fact_of(former) == fact_of(fact) == fact
