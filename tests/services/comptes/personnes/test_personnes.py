"""What a person may ask: a copy of what is kept of her, and that it be erased; of whom, and who is refused (R30)."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, ANIMATEUR, ENTREPRISE, NATIONAL, PLANIFICATEUR, REFERENT, Acteur
from paqte.models import ContactSignataire, Courriel, Journal, Signataire, Utilisateur
from paqte.queries.comptes.comptes import actor_of
from paqte.queries.comptes.effacements import preview_account, preview_contact, preview_user
from paqte.queries.comptes.invitations import read_access
from paqte.queries.comptes.utilisateurs import list_users
from paqte.queries.journal import lines_where
from paqte.services.comptes.acces import withdraw_right
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import open_session, request_link
from paqte.services.comptes.personnes import (
    erase_account,
    erase_contact,
    erase_user,
    export_account,
    export_contact,
    export_own,
    export_user,
)
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_signataire
from tests.services.vie_de_bruno import found_in_base

SITE = "https://paqte.exemple.fr"
COURRIEL = "bruno@val.test"


class Maison:
    """Bruno's company in the 41: his account, his card, and Camille's, Zoé's and two administrators' accounts."""

    def __init__(self, session: Any, now: datetime) -> None:
        self.session, self.now = session, now
        self.val = a_signataire("Val (fictif)")
        self.rhum = a_signataire("Rhum (fictif)", "972")
        self.camille = self.account("c@41.test", "Camille Perrin", REFERENT, departement="41")
        self.zoe = self.account("z@972.test", "Zoé Monplaisir", REFERENT, departement="972")
        self.admin = self.actor(self.account("a@admin.test", "Alix Roche", ADMIN))
        self.bruno = self.account(COURRIEL, "Bruno Lenoir", ENTREPRISE, self.val)
        self.card = self.contact(self.val)

    def account(self, courriel: str, nom: str, role: str, *signataires: int, by_mail: bool = True, **given: Any) -> int:
        self.link = invite_user(
            actor=PLANIFICATEUR, role=role, courriel=courriel, nom=nom, base_url=SITE, now=self.now,
            signataires=signataires, by_mail=by_mail, **given,
        )  # fmt: skip
        return self.session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == courriel)).one()

    def actor(self, key: int) -> Acteur:
        return actor_of(self.session.get_one(Utilisateur, key))

    def contact(self, signataire: int, nom: str = "Bruno Lenoir", courriel: str = COURRIEL) -> int:
        with transaction(actor=CAMILLE, now=self.now) as session:
            given = {"nom": nom, "courriel": courriel, "telephone": "02 54 00 00 01", "created_at": self.now}
            card = ContactSignataire(signataire_id=signataire, **given)
            session.add(card)
            session.flush()
            return card.id

    def call(self, use_case: Any, actor: Acteur = CAMILLE, **given: Any) -> Any:
        return use_case(actor=actor, now=self.now, **given)

    def copy(self, use_case: Any, actor: Acteur = CAMILLE, **given: Any) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.call(use_case, actor, **given).octets)
        return told


@pytest.fixture
def maison(session: Any, now: datetime) -> Maison:
    return Maison(session, now)


def test_R30_a_copy_holds_all_that_is_kept_of_a_person_and_nothing_that_opens_a_session(maison: Maison) -> None:
    maison.account(COURRIEL, "Bruno Lenoir", ENTREPRISE, maison.val, by_mail=False)
    secret = maison.link.rpartition("/")[2]
    open_session(secret=secret, now=maison.now)
    told = maison.copy(export_account, utilisateur_id=maison.bruno)
    assert told == maison.copy(export_contact, signataire_id=maison.val, contact_id=maison.card) | {
        "journal": told["journal"]
    }
    assert told["produit_le"] == maison.now.isoformat()
    assert told["personne"] == {"nom": "Bruno Lenoir", "courriel": COURRIEL, "role": "Contact d’entreprise"}
    assert told["acces"] == [{"signataire": "Val (fictif)", "departement": "41", "convention": None}]
    assert [(c["signataire"], c["telephone"]) for c in told["contacts"]] == [("Val (fictif)", "02 54 00 00 01")]
    assert {c["motif"] for c in told["courriels"]} == {"Invitation"}
    assert [c["acte"] for c in told["connexions"]] == ["inviter", "inviter", "connexion"]
    assert len(told["sessions_et_liens"]["sessions"]) == 1
    assert {line["objet"] for line in told["journal"]} >= {"utilisateur", "contact_signataire"}
    assert secret not in json.dumps(told) and SITE not in json.dumps(told)


def test_R30_whoever_asks_for_herself_is_told_of_every_departement_and_a_referent_of_hers(maison: Maison) -> None:
    maison.account(COURRIEL, "Bruno Lenoir", ENTREPRISE, maison.rhum)
    mine = maison.copy(export_account, utilisateur_id=maison.bruno)
    assert [a["signataire"] for a in mine["acces"]] == ["Val (fictif)"]
    assert "Rhum" not in json.dumps(mine) and "972" not in {line.get("departement") for line in mine["acces"]}
    own = maison.copy(export_own, maison.actor(maison.bruno))
    assert [a["signataire"] for a in own["acces"]] == ["Rhum (fictif)", "Val (fictif)"]


def test_R30_each_copy_is_journaled_without_what_it_told(maison: Maison) -> None:
    maison.call(export_account, utilisateur_id=maison.bruno)
    maison.call(export_own, maison.actor(maison.bruno))
    lines = maison.session.scalars(select(Journal).where(Journal.acte == "exporter_donnees").order_by(Journal.id)).all()
    assert [(j.qui, j.objet, j.objet_id, j.avant, j.apres) for j in lines] == [
        (CAMILLE.nom, "utilisateur", str(maison.bruno), "{}", "{}"),
        ("Bruno Lenoir", "utilisateur", str(maison.bruno), "{}", "{}"),
    ]


def test_R30_nobody_but_her_referent_answers_for_a_contact(maison: Maison) -> None:
    strangers = (
        ZOE,
        Acteur(90, "Nadia", NATIONAL),
        maison.admin,
        maison.actor(maison.bruno),
        Acteur(91, "Inès", ANIMATEUR, None, frozenset({maison.val})),
    )
    of_card = {"signataire_id": maison.val, "contact_id": maison.card}
    before = found_in_base(COURRIEL)
    for stranger, use_case in product(strangers, (export_account, erase_account, export_contact, erase_contact)):
        given = of_card if use_case in (export_contact, erase_contact) else {"utilisateur_id": maison.bruno}
        with pytest.raises(NotFound):
            maison.call(use_case, stranger, **given)
    assert found_in_base(COURRIEL) == before


def test_R30_a_contact_of_another_signatory_is_not_reached_through_mine(maison: Maison) -> None:
    far = maison.contact(maison.rhum, "Rose Rhum", "rose@rhum.test")
    for use_case in (export_contact, erase_contact):
        with pytest.raises(NotFound):
            maison.call(use_case, signataire_id=maison.val, contact_id=far)


def test_R30_an_account_shared_with_another_departement_goes_from_hers_and_stays_in_the_other(maison: Maison) -> None:
    maison.account(COURRIEL, "Bruno Lenoir", ENTREPRISE, maison.rhum)
    assert preview_account(actor=CAMILLE, utilisateur_id=maison.bruno).refus == ""
    maison.call(erase_account, utilisateur_id=maison.bruno)
    with pytest.raises(NotFound):
        maison.call(erase_account, utilisateur_id=maison.bruno)
    assert maison.session.get_one(Utilisateur, maison.bruno).is_active
    maison.call(erase_account, ZOE, utilisateur_id=maison.bruno)
    assert found_in_base(COURRIEL, "Lenoir") == []


def test_R30_once_withdrawn_her_card_goes_and_the_account_of_the_other_departement_stays(maison: Maison) -> None:
    maison.account(COURRIEL, "Bruno Lenoir", ENTREPRISE, maison.rhum)
    maison.call(withdraw_right, utilisateur_id=maison.bruno, signataire_id=maison.val)
    maison.call(erase_contact, signataire_id=maison.val, contact_id=maison.card)
    assert maison.session.get_one(Utilisateur, maison.bruno).nom == "Bruno Lenoir"
    assert maison.session.scalar(select(ContactSignataire.id)) is None
    assert found_in_base("02 54 00 00 01") == []


def test_R30_what_another_departement_knows_of_her_is_not_touched(maison: Maison) -> None:
    far = maison.contact(maison.rhum)
    maison.call(erase_account, utilisateur_id=maison.bruno)
    assert maison.session.get_one(ContactSignataire, far).nom == "Bruno Lenoir"
    assert "utilisateur.nom" not in found_in_base("Lenoir")


def test_R30_the_number_of_a_switchboard_stays_with_whoever_still_answers_it(maison: Maison) -> None:
    other = maison.contact(maison.val, "Anne Val", "anne@val.test")
    maison.call(erase_account, utilisateur_id=maison.bruno)
    lines = [line.apres for line in lines_where(Journal.objet == "contact_signataire", Journal.objet_id == str(other))]
    assert maison.session.get_one(ContactSignataire, other).telephone == "02 54 00 00 01"
    assert [line["telephone"] for line in lines] == ["02 54 00 00 01"]


def test_R30_the_page_says_who_is_left_alone_and_what_must_be_read_by_eye(maison: Maison) -> None:
    with transaction(actor=PLANIFICATEUR, now=maison.now) as session:
        session.get_one(Signataire, maison.val).nom = "Bruno Lenoir, menuisier"
    for apercu in (
        preview_account(actor=CAMILLE, utilisateur_id=maison.bruno),
        preview_contact(actor=CAMILLE, signataire_id=maison.val, contact_id=maison.card),
    ):
        assert (apercu.refus, apercu.courriels) == ("", 1)
        assert apercu.sans_reponse == apercu.sans_contact == ("Bruno Lenoir, menuisier",)
        assert [(m.nombre, m.singulier) for m in apercu.mentions] == [(1, "nom de signataire")]
    maison.account("anne@val.test", "Anne Val", ENTREPRISE, maison.val)
    assert preview_account(actor=CAMILLE, utilisateur_id=maison.bruno).sans_reponse == ()


def test_R30_an_administrator_erases_an_account_of_the_state_but_neither_the_last_nor_her_own(maison: Maison) -> None:
    for key, sentence in ((maison.camille, "dernier référent"), (maison.admin.utilisateur_id, "votre propre compte")):
        with pytest.raises(Refused, match=sentence):
            maison.call(erase_user, maison.admin, utilisateur_id=key)
        assert sentence in preview_user(actor=maison.admin, utilisateur_id=key).refus
    with pytest.raises(Refused, match="dernier administrateur"):
        maison.call(erase_user, PLANIFICATEUR, utilisateur_id=maison.admin.utilisateur_id)
    maison.account("j@41.test", "Julien Besnard", REFERENT, departement="41")
    maison.call(erase_user, maison.admin, utilisateur_id=maison.camille)
    assert found_in_base("c@41.test") == []
    assert maison.camille not in {c.utilisateur_id for c in list_users(actor=maison.admin)}
    with pytest.raises(NotFound):
        maison.call(erase_user, maison.admin, utilisateur_id=maison.camille)


def test_R30_companies_accounts_are_their_referent_s_business_and_the_state_s_an_administrator_s(
    maison: Maison,
) -> None:
    for use_case in (export_user, erase_user):
        with pytest.raises(NotFound):
            maison.call(use_case, maison.admin, utilisateur_id=maison.bruno)
        with pytest.raises(NotFound):
            maison.call(use_case, utilisateur_id=maison.zoe)
    assert maison.copy(export_user, maison.admin, utilisateur_id=maison.zoe)["compte"]["nom"] == "Zoé Monplaisir"


def test_R30_a_contact_without_an_account_is_told_nothing_of_lines_without_author(maison: Maison) -> None:
    other = maison.contact(maison.val, "Anne Val", "anne@val.test")
    request_link(courriel="personne@ailleurs.test", origine="203.0.113.9", base_url=SITE, now=maison.now)
    told = maison.copy(export_contact, signataire_id=maison.val, contact_id=other)
    assert told["compte"] is None and told["signatures"] == {}
    assert [told[name] for name in ("acces", "connexions", "relances", "courriels")] == [[], [], [], []]
    assert not any(told["sessions_et_liens"].values())
    assert [(line["acte"], line["objet"], line["objet_id"]) for line in told["journal"]] == [
        ("creer", "contact_signataire", str(other))
    ]
    assert "bruno" not in json.dumps(told).lower() and "c@41.test" not in json.dumps(told)


def test_R30_a_card_with_the_address_of_an_account_of_the_state_tells_and_stops_none_of_its_mails(
    session: Any, now: datetime
) -> None:
    """Nadia's sign-in mail belongs to no département: a card that Camille types with her address is not hers."""
    maison = Maison(session, now)
    maison.account("nadia@etat.test", "Nadia Brun", NATIONAL)
    request_link(courriel="nadia@etat.test", origine="127.0.0.1", base_url=SITE, now=now)
    card = maison.contact(maison.val, "N. B.", "nadia@etat.test")
    copy = maison.copy(export_contact, signataire_id=maison.val, contact_id=card)
    assert (copy["courriels"], copy["journal"][-1]["objet"]) == ([], "contact_signataire")
    assert preview_contact(actor=CAMILLE, signataire_id=maison.val, contact_id=card).courriels == 0
    maison.call(erase_contact, signataire_id=maison.val, contact_id=card)
    states = select(Courriel.etat).where(Courriel.destinataire == "nadia@etat.test").order_by(Courriel.id)
    assert session.scalars(states).all()[-1] == "en_attente"
    assert "Nadia Brun" in session.scalars(select(Utilisateur.nom)).all()


def test_R30_what_she_received_for_another_departement_is_not_counted_before_she_is_erased(
    session: Any, now: datetime
) -> None:
    maison = Maison(session, now)
    for actor, signataire, times in ((ZOE, maison.rhum, 3), (CAMILLE, maison.val, 1)):
        given = {"role": ENTREPRISE, "courriel": "luce@rhum.test", "nom": "L. R.", "base_url": SITE}
        for _ in range(times):
            invite_user(actor=actor, now=now, signataires=[signataire], **given)
    luce = session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == "luce@rhum.test")).one()
    assert preview_account(actor=CAMILLE, utilisateur_id=luce).courriels == 1
    assert preview_account(actor=ZOE, utilisateur_id=luce).courriels == 3


def test_R30_the_copy_is_a_file_named_after_the_number_that_whoever_asks_knows(maison: Maison) -> None:
    lea = maison.contact(maison.val, "Léa Roux", "lea@val.test")
    acces = read_access(actor=CAMILLE, utilisateur_id=maison.bruno).numero
    copies = {
        f"donnees-acces-{acces}.json": maison.call(export_account, utilisateur_id=maison.bruno),
        f"donnees-contact-{lea}.json": maison.call(export_contact, signataire_id=maison.val, contact_id=lea),
        f"donnees-utilisateur-{maison.zoe}.json": maison.call(export_user, maison.admin, utilisateur_id=maison.zoe),
        f"donnees-utilisateur-{maison.camille}.json": maison.call(export_own, maison.actor(maison.camille)),
    }
    assert [copy.nom for copy in copies.values()] == list(copies)
    assert {copy.media_type for copy in copies.values()} == {"application/json"}
