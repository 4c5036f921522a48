"""The words a mail that does not leave is marked with, and what the mails rewritten as they leave then say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.courriels import EN_ATTENTE, ENVOYE, LIEN, REFUSE, Message
from paqte.models import Convention, Courriel, JetonConnexion, Rattachement, Reglage, Relance, Utilisateur
from paqte.queries.conventions.situations.fins import ConventionEnding
from paqte.services.courriels import raisons, relances
from paqte.services.courriels.annonces import Announcement, ending_message
from paqte.services.courriels.boite import queue_mail
from paqte.services.courriels.courriels import _claim, _record, read_outbox, send_due
from paqte.services.courriels.raisons import MAILS, CourrielReady, look_again
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire
from tests.services.courriels.test_questions_posees import ANNE, BRUNO, GONE, ZOE, monde, written
from tests.services.courriels.test_questions_posees import CAMILLE as CAMILLE_KEY

SITE = "https://paqte.exemple.fr"
# A Friday, ten in the morning in Blois.
NOW = datetime(2026, 10, 16, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
__all__ = ["monde"]


def test_each_reason_not_to_leave_has_its_sentence() -> None:
    assert {
        name: getattr(raisons, name)
        for name in ("CLOSED", "NO_ACCESS", "TAKEN", "ANSWERED", "MOVED", "NEWER", "NOT_ON_CARD", "NOT_HERS",
                     "DEALT_WITH", "LIFTED", "FOLLOWED", "PRODUCED", "OVERTAKEN")
    } == {
        "CLOSED": "Le compte de cette personne est désactivé ou effacé : le courriel n’est pas parti.",
        "NO_ACCESS": "Cette personne n’a plus d’accès à ce dont parle le courriel.",
        "TAKEN": "Cette adresse est maintenant celle d’un compte : la demande est sans effet.",
        "ANSWERED": "Plus rien n’attend de réponse de cette personne : elle a répondu, ou la convention ne le demande "
        "plus.",
        "MOVED": "La date de ce rappel a changé : il partira à la nouvelle.",
        "NEWER": "Une édition plus récente a été produite depuis.",
        "NOT_ON_CARD": "La fiche de l’entreprise ne nomme plus cette adresse.",
        "NOT_HERS": "La personne qui transmettait cette édition n’est plus référente de ce département.",
        "DEALT_WITH": "L’erreur signalée est déjà traitée.",
        "LIFTED": "L’alerte est levée : il n’y a plus rien à faire.",
        "FOLLOWED": "Ces conventions sont renouvelées, ont pris fin ou n’ont plus la même échéance.",
        "OVERTAKEN": "Une édition plus récente a été produite, ou cette personne n’est plus prévenue de cette somme.",
        "PRODUCED": "Le bilan ou l’export de cette période est déjà produit.",
    }  # fmt: skip
    assert raisons.STATES == {
        "a_completer": "L’entreprise a répondu depuis.",
        "rouverte": "La déclaration a été transmise de nouveau depuis.",
        "transmise": "La déclaration n’est plus transmise : elle a été rouverte ou des précisions ont été demandées.",
        "validee": "La déclaration a été rouverte depuis.",
    }


def said(session: Any, motif: str, to: int | None, address: str = "", **appui: Any) -> Any:
    mail = Courriel(motif=motif, utilisateur_id=to, destinataire=address, departement_code="41", appui="{}")
    return MAILS[motif].ask(CourrielReady(session, mail, NOW, appui))


def test_R4_the_mail_of_ends_names_those_that_still_come_to_that_end_and_goes_to_a_referent(monde: Any) -> None:
    soon = a_convention(a_signataire("Rives (fictif)"), debut=date(2023, 11, 1), fin=date(2026, 10, 31))
    late = a_convention(a_signataire("Val d’or (fictif)"), debut=date(2023, 12, 1), fin=date(2026, 11, 30))
    rests = {"base_url": SITE, "fins": {str(soon): "2026-10-31", str(late): "2026-11-30"}}
    found = said(monde, "echeance", CAMILLE_KEY, "camille@pref.test", **rests)
    assert (found.reason, found.message.destinataire) == ("", "camille@pref.test")
    text = found.message.texte
    assert "dans 15 jours" in text and "dans 45 jours" in text and "Rives" in text and "Val d’or" in text
    assert [said(monde, "echeance", key, **rests).reason for key in (ZOE, BRUNO)] == [raisons.CLOSED] * 2
    assert said(monde, "echeance", None, **rests) == said(monde, "echeance", CAMILLE_KEY, base_url=SITE)
    assert said(monde, "echeance", None, **rests).message is None
    # One of them ends another day now: the other alone is told.
    written(update(Convention).where(Convention.id == late).values(fin=date(2026, 11, 29)))
    monde.rollback()
    text = said(monde, "echeance", CAMILLE_KEY, **rests).message.texte
    assert "Rives" in text and "Val d’or" not in text
    written(update(Convention).where(Convention.id == soon).values(fin=date(2026, 11, 29)))
    monde.rollback()
    assert said(monde, "echeance", CAMILLE_KEY, **rests).reason == raisons.FOLLOWED
    passed = {"base_url": SITE, "fins": {str(soon): "2026-10-01"}}
    assert said(monde, "echeance", CAMILLE_KEY, **passed).reason == raisons.FOLLOWED


def test_an_end_is_told_by_the_days_that_are_left_and_each_convention_by_its_page() -> None:
    def told(days: int) -> str:
        fin = date(2026, 10, 16) + timedelta(days=days)
        one = ConventionEnding(7, "41-2023-001", "paqte", 3, "Rives (fictif)", "41", fin, "")
        return ending_message("c@pref.test", [Announcement(one, 30, days)], SITE).texte

    left = {-1: "c’est fait", 0: "aujourd’hui", 1: "demain", 2: "dans 2 jours"}
    assert [(days, words) for days, words in left.items() if words not in told(days)] == []
    text = told(2)
    assert "Rives (fictif)" in text and "41-2023-001" in text and "18/10/2026" in text
    assert f"{SITE}/connexion/{LIEN}?next=/referent/conventions/7" in text
    assert f"{SITE}/connexion/{LIEN}?next=/referent/%3Fdepartement%3D41" in text


def test_an_alarm_leaves_to_an_open_administrator_while_something_is_to_be_done(monde: Any, tmp_path: Path) -> None:
    people = [("ada@paqte.test", "admin", True), ("eve@paqte.test", "admin", False)]
    written(*(Utilisateur(nom="Ada", courriel=c, role=r, is_active=a, created_at=NOW) for c, r, a in people))
    keys = dict(monde.execute(select(Utilisateur.courriel, Utilisateur.id)).all())
    rests = {"base_url": SITE, "dossiers": [str(tmp_path)]}
    assert said(monde, "alerte", keys["ada@paqte.test"], **rests).reason == raisons.LIFTED
    most = str(2**31)
    written(Reglage(departement_code=None, cle="disque_alerte_mo", valeur=most))
    monde.rollback()
    found = said(monde, "alerte", keys["ada@paqte.test"], **rests)
    assert (found.reason, found.message.destinataire) == ("", "ada@paqte.test")
    assert str(tmp_path) in found.message.texte and "Il reste " in found.message.texte and "Ada" in found.message.texte
    assert f"{SITE}/connexion/{LIEN}?next=/admin/" in found.message.texte
    for key in (keys["eve@paqte.test"], keys["camille@pref.test"], 99):
        assert said(monde, "alerte", key, **rests).reason == raisons.CLOSED
    # Without an account of its own, the address says whose it is.
    assert said(monde, "alerte", None, "ada@paqte.test", **rests).message is not None


def test_a_reminder_or_a_mail_of_a_former_version_leaves_as_it_was_written(monde: Any) -> None:
    assert look_again(monde, Courriel(motif="autre", appui="{}"), NOW) == raisons.RaisonSaid()
    assert said(monde, "relance", None) == raisons.RaisonSaid()
    assert said(monde, "relance", ANNE).reason == raisons.NO_ACCESS
    assert said(monde, "relance", GONE).reason == raisons.CLOSED
    # By hand, nothing of the calendar is asked: 2026-T4 is not open yet.
    by_hand = said(monde, "relance", BRUNO, etape="manuelle", periode="2026-T4")
    assert by_hand.reason != raisons.MOVED
    assert said(monde, "relance", BRUNO, etape="ouverture", periode="2026-T4").reason == raisons.MOVED


# --- the moment of leaving ---------------------------------------------------------------------------------


def a_mail(motif: str = "validation", now: datetime = NOW, pour: int | None = None, **values: Any) -> int:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        message = Message("neuve@val.test", "Sujet", f"{SITE}/connexion/{LIEN}\n", f"<a>{SITE}/connexion/{LIEN}</a>")
        mail = queue_mail(writing, message, motif=motif, now=now, departement="41", pour=pour)
        for name, value in values.items():
            setattr(mail, name, value)
        writing.flush()
        return mail.id


def test_a_mail_is_taken_by_one_sender_when_it_waits_and_its_moment_has_come(session: Any) -> None:
    a_departement("41")
    assert _claim(99, NOW) is None
    assert [_claim(a_mail(etat=etat), NOW) for etat in (ENVOYE, REFUSE)] == [None, None]
    later = NOW + SECOND
    assert _claim(a_mail(prochain_essai=later), NOW) is None
    assert _claim(a_mail(prochain_essai=NOW), NOW) is not None
    # Two hours is the longest wait: beyond, a clock that stepped back put it there.
    assert _claim(a_mail(prochain_essai=NOW + timedelta(hours=2), essais=1), NOW) is None
    assert _claim(a_mail(prochain_essai=NOW + timedelta(hours=2) + SECOND, essais=1), NOW) is not None
    future = {"cree_le": later, "prochain_essai": later}
    assert _claim(a_mail(**future), NOW) is not None, "never tried, written before the clock stepped back"
    assert _claim(a_mail(**future, essais=1), NOW) is None
    _record(99, NOW, "rien", is_final=True)


@pytest.mark.parametrize(
    ("motif", "patience"),
    [("connexion", timedelta(hours=1)), ("invitation", timedelta(days=30)), ("nouvelle_adresse", timedelta(days=1))],
)
def test_a_mail_with_a_link_waits_so_long_and_no_longer(monde: Any, motif: str, patience: timedelta) -> None:
    key = a_mail(motif, pour=CAMILLE_KEY)
    assert _claim(key, NOW + patience - SECOND) is not None
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.execute(update(Courriel).values(prochain_essai=NOW))
    assert _claim(key, NOW + patience) is None
    monde.rollback()
    row = monde.get_one(Courriel, key)
    told = "Le courriel n’a pas pu partir à temps : invitez à nouveau la personne, ou demandez un nouveau lien."
    assert (row.etat, row.erreur) == (REFUSE, told)


@pytest.mark.parametrize(
    ("motif", "life"),
    [("connexion", timedelta(minutes=10)), ("nouvelle_adresse", timedelta(hours=24)), ("invitation", timedelta(days=3)),
     ("renvoi", timedelta(days=3))],
)  # fmt: skip
def test_a_link_lives_from_the_moment_its_mail_leaves(monde: Any, motif: str, life: timedelta) -> None:
    a_mail(motif, pour=BRUNO)
    sent: list[Message] = []
    later = NOW + timedelta(minutes=30)
    assert send_due(transport=sent.append, now=later) == 1
    monde.rollback()
    link = monde.scalars(select(JetonConnexion)).one()
    assert (link.cree_le, link.expire_le, link.motif) == (later, later + life, motif)
    assert link.adresse == ("neuve@val.test" if motif == "nouvelle_adresse" else "")
    assert LIEN not in sent[0].texte + sent[0].html


def test_the_outbox_shows_what_waits_and_draws_its_link_where_no_mail_leaves(monde: Any) -> None:
    waiting, sent, refused = (a_mail("renvoi", pour=BRUNO, etat=etat) for etat in (EN_ATTENTE, ENVOYE, REFUSE))
    seen = read_outbox(is_all=False, is_link_drawn=False, now=NOW)
    assert [(mail.id, LIEN in mail.texte) for mail in seen] == [(waiting, True), (refused, True)]
    assert [mail.id for mail in read_outbox(is_all=True, is_link_drawn=False, now=NOW)] == [waiting, sent, refused]
    drawn = {mail.id: mail.texte for mail in read_outbox(is_all=True, is_link_drawn=True, now=NOW)}
    assert [LIEN in drawn[key] for key in (waiting, sent, refused)] == [False, True, True]
    assert monde.scalars(select(JetonConnexion.expire_le)).all() == [NOW + timedelta(days=3)]


def test_a_mail_names_whoever_acts_when_somebody_does(session: Any) -> None:
    a_departement("41")
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        alone = queue_mail(writing, Message("a@val.test", "S", "T"), motif="relance", now=NOW)
        assert (alone.nomme, alone.appui) == ("", "{}")
    with transaction(actor=CAMILLE, now=NOW) as writing:
        hers = queue_mail(writing, Message("a@val.test", "S", "T"), motif="relance", now=NOW, appui={"b": "é", "a": 1})
        assert (hers.nomme, hers.appui) == (" utilisateur/1 ", '{"a": 1, "b": "\\u00e9"}')


def test_on_a_sunday_what_belongs_to_no_departement_leaves_while_a_reminder_of_the_41_waits(session: Any) -> None:
    a_departement("41")
    sunday = datetime(2026, 10, 18, 8, 0, tzinfo=UTC)
    reminder, alarm, gesture = (a_mail(motif, sunday) for motif in ("relance", "bilan", "validation"))
    with transaction(actor=PLANIFICATEUR, now=sunday) as writing:
        writing.execute(update(Courriel).where(Courriel.id == alarm).values(departement_code=None))
    assert send_due(transport=[].append, now=sunday) == 2
    session.rollback()
    states = dict(session.execute(select(Courriel.id, Courriel.etat)).all())
    assert states == {reminder: EN_ATTENTE, alarm: ENVOYE, gesture: ENVOYE}


# --- reminders ---------------------------------------------------------------------------------------------


def test_whoever_was_written_to_today_by_another_departement_gets_hers_the_next_day_that_is_free(monde: Any) -> None:
    sending = relances._Sending("41", None, "manuelle", NOW, SITE)
    days = [(BRUNO, date(2026, 10, 15)), (ANNE, date(2026, 10, 30))]
    for key, day in days:
        mail = a_mail("relance", pour=key)
        given = {"utilisateur_id": key, "departement_code": "972", "jour": day, "etape": "relance-3"}
        written(Relance(**given, courriel_id=mail, created_at=NOW))
    assert relances._put_off(monde, sending, BRUNO) is None, "the day before is over"
    for day in (date(2026, 10, 16), date(2026, 10, 17)):
        mail = a_mail("relance", pour=BRUNO)
        given = {"utilisateur_id": BRUNO, "departement_code": "972", "jour": day, "etape": "relance-3"}
        written(Relance(**given, courriel_id=mail, created_at=NOW))
    assert relances._put_off(monde, sending, BRUNO) == date(2026, 10, 18)


def test_a_reminder_leads_to_the_one_declaration_that_waits_else_to_the_list(monde: Any) -> None:
    second = a_convention(2, "S3", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    written(update(Convention).where(Convention.id != second).values(debut=date(2026, 7, 1), fin=date(2029, 6, 30)))
    sending = relances._Sending("41", None, "manuelle", NOW, SITE)
    (alone,) = sending.forecast(personne=BRUNO).destinataires
    assert relances._link_to_typing(alone, SITE) == f"{SITE}/connexion/{LIEN}?next=/entreprise/declarations/1/saisir"
    lines = relances._mail_lines(alone, SITE)
    (line,) = lines["attendus"]  # type: ignore[misc]
    assert (lines["nom"], lines["genre"], line["periode"], line["limite"], line["is_late"]) == (
        "bruno", "saisie", "3e trimestre 2026", "20/10/2026", False,
    )  # fmt: skip
    written(Rattachement(utilisateur_id=BRUNO, signataire_id=2))
    (both,) = sending.forecast(personne=BRUNO).destinataires
    assert len(both.attendus) == 2
    assert relances._link_to_typing(both, SITE) == f"{SITE}/connexion/{LIEN}?next=/entreprise/"
    for etat, genre in (("a_completer", "questions"), ("brouillon", "brouillon")):
        waiting = alone.attendus[0]
        moved = waiting._replace(echeance=replace(waiting.echeance, etat=etat))
        assert relances._mail_lines(alone._replace(attendus=(moved,)), SITE)["genre"] == genre
        assert relances._mail_lines(alone._replace(attendus=(moved, waiting)), SITE)["genre"] == "saisie"
