"""The nation in one run: each département once, and a sum that is that of what they issued (R20)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import NATIONAL, PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.secret import INTERNE
from paqte.models import db
from paqte.queries.editions.nation import last_editions
from paqte.services.declarations.declarations import open_declaration, submit_declaration, validate_declaration
from paqte.services.editions.national import consolidate_nation, consolidate_territory, produce_everywhere
from tests.bench.documents.bilan import statements_run
from tests.factories import a_convention, a_departement, a_signataire, engagement_of

pytestmark = pytest.mark.lent

S1 = Periode.from_code("2026-S1")
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
NADIA = Acteur(9, "Nadia", NATIONAL)


def answered(departement: str, value: int) -> None:
    """A company of the département that took in so many pupils in the first quarter."""
    convention = a_convention(a_signataire(f"Société {departement} (fictif)", departement), "S2")
    actor = Acteur(None, "Référente", REFERENT, departement)
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=value)}, "")
    key = open_declaration(actor=actor, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T1"))
    submit_declaration(actor=actor, now=NOW, declaration_id=key, version=1, saisie=saisie)
    validate_declaration(actor=actor, now=NOW, declaration_id=key, version=2)


@pytest.fixture
def two(session: Any) -> None:
    answered("41", 4)
    answered("972", 7)
    a_departement("18")


def run(reports: Path, now: datetime = NOW) -> list[Any]:
    return list(produce_everywhere(actor=PLANIFICATEUR, periode=S1, reports=reports, now=now))


def test_R20_each_departement_is_produced_once_and_the_nation_is_their_sum(two: None, tmp_path: Path) -> None:
    made = run(tmp_path)
    assert [(one.departement, one.edition.numero, one.edition.is_new) for one in made] == [
        ("18", 1, True),
        ("41", 1, True),
        ("972", 1, True),
    ]
    nation = consolidate_nation(actor=NADIA, periode=S1)
    (line,) = [one for one in nation.lignes if one.code == "S2"]
    assert line.valeur == 11
    assert line.departements == (("18", None), ("41", 4), ("972", 7))
    assert nation.ecarts == ()
    assert [one.edition.is_new for one in run(tmp_path)] == [False] * 3


def test_R20_the_nation_follows_the_last_edition_of_each(two: None, tmp_path: Path) -> None:
    run(tmp_path)
    answered("41", 5)
    assert [one.edition.numero for one in run(tmp_path)] == [1, 2, 1]
    nation = consolidate_nation(actor=NADIA, periode=S1)
    assert next(one.valeur for one in nation.lignes if one.code == "S2") == 16
    assert [(code, numero) for code, numero, _ in nation.editions] == [("18", 1), ("41", 2), ("972", 1)]


def test_what_is_summed_is_merged_once_whoever_reads_it_and_again_once_an_edition_followed(
    two: None, tmp_path: Path
) -> None:
    run(tmp_path)
    first = consolidate_territory(actor=NADIA, periode=S1)
    assert consolidate_territory(actor=PLANIFICATEUR, periode=S1) is first
    answered("41", 5)
    run(tmp_path)
    assert consolidate_territory(actor=NADIA, periode=S1) is not first


def test_the_last_editions_are_found_without_reading_a_document(two: None, tmp_path: Path) -> None:
    """Seen red: SQLite read every document of the table, of all the past, to reach what stands behind it in a row."""
    run(tmp_path)
    with statements_run() as said:
        assert len(last_editions(actor=NADIA, periode=S1)) == 3
    ((asked, given),) = [one for one in said if "FROM edition" in one[0]]
    if db.engine.dialect.name == "sqlite":
        plan = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", given)]
        steps = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
        assert steps and all("COVERING INDEX" in step for step in steps), plan


def test_R12_a_departement_whose_semester_is_not_over_does_not_hold_the_others_back(two: None, tmp_path: Path) -> None:
    """At half past ten in the evening UTC on 30 June it is July in Paris, still June in Martinique."""
    made = {one.departement: one for one in run(tmp_path, datetime(2026, 6, 30, 22, 30, tzinfo=UTC))}
    assert made["41"].edition is not None
    assert made["972"].edition is None
    assert "n’est pas terminé" in made["972"].refus


def test_a_referent_consolidates_no_more_than_her_own_editions(two: None, tmp_path: Path) -> None:
    run(tmp_path)
    seen = consolidate_nation(actor=Acteur(2, "Zoé", REFERENT, "972"), periode=S1)
    assert [code for code, _, _ in seen.editions] == ["972"]


def test_a_semester_that_nobody_issued_has_no_figure(two: None) -> None:
    assert consolidate_nation(actor=NADIA, periode=S1).lignes == ()


def test_R23_the_sum_of_internal_editions_is_internal_and_each_of_its_lines_says_so(two: None, tmp_path: Path) -> None:
    """Small numbers are summed as they are: nothing is hidden in it, so nothing of it may leave."""
    run(tmp_path)
    nation = consolidate_nation(actor=NADIA, periode=S1)
    assert nation.mention.startswith("Usage interne")
    assert nation.lignes
    assert {line.diffusion for line in nation.lignes} == {INTERNE}
