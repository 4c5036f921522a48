"""The journal searched, and said in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.domain.personnes.journal.gestes import ACTES, COPIES, OBJETS, REFUS, SERIES
from paqte.models import Convention, Engagement, Objectif, db
from paqte.models.base import Base
from paqte.models.commun import Journaled
from paqte.queries.journal import JournalSought, find_lines
from paqte.services.transaction import note, transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, bruno
from tests.sources import nodes_of

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
# What a call gives as an act that is no text: where it comes from, and what it may be.
GIVEN = {"act": {"accepter", "ignorer"}, "geste": {"inviter", "relancer", "renvoyer", "valider"}}


def noted() -> Iterator[tuple[str, str]]:
    """(act, thing) as each line of code that notes one says them."""
    for path in sorted((ROOT / "paqte").rglob("*.py")):
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "note" and len(node.args) > 2:
                yield ast.unparse(node.args[1]), ast.unparse(node.args[2])


def test_every_act_and_every_thing_of_the_journal_has_its_word() -> None:
    written = set(noted())
    assert len(written) > 40, "the count sees the code"
    acts = {act.strip("'") for act, _ in written if act.startswith("'")} | {"creer", "modifier", "supprimer"}
    acts |= {one for act, _ in written if not act.startswith("'") for one in GIVEN.get(act, {f"unknown {act}"})}
    assert acts - ACTES.keys() == set()
    assert ACTES.keys() - acts == set(), "a word of what nobody does"
    things = {thing.strip("'") for _, thing in written if thing.startswith("'")}
    things |= {m.class_.__tablename__ for m in Base.registry.mappers if issubclass(m.class_, Journaled)}
    assert things - OBJETS.keys() == set()


def test_acts_asked_for_together_are_acts_and_their_name_is_none() -> None:
    assert (REFUS | COPIES) - ACTES.keys() == set()
    assert SERIES.keys() & ACTES.keys() == set()


def test_a_company_is_followed_through_all_that_hangs_on_it_and_never_through_another_s(app: Flask) -> None:
    """Counted by hand from the tables: each line of its card, conventions, promises and targets, and no other."""
    with app.app_context():
        first, second = a_signataire("Énergies du Val"), a_signataire("Vignobles d’en face", "37")
        a_convention(second, "S1", cibles={"S1": 9})
        a_convention(first, "S1", "F1", cibles={"S1": 5})
        found = find_lines(actor=PLANIFICATEUR, sought=JournalSought(signataire="VAL energies"), start=0, most=100)
        of = {(line.objet, line.objet_id) for line in found.lignes}
        convention = db.session.scalars(select(Convention.id).where(Convention.signataire_id == first)).all()
        engagements = db.session.scalars(select(Engagement.id).where(Engagement.convention_id.in_(convention))).all()
        objectifs = db.session.scalars(select(Objectif.id).where(Objectif.engagement_id.in_(engagements))).all()
        assert {(o, n) for o, n in of if o != "anteriorite"} == {
            ("signataire", str(first)),
            *(("convention", str(key)) for key in convention),
            *(("engagement", str(key)) for key in engagements),
            *(("objectif", str(key)) for key in objectifs),
        }
        assert len(objectifs) > 0 and found.total == len(found.lignes)


def test_the_latest_come_first_and_a_page_follows_the_other(app: Flask) -> None:
    with app.app_context():
        with transaction(actor=PLANIFICATEUR, now=NOW) as session:
            for rank in range(5):
                note(session, "telecharger", "edition", rank)
        asked = JournalSought(acte="telecharger")
        pages = [find_lines(actor=PLANIFICATEUR, sought=asked, start=start, most=2) for start in (0, 2, 4, 6)]
        assert [[line.objet_id for line in page.lignes] for page in pages] == [["4", "3"], ["2", "1"], ["0"], []]
        assert {page.total for page in pages} == {5}


def test_a_mark_that_a_search_reads_as_any_letter_is_itself(app: Flask) -> None:
    with app.app_context():
        a_signataire("Cent pour cent")
        asked = JournalSought(signataire="c%t")
        assert find_lines(actor=PLANIFICATEUR, sought=asked, start=0, most=9).total == 0


@pytest.mark.parametrize("actor", [CAMILLE, ZOE, bruno(1)])
def test_only_an_administrator_or_whoever_holds_the_machine_finds_lines(app: Flask, actor: Acteur) -> None:
    with app.app_context(), pytest.raises(NotFound):
        find_lines(actor=actor, sought=JournalSought(), start=0, most=1)
