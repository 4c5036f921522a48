"""Who writes decides first: SQLite's lock is held for what is written alone, and goes to whoever came first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import Conflict, Refused
from paqte.models import Declaration, Edition, Journal
from paqte.models.base import BUSY_TIMEOUT_MS
from paqte.models.writers import WaitingQueue
from paqte.services.declarations import declarations
from paqte.services.declarations.declarations import (
    open_declaration,
    save_draft,
    submit_declaration,
    validate_declaration,
)
from paqte.services.declarations.signalements import report_error
from paqte.services.editions import editions
from tests.editions import freeze_bilan
from tests.factories import CAMILLE, a_convention, a_signataire, bruno, engagement_of

# SQLite alone: on PostgreSQL no writer shuts another out, and rows are locked one by one.
ABOUT_PAGES = True
T1, T2, S1 = Periode.from_code("2026-T1"), Periode.from_code("2026-T2"), Periode.from_code("2026-S1")
pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def beside(app: Any) -> Callable[[Callable[[], Any]], Any]:
    """Do something in another thread, with a session of its own, and give what it gave; it may not be kept waiting."""

    def run(act: Callable[[], Any]) -> Any:
        def within() -> Any:
            with app.app_context():
                return act()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(within).result(timeout=BUSY_TIMEOUT_MS / 1_000 - 1)

    return run


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch, beside: Any) -> Callable[..., list[int]]:
    """Have something happen beside, once, just after a step of a use case; gives how often that step was taken."""

    def put(where: Any, step: str, act: Callable[[], Any]) -> list[int]:
        real, taken = getattr(where, step), [0]

        def stepped(*args: Any, **kwargs: Any) -> Any:
            given = real(*args, **kwargs)
            taken[0] += 1
            if taken[0] == 1:
                beside(act)
            return given

        monkeypatch.setattr(where, step, stepped)
        return taken

    return put


def _opened(now: datetime, nom: str = "Société du centre (fictif)", periode: Periode = T1) -> tuple[int, int, int]:
    """A declaration just opened: its signatory, its key, its engagement."""
    signataire = a_signataire(nom)
    convention = a_convention(signataire, "S2")
    key = open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=periode)
    return signataire, key, engagement_of(convention, "S2")


def _typed(engagement: int, valeur: int, texte: str = "") -> Saisie:
    return Saisie({engagement: AnswerTyped(valeur=Decimal(valeur))}, texte)


def test_another_company_keeps_its_draft_while_one_is_being_decided(
    session: Any, now: datetime, meanwhile: Callable[..., list[int]]
) -> None:
    _, mine, engagement = _opened(now)
    _, other, promised = _opened(now, "Voisine (fictif)")
    kept: list[int] = []
    for key in (mine, other):
        save_draft(actor=CAMILLE, now=now, declaration_id=key, version=1, saisie=Saisie({}, "à suivre"))
    saved = {"actor": CAMILLE, "now": now, "version": 2}
    taken = meanwhile(
        declarations,
        "write_answers",
        lambda: kept.append(save_draft(declaration_id=other, saisie=_typed(promised, 7), **saved)),
    )
    assert save_draft(declaration_id=mine, saisie=_typed(engagement, 5), **saved) == 3
    assert kept == [3]
    # The draft of another moves nothing that this one was decided on: it was decided once.
    assert taken == [2]
    session.rollback()
    found = {d.id: d.realisations[0].valeur for d in session.scalars(select(Declaration))}
    assert found == {mine: 5, other: 7}


def test_two_drafts_of_one_declaration_decided_at_once_keep_the_first_and_tell_the_second(
    session: Any, now: datetime, meanwhile: Callable[..., list[int]]
) -> None:
    _, key, engagement = _opened(now)
    saved = {"actor": CAMILLE, "now": now, "declaration_id": key, "version": 1}
    meanwhile(declarations, "write_answers", lambda: save_draft(saisie=_typed(engagement, 7, "la première"), **saved))
    with pytest.raises(Conflict) as told:
        save_draft(saisie=_typed(engagement, 5, "la seconde"), **saved)
    assert told.value.current["texte_libre"] == "la première"
    session.rollback()
    assert session.get_one(Declaration, key).texte_libre == "la première"


def test_an_error_told_while_a_declaration_is_being_validated_is_not_passed_over(
    session: Any, now: datetime, meanwhile: Callable[..., list[int]]
) -> None:
    signataire, key, engagement = _opened(now)
    submit_declaration(actor=CAMILLE, now=now, declaration_id=key, version=1, saisie=_typed(engagement, 5))
    told = {"actor": bruno(signataire), "now": now, "declaration_id": key, "base_url": ""}
    meanwhile(declarations, "refuse_when_reported", lambda: report_error(motif="C’est 6.", **told))
    with pytest.raises(Refused, match="signale une erreur"):
        validate_declaration(actor=CAMILLE, now=now, declaration_id=key, version=2)
    session.rollback()
    assert session.get_one(Declaration, key).etat == "transmise"


def test_a_bilan_being_filled_holds_nobody_and_bears_what_is_validated_meanwhile(
    session: Any, now: datetime, meanwhile: Callable[..., list[int]]
) -> None:
    _, mine, engagement = _opened(now)
    submit_declaration(actor=CAMILLE, now=now, declaration_id=mine, version=1, saisie=_typed(engagement, 41))
    filled = meanwhile(
        editions, "_edition", lambda: validate_declaration(actor=CAMILLE, now=now, declaration_id=mine, version=2)
    )
    issued = freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=now)
    assert filled == [2]
    session.rollback()
    faits = session.scalars(select(Edition.faits).where(Edition.id == issued.id)).one()
    assert "41" in faits and issued.numero == 1


def test_what_was_begun_twice_is_in_the_journal_once(
    session: Any, now: datetime, meanwhile: Callable[..., list[int]]
) -> None:
    _, mine, engagement = _opened(now)
    _, other, promised = _opened(now, "Voisine (fictif)")
    submit = {"actor": CAMILLE, "now": now, "version": 1}
    taken = meanwhile(
        declarations,
        "write_answers",
        lambda: submit_declaration(declaration_id=other, saisie=_typed(promised, 7), **submit),
    )
    save_draft(declaration_id=mine, saisie=_typed(engagement, 5, "une fois"), **submit)
    # The first time, the other's, and the second time: a declaration sent moves what its département's are read at.
    assert taken == [3]
    lines = session.scalars(select(Journal.apres).where(Journal.objet_id == str(mine), Journal.objet == "declaration"))
    assert sum("une fois" in line for line in lines) == 1


def test_writers_take_turns_in_the_order_they_came() -> None:
    queue, came = WaitingQueue(), []
    assert queue.take(1)

    def write(rank: int) -> None:
        assert queue.take(10)
        came.append(rank)
        queue.give()

    threads = [threading.Thread(target=write, args=(rank,)) for rank in range(12)]
    for rank, thread in enumerate(threads):
        thread.start()
        while len(queue) <= rank:
            time.sleep(0.001)
    queue.give()
    for thread in threads:
        thread.join(10)
    assert came == list(range(12))


def test_a_writer_who_waited_in_vain_leaves_the_line_to_the_others() -> None:
    queue = WaitingQueue()
    assert queue.take(1)
    assert not queue.take(0.01)
    assert len(queue) == 0
    queue.give()
    assert queue.take(0)
