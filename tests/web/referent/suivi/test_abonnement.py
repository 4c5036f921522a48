"""The dates of a département in her own calendar: two programs read them, nobody else does, what changes is told."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import icalendar
import ics
import pytest
import time_machine
from sqlalchemy import event as sql_event
from sqlalchemy import select, update

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Affectation, Departement, FeedDate, Journal, Signataire, Utilisateur, db
from paqte.ops.clock import now
from paqte.queries.comptes.comptes import actor_of
from paqte.services.comptes.utilisateurs import disable_by_address
from paqte.services.conventions.rencontres import RencontreTyped, change_meeting, delete_meeting, record_meeting
from paqte.services.transaction import transaction
from tests.architecture.acces.monde import dump
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import CAMILLE, ZOE, Personne, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
PAGE = "/referent/calendrier/abonnement"
START = datetime(2026, 8, 31, 9, tzinfo=UTC)
SignIn = Callable[..., "FlaskClient"]
VISITE = RencontreTyped(
    date=date(2026, 9, 15), genre="visite", objet="Avec Odile Marchand", decisions="Deux places.", autres="Awa Diop"
)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place(app: Flask, clock: Any, accounts: object) -> Flask:
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=now()) as session:
        for code in ("41", "972"):
            session.get_one(Departement, code).premier_semestre = "2026-S1"
    return app


def opened(browser: FlaskClient) -> str:
    """The path of a new address, as the page shows it once."""
    answer = post(browser, PAGE, {})
    found = re.search(r"<code[^>]*>(.*?)</code>", answer.text)
    assert answer.status_code == 200 and found, answer.text
    return html.unescape(found[1]).removeprefix("http://localhost:5000").removeprefix("http://localhost")


def read(app: Flask, path: str, status: int = 200) -> bytes:
    """What a program without any session gets there."""
    answer = app.test_client().get(path)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.mimetype == "text/calendar" and answer.headers["Cache-Control"] == "no-store"
    return answer.data


def events(octets: bytes) -> dict[str, Any]:
    """By UID, what icalendar reads."""
    found = icalendar.Calendar.from_ical(octets).walk("VEVENT")
    by_uid = {str(one["uid"]): one for one in found}
    assert len(by_uid) == len(found), "one UID for two dates"
    return by_uid


def met(app: Flask, person: Personne = CAMILLE, departement: str = "41", **changes: Any) -> int:
    with app.app_context():
        actor = as_actor(person)
        typed = replace(VISITE, **changes)
        return record_meeting(actor=actor, now=now(), departement=departement, rencontre=typed)


def as_actor(person: Personne) -> Any:
    found = actor_of(db.session.scalars(select(Utilisateur).where(Utilisateur.courriel == person.courriel)).one())
    db.session.rollback()
    return found


def one(octets: bytes, word: str) -> Any:
    """The event whose UID begins so."""
    (found,) = [event for uid, event in events(octets).items() if uid.startswith(word)]
    return found


# No « \\n »: of the two programs ics reads it as the end of a line, wherever it comes from.
HOSTILE = "Échafaudages « Œuvre », fils; père\\associé : 100 % & co, " + "éàü€" * 30 + " (fictif)"


def test_two_programs_read_the_same_dates_and_each_line_is_as_the_standard_wants_it(
    place: Flask, sign_in: SignIn
) -> None:
    """RFC 5545: CRLF, 75 octets at most, no character cut in two, a UID and a stamp each, whole days."""
    with place.app_context():
        company = a_signataire("Menuiserie Val (fictif)")
        a_convention(company, "S2", debut=date(2024, 1, 1), fin=date(2026, 12, 31))
        a_convention(a_signataire("Scierie (fictif)"), "S2", debut=date(2024, 1, 1), fin=date(2026, 12, 31))
        with transaction(actor=PLANIFICATEUR, now=now()) as session:
            session.execute(update(Signataire).where(Signataire.id == company).values(nom=HOSTILE))
    met(place, signataires=(company,), prochaine_le=date(2026, 10, 1))
    octets = read(place, opened(sign_in(CAMILLE)))
    lines = octets.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR" and lines[-2:] == [b"END:VCALENDAR", b""]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode("utf-8") is not None for line in lines), "a character cut in two"
    first = events(octets)
    second = {event.uid: event for event in ics.Calendar(octets.decode("utf-8")).events}
    assert first.keys() == second.keys() and len(first) > 20
    for uid, event in first.items():
        day, other = event["dtstart"].dt, second[uid]
        assert type(day) is date and event["dtend"].dt == day + timedelta(days=1)
        assert other.all_day and other.begin.date() == day, uid
        assert str(event["summary"]) == other.name and event["dtstamp"].dt.tzinfo is not None
        assert str(event.get("description", "")) == (other.description or "")
    held = HOSTILE.replace(" :", "\u00a0:").replace(" %", "\u00a0%").replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    assert str(one(octets, "rencontre-1.")["summary"]) == f"Visite\u00a0: {held}"
    ending = one(octets, "fin-20261231-0.")
    assert str(ending["summary"]) == "Fin de convention\u00a0: 2 conventions"
    assert held in str(ending["description"]) and "Scierie (fictif)" in str(ending["description"])


def test_R12_every_date_of_the_calendar_that_concerns_her_is_given_on_its_day_with_its_page(
    place: Flask, sign_in: SignIn
) -> None:
    with place.app_context():
        a_convention(a_signataire(), "S2", debut=date(2024, 1, 1), fin=date(2026, 12, 31))
    key = met(place, prochaine_le=date(2026, 10, 1))
    camille = sign_in(CAMILLE)
    octets = read(place, opened(camille))
    told = {(event["dtstart"].dt, str(event["summary"]).replace("\u00a0", " ")) for event in events(octets).values()}
    assert {
        (date(2026, 10, 20), "Échéance des réponses : 3e trimestre 2026"),
        (date(2027, 1, 20), "Échéance des réponses : 2e semestre 2026"),
        (date(2026, 9, 15), "Visite"),
        (date(2026, 10, 1), "Visite : date suivante"),
        (date(2026, 12, 31), "Fin de convention : Menuiserie Val (fictif)"),
        (date(2026, 10, 2), "Fin de convention dans 90 jours, le 31/12/2026 : Menuiserie Val (fictif)"),
    } <= told
    assert not any("elance" in title for _, title in told), "what mails do by themselves"
    for event in events(octets).values():
        path = str(event["url"]).removeprefix("http://localhost:5000").removeprefix("http://localhost")
        assert camille.get(path).status_code == 200, path
    assert f"/referent/rencontres/{key}?" in str(one(octets, f"rencontre-{key}.")["url"])


def test_R30_neither_a_name_nor_a_note_nor_a_subject_leaves(place: Flask, sign_in: SignIn) -> None:
    met(place, promesses="Une fiche de poste.", prochaine_le=date(2026, 10, 1))
    text = read(place, opened(sign_in(CAMILLE))).decode().replace("\r\n ", "")
    for word in ("Odile", "Marchand", "Awa", "Diop", "Deux places", "fiche de poste", CAMILLE.nom, CAMILLE.courriel):
        assert word not in text, word


def test_what_changes_keeps_its_number_and_bears_one_more_and_what_does_not_keeps_its_bytes(
    place: Flask, sign_in: SignIn, clock: Any
) -> None:
    key, other = met(place), met(place, date=date(2026, 9, 20))
    path = opened(sign_in(CAMILLE))
    before = read(place, path)
    clock.shift(timedelta(hours=7))
    assert read(place, path) == before
    with place.app_context():
        moved = replace(VISITE, date=date(2026, 9, 17))
        change_meeting(actor=as_actor(CAMILLE), now=now(), rencontre_id=key, version=1, rencontre=moved)
    after = read(place, path)
    assert events(after).keys() == events(before).keys()
    was, event = one(before, f"rencontre-{key}."), one(after, f"rencontre-{key}.")
    assert (event["dtstart"].dt, was["sequence"], event["sequence"]) == (date(2026, 9, 17), 0, 1)
    assert event["last-modified"].dt == now() and was["last-modified"].dt == START
    still = one(after, f"rencontre-{other}.")
    assert still == one(before, f"rencontre-{other}.") and still["sequence"] == 0


def test_what_is_taken_away_is_called_off_for_two_months_and_what_is_past_is_left_alone(
    place: Flask, sign_in: SignIn, clock: Any
) -> None:
    key, far, past = met(place), met(place, date=date(2027, 3, 1)), met(place, date=date(2026, 8, 3))
    path = opened(sign_in(CAMILLE))
    assert {f"rencontre-{k}." in read(place, path).decode() for k in (key, far, past)} == {True}
    with place.app_context():
        for gone in (key, far, past):
            delete_meeting(actor=as_actor(CAMILLE), now=now(), rencontre_id=gone, version=1)
    for _ in range(2):
        octets = read(place, path)
        event = one(octets, f"rencontre-{key}.")
        assert (str(event["status"]), event["sequence"], str(event["summary"])) == ("CANCELLED", 1, "Annulé")
        assert f"rencontre-{past}." not in octets.decode()
    others = [str(e["status"]) for uid, e in events(octets).items() if not uid.startswith("rencontre-")]
    assert set(others) == {"CONFIRMED"}
    clock.shift(timedelta(days=59))
    assert str(one(read(place, path), f"rencontre-{far}.")["status"]) == "CANCELLED"
    clock.shift(timedelta(days=2))
    assert f"rencontre-{far}." not in read(place, path).decode()
    with place.app_context():
        kept = set(db.session.scalars(select(FeedDate.cle)))
    assert not {f"rencontre-{k}" for k in (key, far, past)} & kept


def test_a_date_that_comes_back_is_no_longer_called_off(place: Flask, sign_in: SignIn) -> None:
    key = met(place, prochaine_le=date(2026, 10, 1))
    path = opened(sign_in(CAMILLE))
    told = []
    for version, day in ((1, None), (2, date(2026, 10, 1))):
        read(place, path)
        with place.app_context():
            typed = replace(VISITE, prochaine_le=day)
            change_meeting(actor=as_actor(CAMILLE), now=now(), rencontre_id=key, version=version, rencontre=typed)
        event = one(read(place, path), f"rencontre-{key}-suite.")
        told.append((str(event["status"]), event["sequence"]))
    assert told == [("CANCELLED", 1), ("CONFIRMED", 2)]


def test_a_whole_day_is_that_of_the_departement_wherever_it_is_read(place: Flask, sign_in: SignIn, clock: Any) -> None:
    """In Martinique it is still the 14th when it is the 15th in Paris: what is past is judged by its own day."""
    clock.move_to(datetime(2026, 9, 15, 2, tzinfo=UTC))
    key = met(place, ZOE, "972", date=date(2026, 9, 14))
    path = opened(sign_in(ZOE))
    octets = read(place, path)
    assert b"X-WR-TIMEZONE:America/Martinique\r\n" in octets and b"DTSTART;VALUE=DATE:20260914\r\n" in octets
    with place.app_context():
        delete_meeting(actor=as_actor(ZOE), now=now(), rencontre_id=key, version=1)
    assert str(one(read(place, path), f"rencontre-{key}.")["status"]) == "CANCELLED"


def test_another_departement_reads_its_own_dates_and_nothing_of_the_41(place: Flask, sign_in: SignIn) -> None:
    with place.app_context():
        a_convention(a_signataire("Scierie (fictif)"), "S2", debut=date(2024, 1, 1), fin=date(2026, 12, 31))
    key = met(place)
    hers, zoes = read(place, opened(sign_in(CAMILLE))), read(place, opened(sign_in(ZOE)))
    assert "Scierie" in hers.decode() and f"rencontre-{key}." in hers.decode()
    assert "Scierie" not in zoes.decode() and "rencontre-" not in zoes.decode()
    assert "Martinique" in zoes.decode() and not events(hers).keys() & events(zoes).keys()


def test_a_renewed_and_a_withdrawn_address_open_nothing_and_the_last_one_does(place: Flask, sign_in: SignIn) -> None:
    camille = sign_in(CAMILLE)
    first, second = opened(camille), opened(camille)
    unknown = read(place, "/agenda/jamais-vu.ics", 404)
    assert len(read(place, first, 404)) == len(unknown)
    read(place, second)
    assert "Dernière lecture" in camille.get(PAGE).text
    assert post(camille, PAGE + "/retirer", {}, PAGE).status_code == 302
    read(place, second, 404)
    assert "Aucune adresse pour l’instant" in camille.get(PAGE).text
    with place.app_context():
        withdrawn = select(Journal.departement_code).where(Journal.acte == "supprimer", Journal.objet == "flux_agenda")
        assert db.session.scalars(withdrawn).all()[-1:] == ["41"]
    assert "Il n’y a pas d’adresse à retirer" in post(camille, PAGE + "/retirer", {}, PAGE, follow_redirects=True).text


def test_a_disabled_account_s_address_opens_nothing_and_stays_so_when_it_is_enabled_again(
    place: Flask, sign_in: SignIn
) -> None:
    path = opened(sign_in(CAMILLE))
    read(place, path)
    with place.app_context():
        disable_by_address(actor=PLANIFICATEUR, courriel=CAMILLE.courriel, now=now())
    read(place, path, 404)
    with place.app_context(), transaction(actor=PLANIFICATEUR, now=now()) as session:
        session.execute(update(Utilisateur).where(Utilisateur.courriel == CAMILLE.courriel).values(is_active=True))
    read(place, path, 404)


@pytest.mark.parametrize("column", ["is_active", "role"])
def test_the_account_is_read_anew_whatever_way_it_was_closed(place: Flask, sign_in: SignIn, column: str) -> None:
    """A base changed by hand, a command, a restoration: the address asks the account itself."""
    path = opened(sign_in(CAMILLE))
    told = {"is_active": {"is_active": False}, "role": {"role": "national"}}[column]
    with place.app_context(), transaction(actor=PLANIFICATEUR, now=now()) as session:
        session.execute(update(Utilisateur).where(Utilisateur.courriel == CAMILLE.courriel).values(**told))
    read(place, path, 404)


def test_a_departement_that_she_holds_no_longer_gives_her_nothing(place: Flask, sign_in: SignIn) -> None:
    with place.app_context(), transaction(actor=PLANIFICATEUR, now=now()) as session:
        camille = session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == CAMILLE.courriel)).one()
        session.add(Affectation(utilisateur_id=camille, departement_code="972", created_at=now()))
    browser = sign_in(CAMILLE)
    paths = {}
    for code in ("41", "972"):
        answer = post(browser, f"{PAGE}?departement={code}", {})
        found = re.search(r"/agenda/[\w-]+\.ics", answer.text)
        assert found
        paths[code] = found[0]
    assert b"Loir-et-Cher" in read(place, paths["41"]) and b"Martinique" in read(place, paths["972"])
    with place.app_context(), transaction(actor=PLANIFICATEUR, now=now()) as session:
        session.delete(session.scalars(select(Affectation)).one())
    read(place, paths["972"], 404)
    read(place, paths["41"])


def test_the_base_keeps_no_secret_and_the_page_shows_it_once(place: Flask, sign_in: SignIn, caplog: Any) -> None:
    camille = sign_in(CAMILLE)
    with caplog.at_level("INFO"):
        path = opened(camille)
        read(place, path)
    secret = path.removeprefix("/agenda/").removesuffix(".ics")
    assert len(secret) >= 43
    assert secret not in str(dump(place, without=frozenset())) and secret not in caplog.text
    assert secret not in camille.get(PAGE).text and secret not in camille.get("/referent/calendrier").text


def test_a_program_that_insists_is_put_off_and_so_is_whoever_tries_addresses_and_nobody_else(
    place: Flask, sign_in: SignIn, clock: Any
) -> None:
    hers, zoes = opened(sign_in(CAMILLE)), opened(sign_in(ZOE))
    for _ in range(30):
        read(place, hers)
    answer = place.test_client().get(hers)
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "900" and b"BEGIN" not in answer.data
    for _ in range(20):
        read(place, "/agenda/au-hasard.ics", 404)
    rows = len(dump(place, without=frozenset())["tentative_connexion"])
    assert read(place, "/agenda/au-hasard.ics", 429)
    assert len(dump(place, without=frozenset())["tentative_connexion"]) == rows, "whoever is put off still writes"
    read(place, zoes)
    clock.shift(timedelta(minutes=16))
    read(place, hers)
    read(place, "/agenda/au-hasard.ics", 404)


def test_R30_the_journal_says_once_a_day_that_it_is_read_by_the_day_of_the_departement(
    place: Flask, sign_in: SignIn, clock: Any
) -> None:
    path = opened(sign_in(ZOE))

    def lines() -> list[tuple[str, str | None]]:
        with place.app_context():
            query = select(Journal.acte, Journal.departement_code).where(Journal.objet == "flux_agenda")
            return [tuple(row) for row in db.session.execute(query.order_by(Journal.id))]

    for _ in range(3):
        read(place, path)
    assert lines() == [("creer", "972"), ("lire", "972")]
    clock.move_to(datetime(2026, 9, 1, 3, tzinfo=UTC))  # still the 31st there
    read(place, path)
    assert len(lines()) == 2
    clock.move_to(datetime(2026, 9, 1, 5, tzinfo=UTC))
    read(place, path)
    assert lines()[2:] == [("lire", "972")]


def test_reading_costs_the_same_whatever_there_is(place: Flask, sign_in: SignIn, statements: Any) -> None:
    path = opened(sign_in(CAMILLE))
    read(place, path)
    few = statements(lambda: read(place, path))
    with place.app_context():
        for rank in range(12):
            a_convention(a_signataire(f"N{rank} (fictif)"), "S2", debut=date(2024, 1, 1), fin=date(2026, 12, 31))
    for day in range(12):
        met(place, date=date(2026, 10, 1 + day))
    read(place, path)
    assert statements(lambda: read(place, path)) == few


@pytest.fixture
def statements(app: Flask) -> Callable[[Callable[[], object]], int]:
    """How many statements an act sends to the base."""

    def count(act: Callable[[], object]) -> int:
        sent: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_c: Any, _cursor: Any, text: str, *_: Any) -> None:
            sent.append(text)

        sql_event.listen(engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            sql_event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    return count


def test_a_convention_that_is_renewed_no_longer_ends_in_her_calendar(place: Flask, sign_in: SignIn) -> None:
    with place.app_context():
        company = a_signataire()
        ending = a_convention(company, "S2", debut=date(2024, 1, 1), fin=date(2026, 12, 31))
    path = opened(sign_in(CAMILLE))
    assert str(one(read(place, path), "fin-20261231-0.")["status"]) == "CONFIRMED"
    with place.app_context():
        a_convention(company, debut=date(2027, 1, 1), fin=date(2029, 12, 31), precedente_id=ending)
    assert str(one(read(place, path), "fin-20261231-0.")["status"]) == "CANCELLED"
