"""Inviting, following and withdrawing, through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.courriels import REFUSE
from paqte.models import Courriel, Declaration, Rattachement, Signataire, Utilisateur, db
from paqte.ops.clock import now
from paqte.services.comptes.comptes import invite_user
from paqte.services.transaction import transaction
from tests.factories import a_convention, a_signataire, secret_received
from tests.fixtures_acteurs import BRUNO, CAMILLE, SIRET_BRUNO, ZOE, post, token_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
SignIn = Callable[..., "FlaskClient"]


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in(CAMILLE)


@pytest.fixture
def lenoir(app: Flask, accounts: object) -> int:
    """Bruno's company."""
    with app.app_context():
        return db.session.scalars(select(Signataire.id).where(Signataire.departement_code == "41")).one()


def access_of(app: Flask, courriel: str, departement: str = "41") -> int:
    """The number by which a référent knows an account."""
    with app.app_context():
        mine = select(Signataire.id).where(Signataire.departement_code == departement)
        query = select(func.min(Rattachement.id)).where(Rattachement.signataire_id.in_(mine))
        return db.session.scalars(query.where(Rattachement.courriel == courriel)).one()


def mails_to(app: Flask, courriel: str) -> list[Courriel]:
    with app.app_context():
        return list(db.session.scalars(select(Courriel).where(Courriel.destinataire == courriel).order_by(Courriel.id)))


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.text)).replace("\u00a0", " ").split())


def invited(browser: FlaskClient, signataire: int, **asked: Any) -> Any:
    given = {"nom": "Léa Morin", "courriel": "Lea@Lenoir.test", "role": "entreprise", **asked}
    return post(browser, f"/referent/signataires/{signataire}/acces", given, follow_redirects=True)


def test_a_contact_is_invited_reads_her_mail_and_comes_in(app: Flask, browser: FlaskClient, lenoir: int) -> None:
    page = invited(browser, lenoir)
    assert "L’invitation part dans la minute à lea@lenoir.test." in text_of(page)
    assert "Léa Morin Invité" in text_of(page) and "Jamais connecté" in text_of(page)
    (mail,) = mails_to(app, "lea@lenoir.test")
    assert not re.search(r"/connexion/[\w-]{40,}", mail.texte), "the link is drawn as the mail leaves"
    with app.app_context():
        link = [f"/connexion/{secret_received('lea@lenoir.test', now())}"]
    hers = app.test_client()
    assert hers.get(link[0]).status_code == 200, "a program that follows the link uses nothing up"
    assert post(hers, link[0], {}).status_code == 302
    assert hers.get("/referent/").status_code == 403
    assert "Dernière connexion le" in text_of(browser.get(f"/referent/signataires/{lenoir}/acces"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"nom": " "}, "Remplissez ce champ."),
        ({"courriel": ""}, "Écrivez l’adresse où envoyer l’invitation."),
        ({"courriel": "lea@"}, "Cette adresse n’est pas complète"),
        ({"role": "admin"}, "Choisissez une réponse"),
        ({"nom": "x" * 121}, "121 caractères"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    asked: dict[str, str], said: str, app: Flask, browser: FlaskClient, lenoir: int
) -> None:
    page = invited(browser, lenoir, **asked)
    assert page.status_code == 422 and said in text_of(page)
    assert f'value="{asked.get("courriel", "lea@lenoir.test")}"' in page.text
    with app.app_context():
        assert db.session.scalar(select(Utilisateur).where(Utilisateur.nom == "Léa Morin")) is None


def test_R30_an_address_that_serves_elsewhere_is_answered_as_any_other(
    app: Flask, browser: FlaskClient, lenoir: int
) -> None:
    """Zoé is référente of another département: nothing says so, nor that she has an account."""
    page = invited(browser, lenoir, courriel=ZOE.courriel)
    assert page.status_code == 200
    assert f"L’invitation part dans la minute à {ZOE.courriel}." in text_of(page)
    assert "Léa Morin Invité" in text_of(page) and "Jamais connecté" in text_of(page)
    assert ZOE.nom not in text_of(page)


def test_R30_what_follows_an_invitation_does_not_tell_an_account_of_elsewhere(
    app: Flask, browser: FlaskClient, lenoir: int
) -> None:
    """Mails, numbers, order, copy and erasure: one who is unknown, a contact of 972 and its référente look the same."""
    with app.app_context():
        rhum = a_signataire("Rhum (fictif)", "972")
        far = {"signataires": [rhum], "base_url": "http://x.test", "now": now()}
        invite_user(actor=PLANIFICATEUR, role="entreprise", courriel="luce@rhum.test", nom="Luce Rhum", **far)
    asked = ["lea@lenoir.test", "luce@rhum.test", ZOE.courriel]
    for courriel in (*asked, *asked):
        invited(browser, lenoir, courriel=courriel)

    mails = text_of(browser.get("/referent/courriels"))
    told = [re.findall(rf"{one} Invitation (.*?) écrit le", mails) for one in asked]
    assert told[0] == told[1] == told[2] and len(told[0]) == 2
    assert [" En attente" in said for said in told[0]] == [True, False], "the former is replaced"

    numbers = [access_of(app, courriel) for courriel in asked]
    assert numbers == sorted(numbers), "nothing but the order of the invitations"
    listed = re.findall(r'href="/referent/acces/(\d+)"', browser.get("/referent/acces").text)
    assert [int(number) for number in listed if int(number) in numbers] == numbers

    def bare(text: str) -> str:
        # Nor the minute: three invitations need not share one.
        passing = r"acces-?/?\d+|\d\d:\d\d:\d\d(\.\d+)?|\d+\sh\s\d\d|(?<=\"objet_id\": )\"\d+\""
        return re.sub(passing, "N", re.sub("|".join(map(re.escape, asked)), "ADRESSE", text))

    pages = {path: [bare(browser.get(f"/referent/acces/{n}{path}").text) for n in numbers] for path in ("", "/effacer")}
    copies = [browser.get(f"/referent/acces/{n}/donnees") for n in numbers]
    assert [len(set(map(_without_tokens, shown))) for shown in pages.values()] == [1, 1]
    assert bare(copies[0].text) == bare(copies[1].text) == bare(copies[2].text)
    assert len({bare(copy.headers["Content-Disposition"]) for copy in copies}) == 1

    for number in numbers:
        done = post(browser, f"/referent/acces/{number}/effacer", {}, follow_redirects=True)
        assert "La personne est effacée." in text_of(done)
    assert not any(one in browser.get("/referent/courriels").text for one in asked)
    with app.app_context():
        assert db.session.scalars(select(Utilisateur.nom).where(Utilisateur.nom == "Léa Morin")).all() == []
        left = db.session.scalars(select(Utilisateur.courriel).where(Utilisateur.is_active)).all()
        assert {"luce@rhum.test", ZOE.courriel} <= set(left), "theirs go on elsewhere"


def test_R30_a_copy_counts_nothing_that_she_signed_in_another_departement(
    app: Flask, browser: FlaskClient, lenoir: int
) -> None:
    with app.app_context():
        rhum = a_signataire("Rhum (fictif)", "972")
        far = {"signataires": [rhum], "base_url": "http://x.test", "now": now()}
        invite_user(actor=PLANIFICATEUR, role="entreprise", courriel="luce@rhum.test", nom="Luce Rhum", **far)
        convention = a_convention(rhum, "S2")
        with transaction(actor=PLANIFICATEUR, now=now()) as session:
            session.add(
                Declaration(
                    convention_id=convention,
                    departement_code="972",
                    periode="2026-T3",
                    etat="brouillon",
                    transmise_par="Luce Rhum",
                    created_at=now(),
                )
            )
    invited(browser, lenoir, courriel="luce@rhum.test")
    copy = browser.get(f"/referent/acces/{access_of(app, 'luce@rhum.test')}/donnees").json
    assert copy["signatures"]["declaration.transmise_par"] == 0
    assert copy["personne"]["nom"] == "Léa Morin"


def _without_tokens(page: str) -> str:
    """Nor what is left of the reader's own session, which goes by from one page to the next."""
    return re.sub(r'(value|data-session|data-jeton)="[^"]*"', "", page)


def test_a_right_withdrawn_closes_her_door_and_a_disabled_account_is_signed_out(
    app: Flask, browser: FlaskClient, sign_in: SignIn, lenoir: int
) -> None:
    key, bruno = access_of(app, BRUNO.courriel), sign_in(BRUNO)
    page = f"/referent/acces/{key}"
    shown = post(browser, f"{page}/desactiver", {}, page=page, follow_redirects=True)
    assert "Désactivé" in text_of(shown) and "Réactiver le compte" in text_of(shown)
    assert bruno.get("/").status_code == 200 and "Se déconnecter" not in bruno.get("/").text
    post(browser, f"{page}/reactiver", {}, page=page)
    post(browser, f"/referent/signataires/{lenoir}/acces/{key}/retirer", {}, page=page)
    assert "Personne pour l’instant" in text_of(browser.get(f"/referent/signataires/{lenoir}/acces"))
    assert browser.get(page).status_code == 404, "nothing of hers is seen any more"


def test_an_animateur_is_given_conventions_by_ticking_them(app: Flask, browser: FlaskClient, lenoir: int) -> None:
    with app.app_context():
        val, far = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
        first, second, other, abroad = (a_convention(key, "S2") for key in (lenoir, lenoir, val, far))
    face = {"role": "animateur", "courriel": "face@face.test", "nom": "Inès (FACE)"}
    for nothing in ([], [abroad], [other], ["x"]):
        assert invited(browser, lenoir, **face, conventions=nothing).status_code == 422
    assert invited(browser, lenoir, **face, conventions=[first]).status_code == 200
    assert "convention 41-2025-001" in text_of(browser.get(f"/referent/signataires/{lenoir}/acces"))
    page = f"/referent/acces/{access_of(app, 'face@face.test')}"
    shown = text_of(browser.get(page))
    assert "Rhum" not in shown and "Val (fictif), convention 41-2025-003" in shown
    assert post(browser, page, {"conventions": [second, other]}).status_code == 302
    assert "convention 41-2025-002" in text_of(browser.get("/referent/acces"))
    for forged in ([abroad], ["x"], [999_999], []):
        assert post(browser, page, {"conventions": forged}).status_code == 422


def test_an_animateur_who_had_a_signatory_whole_keeps_it_until_it_is_unticked(
    app: Flask, browser: FlaskClient, lenoir: int
) -> None:
    with app.app_context():
        convention = a_convention(lenoir, "S2")
        give = {"courriel": "face@face.test", "nom": "Inès", "base_url": "http://localhost", "now": now()}
        invite_user(actor=PLANIFICATEUR, role="animateur", siret=SIRET_BRUNO, **give)
    page = f"/referent/acces/{access_of(app, 'face@face.test')}"
    assert "suivis en entier, conventions à venir comprises" in text_of(browser.get(page))
    assert post(browser, page, {"signataires": [lenoir], "conventions": []}).status_code == 302
    assert post(browser, page, {"conventions": [convention]}).status_code == 302
    assert "suivis en entier" not in text_of(browser.get(page))


def test_a_known_contact_is_invited_with_her_name_already_typed(app: Flask, browser: FlaskClient, lenoir: int) -> None:
    html = browser.get(f"/referent/signataires/{lenoir}/acces", query_string={"contact": "9; DROP"}).text
    assert "Envoyer l’invitation" in html


def test_the_mails_are_followed_and_a_refused_one_sent_again(app: Flask, browser: FlaskClient, lenoir: int) -> None:
    invited(browser, lenoir)
    with app.app_context():
        mail = db.session.scalars(select(Courriel).where(Courriel.destinataire == "lea@lenoir.test")).one()
        mail_id, secret = mail.id, re.search(r"/connexion/(\S+)\n", mail.texte)
        db.session.rollback()
        from paqte.services.transaction import transaction

        with transaction(actor=PLANIFICATEUR, now=now()) as session:
            row = session.get_one(Courriel, mail_id)
            row.etat, row.erreur, row.motif = REFUSE, "Réponse du serveur : 550 inconnu.", "renvoi"
    page = browser.get("/referent/courriels?etat=refuse")
    assert "550 inconnu" in text_of(page) and secret and secret[1] not in page.text
    again = f"/referent/courriels/{mail_id}/renvoyer"
    assert "repart dans la minute" in text_of(
        post(browser, again, {}, page="/referent/courriels", follow_redirects=True)
    )
    assert "rien à envoyer de nouveau" in text_of(
        post(browser, again, {}, page="/referent/acces", follow_redirects=True)
    )
    for query in ("?etat=zz", "?page=0", "?page=99999", "?page=-1", "?page=٣", "?etat=refuse&page=x"):
        assert browser.get(f"/referent/courriels{query}").status_code == 200


def test_Zoe_meets_the_same_page_as_for_what_does_not_exist(
    app: Flask, browser: FlaskClient, sign_in: SignIn, lenoir: int
) -> None:
    invited(browser, lenoir)
    zoe, key = sign_in(ZOE), access_of(app, "lea@lenoir.test")
    (mail,) = mails_to(app, "lea@lenoir.test")
    token = token_in(zoe.get("/referent/bilans").text)
    gets = ("signataires/{}/acces", "acces/{}")
    posts = ("acces/{}", "acces/{}/inviter", "acces/{}/desactiver", "acces/{}/reactiver")
    for path, real in [(g, lenoir if "signataires" in g else key) for g in gets]:
        answers = [zoe.get(f"/referent/{path.format(one)}") for one in (real, 999_999)]
        assert [a.status_code for a in answers] == [404, 404]
    for path in posts:
        data = {"csrf_token": token, "signataires": [lenoir]}
        answers = [zoe.post(f"/referent/{path.format(one)}", data=data) for one in (key, 999_999)]
        assert [a.status_code for a in answers] == [404, 404]
    for path in (f"signataires/{lenoir}/acces/{key}/retirer", f"courriels/{mail.id}/renvoyer"):
        assert zoe.post(f"/referent/{path}", data={"csrf_token": token}).status_code == 404
    assert "Léa" not in zoe.get("/referent/acces").text + zoe.get("/referent/courriels").text
