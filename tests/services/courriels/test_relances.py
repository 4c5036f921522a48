"""Reminders: whoever has not answered, once a day, with all that waits for her (R12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE, PLANIFICATEUR, REFERENT
from paqte.domain.statuts.courriels import TransportDown
from paqte.models import ContactSignataire, Courriel, Journal, Rattachement, Relance, RelanceLigne, Utilisateur, db
from paqte.queries.courriels.relances import (
    DEJA,
    FERME,
    REPONDU,
    SANS_COMPTE,
    SUSPENDU,
    Prevision,
    forecast,
)
from paqte.queries.courriels.relances_prevues import coming_reminders, near_reminder, read_ledger
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels import relances
from paqte.services.courriels.courriels import send_due
from paqte.services.courriels.relances import pause_reminders, remind, remind_company
from paqte.services.declarations.declarations import open_declaration, save_draft, send_back, submit_declaration
from paqte.services.reglages.reglages import save_settings
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, bruno
from tests.services.maison import T3, Maison

SITE = "https://paqte.exemple.fr"
# J−3 of 2026-T3, due on 20 October.
DAY = datetime(2026, 10, 17, 6, 0, tzinfo=UTC)
MAIL = "bruno@val.test"
S1 = Periode.from_code("2026-S1")
ENDED = {"statut": "resiliee", "motif_resiliation": "Départ"}


@pytest.fixture
def maison(session: Any) -> Maison:
    """Bruno owes 2026-T3; his earlier quarters are not in the way."""
    made = Maison(DAY, "R3", "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    invited(made.signataire)
    return made


def invited(*signataires: int, courriel: str = MAIL, role: str = ENTREPRISE, departement: str | None = None) -> None:
    place = {"departement": departement} if departement else {"signataires": signataires}
    actor = CAMILLE if departement is None else PLANIFICATEUR
    invite_user(actor=actor, role=role, courriel=courriel, nom="Bruno Garnier", base_url=SITE, now=DAY, **place)


def send(etape: str = "relance-3", now: datetime = DAY, periode: Periode = T3, departement: str = "41") -> int:
    return remind(departement=departement, periode=periode, etape=etape, now=now, base_url=SITE)


def foresee(
    etape: str = "relance-3", day: date = date(2026, 10, 17), periode: Periode = T3, *, is_shown: bool = False
) -> Prevision:
    return forecast(departement="41", periode=periode, etape=etape, day=day, is_shown=is_shown)


def answering_elsewhere_too(session: Any) -> int:
    """A signatory of the 972 for which Bruno answers as well, and that owes 2026-T3."""
    far = a_signataire("Atelier des îles (fictif)", "972")
    a_convention(far, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    session.rollback()
    with transaction(actor=CAMILLE, now=DAY) as writing:
        person = writing.scalars(select(Utilisateur.id).where(Utilisateur.courriel == MAIL)).one()
        writing.add(Rattachement(utilisateur_id=person, signataire_id=far))
    return far


def mails(session: Any, *motifs: str) -> list[Courriel]:
    session.rollback()
    query = select(Courriel).where(Courriel.motif.in_(motifs or ("relance", "ouverture", "lecture")))
    return list(session.scalars(query.order_by(Courriel.id)))


def test_R12_whoever_has_not_answered_is_reminded_and_it_is_written_down(maison: Maison, session: Any) -> None:
    assert send() == 1
    (mail,) = mails(session)
    assert (mail.destinataire, mail.motif, mail.departement_code) == (MAIL, "relance", "41")
    assert mail.texte.startswith("Répondez à la déclaration du 3e trimestre 2026, au plus tard le 20/10/2026")
    assert f"{SITE}/connexion/[lien-personnel]?next=/entreprise/declarations/{maison.id}/saisir" in mail.texte
    (relance,) = session.scalars(select(Relance))
    (ligne,) = session.scalars(select(RelanceLigne))
    assert (relance.jour, relance.etape, relance.courriel_id) == (date(2026, 10, 17), "relance-3", mail.id)
    assert (ligne.convention_id, ligne.periode, ligne.etat) == (maison.convention, "2026-T3", "a_saisir")


def test_R12_nobody_who_has_answered_is_reminded(maison: Maison, session: Any) -> None:
    maison.call(submit_declaration, actor=bruno(maison.signataire), saisie=maison.saisie(R3=4))
    assert [e.motif for e in foresee().ecartes] == [REPONDU]
    assert send() == 0 and mails(session) == []


def test_R12_the_state_is_read_again_when_the_mail_leaves(maison: Maison, session: Any) -> None:
    assert [p.courriel for p in foresee().destinataires] == [MAIL]
    maison.call(submit_declaration, actor=bruno(maison.signataire), saisie=maison.saisie(R3=4))
    assert send() == 0


def test_a_draft_that_was_not_sent_gets_its_own_words(maison: Maison, session: Any) -> None:
    maison.call(save_draft, actor=bruno(maison.signataire), saisie=maison.saisie(R3=4))
    send()
    (mail,) = mails(session)
    assert mail.sujet.startswith("Votre brouillon vous attend")
    assert mail.texte.startswith("Terminez votre déclaration du 3e trimestre 2026\u00a0: votre brouillon vous attend")


def test_R18_questions_that_wait_get_their_own_words(maison: Maison, session: Any) -> None:
    maison.call(submit_declaration, actor=bruno(maison.signataire), saisie=maison.saisie(R3=4))
    maison.call(send_back, commentaires={None: "Sûr ?"})
    send()
    (mail,) = mails(session)
    assert mail.texte.startswith("Répondez à la question de votre référent pour terminer votre déclaration")


def test_the_opening_has_its_own_text(maison: Maison, session: Any) -> None:
    assert send("ouverture", datetime(2026, 10, 1, 6, tzinfo=UTC)) == 1
    (mail,) = mails(session)
    assert (mail.motif, "La saisie est ouverte" in mail.texte) == ("ouverture", True)


def test_one_mail_a_person_a_day_with_all_that_waits_everywhere(maison: Maison, session: Any) -> None:
    other, far = a_signataire("Régie Val (fictif)"), a_signataire("Atelier des îles (fictif)", "972")
    dates = {"debut": date(2026, 7, 1), "fin": date(2029, 6, 30)}
    for key in (other, far):
        a_convention(key, "S2", **dates)
    a_convention(other, "S2", **dates)
    session.rollback()
    with transaction(actor=CAMILLE, now=DAY) as writing:
        person = writing.scalars(select(Utilisateur.id).where(Utilisateur.courriel == MAIL)).one()
        writing.add_all([Rattachement(utilisateur_id=person, signataire_id=key) for key in (other, far)])
    assert send() == 1
    (mail,) = mails(session)
    assert mail.texte.startswith("Répondez à vos 4 déclarations PAQTE en attente")
    assert all(nom in mail.texte for nom in ("Menuiserie Val", "Régie Val", "Atelier des îles"))
    assert send(departement="972") == 0 == send("relance+3"), "one a day, whatever the step or the département"
    assert send("relance+3", DAY + timedelta(days=6)) == 1


def test_R30_what_another_departement_awaits_of_a_person_is_in_her_mail_and_on_no_page_of_this_one(
    maison: Maison, session: Any
) -> None:
    answering_elsewhere_too(session)
    steps = coming_reminders(actor=CAMILLE, departement="41", now=DAY)
    told = {a.signataire.nom for e in steps for d in e.prevision.destinataires for a in d.attendus}
    assert told == {"Menuiserie Val (fictif)"}
    soon = near_reminder("41", DAY.date() - timedelta(days=1))
    assert soon is not None and soon.entreprises == 1, "nor is it counted on the home page"
    assert send() == 1
    assert "Atelier des îles" in mails(session)[0].texte


def test_R30_a_reminder_of_another_departement_is_told_to_nobody_and_one_a_day_leaves(
    maison: Maison, session: Any
) -> None:
    far = answering_elsewhere_too(session)
    asked = {"now": DAY, "base_url": SITE}
    assert remind_company(actor=ZOE, signataire_id=far, **asked) == 1
    assert send() == 0, "one a day"
    shown = foresee(is_shown=True)
    assert [p.nom for p in shown.destinataires] == ["Bruno Garnier"] and shown.ecartes == ()
    assert remind_company(actor=CAMILLE, signataire_id=maison.signataire, **asked) == 1
    with pytest.raises(Refused, match="déjà parti aujourd’hui"):
        remind_company(actor=CAMILLE, signataire_id=maison.signataire, **asked)
    (told,) = read_ledger(actor=ZOE).envois
    assert told.objets == ("Atelier des îles (fictif), 3e trimestre 2026",), "what waits in another is not hers"
    sent: list[Any] = []
    friday_after, monday = datetime(2026, 10, 19, 5, tzinfo=UTC), datetime(2026, 10, 19, 13, tzinfo=UTC)
    send_due(transport=sent.append, now=friday_after)
    assert [m for m in sent if "3e trimestre" in m.texte] == [], "a week-end"
    send_due(transport=sent.append, now=monday)
    days = session.scalars(select(Relance.jour).order_by(Relance.jour)).all()
    assert days == [date(2026, 10, 17), date(2026, 10, 18)] and len({m.destinataire for m in sent}) == 1


def test_a_step_taken_up_again_after_midnight_repeats_nothing(maison: Maison, session: Any) -> None:
    assert send() == 1
    assert send(now=DAY + timedelta(days=1)) == 0
    assert [e.motif for e in foresee(day=date(2026, 10, 18)).ecartes] == [DEJA]


def test_R12_the_day_is_that_of_the_departement(session: Any) -> None:
    key = a_signataire("Atelier des îles (fictif)", "972")
    a_convention(key, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    invite_user(actor=ZOE, role=ENTREPRISE, courriel=MAIL, nom="Bruno", signataires=[key], base_url=SITE, now=DAY)
    assert send(departement="972", now=datetime(2026, 10, 18, 3, 59, tzinfo=UTC)) == 1
    session.rollback()
    assert [r.jour for r in session.scalars(select(Relance))] == [date(2026, 10, 17)]


def test_a_pause_holds_until_its_last_day(maison: Maison, session: Any) -> None:
    pause_reminders(actor=CAMILLE, signataire_id=maison.signataire, jusquau=date(2026, 10, 17), now=DAY)
    (left,) = foresee().ecartes
    assert (left.motif, left.jour) == (SUSPENDU, date(2026, 10, 17))
    assert send() == 0
    assert send(now=DAY + timedelta(days=1)) == 1


def test_a_pause_is_a_day_to_come_of_one_s_own_signatory_and_is_written_in_the_journal(
    maison: Maison, session: Any
) -> None:
    for day in (date(2026, 10, 16), date(2028, 1, 1)):
        with pytest.raises(Refused) as refused:
            pause_reminders(actor=CAMILLE, signataire_id=maison.signataire, jusquau=day, now=DAY)
        assert list(refused.value.errors) == ["jusquau"]
    for actor in (ZOE, bruno(maison.signataire)):
        with pytest.raises(NotFound):
            pause_reminders(actor=actor, signataire_id=maison.signataire, jusquau=None, now=DAY)
        with pytest.raises(NotFound):
            remind_company(actor=actor, signataire_id=maison.signataire, now=DAY, base_url=SITE)
    pause_reminders(actor=CAMILLE, signataire_id=maison.signataire, jusquau=date(2026, 12, 31), now=DAY)
    session.rollback()
    told = session.scalars(select(Journal.apres).where(Journal.objet == "signataire")).all()
    assert any("2026-12-31" in line for line in told)


def test_only_active_accounts_of_companies_are_written_to_and_the_others_are_to_be_called(
    maison: Maison, session: Any
) -> None:
    alone = a_signataire("Sans compte (fictif)")
    a_convention(alone, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    invited(alone, courriel="ines@face.test", role=ANIMATEUR)
    values = {"relances_animateurs": "non"}
    save_settings(actor=CAMILLE, now=DAY, departement="41", version=version_of(read_settings("41")), values=values)
    with transaction(actor=CAMILLE, now=DAY) as writing:
        writing.add(ContactSignataire(signataire_id=alone, nom="Mme Roy", telephone="02 54 00 00 00", created_at=DAY))
    (left,) = foresee().ecartes
    assert (left.signataire, left.motif) == ("Sans compte (fictif)", SANS_COMPTE)
    assert [(c.nom, c.telephone) for c in left.contacts] == [("Mme Roy", "02 54 00 00 00")]
    with transaction(actor=CAMILLE, now=DAY) as writing:
        writing.scalars(select(Utilisateur).where(Utilisateur.courriel == MAIL)).one().is_active = False
    assert send() == 0 and {e.motif for e in foresee().ecartes} == {SANS_COMPTE}


def test_R12_what_is_closed_is_not_reminded(maison: Maison, session: Any) -> None:
    values = {"fermeture_delai_jours": "25"}
    save_settings(actor=CAMILLE, now=DAY, departement="41", version=version_of(read_settings("41")), values=values)
    (left,) = foresee("relance+10", date(2026, 10, 30)).ecartes
    assert (left.motif, left.jour) == (FERME, date(2026, 10, 25))
    assert send("relance+10", datetime(2026, 10, 30, 6, tzinfo=UTC)) == 0


def test_the_reading_tells_each_referent_once_what_is_left(maison: Maison, session: Any) -> None:
    invited(courriel="camille@prefecture41.test", role=REFERENT, departement="41")
    key = open_declaration(
        actor=CAMILLE,
        now=DAY,
        convention_id=a_convention(a_signataire("B"), "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30)),
        periode=T3,
    )
    assert key
    maison.call(submit_declaration, actor=bruno(maison.signataire), saisie=maison.saisie(R3=4))
    when = datetime(2026, 10, 23, 6, tzinfo=UTC)
    assert send("lecture", when) == 1 and send("lecture", when + timedelta(days=1)) == 0
    (mail,) = mails(session)
    assert mail.destinataire == "camille@prefecture41.test"
    assert "1 déclaration attend votre validation" in mail.texte and "1 réponse manque encore" in mail.texte
    assert "L’application produit automatiquement l’export trimestriel le 30/10/2026" in mail.texte
    assert mail.texte.startswith("Relisez les déclarations du 3e trimestre 2026 au plus tard le 29/10/2026")


def test_a_referent_reminds_one_company_at_once_and_is_told_why_not(maison: Maison, session: Any) -> None:
    assert remind_company(actor=CAMILLE, signataire_id=maison.signataire, now=DAY, base_url=SITE) == 1
    with pytest.raises(Refused, match="déjà parti aujourd’hui"):
        remind_company(actor=CAMILLE, signataire_id=maison.signataire, now=DAY, base_url=SITE)
    assert send() == 0, "the step of the day counts it too"
    pause_reminders(actor=CAMILLE, signataire_id=maison.signataire, jusquau=date(2026, 12, 1), now=DAY)
    later = DAY + timedelta(days=2)
    with pytest.raises(Refused, match="suspendues jusqu’au 01/12/2026"):
        remind_company(actor=CAMILLE, signataire_id=maison.signataire, now=later, base_url=SITE)
    pause_reminders(actor=CAMILLE, signataire_id=maison.signataire, jusquau=None, now=DAY)
    maison.call(submit_declaration, actor=bruno(maison.signataire), saisie=maison.saisie(R3=4))
    with pytest.raises(Refused, match="il n’y a rien à relancer"):
        remind_company(actor=CAMILLE, signataire_id=maison.signataire, now=later, base_url=SITE)
    alone = a_signataire("Sans compte (fictif)")
    a_convention(alone, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    with pytest.raises(Refused, match="Personne n’y a de compte"):
        remind_company(actor=CAMILLE, signataire_id=alone, now=later, base_url=SITE)


def test_a_mail_server_that_is_down_loses_nothing(maison: Maison, session: Any) -> None:
    def down(_message: object) -> None:
        raise TransportDown("coupé")

    send()
    monday = DAY + timedelta(days=2, hours=2)
    assert send_due(transport=down, now=monday) == 0
    gone: list[Any] = []
    send_due(transport=gone.append, now=monday + timedelta(hours=1))
    assert [m.destinataire for m in gone if "trimestre" in m.sujet] == [MAIL]


@pytest.mark.parametrize(
    ("terms", "periode", "is_owed"),
    [
        ({"debut": date(2026, 9, 30), "fin": date(2029, 9, 29)}, T3, True),
        ({"debut": date(2026, 10, 1), "fin": date(2029, 9, 30)}, T3, False),
        ({"debut": date(2023, 7, 2), "fin": date(2026, 7, 1)}, T3, True),
        ({"debut": date(2023, 7, 1), "fin": date(2026, 6, 30)}, T3, False),
        ({**ENDED, "resiliee_le": date(2026, 7, 1)}, T3, True),
        ({**ENDED, "resiliee_le": date(2026, 6, 30)}, T3, False),
        ({"dispositif": "charte"}, T3, False),
        ({"statut": "projet", "signee_le": None}, T3, False),
        ({"rythme": "S"}, T3, False),
        ({"rythme": "S", "debut": date(2026, 6, 30), "fin": date(2029, 6, 29)}, S1, True),
    ],
)
def test_R5_R11_a_convention_signed_or_ended_inside_the_period_owes_it_and_no_other(
    session: Any, terms: dict[str, Any], periode: Periode, is_owed: bool
) -> None:
    key = a_signataire("Val (fictif)")
    a_convention(key, "S2", **terms)
    found = foresee(periode=periode)
    assert [e.motif for e in found.ecartes] == ([SANS_COMPTE] if is_owed else [])


def test_a_forecast_costs_the_same_whatever_the_number_of_companies(maison: Maison, session: Any) -> None:
    def statements() -> int:
        sent: list[str] = []

        def count(*args: Any) -> None:
            sent.append(args[2])

        session.rollback()
        event.listen(db.engine, "before_cursor_execute", count)
        foresee()
        event.remove(db.engine, "before_cursor_execute", count)
        return len(sent)

    before = statements()
    for rank in range(4):
        key = a_signataire(f"Atelier {rank}")
        a_convention(key, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
        invited(key, courriel=f"a{rank}@val.test")
    assert len(foresee().destinataires) == 5
    assert statements() == before <= 14


def test_R12_whoever_answers_while_others_are_written_to_gets_nothing(
    maison: Maison, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answered_right_after(**asked: Any) -> Prevision:
        found = forecast(**asked)
        if asked.get("personne") is None:
            maison.call(submit_declaration, actor=bruno(maison.signataire), saisie=maison.saisie(R3=4))
        return found

    monkeypatch.setattr("paqte.services.courriels.relances.forecast", answered_right_after)
    assert send() == 0 and mails(session) == []


def test_R12_the_reading_goes_to_the_referents_of_that_departement_who_are_active_and_to_nobody_else(
    maison: Maison, session: Any
) -> None:
    a_signataire("Rhum (fictif)", "972")
    for courriel, departement in (("camille@41.test", "41"), ("partie@41.test", "41"), ("zoe@972.test", "972")):
        invited(courriel=courriel, role=REFERENT, departement=departement)
    with transaction(actor=PLANIFICATEUR, now=DAY) as writing:
        writing.query(Utilisateur).filter_by(courriel="partie@41.test").one().is_active = False
    when = datetime(2026, 10, 23, 6, tzinfo=UTC)
    assert send("lecture", when) == 1
    assert [mail.destinataire for mail in mails(session, "lecture")] == ["camille@41.test"]
    assert send("lecture", when, departement="972") == 1
    assert [mail.destinataire for mail in mails(session, "lecture")] == ["camille@41.test", "zoe@972.test"]


def test_the_opening_calls_to_answer_unless_every_line_of_it_was_begun(maison: Maison, session: Any) -> None:
    opening = datetime(2026, 10, 1, 6, tzinfo=UTC)
    assert ">Répondre<" in opening_mail(session, opening)
    maison.call(save_draft, actor=bruno(maison.signataire), saisie=maison.saisie(R3=4))
    assert ">Continuer<" in opening_mail(session, opening)
    a_convention(maison.signataire, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    session.rollback()
    assert ">Répondre<" in opening_mail(session, opening), "one begun and one not begun have only answering in common"


def opening_mail(session: Any, moment: datetime) -> str:
    (person,) = foresee("ouverture", moment.date()).destinataires
    return relances._message(relances._Sending("41", T3, "ouverture", moment, SITE), person).html


@pytest.mark.parametrize("etape", ["lecture", "relance-3"])
def test_a_step_that_had_nobody_to_write_to_leaves_nothing_open_behind_it(session: Any, etape: str) -> None:
    """The scheduler goes on for months: a reading left open would hold back the cleaning of the base."""
    Maison(DAY, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    assert send(etape) == 0
    assert not db.session().in_transaction()
