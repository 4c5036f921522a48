"""Several départements for a référent, a région for its préfecture: given, read, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import (
    ADMIN,
    GIVEN,
    NATIONAL,
    PLANIFICATEUR,
    READS,
    REFERENT,
    ROLES,
    TABLE,
    Acteur,
    Role,
)
from paqte.models import Affectation, Convention, Departement, Journal, Region, Signataire, Utilisateur
from paqte.queries import perimetre
from paqte.queries.comptes.comptes import actor_of, referent_addresses
from paqte.queries.perimetre import (
    away,
    departements_of,
    own_departement,
    readable,
    scope_of,
    stand_in,
    told_of_people,
    writable,
)
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.personnes import erase_user
from paqte.services.comptes.utilisateurs import withdraw_departement
from paqte.services.transaction import transaction
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import BRUNO, CAMILLE, NADIA, ZOE

ALIX = Acteur(None, "Alix", ADMIN)
NOUR = Acteur(None, "Nour", NATIONAL)


@pytest.fixture(autouse=True)
def _places(accounts: object, session: Any, now: datetime) -> Iterator[None]:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add_all([Region(code="24", nom="Centre-Val de Loire"), Region(code="02", nom="Martinique")])
        writing.flush()
        writing.add(Departement(code="37", nom="Indre-et-Loire", region_code="24"))
        writing.get_one(Departement, "41").region_code = "24"
        writing.get_one(Departement, "972").region_code = "02"
    yield


def invited(now: datetime, session: Any, actor: Acteur = ALIX, **asked: Any) -> Utilisateur:
    given = {"role": "referent", "courriel": CAMILLE.courriel, "nom": "Quelqu’un", **asked}
    invite_user(actor=actor, base_url="https://paqte.test", now=now, **given)
    return session.scalars(select(Utilisateur).where(Utilisateur.courriel == given["courriel"])).one()


def signatories(session: Any, condition: Any) -> set[str]:
    return set(session.scalars(select(Signataire.departement_code).where(condition)))


def test_a_referent_invited_to_another_departement_holds_both_and_chooses_one(session: Any, now: datetime) -> None:
    camille = actor_of(invited(now, session, departement="37"))
    assert (camille.departement, departements_of(camille)) == (None, {"37", "41"})
    with pytest.raises(Refused):
        own_departement(camille)
    with pytest.raises(Refused):
        scope_of(camille)
    assert referent_addresses("37") == referent_addresses("41") == [CAMILLE.courriel]
    assert session.scalar(select(Journal.departement_code).where(Journal.objet == "affectation")) == "37"


def test_what_stands_in_one_departement_reads_and_writes_in_that_one_alone(session: Any, now: datetime) -> None:
    a_signataire("Loire", "37")
    a_signataire("Rhum", "972")
    camille = actor_of(invited(now, session, departement="37"))
    assert signatories(session, readable(Signataire, camille)) == {"37", "41"}
    for code in ("37", "41"):
        there = stand_in(camille, code)
        assert own_departement(there) == scope_of(there) == code
        for condition in (readable(Signataire, there), writable(Signataire, there)):
            assert signatories(session, condition) == {code}
    assert stand_in(stand_in(camille, "37"), "41").departement == "41"
    assert departements_of(away(stand_in(camille, "37"))) == {"37", "41"}
    with pytest.raises(NotFound):
        stand_in(camille, "972")


def test_being_invited_again_to_a_departement_that_she_holds_gives_nothing_more(session: Any, now: datetime) -> None:
    for code in ("37", "41", "37"):
        user = invited(now, session, departement=code)
    assert session.scalar(select(func.count()).select_from(Affectation)) == 1
    assert departements_of(actor_of(user)) == {"37", "41"}


def test_an_account_of_no_departement_invited_again_is_the_same_and_gets_none(session: Any, now: datetime) -> None:
    first, again = (invited(now, session, role="national", courriel="n@national.test") for _ in range(2))
    assert (first.id, again.departement_code) == (again.id, None)
    assert session.scalar(select(func.count()).select_from(Affectation)) == 0


@pytest.mark.parametrize("taken", ["41", "37"])
def test_a_departement_taken_away_leaves_the_other_and_the_last_cannot_be(
    taken: str, session: Any, now: datetime
) -> None:
    key = invited(now, session, departement="37").id
    with pytest.raises(Refused, match="rien n’a changé"):
        withdraw_departement(actor=ALIX, utilisateur_id=key, departement="972", now=now)
    withdraw_departement(actor=ALIX, utilisateur_id=key, departement=taken, now=now)
    session.expire_all()
    (left,) = {"37", "41"} - {taken}
    assert actor_of(session.get(Utilisateur, key)).departement == left
    with pytest.raises(Refused, match="désactivez"):
        withdraw_departement(actor=ALIX, utilisateur_id=key, departement=left, now=now)


def test_the_last_referent_of_any_of_her_departements_is_not_erased(session: Any, now: datetime) -> None:
    invited(now, session, courriel="lea@prefecture41.test", departement="41")
    key = invited(now, session, departement="37").id
    with pytest.raises(Refused, match="Indre-et-Loire"):
        erase_user(actor=ALIX, now=now, utilisateur_id=key)
    invited(now, session, courriel="lea@prefecture41.test", departement="37")
    erase_user(actor=ALIX, now=now, utilisateur_id=key)
    assert set(session.scalars(select(Affectation.utilisateur_id))) != {key}
    assert referent_addresses("37") == ["lea@prefecture41.test"]


def test_a_region_reads_its_departements_and_writes_in_none(session: Any, now: datetime) -> None:
    a_signataire("Loire", "37")
    a_signataire("Rhum", "972")
    user = invited(now, session, NOUR, role="region", courriel="r@centre.test", region="24")
    officer = actor_of(user)
    assert (officer.departement, departements_of(officer)) == (None, {"37", "41"})
    for there in (officer, stand_in(officer, "37")):
        assert signatories(session, writable(Signataire, there)) == set()
        assert signatories(session, told_of_people(Signataire, there, None)) == set()
    assert signatories(session, readable(Signataire, officer)) == {"37", "41"}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"role": "region", "courriel": "r@centre.test"}, "region"),
        ({"role": "region", "courriel": "r@centre.test", "region": "99"}, "region"),
        ({"role": "region", "courriel": "r@centre.test", "region": "24", "departement": "41"}, "departement"),
        ({"role": "national", "courriel": "n@national.test", "region": "24"}, "region"),
        ({"role": "region", "courriel": ZOE.courriel, "region": "24"}, "courriel"),
        ({"role": "referent", "courriel": NADIA.courriel, "departement": "41"}, "courriel"),
    ],
)
def test_an_invitation_that_cannot_be_says_which_field(
    asked: dict[str, str], field: str, session: Any, now: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        invited(now, session, **asked)
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize(
    ("actor", "role"), [(NOUR, "referent"), (NOUR, "national"), (Acteur(1, "Camille", REFERENT, "41"), "region")]
)
def test_only_who_may_invite_a_role_does(actor: Acteur, role: str, session: Any, now: datetime) -> None:
    with pytest.raises(NotFound):
        invited(now, session, actor, role=role, courriel="x@etat.test", region="24", departement="41")


def test_a_contact_s_address_is_never_that_of_a_region(session: Any, now: datetime) -> None:
    with pytest.raises(Refused):
        invited(now, session, role="region", courriel=BRUNO.courriel, region="24")


def test_a_role_that_is_given_companies_and_only_reads_them_answers_for_none(
    session: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perimetre, "LIMITED", perimetre.LIMITED | {"observateur"})
    signataire = a_signataire("Bois du Perche (fictif)")
    convention = a_convention(signataire, "S2")
    observer = Acteur(9, "Observatrice", "observateur", None, frozenset({signataire}))
    assert perimetre.read(session, Convention, convention, observer).id == convention
    for act in (perimetre.to_answer, perimetre.to_change):
        with pytest.raises(NotFound):
            act(session, Convention, convention, observer)


def test_an_account_is_not_opened_without_the_companies_that_its_role_is_given(
    session: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Role("Observateur", GIVEN, READS, frozenset(), "guide_entreprise", "signataires")
    monkeypatch.setitem(TABLE, "observateur", reader)
    monkeypatch.setitem(ROLES, "observateur", reader.libelle)
    with pytest.raises(Refused) as refused:
        invite_user(
            actor=PLANIFICATEUR, role="observateur", courriel="o@epci.test", nom="O", base_url="https://p.fr", now=now
        )
    assert set(refused.value.errors) == {"siret"}
