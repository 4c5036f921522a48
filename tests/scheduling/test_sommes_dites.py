"""Whoever holds a territory is told once that its sum was issued, never after the reason has gone (R12, R20)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import NATIONAL, PLANIFICATEUR, REGION
from paqte.domain.statuts.courriels import SANS_OBJET, Message
from paqte.models import Courriel, Reglage, Tache, Utilisateur, db
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels.courriels import send_due
from paqte.services.editions.sommes import issue_somme, produce_somme
from paqte.services.planificateur import due
from paqte.services.planificateur.taches import Workshop, run_due
from paqte.services.reglages import plan_sommes
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan
from tests.fixtures_courriel import Mailbox
from tests.parcours.courriels_suivis import Jours

SITE = "https://paqte.exemple.fr"
S1 = Periode.from_code("2026-S1")
JULY = datetime(2026, 7, 2, 9, tzinfo=UTC)
# 45 days after 30 June, at midnight in Paris; mails leave at eight.
DAY = datetime(2026, 8, 13, 22, tzinfo=UTC)
MORNING = datetime(2026, 8, 14, 8, tzinfo=UTC)
REGINE, NORA = "regine@centre.exemple.fr", "nora@ministere.exemple.fr"


@pytest.fixture
def given_settings(mailbox: Mailbox) -> Mapping[str, object]:
    return {"PAQTE_SMTP_URL": mailbox.url}


@pytest.fixture
def place(app: Flask, two_in_use: None, tmp_path: Path) -> Workshop:
    """Of the 41 the bilan is there, of the 972 not; the région of the 41 and the nation have one account each."""
    with app.app_context():
        invited(REGINE, role=REGION, region="24")
        invited("autre@martinique.exemple.fr", role=REGION, region="02")
        invited(NORA, role=NATIONAL)
        freeze_bilan(actor=PLANIFICATEUR, departement="41", periode=S1, now=JULY)
    return Workshop("essai", tmp_path, SITE)


def invited(courriel: str, **given: Any) -> None:
    name = courriel.split("@", maxsplit=1)[0].capitalize()
    invite_user(actor=PLANIFICATEUR, courriel=courriel, nom=name, base_url=SITE, now=JULY, by_mail=False, **given)


def sum_up(app: Flask, place: Workshop, now: datetime) -> None:
    with app.app_context():
        plan_sommes(now=now)
        run_due(use_cases=due.sommes(), place=place, clock=lambda: now)


def queued(app: Flask) -> dict[str, int]:
    """How many of them the base holds for each."""
    c = Courriel
    with app.app_context():
        query = select(c.destinataire, func.count()).where(c.motif == "somme").group_by(c.destinataire)
        return {to: count for to, count in db.session.execute(query) if to in (REGINE, NORA) or "exemple" in to}


def left(app: Flask, now: datetime) -> list[Message]:
    sent: list[Message] = []
    with app.app_context():
        send_due(transport=sent.append, now=now)
    return [one for one in sent if one.destinataire in (REGINE, NORA)]


def states(app: Flask) -> list[tuple[str, str]]:
    c = Courriel
    with app.app_context():
        query = select(c.destinataire, c.etat).where(c.motif == "somme", c.destinataire.in_((REGINE, NORA)))
        return sorted(tuple(row) for row in db.session.execute(query))


def answered(app: Flask, **values: str) -> None:
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=JULY) as session:
        for cle, valeur in values.items():
            session.add(Reglage(departement_code=None, cle=cle, valeur=valeur))


def test_R20_whoever_holds_a_territory_reads_of_its_sum_and_opens_it_in_one_click(
    app: Flask, place: Workshop, session: Any, mailbox: Mailbox
) -> None:
    """By a real mail server, the clock moved hour by hour; each mail is followed to the workbook as it comes."""
    days = Jours(app, session, mailbox, date(2026, 8, 13))
    days.settings = replace(days.settings, reports=place.reports, base_url=SITE)
    told = {}
    for hour in range(72):
        days.now = DAY - timedelta(hours=2) + timedelta(hours=hour)
        told |= {(days.now, mail.destinataire): mail for mail in days.tick() if "Somme des bilans" in mail.sujet}
    # The 14th is a Friday; Nora is of the nation, as one of the accounts of every test is.
    moments = {moment for moment, to in told if to in (REGINE, NORA)}
    assert moments == {datetime(2026, 8, 14, 6, tzinfo=UTC)}
    assert sorted(to for _, to in told if to in (REGINE, NORA)) == [NORA, REGINE]
    mail = next(one for (_, to), one in told.items() if to == REGINE)
    assert mail.sujet == "Somme des bilans PAQTE Centre-Val de Loire, 1er semestre 2026 : édition n° 1 produite"
    assert "produite le 14/08/2026. Elle additionne les éditions de\u00a0: Loir-et-Cher (41)." in mail.texte
    assert "Aucun autre département n’est attendu." in mail.texte and "administrateur" in mail.texte
    nation = next(one for (_, to), one in told.items() if to == NORA)
    assert "(France entière)" in nation.texte and "Loir-et-Cher (41), Martinique (972)." in nation.texte


def test_R12_two_schedulers_at_once_tell_each_once(app: Flask, place: Workshop) -> None:
    with app.app_context():
        plan_sommes(now=DAY)
    start = threading.Barrier(2)

    def work(name: str) -> None:
        with app.app_context():
            start.wait()
            run_due(use_cases=due.sommes(), place=replace(place, par=name), clock=lambda: DAY)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = queued(app)
    assert (found[REGINE], found[NORA]) == (1, 1) and "autre@martinique.exemple.fr" not in found


def test_R12_a_sum_that_did_not_change_is_not_told_again_and_the_next_edition_is(app: Flask, place: Workshop) -> None:
    sum_up(app, place, DAY)
    sum_up(app, place, DAY + timedelta(days=30))
    assert queued(app)[NORA] == 1
    with app.app_context():
        freeze_bilan(actor=PLANIFICATEUR, departement="972", periode=S1, now=DAY + timedelta(days=40))
    sum_up(app, place, DAY + timedelta(days=60))
    assert (queued(app)[NORA], queued(app)[REGINE]) == (2, 1)
    mails = left(app, datetime(2026, 10, 13, 9, tzinfo=UTC))
    assert sorted((one.destinataire, "n° 2" in one.sujet) for one in mails) == [(NORA, True), (REGINE, False)]
    assert "changements sont listés" in next(one.texte for one in mails if one.destinataire == NORA)
    assert states(app) == [(NORA, "envoye"), (NORA, SANS_OBJET), (REGINE, "envoye")], "the first was overtaken"


def test_R12_an_edition_whose_maker_fell_silent_is_told_by_the_next(app: Flask, place: Workshop) -> None:
    """Of a first one, and of one made again: the edition is there, and nobody was told."""
    given = {"actor": PLANIFICATEUR, "territoire": "FR", "periode": S1}
    with app.app_context():
        plan_sommes(now=DAY)
        issue_somme(now=DAY, **given)
    sum_up(app, place, DAY)
    assert queued(app)[NORA] == 1
    again = DAY + timedelta(days=30)
    with app.app_context():
        freeze_bilan(actor=PLANIFICATEUR, departement="972", periode=S1, now=again)
        plan_sommes(now=again)
        issue_somme(now=again, **given)
    sum_up(app, place, again)
    assert queued(app)[NORA] == 2
    with app.app_context():
        t = Tache
        told = db.session.scalar(select(t.message).where(t.travail == "somme_bilans+30", t.departement_code == "FR"))
    assert told is not None and told.startswith("Édition 2 ")


def made_by(place: Workshop, nom: str, utilisateur_id: int | None, now: datetime, territoire: str = "FR") -> None:
    produce_somme(
        actor=replace(PLANIFICATEUR, nom=nom, utilisateur_id=utilisateur_id), territoire=territoire, periode=S1,
        reports=place.reports, base_url=SITE, now=now,
    )  # fmt: skip


def account(courriel: str) -> int:
    return db.session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == courriel)).one()


def test_R12_what_a_person_makes_is_told_to_the_others_once_and_never_again_by_the_scheduler(
    app: Flask, place: Workshop
) -> None:
    """Before the day of the sum, and after it: who made it knows, and the scheduler has nothing of its own to tell."""
    with app.app_context():
        invited("nils@ministere.exemple.fr", role=NATIONAL)
        made_by(place, "Nora", account(NORA), DAY - timedelta(days=20))
        assert queued(app) == {"nils@ministere.exemple.fr": 1}
        made_by(place, "Nora", account(NORA), DAY - timedelta(days=20))
    sum_up(app, place, DAY)
    assert queued(app) == {"nils@ministere.exemple.fr": 1, REGINE: 1}, "the nation's was told, the région's was not"
    with app.app_context():
        freeze_bilan(actor=PLANIFICATEUR, departement="972", periode=S1, now=DAY + timedelta(days=2))
        made_by(place, "Ligne de commande", None, DAY + timedelta(days=3))
    sum_up(app, place, DAY + timedelta(days=30))
    west = {"autre@martinique.exemple.fr": 1}
    assert queued(app) == {"nils@ministere.exemple.fr": 2, REGINE: 1, NORA: 1, **west}


def test_R12_a_sum_made_by_hand_that_waits_for_its_mails_says_what_is_true_as_they_leave(
    app: Flask, place: Workshop
) -> None:
    with app.app_context():
        made_by(place, "Nora", account(NORA), DAY, territoire="R24")
        made_by(place, "Nora", account(NORA), DAY)
    answered(app, somme_avis_region="non")
    assert left(app, MORNING) == [] and states(app) == [(REGINE, SANS_OBJET)]


@pytest.mark.parametrize("gone", ["closed", "elsewhere", "turned off"])
def test_R12_nothing_leaves_once_its_reason_has_gone(app: Flask, place: Workshop, gone: str) -> None:
    sum_up(app, place, DAY)
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=DAY) as session:
        account = session.scalars(select(Utilisateur).where(Utilisateur.courriel == REGINE)).one()
        if gone == "closed":
            account.is_active = False
        if gone == "elsewhere":
            account.region_code = "02"
    if gone == "turned off":
        answered(app, somme_avis_region="non")
    assert [one.destinataire for one in left(app, MORNING)] == [NORA]
    assert states(app) == [(NORA, "envoye"), (REGINE, SANS_OBJET)]


@pytest.mark.parametrize(("cle", "told"), [("somme_avis_region", NORA), ("somme_avis_nation", REGINE)])
def test_R12_settings_say_who_is_told(app: Flask, place: Workshop, cle: str, told: str) -> None:
    answered(app, **{cle: "non"})
    sum_up(app, place, DAY)
    assert {to for to in queued(app) if to in (REGINE, NORA)} == {told}


def test_R12_a_mail_that_waits_says_who_is_awaited_when_it_leaves(app: Flask, place: Workshop) -> None:
    sum_up(app, place, DAY)
    with app.app_context():
        texts = db.session.scalars(select(Courriel.texte).where(Courriel.destinataire == NORA)).all()
    assert any("Encore attendu\u00a0: Martinique (972)." in text for text in texts)
    assert left(app, DAY + timedelta(minutes=5)) == [], "it waits for the hours of mails"
    with app.app_context():
        freeze_bilan(actor=PLANIFICATEUR, departement="972", periode=S1, now=DAY + timedelta(hours=1))
    (mail,) = [one for one in left(app, MORNING) if one.destinataire == NORA]
    assert "Aucun autre département n’est attendu." in mail.texte
