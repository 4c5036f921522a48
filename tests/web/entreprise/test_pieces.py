"""Evidence and actions as a company hands them in, and as they are handed out."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from tests.fixtures_acteurs import CAMILLE, ZOE, token_in
from tests.services.declarations.preuves.test_justificatifs import PDF, a_picture
from tests.web.entreprise.conftest import Maison, plain

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ABOUT_PAGES = True


def join(maison: Maison, octets: bytes = PDF, nom: str = "preuve.pdf", code: str = "S2") -> Any:
    path = f"{maison.path}/engagements/{maison.keys[code]}/pieces"
    token = token_in(maison.browser.get(path).text)
    return maison.browser.post(path, data={"csrf_token": token, "fichier": (BytesIO(octets), nom)})


def test_the_button_beside_a_field_keeps_the_draft_first(maison: Maison) -> None:
    answer = maison.type(f"piece-{maison.keys['S2']}", S2="4")
    assert answer.location == f"{maison.path}/engagements/{maison.keys['S2']}/pieces"
    assert maison.answer("S2").valeur == 4
    assert maison.type("piece-999999", S2="5").location == "/entreprise/"


def test_a_file_joined_is_listed_beside_its_field_and_for_the_referent(
    maison: Maison, sign_in: Callable[..., FlaskClient]
) -> None:
    assert join(maison).status_code == 302
    assert "1 justificatif joint" in maison.html(f"{maison.path}/saisir")
    maison.send(S2="4")
    assert 'href="/justificatifs/1"' in maison.html(maison.path)
    assert 'href="/justificatifs/1"' in maison.html(f"/referent/declarations/{maison.id}", sign_in(CAMILLE))


def test_a_file_is_handed_out_aside_and_in_a_sandbox(maison: Maison, sign_in: Callable[..., FlaskClient]) -> None:
    join(maison)
    for browser in (maison.browser, sign_in(CAMILLE)):
        answer = browser.get("/justificatifs/1")
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"] == "attachment; filename=preuve.pdf"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    zoe = sign_in(ZOE)
    assert (zoe.get("/justificatifs/1").status_code, zoe.get("/justificatifs/999").status_code) == (404, 404)


@pytest.mark.parametrize(
    ("octets", "nom", "sentence"),
    [
        (b"MZ" + b"\x00" * 99, "facture.pdf", "n’est pas ce que son nom dit"),
        (b"<svg><script>alert(1)</script></svg>", "dessin.svg", "n’est pas"),
        (PDF, "../../x.pdf", "signes interdits"),
        (b"%PDF-" + b"0" * 9_000_000 + b"%%EOF", "lourd.pdf", "8 Mo"),
        (b"", "", "vide ou absent"),
    ],
)
def test_a_refused_file_gets_its_sentence_beside_the_field(
    maison: Maison, octets: bytes, nom: str, sentence: str
) -> None:
    answer = join(maison, octets, nom)
    assert answer.status_code == 422
    assert sentence in plain(answer.text) and 'id="fichier-erreur"' in answer.text
    assert maison.browser.get("/justificatifs/1").status_code == 404


def test_a_hundred_megabytes_are_refused_by_a_sentence(maison: Maison) -> None:
    answer = join(maison, b"%PDF-" + b"0" * 100_000_000, "enorme.pdf")
    assert answer.status_code == 413 and "dépasse 12 Mo" in plain(answer.text)


def test_a_file_is_taken_away_by_its_company_alone(maison: Maison) -> None:
    join(maison)
    path = f"{maison.path}/engagements/{maison.keys['S2']}/pieces"
    token = token_in(maison.browser.get(path).text)
    assert maison.browser.post(f"{path}/999/retirer", data={"csrf_token": token}).status_code == 404
    assert maison.browser.post(f"{path}/1/retirer", data={"csrf_token": token}).status_code == 302
    assert maison.browser.get("/justificatifs/1").status_code == 404


def test_R29_an_action_told_arrives_unread(maison: Maison, sign_in: Callable[..., FlaskClient]) -> None:
    path = f"/entreprise/signataires/{maison.signataire}/actions/nouvelle"
    html = maison.browser.get(path).text
    assert "jamais le nom d’un jeune" in plain(html)
    told = {
        "titre": "Une visite",
        "date": "03/10/2026",
        "axe": "SENSIBILISER",
        "texte": "Douze élèves.",
        "lieu": "Blois",
    }
    photo = (BytesIO(a_picture("JPEG")), "visite.jpg")
    answer = maison.browser.post(path, data={"csrf_token": token_in(html), **told, "fichier": photo})
    assert answer.location == "/entreprise/"
    camille = sign_in(CAMILLE)
    html = maison.html("/referent/actions/1", camille)
    assert "À relire" in html and 'href="/justificatifs/1"' in html
    assert camille.get("/justificatifs/1").headers["Content-Type"] == "image/jpeg"


def test_an_action_refused_keeps_what_was_typed(maison: Maison) -> None:
    path = f"/entreprise/signataires/{maison.signataire}/actions/nouvelle"
    token = token_in(maison.browser.get(path).text)
    answer = maison.browser.post(
        path,
        data={
            "csrf_token": token,
            "titre": "Une visite",
            "date": "31/12/2099",
            "axe": "SENSIBILISER",
            "texte": "À garder",
        },
    )
    assert answer.status_code == 422 and "à venir" in answer.text and "À garder" in answer.text
    assert maison.browser.get("/entreprise/signataires/999999/actions/nouvelle").status_code == 404
