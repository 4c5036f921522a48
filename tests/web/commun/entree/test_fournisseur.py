"""Single sign-on opens accounts that exist, by the provider's number or the address that it verified."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.models import Journal, JournalPersonne, ProviderIdentity, SessionOuverte, Utilisateur, db
from paqte.ops import clock
from paqte.services.comptes.personnes import erase_user
from paqte.services.comptes.utilisateurs import disable_by_address
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, ZOE, post
from tests.web.commun.entree.conftest import START, location_of, path_back
from tests.web.commun.entree.fournisseur import StandIn

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

Follow = Callable[..., Any]


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Journal.acte).order_by(Journal.id)))


def accounts_and_rights(app: Flask) -> list[Any]:
    with app.app_context():
        u = Utilisateur
        return list(db.session.execute(select(u.courriel, u.role, u.departement_code, u.is_active).order_by(u.id)))


def is_in(browser: FlaskClient, nom: str) -> bool:
    return nom in browser.get("/connexion/lien-envoye").text


def test_whoever_has_an_account_enters_by_the_button_and_lands_where_she_was_going(
    app: Flask, client: FlaskClient, there_and_back: Follow
) -> None:
    before = accounts_and_rights(app)
    asked = client.get("/referent/signataires", follow_redirects=True).text
    assert f'href="{START}?next=/referent/' in asked and "Se connecter avec ProConnect" in asked
    answer = there_and_back(start=f"{START}?next=/referent/signataires")
    assert answer.location == "/referent/signataires"
    assert is_in(client, CAMILLE.nom)
    assert accounts_and_rights(app) == before
    assert acts(app)[-2:] == ["rattacher_identite", "connexion"]


def test_the_line_of_the_session_says_by_what_she_came_and_from_where(app: Flask, there_and_back: Follow) -> None:
    there_and_back()
    with app.app_context():
        line = db.session.scalars(select(Journal).where(Journal.acte == "connexion")).one()
        assert line.apres == '{"moyen": "ProConnect"}'
        (from_where,) = db.session.scalars(select(JournalPersonne.valeur).where(JournalPersonne.journal_id == line.id))
        assert from_where.startswith("127.0.0.1")


def test_everybody_whose_address_has_an_account_enters_with_her_own_role(
    app: Flask, provider: StandIn, there_and_back: Follow
) -> None:
    for person in (BRUNO, NADIA, ALIX, ZOE):
        provider.person = {"sub": f"sub-{person.nom}", "email": person.courriel.upper()}
        browser = app.test_client()
        assert there_and_back(browser).location == "/"
        assert is_in(browser, person.nom)
    assert app.test_client().get("/referent/").status_code == 302


def test_a_foreign_address_opens_nothing_creates_nothing_and_is_told_what_to_do(
    app: Flask, client: FlaskClient, provider: StandIn, there_and_back: Follow
) -> None:
    before = accounts_and_rights(app)
    provider.person = {"sub": "sub-dominique", "email": "dominique@ailleurs.test", "siret": BRUNO.siret}
    answer = there_and_back()
    assert answer.status_code == 403
    assert "Aucun compte ouvert ne porte l’adresse dominique@ailleurs.test" in answer.text
    assert "Recevoir mon lien de connexion" in answer.text
    assert accounts_and_rights(app) == before
    assert client.get("/compte").status_code == 302
    assert acts(app)[-1] == "connexion_refusee"


def test_once_known_by_the_provider_s_number_she_enters_whatever_her_address_becomes(
    app: Flask, provider: StandIn, there_and_back: Follow
) -> None:
    there_and_back()
    provider.person = {"sub": "sub-camille", "email": "autre@ailleurs.test"}
    browser = app.test_client()
    assert there_and_back(browser).location == "/"
    assert is_in(browser, CAMILLE.nom)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ProviderIdentity)) == 1


def test_a_second_person_to_whom_the_provider_gives_the_same_address_does_not_enter(
    app: Flask, provider: StandIn, there_and_back: Follow
) -> None:
    there_and_back()
    provider.person = {"sub": "sub-usurpateur", "email": CAMILLE.courriel}
    browser = app.test_client()
    answer = there_and_back(browser)
    assert answer.status_code == 403 and "rattaché à une autre identité ProConnect" in answer.text
    assert not is_in(browser, CAMILLE.nom)


def test_she_detaches_an_identity_that_changed_and_the_next_is_taken_by_her_address(
    app: Flask, client: FlaskClient, provider: StandIn, there_and_back: Follow
) -> None:
    there_and_back()
    assert "Détacher cette identité" in client.get("/compte").text
    assert post(client, "/compte/fournisseur/detacher", {}, page="/compte").status_code == 302
    assert "Détacher cette identité" not in client.get("/compte").text
    assert acts(app)[-1] == "detacher_identite"
    provider.person = {"sub": "sub-nouveau", "email": CAMILLE.courriel}
    assert there_and_back(app.test_client()).location == "/"


def test_an_address_that_the_provider_says_unverified_opens_nothing(provider: StandIn, there_and_back: Follow) -> None:
    for said in (False, "true", 1, None):
        provider.person = {"sub": "sub-camille", "email": CAMILLE.courriel, "email_verified": said}
        provider.told = {"email_verified": said} if said is not None else {"email_verified": 0}
        answer = there_and_back()
        assert answer.status_code == 403 and "n’a pas vérifié votre adresse" in answer.text
    provider.person, provider.told = {"sub": "sub-camille", "email": CAMILLE.courriel}, {"email_verified": True}
    assert there_and_back().location == "/"


def test_an_address_that_looks_the_same_in_other_letters_is_another_one(
    provider: StandIn, there_and_back: Follow
) -> None:
    for lookalike in (CAMILLE.courriel.replace("k", "K").replace("f", "ﬀ"), f" {CAMILLE.courriel}", "", [], {}):
        provider.person = {"sub": "sub-x", "email": lookalike}
        assert there_and_back().status_code == 403


def test_a_disabled_account_is_not_opened_by_its_number_nor_by_its_address(
    app: Flask, provider: StandIn, there_and_back: Follow
) -> None:
    there_and_back()
    with app.app_context():
        disable_by_address(actor=PLANIFICATEUR, courriel=CAMILLE.courriel, now=clock.now())
    assert there_and_back(app.test_client()).status_code == 403
    provider.person = {"sub": "sub-neuf", "email": CAMILLE.courriel}
    assert there_and_back(app.test_client()).status_code == 403
    with app.app_context():
        disable_by_address(actor=PLANIFICATEUR, courriel=NADIA.courriel, now=clock.now())
    provider.person = {"sub": "sub-nadia", "email": NADIA.courriel}
    answer = there_and_back(app.test_client())
    assert answer.status_code == 403 and "Aucun compte ouvert" in answer.text, "never tied, and disabled"


def test_the_cookie_held_before_is_worth_nothing_after_and_another_s_session_is_closed(
    app: Flask, client: FlaskClient, there_and_back: Follow
) -> None:
    left = client.get(START)
    before = client.get_cookie("paqte")
    client.get(path_back(location_of(left.location)))
    after = client.get_cookie("paqte")
    assert before is not None and after is not None and before.value != after.value
    other = app.test_client()
    other.set_cookie("paqte", before.value)
    assert other.get("/compte").status_code == 302
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SessionOuverte)) == 1


def test_leaving_closes_the_session_here_then_at_the_provider_and_comes_back(
    client: FlaskClient, there_and_back: Follow
) -> None:
    there_and_back()
    page = post(client, "/deconnexion", {}, page="/compte")
    url = page.headers["Refresh"].removeprefix("0; url=")
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert set(query) == {"id_token_hint", "state", "post_logout_redirect_uri"} and len(query["state"]) >= 32
    assert query["id_token_hint"].count(".") == 2
    assert client.get("/compte").status_code == 302
    back = urlsplit(query["post_logout_redirect_uri"]).path
    assert "Vous êtes déconnecté" not in client.get(f"{back}?state=autre", follow_redirects=True).text
    post_again = client.get(f"{back}?state={query['state']}", follow_redirects=True)
    assert "Vous êtes déconnecté" not in post_again.text, "a state serves once"


def test_whoever_came_by_a_mailed_link_leaves_as_before(
    app: Flask, provider: StandIn, sign_in: Callable[..., FlaskClient]
) -> None:
    browser = sign_in(CAMILLE)
    answer = post(browser, "/deconnexion", {}, page="/compte")
    assert answer.status_code == 302 and answer.location == "/"
    assert provider.asked == []


def test_what_is_kept_of_her_tells_the_identity_and_erasing_takes_it_away(
    app: Flask, client: FlaskClient, provider: StandIn, there_and_back: Follow
) -> None:
    provider.person = {"sub": "sub-nadia", "email": NADIA.courriel}
    there_and_back()
    told = client.get("/compte/donnees").get_json()
    (identity,) = told["sessions_et_liens"]["identites"]
    assert identity["numero"] == "sub-nadia"
    assert "rattacher_identite" in [one["acte"] for one in told["connexions"]]
    with app.app_context():
        ids = {row.courriel: row.id for row in db.session.execute(select(Utilisateur.courriel, Utilisateur.id))}
        admin = Acteur(ids[ALIX.courriel], ALIX.nom, ALIX.role)
        erase_user(actor=admin, now=clock.now(), utilisateur_id=ids[NADIA.courriel])
        assert db.session.scalar(select(func.count()).select_from(ProviderIdentity)) == 0
    assert there_and_back(app.test_client()).status_code == 403
