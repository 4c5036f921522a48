"""A year of the demonstration lived through its mails alone: nobody does anything that a mail did not ask.

Bruno answers when a question comes, or the reminder of the last days; Camille reads when she is told to. Each mail is
followed as it comes, and what it rests on is asked of the base by SQL as it leaves. Twice the reason of what waits goes
away before it leaves: a reminder while the mail server is down, a question answered at once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from paqte import create_app
from paqte.domain.declarations.reponses import AnswerTyped, Saisie, SaisieRefused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.domain.statuts.courriels import Message
from paqte.jeux.demonstration import load_demonstration
from paqte.models import Courriel, Declaration, Relance, Tache, Utilisateur, db
from paqte.queries.comptes.comptes import actor_of
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.suivi.entreprise import read_espace
from paqte.services.declarations.declarations import (
    open_declaration,
    send_back,
    submit_declaration,
    validate_declaration,
)
from paqte.services.reglages.territoire import load_territories
from tests.fixtures_courriel import Mailbox
from tests.parcours.courriels_suivis import Jours, morning

pytestmark = pytest.mark.lent

SITE = "https://paqte.exemple.fr"
FIRST, LAST = date(2026, 1, 5), date(2026, 12, 31)
CAMILLE, BRUNO = "camille@demo.paqte.invalid", "bruno@demo.paqte.invalid"
INES = "ines@demo.paqte.invalid"
OF_THE_STATE = {CAMILLE, "nadia@demo.paqte.invalid", "rose@demo.paqte.invalid"}
# The day the mail server is down, with the reminder after the due day in it; the day of the question answered at once.
DOWN, ASKED = date(2026, 4, 23), date(2026, 7, 17)
SENT = ("transmise", "validee")


class AnneeDemonstration(Jours):
    """The people of the demonstration, and what each does of the mail just received."""

    def __init__(self, app: Flask, session: Any, box: Mailbox) -> None:
        super().__init__(app, session, box, FIRST)
        self.late: list[str] = []

    def live(self) -> None:
        """The days on which a task, a mail or somebody waits, and the first of each month."""
        day = FIRST
        while day <= LAST:
            self.now = morning(day)
            self.box.refusal = "451 plus tard" if day == DOWN else ""
            self.tick()
            for gesture in self.gestures.pop(day, []):
                gesture(self.now + timedelta(hours=3))
            day = self._next(day)

    def _next(self, day: date) -> date:
        """The next day on which anything happens."""
        due = self.rows(select(func.min(Tache.due_le)).where(Tache.due_le > self.now + timedelta(days=1)))[0][0]
        waiting = self.rows(select(func.count()).where(Courriel.etat == "en_attente"))[0][0]
        first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        dated = [d for d in (*self.gestures, first, due and due.date()) if d and d > day]
        return day + timedelta(days=1) if waiting else min(dated)

    def deliver(self) -> list[Message]:
        mails = super().deliver()
        for mail in mails:
            self._check_reason(mail)
            self._act(mail)
        return mails

    def actor(self, courriel: str) -> Acteur:
        user = self.session.scalars(select(Utilisateur).where(Utilisateur.courriel == courriel)).one()
        found = actor_of(user)
        self.session.rollback()
        return found

    def _act(self, mail: Message) -> None:
        motif = self._row(mail).motif
        if mail.destinataire == CAMILLE and motif == "lecture":
            self._soon(1, self.reads)
        step = self.rows(select(Relance.etape).where(Relance.courriel_id == self._row(mail).id))
        # In April he lets it pass, until the day the server is down.
        is_last_call = step == [("relance-3",)] and self.now.month != DOWN.month
        if mail.destinataire == BRUNO and (motif == "renvoi" or is_last_call):
            self._soon(0, lambda now: self.answers(BRUNO, now))

    def _soon(self, days: int, gesture: Any) -> None:
        self.on((self.now.date() + timedelta(days=days)).isoformat(), gesture)

    def answers(self, courriel: str, now: datetime) -> None:
        """All that waits for this person, a confirmed zero everywhere."""
        actor = self.actor(courriel)
        for signataire_id in sorted(actor.signataires):
            page = read_espace(actor=actor, signataire_id=signataire_id, now=now)
            for e in page.a_faire:
                key = open_declaration(actor=actor, now=now, convention_id=e.convention_id, periode=e.periode)
                submit_zeros(actor, key, now)

    def reads(self, now: datetime) -> None:
        """Validates all that was sent."""
        camille = self.actor(CAMILLE)
        for key, version in self.rows(
            select(Declaration.id, Declaration.version).where(
                Declaration.etat == "transmise", Declaration.departement_code == "41"
            )
        ):
            validate_declaration(actor=camille, now=now, declaration_id=key, version=version, base_url=SITE)

    def asks_bruno(self, now: datetime) -> None:
        """He answers the reminder of that morning, Camille asks him back, and he answers within the hour."""
        self.answers(BRUNO, now - timedelta(hours=1))
        query = select(Declaration.id, Declaration.version).where(
            Declaration.etat == "transmise", Declaration.transmise_le > now - timedelta(days=10)
        )
        bruno = self.actor(BRUNO)
        key, version = next(
            row
            for row in self.rows(query)
            if read_declaration(actor=PLANIFICATEUR, declaration_id=row[0]).signataire_id in bruno.signataires
        )
        asked: dict[int | None, str] = {None: "Est-ce bien zéro ?"}
        camille = self.actor(CAMILLE)
        send_back(actor=camille, now=now, declaration_id=key, version=version, commentaires=asked, base_url=SITE)
        self.answers(BRUNO, now + timedelta(hours=1))

    def _row(self, mail: Message) -> Courriel:
        query = select(Courriel).where(Courriel.destinataire == mail.destinataire, Courriel.sujet == mail.sujet)
        return self.session.scalars(query.order_by(Courriel.id.desc())).first()  # type: ignore[no-any-return]

    def _check_reason(self, mail: Message) -> None:
        """What this mail rests on, asked of the tables as it leaves."""
        row = self._row(mail)
        asked = QUESTIONS.get(row.motif)
        if asked and not self.session.execute(text(asked), {"courriel": row.id, "declaration": key_in(mail)}).scalar():
            self.late.append(f"{self.now:%d/%m} {row.motif} {mail.destinataire} {mail.sujet}")
        self.session.rollback()


STATE = "SELECT etat FROM declaration WHERE id = :declaration"
WAITING = (
    "SELECT count(*) FROM relance r JOIN relance_ligne l ON l.relance_id = r.id LEFT JOIN declaration d "
    "ON d.convention_id = l.convention_id AND d.periode = l.periode "
    "WHERE r.courriel_id = :courriel AND (d.etat IS NULL OR d.etat NOT IN ('transmise', 'validee'))"
)
QUESTIONS = {
    "ouverture": WAITING,
    "relance": WAITING,
    "renvoi": f"SELECT ({STATE}) = 'a_completer'",
    "validation": f"SELECT ({STATE}) = 'validee'",
}


def key_in(mail: Message) -> int | None:
    found = mail.texte.partition("/declarations/")[2].split("/")[0].split()
    return int(found[0]) if found and found[0].isdigit() else None


def submit_zeros(actor: Acteur, key: int, now: datetime) -> None:
    """A confirmed zero for each question open to this person, each warning with its sentence."""
    page = read_declaration(actor=actor, declaration_id=key)
    asked = {ligne.engagement_id: AnswerTyped(is_neant=True) for ligne in page.lignes if ligne.is_owed}
    saisie = Saisie(reponses=asked)
    try:
        submit_declaration(actor=actor, now=now, declaration_id=key, version=page.version, saisie=saisie, base_url=SITE)
    except SaisieRefused as refused:
        why = {(c.engagement or 0, c.code): "Rien ce trimestre." for c in refused.constats}
        saisie = replace(saisie, explications=why)
        submit_declaration(actor=actor, now=now, declaration_id=key, version=page.version, saisie=saisie, base_url=SITE)


@pytest.fixture
def annee(sqlite_template: Path, tmp_path: Path, mailbox: Mailbox) -> Iterator[AnneeDemonstration]:
    """The demonstration loaded on the first working day of 2026."""
    path = Path(shutil.copy(sqlite_template, tmp_path / "paqte.sqlite3"))
    app = create_app({"PAQTE_INSTANCE": str(tmp_path), "PAQTE_DATABASE_URL": f"sqlite:///{path}"})
    app.extensions["paqte"] = replace(app.extensions["paqte"], reports=tmp_path / "reports", base_url=SITE)
    with app.app_context():
        now = morning(FIRST) - timedelta(hours=1)
        load_territories(actor=PLANIFICATEUR, now=now)
        load_demonstration(now=now, base_url=SITE, reports=tmp_path / "reports")
        yield AnneeDemonstration(app, db.session, mailbox)
        db.session.remove()
        db.engine.dispose()


@pytest.mark.timeout(400)
def test_a_year_of_the_demonstration_is_lived_through_its_mails_alone(annee: AnneeDemonstration) -> None:
    annee.on(str(DOWN), lambda now: annee.answers(BRUNO, now))
    annee.on(str(ASKED), annee.asks_bruno)
    annee.live()
    assert annee.late == [], "whose reason had gone"
    assert len(annee.opened) == len(annee.sent) > 30, "each opened what it names in one click"
    assert {m.destinataire for _, m in annee.sent} == {*OF_THE_STATE, BRUNO, INES}
    for day, mail in annee.sent:
        is_hers = mail.destinataire in OF_THE_STATE
        named, reached = ("Alix Morin", "alix@demo.paqte.invalid") if is_hers else ("Camille Besnard", CAMILLE)
        for part in (mail.texte, mail.html):
            assert named in part and reached in part and (is_hers or "02 61 91 41 41" in part), (day, mail.sujet)
        assert mail.repondre_a == (reached,), (day, mail.sujet)
    c = Courriel
    kept = annee.rows(
        select(c.motif, c.destinataire, c.etat, func.date(c.cree_le)).where(c.etat != "envoye").order_by(c.id)
    )
    assert kept == [
        ("relance", BRUNO, "sans_objet", str(DOWN)),
        ("renvoi", BRUNO, "sans_objet", str(ASKED)),
    ], "what nobody was to read any more"
