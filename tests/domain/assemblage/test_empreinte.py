"""The fingerprint of what a document is made from moves with each row, rule and table, and with nothing else (R44)."""

from __future__ import annotations

from dataclasses import fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from paqte.domain.assemblage import empreinte
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.empreinte import Memo, inputs_sha256, rules_digest
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.sommes import Answers, Given
from tests.domain.assemblage.petit_monde import BRUNO, FAITS, P01, S2, monde
from tests.domain.loir_et_cher import fait


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of rules of two files, one in a room of its own."""
    (tmp_path / "grille").mkdir()
    (tmp_path / "regle.py").write_bytes(b"SEUIL = 3\n")
    (tmp_path / "grille" / "catalogue.toml").write_bytes(b"code = 'S2'\n")
    monkeypatch.setattr(empreinte, "RULES", tmp_path)
    return tmp_path


def digest_now() -> bytes:
    rules_digest.cache_clear()
    try:
        return rules_digest()
    finally:
        rules_digest.cache_clear()


def test_R44_the_rules_are_the_code_and_the_tables_of_every_room_in_the_order_of_their_names(rules: Path) -> None:
    parts = sha256(b"code = 'S2'\n").digest() + sha256(b"SEUIL = 3\n").digest()
    assert digest_now() == sha256(parts).digest()
    for name in ("regle.pyc", "LISEZ-MOI.md", "grille/catalogue.bak"):
        (rules / name).write_bytes(b"autre")
    assert digest_now() == sha256(parts).digest(), "what is no rule moves no cell"


@pytest.mark.parametrize("name", ["regle.py", "grille/catalogue.toml", "grille/neuve.py", "neuve.toml"])
def test_R44_a_rule_or_a_table_that_changes_or_comes_moves_the_fingerprint(rules: Path, name: str) -> None:
    before = digest_now()
    (rules / name).write_bytes(b"SEUIL = 4\n")
    assert digest_now() != before


def test_R44_the_rules_of_the_house_are_those_of_its_domain() -> None:
    assert Path("paqte/domain").resolve() == empreinte.RULES.resolve()


def test_R44_every_field_of_the_rows_counts() -> None:
    rows = monde()
    known = inputs_sha256(rows)
    moved: dict[str, Any] = {field.name: object() for field in fields(DonneesBilan) if field.init}
    moved |= {"periode": Periode.from_code("2026-S2"), "conventions": (), "chartes": (BRUNO,), "faits": FAITS[:-1]}
    for name, value in moved.items():
        other = replace(rows)
        object.__setattr__(other, name, value)
        if name == "faits":
            other = replace(rows, faits=value)
        assert inputs_sha256(other) != known, name


def test_R44_the_order_in_which_the_base_gives_the_answers_moves_nothing() -> None:
    rows = monde()
    assert inputs_sha256(replace(rows, faits=FAITS[::-1])) == inputs_sha256(rows)
    more = fait(BRUNO, S2, "2026-T3", 1)
    assert inputs_sha256(replace(rows, faits=(*FAITS, more))) != inputs_sha256(rows)
    swapped = (fait(BRUNO, S2, "2026-T1", 4), fait(BRUNO, P01, "2026-T1", 5), fait(BRUNO, S2, "2026-T2", 3), *FAITS[3:])
    assert inputs_sha256(replace(rows, faits=swapped)) != inputs_sha256(rows), "the same figures, in other periods"


def test_R44_a_text_that_no_file_could_hold_has_its_fingerprint_too() -> None:
    told = [replace(monde(), departement_nom=f"Loir{mark}et-Cher") for mark in ("\ud800", "\udfff", "?", "\\ud800")]
    assert len({inputs_sha256(rows) for rows in told}) == 4


def test_R44_what_one_look_remembers_gives_the_same_fingerprints_as_each_alone() -> None:
    memo: Memo = {}
    first, second = monde(), replace(monde(), conventions=(BRUNO,))
    shared = [inputs_sha256(rows, memo) for rows in (first, second, first)]
    assert shared == [inputs_sha256(first), inputs_sha256(second), inputs_sha256(first)]
    assert len(set(shared)) == 2
    assert {id(first.conventions), id(second.conventions)} <= set(memo), "what is read again is not written out again"


def test_R44_a_period_that_was_opened_and_that_nobody_answered_moves_nothing() -> None:
    rows = monde()
    source = Given(FAITS)
    codes = (*source.codes, "2026-T4")
    assert inputs_sha256(replace(rows, faits=Answers(source, codes))) == inputs_sha256(rows)
