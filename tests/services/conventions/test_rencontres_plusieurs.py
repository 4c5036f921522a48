"""A meeting with several signatories: told to each, counted for each, and what is of one is told of that one alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE, PLANIFICATEUR, Acteur
from paqte.domain.statuts.rencontres import GENRES
from paqte.models import ContactSignataire, Journal, JournalPersonne, RencontreSignataire, Signataire
from paqte.queries.comptes.effacements import preview_contact
from paqte.queries.conventions.rencontres import (
    RencontresSought,
    last_met,
    list_meetings,
    meetings_of_signatory,
    propose_organisation,
    read_meeting,
)
from paqte.queries.suivi.calendrier import read_calendar, read_dates
from paqte.services.comptes.conservation import erase_expired
from paqte.services.comptes.personnes import erase_contact
from paqte.services.conventions.rencontres import delete_meeting, tell_of_signatory
from paqte.services.conventions.retraits import delete_signataire
from paqte.services.conventions.signataires import change_signataire
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, a_siret, an_identite
from tests.services.conventions.test_rencontres import COMITE, NOW, VISITE, a_card, changed, names, recorded


def some_signatories(count: int = 5) -> tuple[int, ...]:
    return tuple(a_signataire(f"Société {rank} (fictif)") for rank in range(count))


def told(key: int, signataire: int, actor: Acteur = CAMILLE, version: int | None = None, **texts: str) -> None:
    given = {"decisions": "", "promesses": "", **texts}
    version = read_meeting(actor=CAMILLE, rencontre_id=key).version if version is None else version
    tell_of_signatory(
        actor=actor, now=NOW, rencontre_id=key, version=version, signataire_id=signataire, **given
    )  # fmt: skip


def version_of(key: int) -> int:
    return read_meeting(actor=CAMILLE, rencontre_id=key).version


def page_of(signataire: int, now: datetime = NOW) -> Any:
    return meetings_of_signatory(actor=CAMILLE, signataire_id=signataire, now=now)


def test_a_comite_with_five_signatories_is_on_the_page_of_each_and_each_is_silent_no_more(session: Any) -> None:
    *there, absent = some_signatories(6)
    assert all(page_of(one).is_silent for one in there)
    key = recorded(COMITE, signataires=tuple(reversed(there)))
    for one in there:
        assert ([met.id for met in page_of(one).faites], page_of(one).is_silent) == ([key], False)
    assert (page_of(absent).faites, page_of(absent).is_silent) == ((), True)
    read = read_meeting(actor=CAMILLE, rencontre_id=key)
    assert [one.id for one in read.signataires] == there, "in the order of their names"
    assert read.avec == "5 signataires"
    assert [one.id for one in list_meetings(actor=CAMILLE, departement="41", filtre=RencontresSought(q="société 3"))]
    assert not list_meetings(actor=CAMILLE, departement="41", filtre=RencontresSought(q="société 5"))


def test_the_last_day_each_was_met_is_that_of_the_meetings_counted_one_by_one(session: Any) -> None:
    """Forty meetings drawn: with nobody, one or several; some still to come; some where a card says who was there."""
    draw, today = Random(41), date(2026, 8, 31)
    signatories = some_signatories(7)
    cards = {one: a_card(one, f"Contact {one}") for one in signatories}
    expected: dict[int, date] = {}
    counted: set[int] = set()
    semester = Periode.from_code("2026-S2")
    for _ in range(40):
        day = today + timedelta(days=draw.randint(-400, 60))
        met = draw.sample(signatories, draw.choice((0, 1, 1, 2, 5)))
        guest = draw.choice(signatories)
        recorded(
            COMITE, date=day, genre=draw.choice(list(GENRES)), signataires=tuple(met), contacts=(cards[guest],)
        )  # fmt: skip
        for one in {*met, guest} if day <= today else ():
            expected[one] = max(day, expected.get(one, day))
        counted |= {*met, guest} if semester.debut <= day <= today else set()
    asked = {"actor": CAMILLE, "now": NOW, "departement": "41"}
    assert last_met(signataires=signatories, **asked) == expected
    assert last_met(signataires=signatories[:2], **asked) == {k: d for k, d in expected.items() if k in signatories[:2]}
    assert len(counted) > 1
    for one in signatories:
        a_convention(one)
    sentence = propose_organisation(actor=CAMILLE, departement="41", periode=semester, now=NOW)
    assert sentence.endswith(f"Signataires rencontrés ou appelés : {len(counted)}.")


def test_R20_the_sentence_of_the_bilan_counts_whose_people_came_to_a_comite(session: Any) -> None:
    """A comité with no signatory named, where somebody of Val and two of Lenoir were: « Comité », and nobody met."""
    val, lenoir, _ = some_signatories(3)
    a_convention(val), a_convention(lenoir)
    cards = (a_card(val, "Ana Val"), a_card(lenoir, "Luc Lenoir"), a_card(lenoir, "Eve Lenoir"))
    recorded(COMITE, date=date(2026, 8, 3), genre="comite", signataires=(), contacts=cards)
    asked = {"actor": CAMILLE, "departement": "41", "now": NOW}
    told_there = propose_organisation(periode=Periode.from_code("2026-S2"), **asked)
    assert told_there.endswith("1 comité de pilotage (03/08/2026). Signataires rencontrés ou appelés : 2.")
    assert propose_organisation(periode=Periode.from_code("2026-S1"), **asked) == ""


def test_R3_R7_it_counts_a_siren_once_and_who_signed_nothing_of_the_paqte_apart(session: Any) -> None:
    """Two establishments of one company made two signatories; a prospect, a projet and a charter one each."""
    depot = a_signataire("Val, dépôt (fictif)", siren="123456782")
    _, later, prospect, projet, charte = some_signatories()
    with transaction(actor=PLANIFICATEUR, now=NOW) as changes:
        changes.get_one(Signataire, depot).identifiant = "12345678200010"
    val = a_signataire("Val (fictif)", siren="123456782")
    a_convention(val, debut=date(2023, 1, 1), fin=date(2025, 12, 31))
    a_convention(later, debut=date(2027, 1, 1), fin=date(2029, 12, 31), signee_le=date(2026, 12, 20))
    a_convention(projet, statut="projet", signee_le=None)
    a_convention(charte, dispositif="charte")
    recorded(COMITE, date=date(2026, 8, 3), genre="comite", signataires=(val, depot, later, prospect, projet, charte))
    asked = {"actor": CAMILLE, "departement": "41", "now": NOW}
    told_of_it = propose_organisation(periode=Periode.from_code("2026-S2"), **asked)
    assert told_of_it.endswith("Signataires rencontrés ou appelés : 2. Autres organismes rencontrés ou appelés : 3.")


@pytest.mark.parametrize("goes", ["taken away", "erased", "her term over"])
def test_R30_a_card_that_goes_leaves_its_signatory_met_and_nobody_else_unnamed(session: Any, goes: str) -> None:
    """Once its contact had left, a company met last week read « aucune rencontre depuis six mois »."""
    val, lenoir = some_signatories(2)
    is_over = goes == "her term over"
    a_convention(val, debut=date(2021, 1, 1), fin=date(2023, 12, 31) if is_over else date(2026, 12, 31))
    a_convention(lenoir, debut=date(2026, 1, 1), fin=date(2028, 12, 31))
    odile, luc = a_card(val, "Odile Marchand"), a_card(lenoir, "Luc Lenoir")
    key = recorded(COMITE, date=date(2026, 8, 3), genre="comite", signataires=(), contacts=(odile, luc))
    asked = {"actor": CAMILLE, "departement": "41", "now": NOW, "periode": Periode.from_code("2026-S2")}
    before = propose_organisation(**asked)
    if goes == "erased":
        erase_contact(actor=CAMILLE, now=NOW, signataire_id=val, contact_id=odile)
    elif is_over:
        erase_expired(now=datetime(2029, 1, 2, 9, tzinfo=UTC))
    else:
        named = an_identite(identifiant=a_siret(1), nom="Val")
        version = session.get_one(Signataire, val).version
        session.rollback()
        change_signataire(actor=CAMILLE, signataire_id=val, version=version, identite=named, contacts=(), now=NOW)
    assert ([met.id for met in page_of(val).faites], page_of(val).is_silent) == ([key], False)
    assert [met.id for met in page_of(lenoir).faites] == [key]
    assert last_met(actor=CAMILLE, signataires=(val,), now=NOW, departement="41") == {val: date(2026, 8, 3)}
    assert propose_organisation(**asked) == before
    there = [one.nom for one in read_meeting(actor=CAMILLE, rencontre_id=key).presents]
    assert there[1:] == ["Luc Lenoir"] and (there[0] == "Odile Marchand") is (goes == "taken away")


def test_what_is_decided_with_one_and_promised_by_it_is_read_on_its_page_and_not_on_anothers(session: Any) -> None:
    val, lenoir, roux = some_signatories(3)
    key = recorded(COMITE, signataires=(val, lenoir, roux), decisions="Un forum en mai.")
    told(key, lenoir, decisions="Deux places.", promesses="Une fiche de poste au 1er mai.")
    mine = page_of(lenoir).faites[0].told_of(lenoir)
    assert (mine.decisions, mine.promesses) == ("Deux places.", "Une fiche de poste au 1er mai.")
    for other in (val, roux):
        assert page_of(other).faites[0].told_of(other)[2:] == ("", "")
    changed(key, version=read_meeting(actor=CAMILLE, rencontre_id=key).version, signataires=(roux, lenoir))
    assert [(one.id, one.promesses) for one in read_meeting(actor=CAMILLE, rencontre_id=key).signataires] == [
        (lenoir, "Une fiche de poste au 1er mai."),
        (roux, ""),
    ]
    assert not page_of(val).faites


def test_whoever_writes_of_one_signatory_while_the_meeting_changed_is_told_so_and_overwrites_nothing(
    session: Any,
) -> None:
    val, lenoir = some_signatories(2)
    key = recorded(COMITE, signataires=(val,))
    told(key, val, version=1, promesses="Deux stages.")
    with pytest.raises(Conflict) as conflict:
        told(key, val, version=1, promesses="Rien.")
    assert conflict.value.current == {"version": "2", "decisions": "", "promesses": "Deux stages."}
    with pytest.raises(Conflict):
        changed(key, version=1, signataires=(val, lenoir))
    with pytest.raises(Conflict):
        delete_meeting(actor=CAMILLE, now=NOW, rencontre_id=key, version=1)
    with pytest.raises(NotFound, match=r"^Ce signataire "):
        told(key, lenoir, promesses="Un stage.")
    with pytest.raises(Refused) as refused:
        told(key, val, promesses="x" * 4001)
    assert list(refused.value.errors) == ["promesses"]
    assert read_meeting(actor=CAMILLE, rencontre_id=key).told_of(val).promesses == "Deux stages."


@pytest.mark.parametrize("field", ["decisions", "promesses"])
def test_a_signatory_of_whom_something_is_told_is_not_taken_out_of_the_meeting_unseen(session: Any, field: str) -> None:
    one, two, three = some_signatories(3)
    key = recorded(COMITE, signataires=(one, two, three))
    told(key, two, **{field: "Dix stages."})
    with pytest.raises(Refused, match="Société 1") as refused:
        changed(key, version_of(key), signataires=(one,))
    assert "Société 2" not in str(refused.value)
    read = read_meeting(actor=CAMILLE, rencontre_id=key)
    assert [met.id for met in read.signataires] == [one, two, three], "nothing of it was kept"
    assert getattr(read.told_of(two), field) == "Dix stages."
    told(key, two)
    changed(key, version_of(key), signataires=(one,))
    assert [met.id for met in read_meeting(actor=CAMILLE, rencontre_id=key).signataires] == [one]


def test_an_animateur_reads_a_meeting_when_all_who_were_there_are_given_to_him_and_another_place_never(
    session: Any,
) -> None:
    val, lenoir = some_signatories(2)
    key = recorded(COMITE, signataires=(val, lenoir), decisions="Lenoir ferme un atelier.")
    alone = recorded(VISITE, signataires=(val,), prochaine_le=None)

    def read_by(*given: int) -> list[int]:
        animateur = Acteur(9, "Quelqu’un", ANIMATEUR, None, signataires=frozenset(given))
        met = meetings_of_signatory(actor=animateur, signataire_id=val, now=NOW).faites if val in given else ()
        listed = list_meetings(actor=animateur, departement="41")
        assert {one.id for one in met} <= {one.id for one in listed}
        return [one.id for one in listed]

    assert (read_by(val), read_by(lenoir), read_by(val, lenoir)) == ([alone], [], [key, alone])
    bruno = Acteur(9, "Bruno", ENTREPRISE, None, signataires=frozenset({val, lenoir}))
    for stranger in (ZOE, bruno, Acteur(9, "X", ANIMATEUR, None, signataires=frozenset({val, lenoir}))):
        with pytest.raises(NotFound, match=r"^Cette rencontre "):
            told(key, val, actor=stranger, promesses="Rien.")
    far = a_signataire("Rhum (fictif)", "972")
    with pytest.raises(Refused):
        recorded(COMITE, signataires=(val, far))


def test_a_next_date_is_told_until_a_meeting_stands_on_it_with_those_it_was_set_with(session: Any) -> None:
    val, lenoir, roux = some_signatories(3)
    day = date(2026, 10, 6)
    recorded(COMITE, signataires=(val, lenoir), prochaine_le=day)

    def awaited() -> bool:
        jalons = read_calendar(actor=CAMILLE, now=NOW).jalons
        return any(j.jour == day and j.rencontre and j.rencontre.is_next for j in jalons)

    assert awaited()
    recorded(VISITE, signataires=(val,), date=day, prochaine_le=None)
    recorded(COMITE, signataires=(roux,), date=day)
    assert awaited(), "a visit to one of them is not the comité, nor is a comité with others"
    recorded(COMITE, signataires=(lenoir, roux), date=day)
    assert not awaited()


def test_a_calendar_program_is_told_how_many_and_then_their_names(session: Any) -> None:
    recorded(COMITE, date=date(2026, 9, 4), signataires=some_signatories(3))
    (one,) = [date for date in read_dates(actor=CAMILLE, now=NOW) if date.objet == "rencontre"]
    assert one.titre == "Comité de pilotage : 3 signataires"
    assert one.texte.splitlines() == [f"Société {rank} (fictif)" for rank in range(3)]


def test_a_signatory_that_was_at_a_comite_is_not_deleted_and_the_comite_is_with_its_links(session: Any) -> None:
    val, lenoir = some_signatories(2)
    key = recorded(COMITE, signataires=(val, lenoir))
    with pytest.raises(Refused, match="la rencontre du 04/06/2026"):
        delete_signataire(actor=CAMILLE, now=NOW, signataire_id=val, version=1, motif="Doublon.")
    delete_meeting(actor=CAMILLE, now=NOW, rencontre_id=key, version=1)
    assert session.scalars(select(RencontreSignataire)).all() == []
    delete_signataire(actor=CAMILLE, now=NOW, signataire_id=val, version=1, motif="Doublon.")


def test_the_journal_says_who_was_added_and_what_was_written_of_one_stands_apart(session: Any) -> None:
    val, lenoir = some_signatories(2)
    key = recorded(COMITE, signataires=(val, lenoir))
    told(key, val, promesses="Odile Marchand rappelle.")
    lines = session.execute(
        select(Journal.acte, Journal.apres).where(Journal.objet == "rencontre_signataire").order_by(Journal.id)
    ).all()
    assert [line.acte for line in lines] == ["creer", "creer", "modifier"]
    assert [f'"signataire_id": {one}' in line.apres for one, line in zip((val, lenoir), lines, strict=False)] == [
        True,
        True,
    ]
    assert not [line for line in lines if "Odile" in line.apres]


def test_R30_a_person_erased_leaves_no_former_word_about_her_beside_a_signatory_and_what_stands_is_told(
    session: Any,
) -> None:
    val, lenoir = some_signatories(2)
    odile = a_card(val, "Odile Marchand")
    key = recorded(COMITE, signataires=(val, lenoir), contacts=(odile,))
    told(key, val, promesses="Odile Marchand rappelle.")
    told(key, val, promesses="On rappelle.")
    told(key, lenoir, decisions="Vu avec Odile Marchand.")
    preview = preview_contact(actor=CAMILLE, signataire_id=val, contact_id=odile)
    assert [(m.nombre, m.singulier) for m in preview.mentions] == [(1, "décision avec un signataire")]
    erase_contact(actor=CAMILLE, now=NOW, signataire_id=val, contact_id=odile)
    session.expire_all()
    links = dict(session.execute(select(RencontreSignataire.signataire_id, RencontreSignataire.id)).all())
    kept = session.scalars(
        select(JournalPersonne.valeur).where(JournalPersonne.sujet == f"rencontre_signataire/{links[val]}")
    )
    assert not [words for words in kept if "Odile" in words]
    assert names(key) == ["Personne effacée"]


def test_R30_names_of_a_comite_stay_as_long_as_one_of_its_signatories_needs_them(session: Any) -> None:
    """Val's convention ends with 2024, Lenoir's with 2028: two years later the contacts of each go."""
    val, lenoir = some_signatories(2)
    a_convention(val, debut=date(2022, 1, 1), fin=date(2024, 12, 31))
    a_convention(lenoir, debut=date(2026, 1, 1), fin=date(2028, 12, 31))
    old = datetime(2022, 3, 1, 9, tzinfo=UTC)
    with transaction(actor=PLANIFICATEUR, now=old) as writing:
        first, second = (
            ContactSignataire(signataire_id=one, nom=nom, courriel="", created_at=old)
            for one, nom in ((val, "Odile Marchand"), (lenoir, "Jean Petit"))
        )
        writing.add_all([first, second])
        writing.flush()
        cards = (first.id, second.id)
    together = recorded(COMITE, date=date(2022, 3, 1), signataires=(val, lenoir), contacts=cards, autres="Awa Diop")
    alone = recorded(VISITE, date=date(2022, 3, 1), signataires=(val,), contacts=cards[:1], autres="Léo Petit",
                     prochaine_le=None)  # fmt: skip
    found = {}
    for day in ((2028, 12, 31), (2030, 12, 31), (2031, 1, 1)):
        erase_expired(now=datetime(*day, 9, tzinfo=UTC))
        session.expire_all()
        found[day] = (names(together), names(alone))
    gone = "Personne effacée"
    assert found == {
        (2028, 12, 31): ([gone, "Jean Petit", "Awa Diop"], [gone, gone]),
        (2030, 12, 31): ([gone, "Jean Petit", "Awa Diop"], [gone, gone]),
        (2031, 1, 1): ([gone, gone, gone], [gone, gone]),
    }
