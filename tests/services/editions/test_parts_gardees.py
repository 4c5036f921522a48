"""What is kept of an edition for the sums of territories is what the edition gives, whatever happens to it (R20)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from paqte.domain.assemblage import empreinte
from paqte.domain.assemblage.nation import Nation
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import COMPTE_RENDU, DOCUMENTS
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import KeptPart, db
from paqte.queries.editions.nation import gardees, wrong_parts
from paqte.services.editions import national
from paqte.services.editions.editions import produce_edition
from paqte.services.planificateur.mouvements import keep_sums, make_sums_again
from paqte.services.planificateur.verification import _kept_sums
from paqte.services.transaction import transaction
from tests.bench.documents.bilan import statements_run
from tests.queries.test_sommes import killed_after
from tests.services.editions.test_national import NADIA, NOW, S1, answered, run

T1 = Periode.from_code("2026-T1")


@pytest.fixture
def issued(session: Any, tmp_path: Path) -> Iterator[Path]:
    """Two départements that issued a bilan and an export each."""
    for code, value in (("41", 4), ("972", 7)):
        answered(code, value)
        produce_edition(
            DOCUMENTS[COMPTE_RENDU], actor=PLANIFICATEUR, departement=code, periode=T1, reports=tmp_path, now=NOW
        )
    run(tmp_path)
    yield tmp_path
    forget()


def forget() -> None:
    """As a process that has just begun."""
    national._merged.cache_clear()
    national._part.cache_clear()
    db.session.rollback()


def told() -> list[Nation]:
    forget()
    return [national.consolidate_territory(actor=NADIA, periode=one) for one in (S1, T1)]


def keep() -> int:
    return keep_sums(actor=PLANIFICATEUR, now=NOW)


def test_R20_a_territory_says_the_same_from_what_is_kept_as_from_the_editions(issued: Path) -> None:
    anew = told()
    keep()
    assert told() == anew
    assert [one.chiffres["S2", "entreprise"].valeur for one in anew] == [11, 11]


def test_a_process_that_begins_reads_no_document_once_its_part_is_kept(issued: Path) -> None:
    keep()
    with statements_run() as said:
        told()
    read = [asked for asked, _ in said if "FROM edition" in asked or "FROM part_edition" in asked]
    assert read and not any(column in asked for asked in read for column in ("edition.faits", " edition.contenu"))


def test_R19_what_followed_is_what_is_summed_though_the_former_is_kept(issued: Path) -> None:
    keep()
    answered("41", 5)
    run(issued)
    assert told()[0].chiffres["S2", "entreprise"].valeur == 16
    assert keep() > 0 and told()[0].chiffres["S2", "entreprise"].valeur == 16


def test_what_another_edition_followed_is_kept_no_more(issued: Path) -> None:
    """A base that serves for years would hold a part for each edition ever issued."""
    keep()
    before = set(db.session.scalars(select(KeptPart.edition_id)))
    for value in (5, 6):
        answered("41", value)
        run(issued)
        keep()
    after = set(db.session.scalars(select(KeptPart.edition_id)))
    assert len(after) == len(before) and len(after & before) == 3


def test_what_is_kept_is_kept_once(issued: Path) -> None:
    assert keep() > 0
    assert keep() == 0
    assert db.session.scalars(select(KeptPart.edition_id)).all() != []


def test_other_rules_leave_aside_what_was_kept_under_the_former(issued: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep()
    anew = told()
    spoil()
    assert told() != anew
    monkeypatch.setattr(gardees, "rules_digest", lambda: bytes(32))
    assert empreinte.rules_digest() != bytes(32) and told() == anew
    assert keep() == 4, "each bilan and export, made again under the new rules"


def spoil() -> None:
    """Somebody changes by hand what was kept."""
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        for row in writing.scalars(select(KeptPart)):
            row.contenu = zlib.compress(zlib.decompress(row.contenu).replace(b'\\"4\\"', b'\\"9\\"'))


def test_what_was_changed_by_hand_is_told_by_the_verification_and_mended(issued: Path) -> None:
    keep()
    said = _kept_sums()
    assert said == "celles qui sont gardées sont celles des déclarations validées et des éditions."
    anew = told()
    spoil()
    assert sorted(wrong_parts("41")) == ["2026-S1, édition 1", "2026-T1, édition 1"] and wrong_parts("972") == []
    with pytest.raises(Refused, match=r"n’est pas ce qu’elles donnent \(2\), dont 41 2026-") as refusal:
        _kept_sums()
    assert "paqte base sommes" in str(refusal.value)
    make_sums_again(actor=PLANIFICATEUR, now=NOW)
    assert told() == anew and _kept_sums() == said


def test_an_edition_changed_in_the_base_is_told_though_its_part_was_kept(issued: Path) -> None:
    keep()
    with db.engine.begin() as connection:
        changed = (
            "UPDATE edition SET contenu = replace(contenu, 'Société 41', 'Société 14') WHERE departement_code = '41'"
        )
        connection.execute(text(changed))
        numbers = "UPDATE edition SET faits = replace(faits, '4', '5') WHERE departement_code = '41'"
        connection.execute(text(numbers))
    assert "2026-S1, édition 1" in wrong_parts("41")


def test_a_kill_at_any_statement_leaves_what_is_kept_whole_or_not_there(issued: Path) -> None:
    anew, reached = told(), 0
    while killed_after(reached, NOW):
        reached += 1
        db.session.rollback()
        assert wrong_parts("41") == wrong_parts("972") == []
        assert told() == anew
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM part_edition"))
    assert reached > 4
