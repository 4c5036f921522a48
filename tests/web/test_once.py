"""The same form sent twice makes one thing, on every route that makes something: one after the other, or at once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import func, select, update

from paqte.models import (
    Action,
    Base,
    BilanRecu,
    ColonnePropre,
    Convention,
    Courriel,
    Declaration,
    Fichier,
    Gabarit,
    Importation,
    Justificatif,
    Partenaire,
    Rencontre,
    Retour,
    Signalement,
    Signataire,
    Transmission,
    Utilisateur,
    db,
)
from paqte.ops.routes import route_table
from tests.architecture.acces.monde import NOW, furnish, two_regions
from tests.factories import A_PDF, a_siret
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, Personne, token_in
from tests.reporting.mondes.bilans import read_template
from tests.services.editions.recus.test_recus import workbook_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PDF = A_PDF


@dataclass(frozen=True)
class Making:
    """A form that makes something: who sends it, from which page, what it says, and the table that grows by `rows`."""

    who: Personne
    path: str
    table: type[Base]
    says: Callable[[], dict[str, Any]] = dict
    page: str = ""
    rows: int = 1
    etat: str = "brouillon"


ACTION = {"titre": "Forum", "date": "01/03/2026", "axe": "RECRUTER", "texte": "Un forum."}
MAKING = {
    "referent.signataire_nouveau": Making(
        CAMILLE, "/referent/signataires/nouveau", Signataire,
        lambda: {"identifiant": a_siret(7), "nom": "Neuve (fictif)", "nature": "entreprise", "categorie": ""},
        "/referent/signataires/nouveau?identifiant=" + a_siret(7),
    ),
    "referent.convention_nouvelle": Making(
        CAMILLE, "/referent/signataires/{signataire_id}/conventions/nouvelle", Convention,
        lambda: {"dispositif": "paqte", "debut": "01/10/2026", "rythme": "T", "signee_le": "01/10/2026"},
    ),
    "referent.convention_renouveler": Making(
        CAMILLE, "/referent/conventions/{convention_id}/renouveler", Convention, lambda: {"version": "2"},
        "/referent/conventions/{convention_id}",
    ),
    "referent.convention_joindre": Making(
        CAMILLE, "/referent/conventions/{convention_id}/texte", Fichier,
        lambda: {"version": "2", "texte": (io.BytesIO(PDF), "signe.pdf")}, "/referent/conventions/{convention_id}",
    ),
    "referent.signataire_acces": Making(
        CAMILLE, "/referent/signataires/{signataire_id}/acces", Courriel,
        lambda: {"nom": "Odile Marchand", "courriel": "odile@lenoir.test", "role": "entreprise"},
    ),
    "referent.acces_inviter": Making(
        CAMILLE, "/referent/acces/{numero}/inviter", Courriel, page="/referent/acces/{numero}"
    ),
    "referent.action_nouvelle": Making(CAMILLE, "/referent/actions/nouvelle", Action, lambda: ACTION),
    "referent.rencontre_nouvelle": Making(
        CAMILLE, "/referent/rencontres/nouvelle?signataire={signataire_id}&genre=appel", Rencontre,
        lambda: {"genre": "appel", "date": "20/11/2026", "autres": "Odile Marchand"},
    ),
    "entreprise.action_proposer": Making(
        BRUNO, "/entreprise/signataires/{signataire_id}/actions/nouvelle", Action, lambda: ACTION
    ),
    "entreprise.declaration_signaler": Making(
        BRUNO, "/entreprise/declarations/{declaration_id}/signaler", Signalement, lambda: {"motif": "12 et non 4."},
        etat="transmise",
    ),
    "entreprise.pieces": Making(
        BRUNO, "/entreprise/declarations/{declaration_id}/engagements/{engagement_id}/pieces", Justificatif,
        lambda: {"fichier": (io.BytesIO(PDF), "preuve2.pdf")},
    ),
    "referent.pilotage_ajouter": Making(
        CAMILLE, "/referent/pilotage/partenaires/nouveau", Partenaire, lambda: {"nom": "Club FACE (fictif)"}
    ),
    "referent.imports": Making(
        CAMILLE, "/referent/imports", Importation,
        lambda: {"fichier": (io.BytesIO(b"SIRET;Nom\r\n73282932000074;Bois\r\n"), "suivi.csv")},
    ),
    "referent.colonnes": Making(
        CAMILLE, "/referent/colonnes", ColonnePropre, lambda: {"titre": "Couleur du dossier", "genre": "texte"}
    ),
    "referent.signataire_relancer": Making(
        CAMILLE, "/referent/signataires/{signataire_id}/relancer", Courriel,
        page="/referent/signataires/{signataire_id}",
    ),
    "referent.relances_selection": Making(
        CAMILLE, "/referent/relances/selection?choix={signataire_id}", Courriel,
    ),
    "referent.acces_inviter_tous": Making(
        CAMILLE, "/referent/acces/inviter", Courriel, lambda: {"contact": "1"},  # the only one
    ),
    "referent.acces_animateur": Making(
        CAMILLE, "/referent/acces/animateur?choix={signataire_id}", Courriel,
        lambda: {"animateur": "autre", "nom": "Inès FACE", "courriel": "ines@face.test"},
    ),
    "referent.declarations_questionner": Making(
        CAMILLE, "/referent/declarations/questions?choix={signataire_id}.{declaration_id}", Retour,
        lambda: {"question": "Pouvez-vous vérifier ?", "version_1": "2"}, etat="transmise",
    ),
    "referent.courriel_renvoyer": Making(
        CAMILLE, "/referent/courriels/{courriel_id}/renvoyer", Courriel, page="/referent/courriels", rows=0
    ),
    "referent.formulaire_envoyer": Making(
        CAMILLE, "/referent/declarations/{declaration_id}/formulaire/envoyer", Courriel,
        page="/referent/declarations/{declaration_id}",
    ),
    "referent.edition_transmettre": Making(
        CAMILLE, "/referent/editions/{edition_id}/transmettre", Transmission,
        lambda: {"adresses": "cget@etat.test", "diffusion": "interne"},
    ),
    "referent.edition_transmise": Making(
        CAMILLE, "/referent/editions/{edition_id}/transmise", Transmission,
        lambda: {"adresses": "cget@etat.test", "diffusion": "interne", "le": "22/11/2026"},
    ),
    "admin.compte_nouveau": Making(
        ALIX, "/admin/comptes/nouveau", Utilisateur,
        lambda: {"nom": "Ines Doré", "courriel": "ines@etat.test", "role": "national", "departement": ""},
    ),
    "national.region_inviter": Making(
        NADIA, "/national/regions/inviter", Utilisateur,
        lambda: {"nom": "Rémi Tours", "courriel": "remi@region24.test", "region": "24"},
    ),
    "national.recus": Making(
        NADIA, "/national/bilans/2026-S1/recus", BilanRecu,
        lambda: {"fichiers": (io.BytesIO(workbook_of("37")), "Touraine.xlsx")},
    ),
    "admin.compte_inviter": Making(
        ALIX, "/admin/comptes/{compte_id}/inviter", Courriel, page="/admin/comptes/{compte_id}"
    ),
    "admin.gabarits": Making(
        ALIX, "/admin/gabarits", Gabarit,
        lambda: {"genre": "bilan", "fichier": (io.BytesIO(read_template()), "modele.xlsx")},
    ),
    "compte.mon_adresse": Making(
        CAMILLE, "/compte/adresse", Courriel, lambda: {"courriel": "c.aubry@prefecture41.test"}, "/compte"
    ),
    "compte.connexion": Making(NOBODY := Personne("", "", ""), "/connexion", Courriel,
                               lambda: {"courriel": CAMILLE.courriel}),
}  # fmt: skip
# What is posted to and makes nothing new, or cannot twice: what answers the second one instead.
NOT_ONCE = {
    "a version: whoever sends again what somebody changed is shown both": """
        admin.reglages referent.acces_compte referent.action_modifier referent.action_supprimer
        referent.rencontre_modifier referent.rencontre_supprimer referent.rencontre_signataire
        referent.demarche
        referent.convention_modifier referent.convention_supprimer referent.engagements referent.pilotage_debut
        referent.pilotage_modifier referent.pilotage_reglages referent.pilotage_retirer referent.pilotage_texte
        referent.pilotage_confirmer referent.signataire_modifier referent.signataire_supprimer compte.mon_compte
        referent.colonne referent.colonne_supprimer referent.signataire_colonnes
    """,
    "a state, or a row that is no longer there": """
        admin.compte_desactiver admin.compte_departement_retirer admin.compte_reactiver admin.compte_effacer
        admin.gabarit admin.gabarit_abandonner admin.gabarit_retirer
        compte.ouvrir compte.deconnexion compte.session_fermer compte.session_prolonger entreprise.declaration_brouillon
        cles.ajouter cles.donner cles.retirer
        fournisseur.detacher facteurs.activer facteurs.code facteurs.retirer admin.compte_facteur_retirer
        admin.compte_sessions_fermer admin.sessions_fermer compte.sessions_fermer
        entreprise.declaration_relire entreprise.declaration_saisir entreprise.piece_retirer
        referent.acces_desactiver referent.acces_effacer referent.acces_reactiver referent.acces_retirer
        referent.contact_effacer referent.convention_resilier referent.convention_signer referent.declaration_renvoyer
        referent.declaration_rouvrir referent.declaration_saisir referent.declaration_valider
        referent.declarations_valider referent.declarations_tableau
        referent.declaration_brouillon referent.declarations_tableau_brouillon
        referent.etablissement referent.etablissements_completer
        national.recu
        referent.importation
        referent.signalement_repondre referent.signataire_reprendre referent.signataire_suspendre taches.relancer
        referent.vue_renommer referent.vue_retirer
    """,
    "the one there is, whoever asks": "entreprise.declaration_ouvrir referent.declaration_ouvrir referent.vue_garder",
    "what a form read before brings is there already (test_formulaires.py)": """
        entreprise.formulaire referent.formulaires
    """,
    "the last ones shown are the only ones that open (test_facteurs.py)": "facteurs.preparer facteurs.codes",
    "the last address shown is the only one that opens (test_abonnement.py)": """
        referent.abonnement referent.abonnement_retirer
    """,
    "the last one asked for is the only one that counts (test_cles.py)": "cles.defi_ajouter cles.defi_donner",
    "what is counted is told twice as often, and names nobody (test_rapports.py)": "public.violations",
    "nothing is kept": "bilans.verifier_fichier referent.declarations_tableau_coller",
    "an edition equal to the last is not issued, and the page says so (R19)": """
        national.somme_produire referent.bilan_produire referent.document_produire referent.trimestre_produire
    """,
}


def test_every_route_that_is_posted_to_makes_its_thing_once_or_says_what_holds_it(app: Flask) -> None:
    posted = {route.endpoint for route in route_table(app) if "POST" in route.methods}
    posted = {name for name in posted if name.partition(".")[0] not in ("essai", "catalogue")}  # of the tests
    marked = {name for name in posted if getattr(app.view_functions[name], "is_once", False)}
    assert marked == set(MAKING)
    assert posted - marked == {name for names in NOT_ONCE.values() for name in names.split()}


@pytest.fixture
def keys(app: Flask, accounts: object) -> Iterator[dict[str, int]]:
    with time_machine.travel(NOW, tick=False):
        two_regions(app)
        found = furnish(app)
        with app.app_context():  # Bruno may join something to it
            set_state("brouillon")
        yield found


@pytest.fixture
def browser_of(app: Flask, keys: object, sign_in: Callable[..., FlaskClient]) -> Callable[[Personne], FlaskClient]:
    return lambda person: sign_in(person) if person.nom else app.test_client()


@pytest.mark.parametrize("endpoint", MAKING)
def test_the_same_form_sent_twice_makes_one_thing_and_leads_to_it(
    endpoint: str, app: Flask, keys: dict[str, int], browser_of: Callable[[Personne], FlaskClient]
) -> None:
    making = MAKING[endpoint]
    with app.app_context():
        set_state(making.etat)
    browser = browser_of(making.who)
    path, page = (text.format(**keys) for text in (making.path, making.page or making.path))
    token = {"csrf_token": token_in(browser.get(page).text)}
    before = count(app, making.table)
    first = browser.post(path, data=token | making.says())
    assert first.status_code in (302, 303), re.findall(r'<li><a href="#.*?</li>|champ-message.*?</p>', first.text)
    made = count(app, making.table)
    assert made == before + making.rows
    second = browser.post(path, data=token | making.says())
    assert (second.status_code, second.location) == (303, first.location)
    assert count(app, making.table) == made
    led_to = browser.get(first.location).text
    assert_message_is_met_first(first.location, led_to)
    assert "qu’une fois" in led_to


@pytest.mark.parametrize("endpoint", ["referent.convention_nouvelle", "referent.action_nouvelle", "entreprise.pieces"])
def test_the_same_form_sent_four_times_at_once_makes_one_thing(
    endpoint: str, app: Flask, keys: dict[str, int], browser_of: Callable[[Personne], FlaskClient]
) -> None:
    making = MAKING[endpoint]
    browser, path = browser_of(making.who), making.path.format(**keys)
    token = {"csrf_token": token_in(browser.get(path).text)}
    cookie = browser.get_cookie("paqte").value
    before, gate = count(app, making.table), Barrier(4)

    def send(_: int) -> tuple[int, str]:
        other = app.test_client()
        other.set_cookie("paqte", cookie)
        gate.wait()
        answer = other.post(path, data=token | making.says())
        return answer.status_code, answer.location

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert count(app, making.table) == before + 1
    assert sorted(code for code, _ in answers) == [302, 303, 303, 303]
    assert len({where for _, where in answers}) == 1


def test_another_word_from_the_same_page_is_another_thing_and_so_is_a_page_opened_again(
    app: Flask, keys: dict[str, int], browser_of: Callable[[Personne], FlaskClient]
) -> None:
    """Going back to the page and typing something else loses nothing; a refusal takes no token."""
    browser = browser_of(CAMILLE)
    page = "/referent/actions/nouvelle"
    token = {"csrf_token": token_in(browser.get(page).text)}
    before = count(app, Action)
    assert browser.post(page, data=token | ACTION | {"titre": ""}).status_code == 422
    assert browser.post(page, data=token | ACTION).status_code == 302
    assert browser.post(page, data=token | ACTION | {"titre": "Un autre forum"}).status_code == 302
    with time_machine.travel(NOW.timestamp() + 60, tick=False):
        again = {"csrf_token": token_in(browser.get(page).text)}
        assert browser.post(page, data=again | ACTION).status_code == 302
    assert count(app, Action) == before + 3


def assert_message_is_met_first(location: str, html: str) -> None:
    """What was done is told where the page opens: no part further down takes its place, and it has the focus."""
    assert "#" not in location, "the focus would be on the body, and the message above"
    focused = re.search(r"<[^>]* autofocus[^>]*>", html)
    assert focused and "alerte" in focused[0], html[:300]
    assert focused.start() < html.index("<h1"), "told before the page's own words"


def set_state(etat: str) -> None:
    db.session.execute(update(Declaration).values(etat=etat))
    db.session.commit()


def count(app: Flask, table: type[Base]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0
