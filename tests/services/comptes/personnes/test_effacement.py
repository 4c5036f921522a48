"""Once erased, somebody is nowhere in the base; figures, seals and editions are what they were (R30)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import ADMIN, PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.personnes.effacement import ADRESSE_EFFACEE, NOM_EFFACE
from paqte.domain.personnes.jetons import digest
from paqte.domain.personnes.sessions import LINK_LIFE
from paqte.domain.statuts.courriels import RecipientRefused
from paqte.models import (
    Affectation,
    Base,
    ContactSignataire,
    Courriel,
    Departement,
    Gabarit,
    Journal,
    ListKept,
    NamedView,
    PasskeyAsked,
    PasskeyKept,
    Transmission,
    Utilisateur,
    Veille,
    db,
)
from paqte.queries.comptes.comptes import actor_of
from paqte.queries.comptes.invitations import list_access
from paqte.queries.conventions.journaux.journal_signataire import signataire_history
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.editions.editions import read_edition_file
from paqte.queries.journal import check_chain
from paqte.queries.reponses import read_kept
from paqte.services.comptes.connexion import PER_ADDRESS, open_session, request_link
from paqte.services.comptes.conservation import erase_expired
from paqte.services.comptes.effacement import AUTHORED, _editions_received
from paqte.services.comptes.personnes import erase_account, erase_contact, erase_user
from paqte.services.conventions.entreprises.veille import ignore_finding
from paqte.services.courriels.courriels import send_due
from paqte.services.courriels.liens import new_link
from paqte.services.editions.authenticite import INTACT, verify_file
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_signataire
from tests.services import vie_de_bruno as bruno
from tests.services.courriels.test_questions_posees import an_edition
from tests.services.vie_de_bruno import COURRIEL, NOM, NOW, TELEPHONE, Vie, figures, found_in_base

MARKS = ("Lenoir", "Nono", COURRIEL, TELEPHONE)


@pytest.fixture
def vie(app: Any, session: Any, kept_bases: Any) -> Vie:
    lived: Vie = kept_bases.write_once(app, f"{__name__}: vie", bruno.live)
    return lived


def by_his_card(vie: Vie) -> None:
    erase_contact(actor=CAMILLE, now=NOW, signataire_id=vie.signataire, contact_id=vie.contact)


def by_his_account(vie: Vie) -> None:
    erase_account(actor=CAMILLE, now=NOW, utilisateur_id=vie.utilisateur)


def by_the_scheduler(vie: Vie) -> None:
    bruno.end_conventions(NOW.replace(year=2030))
    assert erase_expired(now=NOW.replace(year=2030)) >= 2


@pytest.mark.parametrize("erase", [by_his_card, by_his_account, by_the_scheduler])
def test_R30_nowhere_in_the_base_does_his_name_his_address_or_his_number_remain(vie: Vie, erase: Any) -> None:
    places = found_in_base(*MARKS)
    assert len(places) > 14, "the test must look where he is"
    erase(vie)
    if erase is not by_the_scheduler:
        assert found_in_base(*MARKS) == ["signataire.notes", "convention.notes"], "a text is its author's to correct"
        bruno.correct_notes(vie)
    assert found_in_base(*MARKS) == []
    assert check_chain().fautes == ()


def test_R30_what_was_counted_and_issued_does_not_move(session: Any) -> None:
    vie = bruno.live(is_issued=True)
    assert {"transmission.destinataire", "signalement.par"} <= set(found_in_base(NOM, COURRIEL))
    before, octets = figures(), read_edition_file(actor=CAMILLE, edition_id=vie.edition).octets
    by_his_account(vie)
    assert figures() == before
    assert found_in_base(*MARKS) == ["signataire.notes", "convention.notes"]
    assert read_edition_file(actor=CAMILLE, edition_id=vie.edition).octets == octets
    assert verify_file(actor=CAMILLE, octets=octets).code == INTACT


def test_R30_the_journal_still_says_what_was_done_when_before_and_after(vie: Vie, session: Any) -> None:
    def lines() -> list[tuple[Any, ...]]:
        session.rollback()
        query = select(Journal).where(Journal.objet == "realisation").order_by(Journal.id)
        return [(j.quand, j.acte, j.objet_id, _figures(j.avant), _figures(j.apres)) for j in session.scalars(query)]

    before, hers = lines(), session.scalar(select(func.count(Journal.id)).where(Journal.qui == CAMILLE.nom))
    his = session.scalar(select(func.count(Journal.id)).where(Journal.qui == NOM))
    by_his_account(vie)
    assert lines() == before
    assert session.scalar(select(func.count(Journal.id)).where(Journal.qui == NOM_EFFACE)) == his > 5
    assert session.scalar(select(func.count(Journal.id)).where(Journal.qui == CAMILLE.nom)) == hers + 2, (
        "his account, his card"
    )


def _figures(text: str) -> dict[str, Any]:
    return {name: value for name, value in json.loads(text).items() if name != "saisie_par"}


def typed_by(session: Any) -> set[str]:
    """Who typed the answers, wherever they stand."""
    return {answer.saisie_par for answers in read_kept(session).values() for answer in answers}


def test_R30_whoever_typed_a_figure_is_now_an_erased_person(vie: Vie, session: Any) -> None:
    by_his_account(vie)
    assert typed_by(session) == {CAMILLE.nom, NOM_EFFACE}
    page = read_declaration(actor=CAMILLE, declaration_id=vie.maison.id)
    assert page.transmise_par == NOM_EFFACE


def test_R30_every_column_that_names_who_did_something_is_gone_through() -> None:
    """But that of an edition, which nothing changes (R19), and the names of processes."""
    apart = {"edition.produite_par", "edition_territoire.produite_par", "tache.prise_par", "tour.par"}
    named = {str(c) for t in Base.metadata.sorted_tables for c in t.columns if c.name == "par" or c.name[-4:] == "_par"}
    assert {str(column.expression) for column in AUTHORED} == named - apart


def test_R30_who_dealt_with_what_the_register_says_is_now_an_erased_person(vie: Vie, session: Any) -> None:
    bruno.an_account(courriel="3@41.test", nom="Julien", role=REFERENT, departement="41")
    look = {"signataire_id": vie.signataire, "departement_code": "41", "identifiant": "732829320", "vu_le": NOW}
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.add(Veille(**look, nom_lu="Autre", constat="renomme", etat="ouvert", constate_le=NOW))
    key = session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == "1@41.test")).one()
    camille = actor_of(session.get_one(Utilisateur, key))
    finding = session.scalars(select(Veille)).one()
    told = {"veille_id": finding.id, "version": finding.version}
    session.rollback()
    ignore_finding(actor=camille, now=NOW, **told)
    assert session.scalars(select(Veille.traite_par)).one() == CAMILLE.nom
    session.rollback()
    erase_user(actor=Acteur(None, "Admin", ADMIN), now=NOW, utilisateur_id=key)
    assert session.scalars(select(Veille.traite_par)).one() == NOM_EFFACE


def test_R30_nobody_signs_in_with_an_erased_account_and_no_mail_leaves_for_it(vie: Vie, session: Any) -> None:
    by_his_account(vie)
    user = session.get_one(Utilisateur, vie.utilisateur)
    assert (user.nom, user.is_active, user.courriel) == (NOM_EFFACE, False, f"{user.id}@efface.invalid")
    assert list_access(actor=CAMILLE) == []
    sent: list[Any] = []
    send_due(transport=sent.append, now=NOW)
    assert {message.destinataire for message in sent} == {"1@41.test", "2@41.test"}
    with pytest.raises(NotFound):
        by_his_account(vie)


@pytest.mark.parametrize("is_taken", [True, False], ids=["sent", "refused"])
def test_R30_what_a_mail_that_waits_says_of_him_leaves_whole_and_goes_with_it(
    vie: Vie, session: Any, is_taken: bool
) -> None:
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        told = select(Courriel).where(Courriel.motif == "signalement").order_by(Courriel.id)
        for mail in writing.scalars(told):
            mail.etat = "en_attente"
    left: list[Any] = []

    def transport(message: Any) -> None:
        left.append(message)
        if not is_taken:
            raise RecipientRefused("550 inconnu")

    by_his_account(vie)
    send_due(transport=transport, now=NOW)
    assert any(NOM in message.texte for message in left), "Camille reads who told her"
    assert "courriel.texte" not in found_in_base(NOM)


def test_R30_each_erasure_is_journaled_without_what_was_erased(vie: Vie, session: Any) -> None:
    by_his_card(vie)
    acts = ("effacer", "effacer_contact")
    lines = session.scalars(select(Journal).where(Journal.acte.in_(acts)).order_by(Journal.id)).all()
    told = [(j.qui, j.acte, j.objet, j.objet_id, j.avant, j.apres) for j in lines]
    assert told == [
        (CAMILLE.nom, "effacer_contact", "signataire", str(vie.signataire), "{}", "{}"),
        (CAMILLE.nom, "effacer", "utilisateur", str(vie.utilisateur), "{}", "{}"),
    ]
    history = signataire_history(actor=CAMILLE, signataire_id=vie.signataire)
    assert history[0].titre == "Contact effacé"


def test_R30_only_the_person_asked_for_goes(vie: Vie, session: Any) -> None:
    other = bruno.an_account(vie.signataire, courriel="anne@val.test", nom="Anne Val")
    by_his_card(vie)
    assert session.get_one(Utilisateur, other).nom == "Anne Val"
    assert list(session.scalars(select(ContactSignataire.nom))) == ["Accueil"]
    mails = list(session.scalars(select(Courriel).where(Courriel.destinataire == "anne@val.test")))
    assert mails and all(mail.texte for mail in mails)


# Every table that keeps something of one account, and the column that says whose; None: the trails, hashed.
OF_AN_ACCOUNT = {
    "utilisateur": "id", "rattachement": "utilisateur_id", "affectation": "utilisateur_id",
    "jeton_connexion": "utilisateur_id", "session_ouverte": "utilisateur_id", "habitude_liste": "utilisateur_id",
    "vue_liste": "utilisateur_id", "cle_acces": "utilisateur_id", "defi_cle": "utilisateur_id",
    "journal_auteur": "utilisateur_id", "tentative_connexion": None, "journal_personne": None,
}  # fmt: skip


def _of_accounts() -> list[tuple[str, Any, tuple[Any, ...]]]:
    """Every row of these tables: table, whose, what it holds."""
    tables = {table.name: table for table in Base.metadata.sorted_tables}
    found = []
    for name, column in OF_AN_ACCOUNT.items():
        for row in db.session.execute(select(tables[name]).order_by(tables[name].c.id)).mappings():
            found.append((name, column and row[column], tuple(row.values())))
    db.session.rollback()
    return found


def test_R30_erasing_one_account_leaves_every_other_person_what_the_base_keeps_of_her(vie: Vie) -> None:
    """Anne lives as he does: links asked for and refused, a session, a list kept; and so does an unknown address."""
    anne = bruno.an_account(vie.signataire, courriel="anne@val.test", nom="Anne Val")
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        link = new_link(writing, writing.get_one(Utilisateur, anne), bruno.SITE, NOW, LINK_LIFE)
        kept = {"liste": "signataires", "filtres": "tri=nom", "gardee_le": NOW}
        writing.add_all(ListKept(utilisateur_id=key, **kept) for key in (anne, vie.utilisateur))
        named = {**kept, "nom": "À voir", "departement_code": "41"}
        writing.add_all(NamedView(utilisateur_id=key, **named) for key in (anne, vie.utilisateur))
        for key in (anne, vie.utilisateur):
            made = {"nom": "Téléphone", "identifiant": f"clé {key}", "cle_publique": "x", "compteur": 0, "cree_le": NOW}
            writing.add(PasskeyKept(utilisateur_id=key, **made))
            asked = {"session": f"{key}", "usage": "donner", "defi": "x", "expire_le": NOW}
            writing.add(PasskeyAsked(utilisateur_id=key, **asked))
        writing.add(Affectation(utilisateur_id=1, departement_code="972", created_at=NOW))
    open_session(secret=link.partition("/connexion/")[2], now=NOW)
    addresses = (COURRIEL, "anne@val.test", "personne@ailleurs.test")
    for rank, address in enumerate(addresses):
        for _ in range(PER_ADDRESS + 1):  # the last one is refused, and leaves the trail of the address
            request_link(courriel=address, origine=f"203.0.113.{rank}", base_url=bruno.SITE, now=NOW)
    his = {digest(f"adresse:{COURRIEL}"), digest(f"adresse:{COURRIEL}")[:32]}
    mine = his | {f"utilisateur/{vie.utilisateur}"}
    # What is told of cards and of notes has its own tests: here, of accounts and of who asked for links.
    told = re.compile(r"connexion|utilisateur/\d+")
    before = [
        (table, values)
        for table, whose, values in _of_accounts()
        if whose != vie.utilisateur and not mine & set(map(str, values))
        if table != "journal_personne" or any(told.fullmatch(str(value)) for value in values)
    ]
    assert {table for table, _ in before} == set(OF_AN_ACCOUNT)
    by_his_account(vie)
    after = [(table, values) for table, _, values in _of_accounts()]
    assert [row for row in before if row not in after] == []
    assert not [values for _, values in after if his & {str(value) for value in values}]


def test_R30_a_namesake_keeps_what_is_hers(vie: Vie, session: Any) -> None:
    far = a_signataire("Rhum (fictif)", "972")
    bruno.an_account(far, courriel="autre@rhum.test")
    by_his_account(vie)
    assert set(found_in_base(NOM)) >= {"utilisateur.nom"}
    assert found_in_base(COURRIEL, TELEPHONE) == ["signataire.notes"]
    assert typed_by(session) == {CAMILLE.nom, NOM_EFFACE}


def test_R30_in_one_departement_her_address_goes_from_what_that_one_transmitted_alone(session: Any) -> None:
    given = {"diffusion": "interne", "moyen": "courriel", "par": "Camille", "transmise_le": NOW, "created_at": NOW}
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        places = ("41", "972")
        writing.add_all(Departement(code=code, nom=code, prefecture=code) for code in places)
        writing.add(Gabarit(nom="m", sha256="1" * 64, octets=b"x", en_vigueur_le=NOW.date(), created_at=NOW))
        writing.flush()
        editions = [an_edition(1, "2026-S1", "bilan", code) for code in places]
        writing.add_all(editions)
        writing.flush()
        for edition in editions:
            for to in (COURRIEL.upper(), "odile@val.test"):
                place = {"edition_id": edition.id, "departement_code": edition.departement_code}
                writing.add(Transmission(destinataire=to, **place, **given))

    def left() -> list[tuple[str, str]]:
        session.rollback()
        t = Transmission
        return [tuple(row) for row in session.execute(select(t.departement_code, t.destinataire).order_by(t.id))]

    def forget(scope: str | None) -> set[str]:
        with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
            return _editions_received(writing, [COURRIEL.lower()], scope)

    assert forget("41") == {"transmission/1"}
    told = [("41", ADRESSE_EFFACEE), ("41", "odile@val.test"), ("972", COURRIEL.upper()), ("972", "odile@val.test")]
    assert left() == told
    assert forget(None) == {"transmission/3"}
    assert left() == [(place, to if to != COURRIEL.upper() else ADRESSE_EFFACEE) for place, to in told]
