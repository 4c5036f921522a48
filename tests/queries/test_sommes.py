"""What is kept of the sums is what the validated declarations add up to, whoever moves anything (R20)."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import event, select, text

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Consolidation, Fait, consolidate
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.sommes import read_sums, write_sums
from paqte.domain.statuts.declarations import VALIDEE
from paqte.models import Declaration, KeptConsolidation, db
from paqte.queries.kept import _SHELF
from paqte.queries.sommes import facts_of, read_answers, wrong_sums
from paqte.services.editions.editions import read_draft
from paqte.services.planificateur.mouvements import keep_sums, make_sums_again
from paqte.services.planificateur.verification import _kept_sums
from paqte.services.transaction import transaction
from tests.domain.oracle import fact_lists
from tests.factories import LONG_AGO, a_convention, a_departement, a_signataire, engagement_of

YEARS = range(2019, 2027)
S1 = Periode.from_code("2026-S1")


@pytest.fixture
def loir(session: Any) -> tuple[int, int]:
    """Eight years of quarters of two conventions, and one semester."""
    found = tuple(a_convention(a_signataire(nom=nom), "S2", "R3", debut=date(YEARS[0], 1, 1)) for nom in ("Un", "Deux"))
    engaged = {c: [engagement_of(c, code) for code in ("S2", "R3")] for c in found}
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as writing:
        for convention, keys in engaged.items():
            for periode in (*(f"{year}-T{n}" for year in YEARS for n in range(1, 5)), "2025-S1"):
                writing.add(_answered(convention, periode, keys, len(periode) + convention))
    return found


def _answered(convention: int, periode: str, keys: list[int], value: int) -> Declaration:
    return Declaration(
        convention_id=convention,
        departement_code="41",
        periode=periode,
        etat=VALIDEE,
        validee_le=LONG_AGO,
        created_at=LONG_AGO,
        sceau=f'[[{keys[0]},"S2","nombre",{value},null,null],[{keys[1]},"R3","neant",null,null,null]]',
    )


def anew(until: Periode) -> Consolidation:
    """From the rows, whatever is kept."""
    codes = [c for c in db.session.scalars(select(Declaration.periode)) if Periode.from_code(c).fin <= until.fin]
    return consolidate(facts_of(db.session(), "41", codes))


def told(until: Periode) -> Consolidation:
    db.session.rollback()
    return read_answers(db.session(), "41").until(until).over(None)


def forget() -> None:
    """As a process that has just started."""
    _SHELF.__init__()  # type: ignore[misc]


@contextmanager
def statements() -> Iterator[list[str]]:
    with asked() as run:
        told: list[str] = []
        yield told
        told += [statement for statement, _ in run]


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the base meanwhile, with its parameters."""
    run: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        run.append((statement, given))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


MOVES = (
    "UPDATE declaration SET sceau = '[]' WHERE id = {one}",
    "UPDATE declaration SET etat = 'transmise', sceau = NULL, hors_sceau = NULL, validee_le = NULL WHERE id = {one}",
    "UPDATE declaration SET sceau = replace(sceau, 'nombre\",', 'nombre\",1') WHERE id = {one}",
    "UPDATE convention SET dispositif = 'charte' WHERE id = (SELECT convention_id FROM declaration WHERE id = {one})",
    "UPDATE convention SET dispositif = 'paqte' WHERE id = (SELECT convention_id FROM declaration WHERE id = {one})",
    "UPDATE convention SET signataire_id = (SELECT min(id) FROM signataire)",
    "UPDATE convention SET signataire_id = (SELECT max(id) FROM signataire) "
    "WHERE id = (SELECT convention_id FROM declaration WHERE id = {one})",
    "DELETE FROM declaration WHERE id = {one}",
    "UPDATE declaration SET departement_code = '37' WHERE id = {one}",
    "UPDATE declaration SET departement_code = '41'",
    "UPDATE signataire SET commune = 'Blois'",
)


def test_R20_what_is_kept_is_what_would_be_summed_anew_whatever_moves_by_whatever_hand(
    loir: tuple[int, int], now: datetime
) -> None:
    drawn, seen = random.Random(11), 0
    a_departement("37")
    keep_sums(actor=PLANIFICATEUR, now=now)
    for _ in range(16):
        before = told(S1)
        keys = db.session.scalars(select(Declaration.id).order_by(Declaration.id)).all()
        with db.engine.begin() as connection:
            connection.execute(text(drawn.choice(MOVES).format(one=drawn.choice(keys)).replace(":", "\\:")))
        if drawn.random() < 0.3:
            forget()
        if drawn.random() < 0.3:
            keep_sums(actor=PLANIFICATEUR, now=now)
        until = drawn.choice((S1, Periode.from_code("2024-T2"), Periode.from_code("2021-S2")))
        assert (told(until), told(S1)) == (anew(until), anew(S1))
        assert wrong_sums(db.session(), "41") == []
        seen += told(S1) != before
    assert seen > 4


def test_a_process_that_starts_reads_the_kept_sums_and_no_answer_of_before_the_period(
    loir: tuple[int, int], now: datetime
) -> None:
    keep_sums(actor=PLANIFICATEUR, now=now)
    before = anew(S1)
    forget()
    db.session.rollback()
    with statements() as run:
        found = read_answers(db.session(), "41").until(S1).over(None)
    assert found == before
    assert not any("sceau" in statement for statement in run)
    # Which periods answered, the marks, and the sums: as many after eight years as after one.
    assert len([s for s in run if s.startswith("SELECT")]) == 3
    windows = set(db.session.scalars(select(KeptConsolidation.fenetre)))
    assert {"2026-T1", "2025-S1", "2019-T4", "..2019", "..2024"} <= windows and "..2025" not in windows


def test_one_correction_makes_its_own_period_anew_and_the_years_after_it(loir: tuple[int, int], now: datetime) -> None:
    keep_sums(actor=PLANIFICATEUR, now=now)
    for periode, made in (("2026-T1", {"2026-T1"}), ("2022-T3", {"2022-T3", "..2022", "..2023", "..2024"})):
        before = dict(db.session.execute(select(KeptConsolidation.fenetre, KeptConsolidation.etat)).all())
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE declaration SET sceau = '[]' WHERE periode = :p"), {"p": periode})
        assert keep_sums(actor=PLANIFICATEUR, now=now) == len(made)
        db.session.rollback()
        after = dict(db.session.execute(select(KeptConsolidation.fenetre, KeptConsolidation.etat)).all())
        assert {window for window, etat in after.items() if before[window] != etat} == made


def test_one_correction_has_the_seals_of_its_own_period_read_and_nothing_of_what_it_cannot_move(
    loir: tuple[int, int], now: datetime
) -> None:
    def document() -> None:
        db.session.rollback()
        read_draft(db.session(), DOCUMENTS["bilan"], "41", S1, now=now)

    keep_sums(actor=PLANIFICATEUR, now=now)
    document()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE declaration SET sceau = '[]' WHERE periode = '2025-T4'"))
    with asked() as run:
        document()
    sealed = [given for said, given in run if "sceau" in said and "2025-T4" not in str(given)]
    beside = ("FROM partenaire", "FROM referent", "FROM action", "FROM rubrique", "FROM reglage", "FROM avertissement")
    assert sealed == [] and not [said for said, _ in run if any(table in said for table in beside)]
    # The marks, which periods answered, the sum kept and the seals of one; the last edition and its number.
    assert len([said for said, _ in run if said.startswith("SELECT")]) <= 7


class Killed(BaseException):
    """The process ends here."""


def test_a_kill_at_any_statement_leaves_no_kept_sum_that_differs(loir: tuple[int, int], now: datetime) -> None:
    reached = 0
    while True:
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE declaration SET sceau = replace(sceau, 'nombre\",', 'nombre\",1')"))
        forget()
        if not killed_after(reached, now):
            break
        reached += 1
        db.session.rollback()
        assert wrong_sums(db.session(), "41") == []
        assert told(S1) == anew(S1)
    assert reached > 4 and wrong_sums(db.session(), "41") == []


def killed_after(count: int, now: datetime) -> bool:
    """Keep the sums, killed before the statement of that rank; False when there is none so far."""
    left = [count]

    def kill(*_given: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    event.listen(db.engine, "before_cursor_execute", kill)
    try:
        keep_sums(actor=PLANIFICATEUR, now=now)
    except Killed:
        return True
    finally:
        event.remove(db.engine, "before_cursor_execute", kill)
    return False


def test_a_sum_changed_by_hand_is_told_by_the_verification_and_mended(loir: tuple[int, int], now: datetime) -> None:
    keep_sums(actor=PLANIFICATEUR, now=now)
    assert _kept_sums() == "celles qui sont gardées sont celles des déclarations validées et des éditions."
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        row = writing.get_one(KeptConsolidation, ("41", "2026-T1"))
        row.contenu = zlib.compress(zlib.decompress(row.contenu).replace(b",1,", b",9,", 1))
    forget()
    with pytest.raises(Exception, match=r"des sommes gardées ne sont pas celles .* \(1\), dont 41 2026-T1"):
        _kept_sums()
    assert told(S1) != anew(S1), "what was changed is shown until it is mended"
    assert make_sums_again(actor=PLANIFICATEUR, now=now) == 8 * 4 + 1 + 6
    assert told(S1) == anew(S1)
    _kept_sums()


def test_a_bilan_says_the_same_from_kept_sums_as_from_none(loir: tuple[int, int], now: datetime) -> None:
    def document() -> str:
        db.session.rollback()
        return read_draft(db.session(), DOCUMENTS["bilan"], "41", S1, now=now).document.as_json()

    forget()
    from_seals = document()
    keep_sums(actor=PLANIFICATEUR, now=now)
    forget()
    assert document() == from_seals
    assert document() == from_seals


def exactly(f: Fait) -> Fait:
    """As the base gives it: its numbers are decimal, zero too."""
    numbers = {name: getattr(f, name) for name in ("valeur", "numerateur", "denominateur")}
    return f._replace(**{name: None if value is None else Decimal(value) for name, value in numbers.items()})


@settings(max_examples=30)
@given(fact_lists)
def test_R20_a_sum_is_read_back_exactly_as_it_was_written(faits: list[Fait]) -> None:
    mine = [exactly(f) for f in faits if f.departement == "41"]
    whole = consolidate(mine)
    assert read_sums("41", write_sums(whole)) == whole
    assert write_sums(consolidate(reversed(mine))) == write_sums(whole)


def test_R33_a_sum_too_long_for_a_float_is_kept_to_the_last_cent() -> None:
    large = [
        Fait("41", 1, 1, 1, "A2", n, f"202{n}-T1", "nombre", Decimal("9999999999999.99"), None, None) for n in range(9)
    ]
    found = read_sums("41", write_sums(consolidate(large))).of("A2")
    assert [part.somme for part in found.values()] == [Decimal("89999999999999.91")]
