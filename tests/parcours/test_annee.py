"""A whole year of a département with a moved clock: the scheduler ticks each morning, people answer, forget, correct.

Openings, reminders, answers, late ones, corrections, two bilans, four exports, one re-edition; at the end every mail,
edition and task stands exactly once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.domain.personnes.acteurs import ADMIN, ENTREPRISE, PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.statuts.courriels import ENVOYE, GESTES, Message
from paqte.domain.statuts.taches import FAITE
from paqte.models import Courriel, Declaration, Departement, Edition, Relance, Tache, Utilisateur
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.comptes.comptes import invite_user
from paqte.services.conventions.suites import end_convention
from paqte.services.declarations.declarations import (
    open_declaration,
    reopen_declaration,
    save_draft,
    submit_and_validate,
    submit_declaration,
    validate_declaration,
)
from paqte.services.pilotage.pilotage import ReferentTyped, add_referent
from paqte.services.transaction import transaction
from tests.editions import produce_bilan
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire, engagement_of
from tests.fixtures_courriel import Mailbox
from tests.parcours.courriels_suivis import Jours, morning

pytestmark = pytest.mark.lent

SITE = "https://paqte.exemple.fr"
FIRST, LAST = date(2026, 1, 1), date(2027, 2, 10)
REFERENTE, ZOE_MAIL = "camille@prefecture41.test", "zoe@prefecture972.test"
QUARTERS = (("2026-T1", "2026-04"), ("2026-T2", "2026-07"), ("2026-T3", "2026-10"), ("2026-T4", "2027-01"))


class Annee(Jours):
    """The département 41, its people, and the days that pass."""

    def __init__(self, app: Flask, session: Any, reports: Path, box: Mailbox) -> None:
        super().__init__(app, session, box, FIRST)
        self.reports = reports
        self.contacts: dict[int, Acteur] = {}

    def company(self, nom: str, courriel: str | None, **terms: Any) -> int:
        """A signatory bound since 2025 on S2, and her contact if she has an account; gives the convention."""
        signataire = a_signataire(nom)
        convention = a_convention(signataire, "S2", **terms)
        if courriel:
            invite_user(
                actor=PLANIFICATEUR, role=ENTREPRISE, courriel=courriel, nom=nom, base_url=SITE, now=self.now,
                signataires=[signataire], by_mail=False,
            )  # fmt: skip
            key = self.session.scalar(select(Utilisateur.id).where(Utilisateur.courriel == courriel))
            self.session.rollback()
            self.contacts[convention] = Acteur(key, nom, ENTREPRISE, None, frozenset({signataire}))
        return convention

    def sends(self, day: str, convention: int, periode: str, value: int | None) -> None:
        """The company sends its answer; None confirms zero."""
        self.on(day, lambda now: self._submit(convention, periode, value, now))

    def validates(self, day: str, convention: int, periode: str) -> None:
        def gesture(now: datetime) -> None:
            key = self._key(convention, periode)
            version = read_declaration(actor=CAMILLE, declaration_id=key).version
            validate_declaration(actor=CAMILLE, now=now, declaration_id=key, version=version, base_url=SITE)

        self.on(day, gesture)

    def live(self) -> None:
        """Every morning the scheduler does all its jobs, then people do what they do; on PostgreSQL idle ones pass."""
        day = FIRST
        while day <= LAST:
            self.now = morning(day)
            if self.session.get_bind().dialect.name == "sqlite" or self._is_eventful(day):
                self.tick()
            for gesture in self.gestures.get(day, []):
                gesture(self.now + timedelta(hours=3))
            day += timedelta(days=1)
        self.tick()

    def _is_eventful(self, day: date) -> bool:
        """A Monday, the days of a gesture and after it, and those on which a task is due."""
        near = day.weekday() == 0 or not {day, day - timedelta(days=1)}.isdisjoint(self.gestures)
        return near or bool(self.rows(select(Tache.id).where(Tache.due_le <= self.now, Tache.etat != FAITE)))

    def bilan(self, periode: str, numero: int) -> Bilan:
        """What an edition froze."""
        query = select(Edition.contenu).where(Edition.periode == periode, Edition.numero == numero)
        ((contenu,),) = self.rows(query)
        return Bilan.from_json(contenu)

    def reminders(self) -> list[tuple[date, Message]]:
        """Openings and reminders that left for companies, in order."""
        c, r = Courriel, Relance
        known = self.rows(select(r.jour, c.destinataire, c.sujet).join(c, r.courriel_id == c.id))
        return [
            (day, m) for day, m in self.sent if (day, m.destinataire, m.sujet) in known and m.destinataire != REFERENTE
        ]

    def reopens(self, convention: int, periode: str, now: datetime) -> None:
        key = self._key(convention, periode)
        version = read_declaration(actor=CAMILLE, declaration_id=key).version
        motif = "Deux élèves oubliés."
        reopen_declaration(actor=CAMILLE, now=now, declaration_id=key, version=version, motif=motif, base_url=SITE)

    def drafts(self, convention: int, periode: str, value: int, now: datetime) -> None:
        actor = self.contacts[convention]
        key = self._opened(convention, periode, now, actor)
        version = read_declaration(actor=actor, declaration_id=key).version
        save_draft(actor=actor, now=now, declaration_id=key, version=version, saisie=answer(convention, value))

    def types_for(self, convention: int, periode: str, value: int, now: datetime) -> None:
        key = self._opened(convention, periode, now, CAMILLE)
        version = read_declaration(actor=CAMILLE, declaration_id=key).version
        submit_and_validate(
            actor=CAMILLE, now=now, declaration_id=key, version=version, saisie=answer(convention, value), base_url=SITE
        )

    def leaves(self, convention: int, now: datetime) -> None:
        end_convention(
            actor=CAMILLE, convention_id=convention, version=1, resiliee_le=date(2026, 9, 30), motif="Départ.", now=now
        )

    def produces_again(self, now: datetime) -> None:
        periode = Periode.from_code("2026-S1")
        produce_bilan(actor=CAMILLE, departement="41", periode=periode, reports=self.reports, now=now)

    def _submit(self, convention: int, periode: str, value: int | None, now: datetime) -> None:
        actor = self.contacts[convention]
        key = self._opened(convention, periode, now, actor)
        version = read_declaration(actor=actor, declaration_id=key).version
        submit_declaration(
            actor=actor, now=now, declaration_id=key, version=version, saisie=answer(convention, value), base_url=SITE
        )

    def _opened(self, convention: int, periode: str, now: datetime, actor: Acteur) -> int:
        code = Periode.from_code(periode)
        return open_declaration(actor=actor, now=now, convention_id=convention, periode=code)

    def _key(self, convention: int, periode: str) -> int:
        query = select(Declaration.id).where(Declaration.convention_id == convention, Declaration.periode == periode)
        key: int = self.session.scalar(query)
        self.session.rollback()
        return key


def answer(convention: int, value: int | None) -> Saisie:
    typed = AnswerTyped(is_neant=True) if value is None else AnswerTyped(valeur=Decimal(value))
    return Saisie({engagement_of(convention, "S2"): typed}, "")


@pytest.fixture
def annee(app: Flask, session: Any, tmp_path: Path, mailbox: Mailbox) -> Annee:
    """A département that uses PAQTE since the first of January, its référente invited."""
    app.extensions["paqte"] = replace(app.extensions["paqte"], reports=tmp_path / "reports", base_url=SITE)
    told = Annee(app, session, tmp_path / "reports", mailbox)
    a_departement("41"), a_departement("972")
    with transaction(actor=PLANIFICATEUR, now=told.now) as writing:
        writing.get_one(Departement, "41").premier_semestre = "2026-S1"
        writing.get_one(Departement, "972").premier_semestre = None
    invite_user(
        actor=PLANIFICATEUR, role=REFERENT, courriel=REFERENTE, nom="Camille", base_url=SITE, now=told.now,
        departement="41", by_mail=False,
    )  # fmt: skip
    for role, courriel, nom, place in ((REFERENT, ZOE_MAIL, "Zoé", "972"), (ADMIN, "ada@paqte.test", "Ada Roy", None)):
        invite_user(
            actor=PLANIFICATEUR, role=role, courriel=courriel, nom=nom, base_url=SITE, now=told.now, departement=place,
            by_mail=False,
        )  # fmt: skip
    line = ReferentTyped(nom="Camille", fonction="Référente PAQTE", courriel=REFERENTE, telephone="02 54 00 00 41")
    add_referent(actor=CAMILLE, now=told.now, departement="41", referent=line)
    return told


@pytest.fixture
def lived(annee: Annee) -> Annee:
    """The year, lived by four companies."""
    punctual(annee, annee.company("Alpha (fictif)", "alpha@exemple.fr"))
    forgetful(annee, annee.company("Bêta (fictif)", "beta@exemple.fr"))
    half_yearly(annee, annee.company("Gamma (fictif)", "gamma@exemple.fr", rythme="S"))
    without_account(annee, annee.company("Delta (fictif)", None, fin=date(2026, 12, 31)))
    annee.on("2026-08-25", annee.produces_again)
    annee.live()
    return annee


def punctual(annee: Annee, alpha: int) -> None:
    """Answers every quarter in time; one figure is corrected after the bilan was issued."""
    for periode, month in QUARTERS:
        annee.sends(f"{month}-10", alpha, periode, 4)
        annee.validates(f"{month}-11", alpha, periode)
    annee.on("2026-08-21", lambda now: annee.reopens(alpha, "2026-T1", now))
    annee.sends("2026-08-22", alpha, "2026-T1", 6)
    annee.validates("2026-08-23", alpha, "2026-T1")


def forgetful(annee: Annee, beta: int) -> None:
    """Waits for reminders, answers after the bilan once, leaves a draft once, confirms a zero at the end."""
    annee.sends("2026-04-24", beta, "2026-T1", 1)
    annee.validates("2026-04-24", beta, "2026-T1")
    annee.sends("2026-08-20", beta, "2026-T2", 2)
    annee.validates("2026-08-20", beta, "2026-T2")
    annee.on("2026-10-12", lambda now: annee.drafts(beta, "2026-T3", 3, now))
    annee.sends("2026-10-19", beta, "2026-T3", 3)
    annee.validates("2026-10-20", beta, "2026-T3")
    annee.sends("2027-01-10", beta, "2026-T4", None)
    annee.validates("2027-01-12", beta, "2026-T4")


def half_yearly(annee: Annee, gamma: int) -> None:
    """Declares by semester, and leaves in the middle of the second: it owes that one all the same."""
    annee.sends("2026-07-15", gamma, "2026-S1", 8)
    annee.validates("2026-07-16", gamma, "2026-S1")
    annee.on("2026-09-15", lambda now: annee.leaves(gamma, now))
    annee.sends("2027-01-12", gamma, "2026-S2", None)
    annee.validates("2027-01-13", gamma, "2026-S2")


def without_account(annee: Annee, delta: int) -> None:
    """Never answers by itself: its référente types for it; its convention ends with the year."""
    for periode, month in QUARTERS:
        annee.on(f"{month}-12", lambda now, periode=periode: annee.types_for(delta, periode, 5, now))


def every_task_of_the_year_was_done_once_at_the_first_try(lived: Annee) -> None:
    rows = lived.rows(select(Tache.travail, Tache.periode, Tache.etat, Tache.essais).where(Tache.due_le <= lived.now))
    done = Counter((travail, periode) for travail, periode, _, _ in rows)
    mails = ["ouverture", "relance-15", "relance-3", "relance+3", "relance+10"]
    quarters = {(code, f"2026-T{n}") for n in (1, 2, 3, 4) for code in [*mails, DOCUMENTS[COMPTE_RENDU].travail]}
    semesters = {(code, f"2026-S{n}") for n in (1, 2) for code in [*mails, "lecture", DOCUMENTS[BILAN].travail]}
    # Those of the nation, 45 days after each period: the year's last come after its last day here.
    sums = {("somme_bilans", "2026-S1"): "2026-08-14", ("somme_exports", "2026-T1"): "2026-05-15"}
    sums |= {("somme_exports", "2026-T2"): "2026-08-14", ("somme_exports", "2026-T3"): "2026-11-14"}
    # Then, for four times thirty days, what changed meanwhile.
    again = {
        (f"{travail}+{days}", periode)
        for (travail, periode), first in sums.items()
        for days in (30, 60, 90, 120)
        if date.fromisoformat(first) + timedelta(days=days) <= lived.now.date()
    }
    told = {("lecture", "2026-T1"), ("lecture", "2026-T3")}
    assert done == Counter(dict.fromkeys(quarters | semesters | set(sums) | again | told, 1))
    assert {(etat, essais) for _, _, etat, essais in rows} == {(FAITE, 1)}


def two_bilans_four_exports_and_one_re_edition_were_issued(lived: Annee) -> None:
    issued = lived.rows(select(Edition.periode, Edition.numero).where(Edition.publiee_le.is_not(None)))
    quarters = [(f"2026-T{n}", 1) for n in (1, 2, 3, 4)]
    assert sorted(issued) == sorted([*quarters, ("2026-S1", 1), ("2026-S1", 2), ("2026-S2", 1)])
    workbooks = [p for p in (lived.reports / "41").rglob("*.xlsx") if "publiable" not in p.name]
    assert len(workbooks) == len(issued)


def R19_the_re_edition_says_the_late_answer_and_the_correction_and_the_first_never_moved(lived: Annee) -> None:
    first, second = (lived.bilan("2026-S1", numero) for numero in (1, 2))
    figure = {b.edition: next(i.realise.valeur for i in b.indicateurs if i.code == "S2") for b in (first, second)}
    # Alpha 4 + 4, Bêta 1, Gamma 8, Delta 5 + 5; then Alpha 6 instead of 4, and the 2 of Bêta.
    assert figure == {1: 27, 2: 31}
    told = {(c.signataire, c.periode, c.avant, c.apres) for c in second.corrections}
    assert told == {
        ("Alpha (fictif)", "1er trimestre 2026", "4", "6"),
        ("Bêta (fictif)", "2e trimestre 2026", "sans réponse", "2"),
    }
    assert first.corrections == ()
    assert any(e.avant == "27" and e.apres == "31" for e in second.ecarts)


def R11_R13_the_second_bilan_counts_who_left_and_who_confirmed_zero(lived: Annee) -> None:
    line = next(i for i in lived.bilan("2026-S2", 1).indicateurs if i.code == "S2")
    assert line.realise.valeur == 4 + 4 + 3 + 0 + 0 + 5 + 5
    assert (line.repondu, line.du) == (4, 4)
    assert line.neants == 1, "Gamma alone confirmed zero everywhere"


def nobody_was_told_the_same_thing_twice_and_nobody_who_had_answered_was_reminded(lived: Annee) -> None:
    sent = Counter((str(day), m.destinataire.split("@")[0]) for day, m in lived.reminders())
    opened = ["2026-04-01", "2026-07-01", "2026-10-01", "2027-01-04"]
    early = ["2026-04-07", "2026-07-06", "2026-10-05", "2027-01-05"]
    expected = {
        "alpha": [*opened, *early],
        "beta": [
            *opened, *early, "2026-04-17", "2026-04-23",
            "2026-07-17", "2026-07-23", "2026-07-30", "2026-10-19",
        ],
        "gamma": ["2026-07-01", "2027-01-04", "2026-07-06", "2027-01-05"],
    }  # fmt: skip
    assert sent == Counter({(day, who): 1 for who, days in expected.items() for day in days})


def a_draft_that_waits_has_its_own_words(lived: Annee) -> None:
    (message,) = [m for day, m in lived.reminders() if day == date(2026, 10, 19)]
    assert "brouillon" in message.texte


def the_referente_was_told_what_to_read_what_was_produced_and_what_ends(lived: Annee) -> None:
    told = Counter(lived.rows(select(Courriel.motif).where(Courriel.destinataire == REFERENTE)))
    assert told == Counter({("lecture",): 4, ("bilan",): 2, ("export",): 4, ("echeance",): 3})


def every_mail_of_the_year_left_once(lived: Annee) -> None:
    rows = lived.rows(select(Courriel.etat, Courriel.essais, Courriel.destinataire, Courriel.sujet, Courriel.texte))
    assert {(etat, essais) for etat, essais, *_ in rows} == {(ENVOYE, 1)}
    assert len(lived.sent) == len(rows)
    receipts = Counter(lived.rows(select(Courriel.motif).where(Courriel.destinataire == "alpha@exemple.fr")))
    assert receipts[("transmission",)] == receipts[("validation",)] == 5
    assert receipts[("reouverture",)] == 1


def every_mail_opened_what_it_names_in_one_click(lived: Annee) -> None:
    assert len(lived.opened) == len(lived.sent) > 60


def every_mail_names_whom_to_call_and_an_answer_reaches_her(lived: Annee) -> None:
    for day, mail in lived.sent:
        is_hers = mail.destinataire == REFERENTE
        named, reached = ("Ada Roy", "ada@paqte.test") if is_hers else ("Camille", REFERENTE)
        for part in (mail.texte, mail.html):
            assert named in part and reached in part and (is_hers or "02 54 00 00 41" in part), (day, mail.sujet)
        assert mail.repondre_a == (reached,), (day, mail.sujet)


def no_mail_that_nobody_asked_for_left_on_a_day_off(lived: Annee) -> None:
    asked = lived.rows(select(Courriel.destinataire, Courriel.sujet).where(Courriel.motif.in_(GESTES)))
    by_itself = {day for day, m in lived.sent if (m.destinataire, m.sujet) not in asked}
    off = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25)}
    off |= {date(2026, 7, 14), date(2026, 11, 11), date(2026, 12, 25), date(2027, 1, 1)}
    assert by_itself and [day for day in by_itself if day in off or f"{day:%a}" in ("Sat", "Sun")] == []


def nobody_of_another_departement_was_written_to(lived: Annee) -> None:
    assert {m.destinataire for _, m in lived.sent} == {
        REFERENTE, "alpha@exemple.fr", "beta@exemple.fr", "gamma@exemple.fr",
    }  # fmt: skip


@pytest.mark.timeout(400)
def test_a_year_that_runs_by_itself_leaves_every_mail_edition_and_task_exactly_once(lived: Annee) -> None:
    """One year, looked at from every side: each of these functions is a sentence about it."""
    for side in SIDES:
        side(lived)


SIDES: tuple[Callable[[Annee], None], ...] = (
    every_task_of_the_year_was_done_once_at_the_first_try,
    two_bilans_four_exports_and_one_re_edition_were_issued,
    R19_the_re_edition_says_the_late_answer_and_the_correction_and_the_first_never_moved,
    R11_R13_the_second_bilan_counts_who_left_and_who_confirmed_zero,
    nobody_was_told_the_same_thing_twice_and_nobody_who_had_answered_was_reminded,
    a_draft_that_waits_has_its_own_words,
    the_referente_was_told_what_to_read_what_was_produced_and_what_ends,
    every_mail_of_the_year_left_once,
    every_mail_opened_what_it_names_in_one_click,
    every_mail_names_whom_to_call_and_an_answer_reaches_her,
    no_mail_that_nobody_asked_for_left_on_a_day_off,
    nobody_of_another_departement_was_written_to,
)
