"""Whatever is deferred asks its reason again as it acts, opens what it names, and names somebody to call."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.personnes.acteurs import ADMIN, ENTREPRISE, PLANIFICATEUR, REFERENT
from paqte.domain.statuts.courriels import ENVOYE, MOTIFS, SANS_OBJET, Message, TransportDown
from paqte.models import Convention, Courriel, Utilisateur
from paqte.ops.courriel import compose
from paqte.queries.comptes.comptes import find_session
from paqte.queries.courriels.relances import forecast
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.comptes.acces import disable_account, withdraw_right
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import LinkRefused, open_session, request_link
from paqte.services.conventions.suites import end_convention
from paqte.services.courriels.courriels import send_due
from paqte.services.courriels.raisons import LIENS, MAILS, TACHES
from paqte.services.courriels.relances import pause_reminders, remind
from paqte.services.declarations.declarations import send_back, submit_declaration
from paqte.services.pilotage.pilotage import ReferentTyped, add_referent
from paqte.services.reglages.reglages import save_settings
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire, engagement_of
from tests.services.maison import T2, T3, Maison

SITE = "https://paqte.exemple.fr"
# J−4 of 2026-T3, due on 20 October: a Friday.
DAY = datetime(2026, 10, 16, 8, 0, tzinfo=UTC)
LATER = DAY + timedelta(hours=3)
MAIL = "bruno@val.test"
ROOT = Path(__file__).resolve().parents[3]


def down(_message: Message) -> None:
    raise TransportDown("panne")


@pytest.fixture
def maison(session: Any) -> Maison:
    """Bruno owes 2026-T3, Camille has an account; the invitations have left."""
    made = Maison(DAY, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    a_departement("972")
    account(REFERENT, "camille@pref.test", CAMILLE.nom, departement="41")
    account(REFERENT, "zoe@pref.test", ZOE.nom, departement="972")
    invite_user(
        actor=CAMILLE, role=ENTREPRISE, courriel=MAIL, nom="Bruno Garnier", base_url=SITE, now=DAY,
        signataires=[made.signataire],
    )  # fmt: skip
    send_due(transport=[].append, now=DAY)
    settings(relances_jours="-4, 3")
    return made


def account(role: str, courriel: str, nom: str, departement: str | None = None) -> None:
    invite_user(
        actor=PLANIFICATEUR, role=role, courriel=courriel, nom=nom, departement=departement, base_url=SITE, now=DAY,
        by_mail=False,
    )  # fmt: skip


def queued() -> None:
    """The reminder is written while the mail server is down."""
    assert remind(departement="41", periode=T3, etape="relance-4", now=DAY, base_url=SITE) == 1
    assert send_due(transport=down, now=DAY) == 0


def leaving(now: datetime = LATER) -> list[Message]:
    sent: list[Message] = []
    send_due(transport=sent.append, now=now)
    return sent


def last(session: Any) -> tuple[str, str]:
    session.rollback()
    c = Courriel
    row = session.execute(select(c.etat, c.erreur).where(c.motif != "invitation").order_by(c.id.desc()).limit(1)).one()
    return row.etat, row.erreur


def test_every_kind_of_mail_task_and_link_says_what_it_asks_again() -> None:
    kinds = set(MOTIFS) | {genre.travail for genre in DOCUMENTS.values()}
    assert set(MAILS) == kinds and all(one.question for one in MAILS.values())
    queued_as = set()
    for path in (ROOT / "paqte").rglob("*.py"):
        queued_as |= set(re.findall(r'motif="(\w+)"', path.read_text(encoding="utf-8")))
    assert queued_as - {"autre"} <= kinds, "give the new kind of mail its question in services/courriels/raisons"
    delais = (
        Agenda(read_delays()).campagne(Periode.from_code("2026-T3")),
        Agenda(read_delays()).campagne(Periode.from_code("2026-S2")),
    )
    tasks = {re.sub(r"^relance.*", "relance", code) for one in delais for code in one.taches()}
    assert tasks == set(TACHES) and set(LIENS) == {"connexion", "nouvelle_adresse"}
    asked = [one for table in (MAILS, TACHES, LIENS) for one in table.values()]
    assert all(one.question and callable(one.ask) for one in asked)


def read_delays() -> Any:
    from paqte.domain.documents.reglages import read_delais, reglages

    return read_delais({cle: shipped for cle, (shipped, _) in reglages().items()})


def test_what_still_waits_leaves_once_the_server_is_back(maison: Maison, session: Any) -> None:
    queued()
    (mail,) = leaving()
    assert mail.destinataire == MAIL and last(session) == (ENVOYE, "")


def sends(maison: Maison) -> None:
    """Bruno sends four."""
    maison.call(submit_declaration, saisie=maison.saisie(S2=4))


def settings(**moved: str) -> None:
    known = read_settings("41")
    save_settings(actor=CAMILLE, now=LATER, departement="41", values=moved, version=version_of(known))


GONE: dict[str, tuple[Callable[[Maison], object], str]] = {
    "l’entreprise a répondu": (sends, "Plus rien n’attend"),
    "les relances sont suspendues": (
        lambda m: pause_reminders(actor=CAMILLE, signataire_id=m.signataire, jusquau=date(2026, 12, 1), now=LATER),
        "Plus rien n’attend",
    ),
    "l’accès est retiré": (
        lambda m: withdraw_right(actor=CAMILLE, now=LATER, utilisateur_id=key_of(MAIL), signataire_id=m.signataire),
        "n’a plus d’accès",
    ),
    "le compte est désactivé": (
        lambda _m: disable_account(actor=CAMILLE, now=LATER, utilisateur_id=key_of(MAIL)),
        "désactivé",
    ),
    "l’échéance est reportée": (
        lambda _m: settings(declaration_delai_jours="40", relances_jours="-4, 3"),
        "La date de ce rappel a changé",
    ),
    "la relance est retirée": (lambda _m: settings(relances_jours="-2"), "La date de ce rappel a changé"),
}


def key_of(courriel: str) -> int:
    with transaction(actor=PLANIFICATEUR, now=DAY) as session:
        return session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == courriel)).one()


@pytest.mark.parametrize("what", GONE)
def test_a_reminder_whose_reason_went_while_the_server_was_down_does_not_leave(
    maison: Maison, session: Any, what: str
) -> None:
    queued()
    happens, told = GONE[what]
    happens(maison)
    assert leaving() == []
    etat, erreur = last(session)
    assert (etat, told in erreur) == (SANS_OBJET, True), erreur


def test_a_reminder_of_a_convention_ended_since_does_not_leave(session: Any, maison: Maison) -> None:
    """Ended on 30 June, it owes nothing of the third quarter any more, and the second was answered."""
    with transaction(actor=PLANIFICATEUR, now=DAY) as writing:
        writing.execute(update(Convention).values(debut=date(2026, 4, 1)))
    second = maison.opened(T2)
    maison.call(submit_declaration, key=second, saisie=maison.saisie(S2=4))
    queued()
    end_convention(
        actor=CAMILLE, now=LATER, convention_id=maison.convention, version=1, resiliee_le=date(2026, 6, 30),
        motif="Départ",
    )  # fmt: skip
    assert leaving() == []
    assert last(session)[0] == SANS_OBJET


def test_R30_a_reminder_says_whom_to_call_as_of_its_departure_and_an_answer_goes_there(maison: Maison) -> None:
    line = {"fonction": "Déléguée", "courriel": "Camille@pref.test", "telephone": "02 54 00 00 01"}
    add_referent(actor=CAMILLE, now=DAY, departement="41", referent=ReferentTyped(nom="Camille Perrin", **line))
    account(REFERENT, "denis@pref.test", "Denis Roux", departement="41")
    queued()
    (mail,) = leaving()
    for part in (mail.texte, mail.html):
        assert "Camille Perrin" in part and "02 54 00 00 01" in part and "préfecture de Loir-et-Cher" in part
        assert "Denis Roux" in part and "denis@pref.test" in part and "Zoé" not in part
    assert mail.repondre_a == ("camille@pref.test", "denis@pref.test")
    assert compose(mail, "paqte@pref.test", DAY)["Reply-To"] == "camille@pref.test, denis@pref.test"


def test_R30_a_referent_who_has_left_is_not_named_and_her_successor_is(maison: Maison) -> None:
    line = {"fonction": "Déléguée", "courriel": "camille@pref.test", "telephone": "02 54 00 00 01"}
    add_referent(actor=CAMILLE, now=DAY, departement="41", referent=ReferentTyped(nom="Camille Perrin", **line))
    queued()
    account(REFERENT, "denis@pref.test", "Denis Roux", departement="41")
    with transaction(actor=PLANIFICATEUR, now=LATER) as session:
        session.execute(update(Utilisateur).where(Utilisateur.courriel == "camille@pref.test").values(is_active=False))
    (mail,) = leaving()
    assert "Camille" not in mail.texte and "Denis Roux" in mail.texte and mail.repondre_a == ("denis@pref.test",)


def test_R30_without_a_referent_a_mail_names_the_administrators(maison: Maison) -> None:
    account(ADMIN, "ada@paqte.test", "Ada Bonnet")
    with transaction(actor=PLANIFICATEUR, now=LATER) as session:
        session.execute(update(Utilisateur).where(Utilisateur.role == REFERENT).values(is_active=False))
    queued()
    (mail,) = leaving()
    assert "Ada Bonnet" in mail.texte and mail.repondre_a == ("ada@paqte.test",)


def test_a_reminder_opens_the_session_once_and_the_base_never_holds_its_secret(maison: Maison, session: Any) -> None:
    queued()
    (mail,) = leaving()
    secret, suite = re.findall(rf"{SITE}/connexion/([\w-]{{40,}})\?next=(\S+)", mail.texte)[0]
    assert suite in (f"/entreprise/declarations/{maison.id}/saisir", "/entreprise/") and secret in mail.html
    session.rollback()
    kept = session.execute(select(Courriel.texte, Courriel.html).where(Courriel.motif == "relance")).one()
    assert secret not in kept.texte + kept.html
    opened = open_session(secret=secret, now=LATER + timedelta(days=2))
    assert find_session(secret=opened.secret, now=LATER + timedelta(days=2)) is not None
    with pytest.raises(LinkRefused):
        open_session(secret=secret, now=LATER + timedelta(days=2))


def test_two_questions_of_one_day_both_open(maison: Maison, session: Any) -> None:
    """A mail about another thing does not end the link of the first."""
    sends(maison)
    send_back(
        actor=CAMILLE, now=DAY, declaration_id=maison.id, version=maison.read().version,
        commentaires={engagement_of(maison.convention, "S2"): "Combien ?"}, base_url=SITE,
    )  # fmt: skip
    first = next(m for m in leaving(DAY) if "Combien" in m.texte)
    sends(maison)
    send_back(
        actor=CAMILLE, now=LATER, declaration_id=maison.id, version=maison.read().version,
        commentaires={engagement_of(maison.convention, "S2"): "Vraiment ?"}, base_url=SITE,
    )  # fmt: skip
    assert len(leaving(LATER)) == 1
    secret = re.findall(r"/connexion/([\w-]{40,})", first.texte)[0]
    assert open_session(secret=secret, now=LATER).acteur.nom == "Bruno Garnier"


def test_a_question_answered_before_its_mail_left_is_without_object(maison: Maison, session: Any) -> None:
    sends(maison)
    send_back(
        actor=CAMILLE, now=DAY, declaration_id=maison.id, version=maison.read().version,
        commentaires={engagement_of(maison.convention, "S2"): "Combien ?"}, base_url=SITE,
    )  # fmt: skip
    assert send_due(transport=down, now=DAY) == 0
    sends(maison)
    assert leaving() == []
    assert last(session) == (SANS_OBJET, "L’entreprise a répondu depuis.")


def test_R30_an_invited_address_of_a_state_account_is_reminded_like_any_other(maison: Maison, session: Any) -> None:
    """Who invited it sees the same forecast, the same mail in the list, and the same ledger."""
    other = a_signataire("Rives (fictif)")
    a_convention(other, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    invite_user(
        actor=CAMILLE, role=ENTREPRISE, courriel="zoe@pref.test", nom="Z. M.", base_url=SITE,
        now=DAY, signataires=[other],
    )  # fmt: skip
    seen = forecast(departement="41", periode=T3, etape="relance-4", day=DAY.date())
    assert [(p.nom, p.courriel) for p in seen.destinataires][1:] == [("Z. M.", "zoe@pref.test")]
    assert seen.ecartes == ()
    assert remind(departement="41", periode=T3, etape="relance-4", now=DAY, base_url=SITE) == 2
    mails = [m for m in leaving() if m.destinataire == "zoe@pref.test"]
    assert mails and all("Rives" not in m.texte + m.html for m in mails), "she is no contact of that company"
    session.rollback()
    rows = session.execute(select(Courriel.destinataire, Courriel.etat).where(Courriel.motif == "relance"))
    assert sorted(map(tuple, rows)) == [(MAIL, ENVOYE), ("zoe@pref.test", ENVOYE)]


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        (datetime(2026, 10, 16, 16, 0, tzinfo=UTC), 0),  # Friday, 18 h in Blois
        (datetime(2026, 10, 17, 8, 0, tzinfo=UTC), 0),  # Saturday
        (datetime(2026, 10, 18, 8, 0, tzinfo=UTC), 0),  # Sunday
        (datetime(2026, 10, 19, 5, 59, tzinfo=UTC), 0),  # Monday, before 8 h
        (datetime(2026, 10, 19, 6, 0, tzinfo=UTC), 1),
    ],
)
def test_a_reminder_late_on_friday_waits_for_monday_at_eight(maison: Maison, moment: datetime, left: int) -> None:
    queued()
    assert len(leaving(moment)) == left


def test_what_somebody_asks_for_leaves_on_a_sunday(maison: Maison) -> None:
    """A sign-in link, a question: whoever asked is in front of her screen."""
    sunday = datetime(2026, 10, 18, 8, 0, tzinfo=UTC)
    request_link(courriel=MAIL, origine="192.0.2.1", base_url=SITE, now=sunday)
    assert [m.destinataire for m in leaving(sunday)] == [MAIL]
