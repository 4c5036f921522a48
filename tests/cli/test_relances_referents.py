"""`paqte relances referents` says which référents would be reminded of a bilan, and sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import func, select

from paqte import create_app
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT
from paqte.models import Courriel, Departement, Relance, db
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels import remind_referents
from paqte.services.declarations.declarations import open_declaration, submit_declaration
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan
from tests.factories import a_convention, a_signataire, engagement_of

if TYPE_CHECKING:
    from flask import Flask

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
# A bilan is awaited 30 days after 30 June; the reminders of 3 and 10 days later fall on Sundays, and wait for Mondays.
DUE = datetime(2026, 7, 30, 9, tzinfo=UTC)
MONDAY = datetime(2026, 8, 3, 9, tzinfo=UTC)
SITE = "https://paqte.exemple.fr"
TEXTES = "Organisation retenue de suivi et d’animation du PAQTE; Stratégie définie; Obstacles rencontrés"
Command = Callable[..., Any]


@pytest.fixture(autouse=True)
def at_the_due_day() -> Iterator[None]:
    with time_machine.travel(DUE, tick=False):
        yield


@pytest.fixture
def app(base: Path) -> Flask:
    """The 45 has its référent and one declaration to validate, the 18 has nobody, the 36 has sent its bilan."""
    app = create_app()
    with app.app_context():
        with transaction(actor=PLANIFICATEUR, now=BEGIN) as session:
            for code, nom in (("18", "Cher"), ("36", "Indre"), ("45", "Loiret")):
                session.add(Departement(code=code, nom=nom, premier_semestre="2026-S1"))
        given = {
            code: a_convention(a_signataire(f"Société {code} (fictif)", code), "S2") for code in ("18", "36", "45")
        }
        with transaction(actor=PLANIFICATEUR, now=BEGIN) as session:
            for code in given:
                place = session.get_one(Departement, code)
                place.premier_semestre, place.premiere_complete_le = "2026-S1", BEGIN.date()
        for courriel, code in (("lise@loiret.exemple.fr", "45"), ("paul@indre.exemple.fr", "36")):
            invite_user(
                actor=PLANIFICATEUR, role=REFERENT, courriel=courriel, nom="Lise Aubry", departement=code,
                base_url=SITE, now=BEGIN, by_mail=False,
            )  # fmt: skip
        freeze_bilan(actor=PLANIFICATEUR, departement="36", periode=Periode.from_code("2026-S1"), now=DUE)
        answer_sent(given["45"])
    return app


def answer_sent(convention: int) -> None:
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=4)}, "")
    window = Periode.from_code("2026-T2")
    key = open_declaration(actor=PLANIFICATEUR, now=DUE, convention_id=convention, periode=window)
    submit_declaration(actor=PLANIFICATEUR, now=DUE, declaration_id=key, version=1, saisie=saisie)


def test_it_says_each_day_and_whom_with_what_is_left_and_whom_to_call(app: Flask, paqte: Command) -> None:
    """One line a step and a person; the 36, whose bilan is there, has none."""
    shown = paqte("relances", "referents", "--periode", "2026-S1")
    lise, nobody = (
        f"lise@loiret.exemple.fr\t{TEXTES}; 1 à valider",
        "-\tAucun référent n’a de compte ouvert : à appeler",
    )
    assert (shown.code, [line.replace("\u00a0", " ") for line in shown.lignes]) == (0, [
        f"2026-08-03\t18\t2026-S1\tJ+3\t{nobody}",
        f"2026-08-03\t45\t2026-S1\tJ+3\t{lise}",
        f"2026-08-10\t18\t2026-S1\tJ+10\t{nobody}",
        f"2026-08-10\t45\t2026-S1\tJ+10\t{lise}",
    ])  # fmt: skip


def test_without_a_semester_it_is_of_the_last_that_is_over(app: Flask, paqte: Command) -> None:
    assert paqte("relances", "referents").sortie == paqte("relances", "referents", "--periode", "2026-S1").sortie


def test_whoever_was_reminded_is_said_to_have_been(app: Flask, paqte: Command) -> None:
    with app.app_context():
        remind_referents(now=MONDAY, base_url=SITE)
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        lines = paqte("relances", "referents").lignes
    first, second = (line for line in lines if "lise@" in line)
    assert first.endswith("J+3\tlise@loiret.exemple.fr\tdéjà rappelé") and second.endswith("1 à valider")


def test_nothing_to_come_is_said_and_only_a_semester_may_be_asked(app: Flask, paqte: Command) -> None:
    none = paqte("relances", "referents", "--periode", "2025-S1")
    assert (none.code, none.sortie) == (0, "Aucun rappel à venir.\n")
    quarter = paqte("relances", "referents", "--periode", "2026-T2")
    assert quarter.code != 0 and "choisissez un semestre" in quarter.erreur and quarter.sortie == ""


def test_it_writes_nothing(app: Flask, paqte: Command) -> None:
    def held() -> tuple[int | None, int | None]:
        with app.app_context():
            count = [db.session.scalar(select(func.count()).select_from(one)) for one in (Courriel, Relance)]
            return (count[0], count[1])

    before = held()
    assert paqte("relances", "referents").code == 0
    assert held() == before
