"""Référents whose bilan is awaited are reminded on the days set, once, never after their reason has gone (R12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT
from paqte.domain.statuts.courriels import REFUSE, SANS_OBJET, Message
from paqte.models import Courriel, Departement, Journal, Reglage, Relance, Utilisateur, db
from paqte.queries.editions.nation import coming_rappels, list_awaited
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels import remind_referents
from paqte.services.courriels.courriels import send_due
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan
from tests.factories import a_convention, a_signataire

if TYPE_CHECKING:
    from flask import Flask

S1 = Periode.from_code("2026-S1")
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
# A bilan is awaited 30 days after 30 June; three days later is a Sunday, ten days later a Sunday too.
DUE = datetime(2026, 7, 30, 9, tzinfo=UTC)
MONDAYS = [datetime(2026, 8, 3, 9, tzinfo=UTC), datetime(2026, 8, 10, 9, tzinfo=UTC)]
SITE = "https://paqte.exemple.fr"


@pytest.fixture
def lise(app: Flask, session: Any) -> str:
    """The référent of the 45, which follows the semester and has issued nothing."""
    follow("45", "Loiret")
    account("lise@loiret.exemple.fr", "Lise Aubry")
    return "lise@loiret.exemple.fr"


def follow(code: str, nom: str) -> None:
    """A département that has followed since the semester, with a convention that owes."""
    with transaction(actor=PLANIFICATEUR, now=BEGIN) as writing:
        writing.add(Departement(code=code, nom=nom, prefecture="Préfecture", premier_semestre="2026-S1"))
    a_convention(a_signataire(f"Société {code} (fictif)", code), "S2")
    with transaction(actor=PLANIFICATEUR, now=BEGIN) as writing:
        place = writing.get_one(Departement, code)
        place.premier_semestre, place.premiere_complete_le = "2026-S1", BEGIN.date()


def account(courriel: str, nom: str, departement: str = "45") -> None:
    invite_user(
        actor=PLANIFICATEUR, role=REFERENT, courriel=courriel, nom=nom, departement=departement, base_url=SITE,
        now=BEGIN, by_mail=False,
    )  # fmt: skip


def set_to(days: str) -> None:
    with transaction(actor=PLANIFICATEUR, now=BEGIN) as writing:
        writing.add(Reglage(departement_code=None, cle="rappels_referents_jours", valeur=days))


def reminded(now: datetime) -> int:
    """How many the 45 was sent by a scheduler that looks at that moment."""
    remind_referents(now=now, base_url=SITE)
    found = db.session.scalars(select(Relance.id).where(Relance.departement_code == "45")).all()
    db.session.rollback()
    return len(found)


def left(now: datetime) -> list[Message]:
    sent: list[Message] = []
    send_due(transport=sent.append, now=now)
    return [mail for mail in sent if mail.destinataire.endswith("loiret.exemple.fr")]


def test_R12_a_referent_is_reminded_on_each_day_set_once_whoever_looks_how_often(lise: str) -> None:
    """Every four hours for a month, by two schedulers at a time: a mail on each working day after the days set."""
    found = [0]
    moments = []
    for hour in range(0, 24 * 30, 4):
        now = DUE + timedelta(hours=hour)
        reminded(now)
        found.append(reminded(now))
        if found[-1] > found[-2]:
            moments.append(local_date(now, "45"))
    assert moments == [one.date() for one in MONDAYS] and found[-1] == 2


def test_R12_the_mail_says_what_is_left_by_when_and_whom_to_call(lise: str) -> None:
    reminded(MONDAYS[0])
    (mail,) = left(MONDAYS[0] + timedelta(hours=1))
    assert mail.destinataire == lise and mail.sujet == (
        "Bilan PAQTE Loiret (45), 1er semestre 2026 : en retard, il était attendu le 30/07/2026"
    )
    assert "Organisation retenue de suivi et d’animation du PAQTE, Stratégie définie" in mail.texte
    assert "bilans%2F2026-S1" in mail.texte or "bilans/2026-S1" in mail.texte
    assert "administrateur de l’application PAQTE" in mail.texte or "PAQTE, le suivi" in mail.texte


def test_R12_nothing_leaves_once_the_bilan_is_there(lise: str) -> None:
    reminded(MONDAYS[0])
    freeze_bilan(actor=PLANIFICATEUR, departement="45", periode=S1, now=MONDAYS[0])
    assert left(MONDAYS[0] + timedelta(hours=1)) == []
    c = Courriel
    row = db.session.execute(select(c.etat, c.erreur).where(c.motif == "rappel_bilan")).one()
    assert row.etat == SANS_OBJET and "Le bilan est arrivé" in row.erreur
    assert reminded(MONDAYS[1]) == 1


def test_R12_a_reminder_that_waits_says_what_is_left_when_it_leaves(lise: str, session: Any) -> None:
    reminded(MONDAYS[0])
    with transaction(actor=PLANIFICATEUR, now=MONDAYS[0]) as writing:
        writing.get_one(Departement, "45").nom = "Loiret renommé"
    (mail,) = left(MONDAYS[0] + timedelta(hours=1))
    assert "Loiret renommé (45)" in mail.sujet


def test_R12_whoever_is_no_longer_the_referent_is_not_reminded(lise: str) -> None:
    reminded(MONDAYS[0])
    with transaction(actor=PLANIFICATEUR, now=MONDAYS[0]) as writing:
        writing.scalars(select(Utilisateur).where(Utilisateur.courriel == lise)).one().is_active = False
    assert left(MONDAYS[0] + timedelta(hours=1)) == []
    assert reminded(MONDAYS[1]) == 1


@pytest.mark.parametrize(("days", "wanted"), [("aucune", 0), ("-7, 3", 2), ("5", 1)])
def test_R12_days_are_a_setting_and_may_be_none(lise: str, days: str, wanted: int) -> None:
    set_to(days)
    assert [reminded(DUE + timedelta(days=day)) for day in range(-20, 40)][-1] == wanted


def test_R12_one_mail_a_person_a_day_whoever_wrote_first(lise: str, session: Any) -> None:
    account("anne@loiret.exemple.fr", "Anne Roy")
    reminded(MONDAYS[0])
    assert reminded(MONDAYS[0] + timedelta(hours=3)) == 2
    (first, second) = sorted(mail.destinataire for mail in left(MONDAYS[0] + timedelta(hours=4)))
    assert (first, second) == ("anne@loiret.exemple.fr", lise)


def test_R12_a_referent_of_two_departements_late_on_one_day_is_told_of_each_on_a_day_of_its_own(lise: str) -> None:
    """One mail a person a day: the second waits for the next day, and neither is said twice nor forgotten."""
    follow("28", "Eure-et-Loir")
    account(lise, "Lise Aubry", "28")
    told: dict[date, list[str]] = {}
    for hour in range(0, 24 * 9, 4):
        now = MONDAYS[0] + timedelta(hours=hour)
        remind_referents(now=now, base_url=SITE)
        for mail in left(now):
            told.setdefault(local_date(now, "45"), []).append(mail.sujet.split(",", maxsplit=1)[0])
    monday = MONDAYS[0].date()
    assert told == {
        monday: ["Bilan PAQTE Eure-et-Loir (28)"],
        monday + timedelta(days=1): ["Bilan PAQTE Loiret (45)"],
        monday + timedelta(days=7): ["Bilan PAQTE Eure-et-Loir (28)"],
        monday + timedelta(days=8): ["Bilan PAQTE Loiret (45)"],
    }


def test_R12_the_nation_sees_who_was_reminded_when_and_the_journal_keeps_it(lise: str) -> None:
    def shown() -> list[tuple[str, str]]:
        (one,) = [
            a for a in list_awaited(actor=PLANIFICATEUR, periode=S1, now=MONDAYS[0]) if a.departement.code == "45"
        ]
        return [(told.nom, told.suite) for told in one.rappels]

    assert shown() == []
    reminded(MONDAYS[0])
    assert shown() == [("Lise Aubry", "pas encore parti")]
    left(MONDAYS[0] + timedelta(hours=1))
    assert shown() == [("Lise Aubry", "")]
    with transaction(actor=PLANIFICATEUR, now=MONDAYS[0]) as writing:
        writing.execute(update(Courriel).where(Courriel.motif == "rappel_bilan").values(etat=REFUSE))
    assert shown() == [("Lise Aubry", "refusé par le serveur de courriel")], "seen red: said to be on its way"
    acts = select(Journal.acte, Journal.objet).where(Journal.departement_code == "45", Journal.acte == "relancer")
    assert [tuple(row) for row in db.session.execute(acts)] == [("relancer", "utilisateur")]


def test_R12_a_forecast_says_the_days_and_writes_nothing(lise: str) -> None:
    steps = coming_rappels(now=DUE, periode=S1)
    ours = [step for step in steps if step.attendu.departement.code == "45"]
    told = [(step.jour, step.jours, [(p.courriel, p.is_done) for p in step.personnes]) for step in ours]
    assert told == [(MONDAYS[0].date(), 3, [(lise, False)]), (MONDAYS[1].date(), 10, [(lise, False)])]
    db.session.rollback()
    assert db.session.scalars(select(Relance.id)).all() == []


def test_R43_what_is_left_to_the_referent_is_not_asked_for(lise: str) -> None:
    with transaction(actor=PLANIFICATEUR, now=BEGIN) as writing:
        writing.get_one(Departement, "45").premiere_complete_le = DUE.date()
    assert reminded(MONDAYS[0]) == 0
