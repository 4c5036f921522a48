"""Meetings: typed, told to those whom they concern alone, counted as the last time somebody was met, erased by key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, ANIMATEUR, ENTREPRISE, NATIONAL, PLANIFICATEUR, REGION, Acteur
from paqte.models import ContactSignataire, Journal, JournalPersonne, Mouvement, Presence, Rencontre
from paqte.queries.comptes.donnees_personne import everything_about
from paqte.queries.comptes.effacements import preview_contact
from paqte.queries.comptes.personnes import person_of_contact
from paqte.queries.conventions.rencontres import (
    last_met,
    list_meetings,
    meetings_of_signatory,
    read_meeting,
)
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.queries.suivi.calendrier import read_calendar
from paqte.services.comptes.conservation import erase_expired
from paqte.services.comptes.personnes import erase_contact
from paqte.services.conventions.rencontres import RencontreTyped, change_meeting, delete_meeting, record_meeting
from paqte.services.conventions.retraits import delete_signataire
from paqte.services.reglages.reglages import save_settings
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_departement, a_signataire

NOW = datetime(2026, 8, 31, 9, tzinfo=UTC)
VISITE = RencontreTyped(
    date=date(2026, 3, 12),
    genre="visite",
    objet="Atelier de Blois",
    decisions="Deux places en alternance.",
    promesses="Lenoir : une fiche de poste au 1er mai.",
    prochaine_le=date(2026, 9, 15),
)
COMITE = RencontreTyped(date=date(2026, 6, 4), genre="comite")


def a_card(signataire: int, nom: str) -> int:
    with transaction(actor=PLANIFICATEUR, now=NOW) as session:
        card = ContactSignataire(signataire_id=signataire, nom=nom, courriel="", created_at=NOW)
        session.add(card)
        session.flush()
        return card.id


def recorded(typed: RencontreTyped = VISITE, **changes: Any) -> int:
    a_departement("41")
    return record_meeting(actor=CAMILLE, now=NOW, departement="41", rencontre=replace(typed, **changes))


def changed(key: int, version: int = 1, actor: Acteur = CAMILLE, **changes: Any) -> None:
    typed = replace(VISITE, **changes)
    change_meeting(actor=actor, now=NOW, rencontre_id=key, version=version, rencontre=typed)


def names(key: int) -> list[str]:
    return [one.nom for one in read_meeting(actor=CAMILLE, rencontre_id=key).presents]


def cards(key: int) -> list[int | None]:
    return [one.contact_id for one in read_meeting(actor=CAMILLE, rencontre_id=key).presents]


def test_a_meeting_is_read_as_it_was_typed_with_those_who_were_there_in_their_order(session: Any) -> None:
    signataire = a_signataire()
    odile = a_card(signataire, "Odile Marchand")
    key = recorded(signataires=(signataire,), contacts=(odile,), autres="Jean Petit\n\n  Awa Diop ;\nJean Petit")
    one = read_meeting(actor=CAMILLE, rencontre_id=key)
    assert (one.libelle, one.date, one.objet, one.prochaine_le) == (
        "Visite",
        date(2026, 3, 12),
        "Atelier de Blois",
        date(2026, 9, 15),
    )
    assert (one.decisions, one.promesses) == ("Deux places en alternance.", "Lenoir : une fiche de poste au 1er mai.")
    assert (one.signataires, one.avec) == (
        ((signataire, "Menuiserie Val (fictif)", "", ""),),
        "Menuiserie Val (fictif)",
    )
    assert names(key) == ["Odile Marchand", "Jean Petit", "Awa Diop"]


def test_a_name_typed_is_that_of_a_card_when_one_alone_bears_it_and_stays_a_name_when_two_do(session: Any) -> None:
    """Those of a comité de pilotage are typed: they are erased by their card all the same (R30)."""
    first, second = a_signataire("Un (fictif)"), a_signataire("Deux (fictif)")
    odile = a_card(first, "Odile Marchand")
    for place in (first, second):
        a_card(place, "Jean Petit")
    key = recorded(COMITE, autres="odile  marchand\nJean Petit")
    assert cards(key) == [odile, None]


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"genre": "reunion"}, "genre", "Choisissez une sorte de rencontre dans la liste."),
        ({"signataires": (999_999,)}, "signataires", "Choisissez les signataires dans la liste."),
        ({"prochaine_le": date(2026, 3, 12)}, "prochaine_le", "Saisissez une date après celle de la rencontre."),
        ({"contacts": (999_999,)}, "contacts", "Choisissez un contact dans la liste."),
        ({"autres": "x" * 121}, "autres", "Un nom compte 120 caractères au plus : saisissez une personne par ligne."),
        ({"autres": "\n".join(f"Personne {n}" for n in range(301))}, "autres", "300"),
        ({"decisions": "x" * 4001}, "decisions", "raccourcissez-le à 4\u202f000 au plus."),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field_and_nothing_is_written(
    session: Any, changes: dict[str, Any], field: str, told: str
) -> None:
    with pytest.raises(Refused) as refused:
        recorded(**changes)
    assert list(refused.value.errors) == [field] and told in refused.value.errors[field]
    assert session.scalars(select(Rencontre)).all() == session.scalars(select(Presence)).all() == []


def test_a_signatory_or_a_contact_of_another_departement_is_not_met(session: Any) -> None:
    a_departement("972")
    far = a_signataire("Rhum (fictif)", "972")
    with pytest.raises(Refused):
        recorded(signataires=(far,))
    with pytest.raises(Refused):
        recorded(contacts=(a_card(far, "Odile Marchand"),))
    assert cards(recorded(autres="Odile Marchand")) == [None]


def test_whoever_holds_two_departements_meets_in_each_its_own_signatories_and_contacts(session: Any) -> None:
    both = replace(CAMILLE, departement=None, departements=frozenset({"41", "972"}))
    a_departement("41")
    near, far = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    hers = {"41": (near, a_card(near, "Marie Roux")), "972": (far, a_card(far, "Odile Marchand"))}

    def met(place: str, **more: Any) -> int:
        return record_meeting(actor=both, now=NOW, departement=place, rencontre=replace(VISITE, **more))

    for place, other in (("41", "972"), ("972", "41")):
        signataire, card = hers[other]
        with pytest.raises(Refused):
            met(place, signataires=(signataire,))
        with pytest.raises(Refused):
            met(place, contacts=(card,))
        signataire, card = hers[place]
        assert met(place, signataires=(signataire,), contacts=(card,))


def test_whoever_corrects_what_somebody_changed_meanwhile_is_shown_both(session: Any) -> None:
    key = recorded(autres="Jean Petit")
    changed(key, autres="Awa Diop")
    told = "^Quelqu’un d’autre a modifié cette rencontre pendant votre saisie : comparez, puis enregistrez à nouveau.$"
    with pytest.raises(Conflict, match=told) as conflict:
        changed(key, autres="Personne")
    assert conflict.value.current["autres"] == "Awa Diop"
    told = "^Cette rencontre a changé depuis que vous l’avez lue : relisez-la avant de la supprimer.$"
    with pytest.raises(Conflict, match=told):
        delete_meeting(actor=CAMILLE, now=NOW, rencontre_id=key, version=1)
    version = read_meeting(actor=CAMILLE, rencontre_id=key).version
    delete_meeting(actor=CAMILLE, now=NOW, rencontre_id=key, version=version)
    assert session.scalars(select(Presence)).all() == []


def test_a_conflict_tells_each_field_as_the_base_holds_it(session: Any) -> None:
    key = recorded(autres="Jean Petit\nAwa Diop")

    def held(version: int) -> dict[str, str]:
        with pytest.raises(Conflict) as conflict:
            changed(key, version=version)
        return dict(conflict.value.current)

    whole = {
        "version": "1", "date": "12/03/2026", "genre": "visite", "signataires": "", "objet": "Atelier de Blois",
        "decisions": "Deux places en alternance.", "promesses": "Lenoir : une fiche de poste au 1er mai.",
        "prochaine_le": "15/09/2026", "autres": "Jean Petit\nAwa Diop",
    }  # fmt: skip
    assert held(0) == whole
    signataire = a_signataire()
    changed(key, signataires=(signataire,), prochaine_le=None, autres="")
    version = str(read_meeting(actor=CAMILLE, rencontre_id=key).version)
    assert held(1) == {
        **whole,
        "version": version,
        "signataires": "Menuiserie Val (fictif)",
        "prochaine_le": "",
        "autres": "",
    }


def test_a_card_taken_away_leaves_its_name_and_correcting_the_text_keeps_its_key(session: Any) -> None:
    signataire = a_signataire()
    odile = a_card(signataire, "Odile Marchand")
    key = recorded(signataires=(signataire,), contacts=(odile,))
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.delete(writing.get_one(ContactSignataire, odile))
    changed(key, signataires=(signataire,), autres="Odile Marchand", decisions="Trois places.")
    assert (names(key), cards(key)) == (["Odile Marchand"], [odile])


def an(role: str, **given: Any) -> Acteur:
    return Acteur(9, "Quelqu’un", role, None, **given)


def test_who_reads_a_meeting_her_prefecture_and_the_animateur_of_the_whole_signatory_alone(session: Any) -> None:
    signataire, other = a_signataire("Un (fictif)"), a_signataire("Deux (fictif)")
    key, comite = recorded(signataires=(signataire,)), recorded(COMITE)

    def read_by(actor: Acteur) -> list[int]:
        return [one.id for one in list_meetings(actor=actor, departement="41")]

    assert read_by(CAMILLE) == [comite, key]
    assert read_by(an(ANIMATEUR, signataires=frozenset({signataire}))) == [key]
    assert read_by(an(ANIMATEUR, signataires=frozenset({other}))) == []
    assert read_by(an(ANIMATEUR, conventions=frozenset({1}))) == []
    strangers = [
        ZOE,
        an(ENTREPRISE, signataires=frozenset({signataire})),
        an(REGION, departements=frozenset({"41"})),
        an(NATIONAL),
        an(ADMIN),
    ]
    for stranger in strangers:
        assert read_by(stranger) == [], stranger.role
        with pytest.raises(NotFound):
            read_meeting(actor=stranger, rencontre_id=key)
    for stranger in (*strangers, an(ANIMATEUR, signataires=frozenset({signataire}))):
        with pytest.raises(NotFound, match=r"^Cette rencontre "):
            changed(key, actor=stranger)
        with pytest.raises(NotFound, match=r"^Cette rencontre "):
            delete_meeting(actor=stranger, now=NOW, rencontre_id=key, version=1)
        with pytest.raises(NotFound):
            record_meeting(actor=stranger, now=NOW, departement="41", rencontre=VISITE)


@pytest.mark.parametrize(
    ("day", "months", "silent"),
    [
        (date(2026, 2, 28), "6", True),  # 31 August less six months: the last day of February
        (date(2026, 3, 1), "6", False),
        (date(2026, 8, 1), "1", False),
        (date(2026, 7, 31), "1", True),
        (date(2026, 9, 1), "6", True),  # still to come: nobody was met yet
    ],
)
def test_a_signatory_is_silent_so_many_months_after_the_last_time_it_was_met(
    session: Any, day: date, months: str, silent: bool
) -> None:
    signataire = a_signataire()
    recorded(signataires=(signataire,), date=day, genre="appel", prochaine_le=None)
    if months != "6":
        version = version_of(read_settings("41"))
        save_settings(actor=CAMILLE, now=NOW, departement="41", version=version, values={"rencontre_mois": months})
    found = meetings_of_signatory(actor=CAMILLE, signataire_id=signataire, now=NOW)
    assert (found.is_silent, found.mois) == (silent, int(months))


def test_a_signatory_never_met_is_silent_and_a_comite_where_its_contact_was_is_a_meeting_with_it(session: Any) -> None:
    signataire, other = a_signataire("Un (fictif)"), a_signataire("Deux (fictif)")
    odile = a_card(signataire, "Odile Marchand")
    assert meetings_of_signatory(actor=CAMILLE, signataire_id=signataire, now=NOW).is_silent
    key = recorded(COMITE, contacts=(odile,))
    found = meetings_of_signatory(actor=CAMILLE, signataire_id=signataire, now=NOW)
    assert ([one.id for one in found.faites], found.is_silent) == ([key], False)
    asked = {"actor": CAMILLE, "signataires": [signataire, other], "now": NOW, "departement": "41"}
    assert last_met(**asked) == {signataire: date(2026, 6, 4)}
    recorded(signataires=(signataire,), date=date(2026, 7, 1))
    recorded(signataires=(other,), date=date(2026, 12, 1), prochaine_le=None)
    assert last_met(**asked) == {signataire: date(2026, 7, 1)}


def test_the_calendar_tells_meetings_and_the_next_dates_they_set_once_each(session: Any) -> None:
    signataire = a_signataire()
    recorded(signataires=(signataire,))
    first = [j for j in read_calendar(actor=CAMILLE, now=NOW).jalons if j.rencontre]
    assert (date(2026, 9, 15), "Visite : date suivante") in [(j.jour, j.libelle) for j in first]
    recorded(signataires=(signataire,), date=date(2026, 9, 15), genre="etape", prochaine_le=None)
    told = [(j.jour, j.libelle) for j in read_calendar(actor=CAMILLE, now=NOW).jalons if j.rencontre]
    assert [one for one in told if one[0] == date(2026, 9, 15)] == [(date(2026, 9, 15), "Point d’étape")]
    assert not [j for j in read_calendar(actor=ZOE, now=NOW).jalons if j.rencontre]


def test_R30_a_person_erased_by_her_card_is_named_at_no_meeting_and_a_namesake_is(session: Any) -> None:
    signataire, other = a_signataire("Un (fictif)"), a_signataire("Deux (fictif)")
    odile, namesake = a_card(signataire, "Odile Marchand"), a_card(other, "Odile Marchand")
    visit = recorded(signataires=(signataire,), contacts=(odile,), decisions="Vu Odile Marchand.")
    changed(visit, signataires=(signataire,), contacts=(odile,), decisions="Deux places.")
    comite = recorded(COMITE, contacts=(odile, namesake), autres="Awa Diop", decisions="Odile Marchand répondra.")
    preview = preview_contact(actor=CAMILLE, signataire_id=signataire, contact_id=odile)
    assert [(m.nombre, m.singulier) for m in preview.mentions] == [
        (1, "récit de rencontre"),
        (1, "personne présente à une rencontre"),
    ]
    erase_contact(actor=CAMILLE, now=NOW, signataire_id=signataire, contact_id=odile)
    session.expire_all()
    assert names(visit) == ["Personne effacée"]
    assert names(comite) == ["Personne effacée", "Odile Marchand", "Awa Diop"]
    kept = session.scalars(select(JournalPersonne.valeur).where(JournalPersonne.sujet == f"rencontre/{visit}")).all()
    assert not [words for words in kept if "Odile" in words]


def test_R30_the_journal_says_which_cards_were_there_and_no_name(session: Any) -> None:
    signataire = a_signataire()
    odile = a_card(signataire, "Odile Marchand")
    key = recorded(signataires=(signataire,), contacts=(odile,), autres="Awa Diop")
    told = session.execute(
        select(Journal.acte, Journal.apres, Journal.departement_code)
        .where(Journal.objet == "rencontre", Journal.objet_id == str(key))
        .order_by(Journal.id)
    ).all()
    assert [(line.acte, line.departement_code) for line in told] == [("creer", "41"), ("noter_presents", "41")]
    assert told[1].apres == f'{{"autres": 1, "contacts": [{odile}]}}'
    words = session.scalars(select(JournalPersonne.valeur).where(JournalPersonne.sujet == f"rencontre/{key}")).all()
    assert not [one for one in words if "Awa" in one or "Odile" in one]


def test_R30_a_card_taken_away_long_ago_leaves_no_name_at_a_meeting(session: Any) -> None:
    signataire = a_signataire()
    odile = a_card(signataire, "Odile Marchand")
    key = recorded(signataires=(signataire,), contacts=(odile,))
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.delete(writing.get_one(ContactSignataire, odile))
    erase_expired(now=NOW.replace(year=2027))
    session.expire_all()
    assert names(key) == ["Odile Marchand"]
    erase_expired(now=NOW.replace(year=2030))
    session.expire_all()
    assert names(key) == ["Personne effacée"]


def test_R30_what_is_exported_of_a_person_says_where_she_was_and_not_what_was_said(session: Any) -> None:
    signataire = a_signataire()
    odile = a_card(signataire, "Odile Marchand")
    recorded(signataires=(signataire,), contacts=(odile,))
    connue = person_of_contact(session, CAMILLE, signataire, odile)
    assert everything_about(session, CAMILLE, connue)["rencontres"] == [
        {
            "date": date(2026, 3, 12),
            "genre": "Visite",
            "signataire": "Menuiserie Val (fictif)",
            "departement": "41",
            "nom": "Odile Marchand",
        }
    ]


def test_a_signatory_that_was_met_is_not_removed_as_a_mistake(session: Any) -> None:
    signataire = a_signataire()
    recorded(signataires=(signataire,))
    with pytest.raises(Refused, match=r"la rencontre du 12/03/2026 \(Visite\)"):
        delete_signataire(actor=CAMILLE, now=NOW, signataire_id=signataire, version=1, motif="Doublon.")


def test_nothing_of_a_meeting_moves_what_a_document_reads(session: Any) -> None:
    signataire = a_signataire()
    marks = select(Mouvement.sujet, Mouvement.jeton).order_by(Mouvement.sujet, Mouvement.departement_code)
    a_departement("41")
    before = session.execute(marks).all()
    key = recorded(signataires=(signataire,), autres="Awa Diop")
    changed(key, signataires=(signataire,), decisions="Autre chose.")
    assert session.execute(marks).all() == before
