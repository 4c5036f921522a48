"""Signatories and their contacts: added, corrected, found again (R2, R3, R24, R30)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, func, select

from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.models import ContactSignataire, Entreprise, Journal, Signataire
from paqte.queries.conventions.signataires import find_known
from paqte.queries.journal import lines_where
from paqte.queries.suivi.fiche_signataire import SignatairePage, read_signataire
from paqte.services.conventions.signataires import ContactTyped, add_signataire, change_signataire
from tests.factories import CAMILLE, ZOE, a_departement, a_siren, a_siret, an_identite, bruno

MARIE = ContactTyped(nom="Marie Durand", fonction="DRH", courriel="marie@exemple.fr", telephone="02 54 00 00 00")

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture(autouse=True)
def departements(session: Any) -> None:
    a_departement("41")
    a_departement("972")


@pytest.fixture
def add(now: datetime) -> Callable[..., int]:
    """`add(nom=…)`: Camille adds a signatory."""

    def by_camille(*contacts: ContactTyped, **changes: Any) -> int:
        identite = an_identite(**changes)
        return add_signataire(actor=CAMILLE, departement="41", identite=identite, contacts=contacts, now=now)

    return by_camille


@pytest.fixture
def seen(now: datetime) -> Callable[[int], SignatairePage]:
    return lambda key: read_signataire(actor=CAMILLE, signataire_id=key, now=now)


def counts(session: Any) -> list[int]:
    models = (Signataire, Entreprise, ContactSignataire, Journal)
    return [session.scalar(select(func.count()).select_from(model)) for model in models]


def test_a_signatory_is_recorded_as_typed_and_cleaned(add: Callable[..., int], seen: Any) -> None:
    key = add(MARIE, nom="  Étoile\u200b  du Nord ", naf="6201z", effectif=0, code_postal="41000", notes="a\r\nb")
    fiche = seen(key)
    assert (fiche.nom, fiche.naf, fiche.effectif, fiche.notes) == ("Étoile du Nord", "62.01Z", 0, "a\nb")
    assert [(c.nom, c.courriel) for c in fiche.contacts] == [("Marie Durand", "marie@exemple.fr")]


@pytest.mark.parametrize("typed", ["732 829 320 00074", "732.829.320.00074", "73282932000074"])
def test_R24_spaces_and_dots_of_a_siret_are_not_kept(add: Callable[..., int], seen: Any, typed: str) -> None:
    assert seen(add(identifiant=typed)).identifiant == "73282932000074"


@pytest.mark.parametrize("typed", ["73282932000079", "000000000", "7328293200007", "", "٧٣٢٨٢٩٣٢٠", "7,32829E+13"])
def test_R24_a_wrong_identifier_is_refused_beside_its_field(add: Callable[..., int], session: Any, typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        add(identifiant=typed)
    assert list(refusal.value.errors) == ["identifiant"]
    assert counts(session)[:3] == [0, 0, 0]


def test_R24_la_poste_has_its_own_key(add: Callable[..., int], seen: Any) -> None:
    assert seen(add(identifiant="356 000 000 49837")).identifiant == "35600000049837"


def test_R3_one_siren_is_one_enterprise_whatever_its_establishments(add: Callable[..., int], session: Any) -> None:
    add(identifiant=a_siret(1, 1))
    add(identifiant=a_siret(1, 2))
    add(identifiant=a_siren(1))
    assert counts(session)[:2] == [3, 1]


def test_R3_the_same_siret_twice_in_a_departement_is_refused_with_its_name(add: Callable[..., int]) -> None:
    add()
    with pytest.raises(Refused, match="Menuiserie Val") as refusal:
        add(nom="Autre nom")
    assert list(refusal.value.errors) == ["identifiant"]


def test_R3_another_departement_signs_the_same_siret_and_sees_nothing_of_the_first(
    add: Callable[..., int], now: datetime, session: Any
) -> None:
    add(nom="Nom connu du 41 seul")
    assert find_known(actor=ZOE, identifiant=a_siret()) == ()
    key = add_signataire(actor=ZOE, departement="972", identite=an_identite(nom="Nom du 972"), now=now)
    assert read_signataire(actor=ZOE, signataire_id=key, now=now).autres == ()
    assert counts(session)[:2] == [2, 1]


def test_R3_what_the_departement_knows_of_a_siren_is_found_the_same_siret_first(add: Callable[..., int]) -> None:
    other, same = add(identifiant=a_siret(1, 2)), add(identifiant=a_siret(1, 1))
    add(identifiant=a_siret(2))
    assert [known.id for known in find_known(actor=CAMILLE, identifiant=a_siret(1, 1))] == [same, other]


def test_every_fault_is_said_at_once_beside_its_field(add: Callable[..., int]) -> None:
    wrong = {"nom": " ", "nature": "x", "categorie": "XXL", "naf": "62", "effectif": -1, "code_postal": "4100"}
    with pytest.raises(Refused) as refusal:
        add(ContactTyped(courriel="a@b.fr", telephone="appelez"), **wrong, adresse="a" * 301, notes="a" * 4001)
    fields = {*wrong, "adresse", "notes", "contacts-0-nom", "contacts-0-telephone"}
    assert set(refusal.value.errors) == fields


def test_a_contact_left_blank_is_not_kept(add: Callable[..., int], seen: Any) -> None:
    assert len(seen(add(ContactTyped(), MARIE, ContactTyped())).contacts) == 1


def test_contacts_are_changed_added_and_removed_with_their_history(
    add: Callable[..., int], seen: Any, session: Any, now: datetime
) -> None:
    key = add(MARIE, ContactTyped(nom="Paul Petit"))
    before = seen(key)
    kept = replace(MARIE, fonction="Directrice", id=before.contacts[0].id)
    change_signataire(
        actor=CAMILLE,
        signataire_id=key,
        version=before.version,
        identite=an_identite(),
        contacts=[kept, ContactTyped(nom="Nadia Roy")],
        now=now,
    )
    after = seen(key)
    assert [(c.nom, c.fonction) for c in after.contacts] == [("Marie Durand", "Directrice"), ("Nadia Roy", "")]
    assert after.version > before.version
    (line,) = lines_where(Journal.acte == "retirer_contact")
    assert (line.objet_id, line.avant["nom"]) == (str(key), "Paul Petit")


def test_the_key_of_a_contact_of_another_signatory_changes_nothing_there(
    add: Callable[..., int], seen: Any, now: datetime
) -> None:
    other = seen(add(MARIE, identifiant=a_siret(2)))
    mine = seen(add())
    stolen = ContactTyped(nom="Volé", id=other.contacts[0].id)
    change_signataire(
        actor=CAMILLE,
        signataire_id=mine.id,
        version=mine.version,
        identite=an_identite(),
        contacts=[stolen],
        now=now,
    )
    assert seen(other.id).contacts == other.contacts
    assert seen(mine.id).contacts == ()


def test_a_siret_typed_wrong_can_be_put_right_and_follows_its_siren(
    add: Callable[..., int], seen: Any, now: datetime, session: Any
) -> None:
    key = add()
    right = an_identite(identifiant=a_siret(7))
    change_signataire(actor=CAMILLE, signataire_id=key, version=seen(key).version, identite=right, contacts=[], now=now)
    siren = select(Entreprise.siren).join(Signataire, Signataire.entreprise_id == Entreprise.id)
    assert (seen(key).identifiant, session.scalars(siren).one()) == (a_siret(7), a_siren(7))


def test_saving_over_somebody_else_is_a_conflict_that_shows_the_values_in_the_base(
    add: Callable[..., int], seen: Any, now: datetime
) -> None:
    key = add(MARIE, effectif=1250)
    version = seen(key).version
    change = {"actor": CAMILLE, "signataire_id": key, "version": version, "contacts": [], "now": now}
    change_signataire(**change, identite=an_identite(nom="Nom de Julien", effectif=1250))
    with pytest.raises(Conflict) as conflict:
        change_signataire(**change, identite=an_identite(nom="Nom de Camille"))
    current = conflict.value.current
    assert (current["nom"], current["effectif"]) == ("Nom de Julien", "1\u202f250")
    assert int(current["version"]) == seen(key).version
    assert seen(key).nom == "Nom de Julien"


def test_saving_without_any_change_leaves_the_version_and_no_journal_line(
    add: Callable[..., int], seen: Any, now: datetime, session: Any
) -> None:
    key = add(MARIE)
    before, lines = seen(key), counts(session)[3]
    same = [replace(MARIE, id=before.contacts[0].id)]
    change_signataire(
        actor=CAMILLE, signataire_id=key, version=before.version, identite=an_identite(), contacts=same, now=now
    )
    assert (seen(key).version, counts(session)[3]) == (before.version, lines)


@pytest.mark.parametrize("actor", [ZOE, bruno(1)], ids=["zoe", "bruno"])
def test_nobody_else_adds_or_changes_a_signatory_of_camille(
    add: Callable[..., int], actor: Any, now: datetime, session: Any
) -> None:
    key = add(MARIE)
    before = counts(session)
    with pytest.raises(NotFound):
        add_signataire(actor=actor, departement="41", identite=an_identite(identifiant=a_siret(5)), now=now)
    with pytest.raises(NotFound):
        change_signataire(
            actor=actor, signataire_id=key, version=1, identite=an_identite(nom="Pris"), contacts=[], now=now
        )
    assert counts(session) == before


def test_zoe_gets_the_same_answer_for_camille_s_signatory_and_for_none(add: Callable[..., int], now: datetime) -> None:
    sentences = set()
    for key in (add(), 999_999):
        with pytest.raises(NotFound) as refusal:
            read_signataire(actor=ZOE, signataire_id=key, now=now)
        sentences.add(str(refusal.value))
    assert len(sentences) == 1


def test_a_refused_change_saves_nothing_of_it(add: Callable[..., int], seen: Any, now: datetime) -> None:
    key = add(MARIE)
    wrong = an_identite(nom="Nouveau nom", code_postal="abc")
    with pytest.raises(Refused):
        change_signataire(
            actor=CAMILLE, signataire_id=key, version=seen(key).version, identite=wrong, contacts=[], now=now
        )
    assert (seen(key).nom, len(seen(key).contacts)) == ("Menuiserie Val (fictif)", 1)


def natures(session: Any) -> dict[str, list[str]]:
    query = select(Signataire.departement_code, Signataire.nature).order_by(Signataire.id)
    found: dict[str, list[str]] = {}
    for departement, nature in session.execute(query):
        found.setdefault(departement, []).append(nature)
    return found


def test_R35_another_record_of_a_siren_takes_its_nature_in_the_departement(
    add: Callable[..., int], session: Any, now: datetime
) -> None:
    add(identifiant=a_siret(1, 1), nature="reseau")
    add(identifiant=a_siret(1, 2), nature="entreprise")
    add(identifiant=a_siret(2), nature="entreprise")
    elsewhere = an_identite(identifiant=a_siret(1, 1), nature="entreprise")
    add_signataire(actor=ZOE, departement="972", identite=elsewhere, now=now)
    assert natures(session) == {"41": ["reseau", "reseau", "entreprise"], "972": ["entreprise"]}


def test_R35_a_change_of_nature_changes_every_record_of_the_siren_and_each_is_in_the_journal(
    add: Callable[..., int], session: Any, now: datetime
) -> None:
    first, second = add(identifiant=a_siret(1, 1)), add(identifiant=a_siret(1, 2))
    changed = an_identite(identifiant=a_siret(1, 2), nature="association")
    change_signataire(actor=CAMILLE, signataire_id=second, version=1, identite=changed, contacts=(), now=now)
    assert natures(session) == {"41": ["association", "association"]}
    lines = session.execute(select(Journal.objet_id, Journal.avant, Journal.apres).where(Journal.acte == "modifier"))
    told = {key: (json.loads(avant)["nature"], json.loads(apres)["nature"]) for key, avant, apres in lines}
    assert told == {str(key): ("entreprise", "association") for key in (first, second)}


def test_R35_a_record_that_comes_to_a_known_siren_takes_its_nature(
    add: Callable[..., int], session: Any, now: datetime
) -> None:
    add(identifiant=a_siret(1, 1), nature="employeur_public")
    wrong = add(identifiant=a_siret(2))
    corrected = an_identite(identifiant=a_siret(1, 2))
    change_signataire(actor=CAMILLE, signataire_id=wrong, version=1, identite=corrected, contacts=(), now=now)
    assert natures(session) == {"41": ["employeur_public", "employeur_public"]}


def test_R35_one_more_establishment_of_a_siren_reads_none_of_the_others_that_agree(
    add: Callable[..., int], session: Any
) -> None:
    """Seen red: each of a file's thousand establishments read the hundreds before it."""
    for rank in range(1, 5):
        add(identifiant=a_siret(1, rank), nature="association")
    session.expunge_all()
    read: list[Signataire] = []

    def tell(one: Signataire, _context: object) -> None:
        read.append(one)

    event.listen(Signataire, "load", tell)
    try:
        add(identifiant=a_siret(1, 5), nature="entreprise")
    finally:
        event.remove(Signataire, "load", tell)
    assert read == []
    assert natures(session) == {"41": ["association"] * 5}
