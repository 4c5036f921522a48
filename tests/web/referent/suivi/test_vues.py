"""A list under a name: kept, opened, renamed, taken away; its address opens it to the département and to no other."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.fixtures_acteurs import CAMILLE, ZOE, Personne, post

if TYPE_CHECKING:
    from flask.testing import FlaskClient

LISTE = "/referent/signataires"
COLLEGUE = Personne("Colin Roy", "colin@prefecture41.test", "referent", "41")
VIEW = re.compile(r'<a class="vue-lien" href="(/referent/vues/\d+)"[^>]*>([^<]+)</a>')


def keep(browser: FlaskClient, page: str, nom: str, /, **given: str) -> Any:
    """What the control of the page sends, hidden fields and all."""
    form = browser.get(page).text.partition('action="/referent/vues"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'name="(liste|filtres)" value="([^"]*)"', form))
    said = {name: unescape(text) for name, text in hidden.items()} | {"nom": nom} | given
    return post(browser, "/referent/vues", said, page, follow_redirects=True)


def views(browser: FlaskClient, page: str = LISTE) -> dict[str, str]:
    return {unescape(nom): address for address, nom in VIEW.findall(browser.get(f"{page}?tout=1").text)}


def asked(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address)
    return unescape(answer.location) if answer.status_code == 302 else str(answer.status_code)


def test_a_view_keeps_filters_sort_and_columns_and_never_the_words_searched(camille: FlaskClient) -> None:
    page = f"{LISTE}?q=lenoir&taille=PME&montre=commune&montre=fin&tri=-fin&page=1&propre=1&cherche=marchand"
    told = keep(camille, page, " PME à voir ").text
    assert "La vue « PME à voir » est gardée.".replace("« ", "«\u00a0").replace(" »", "\u00a0»") in told
    led = asked(camille, views(camille)["PME à voir"])
    assert led.partition("?")[0] == LISTE
    assert sorted(led.partition("?")[2].split("&")) == sorted(
        ["taille=PME", "montre=commune", "montre=fin", "tri=-fin", "propre=1"]
    )
    keep(camille, f"{LISTE}?taille=ETI", "PME à voir")
    assert list(views(camille)) == ["PME à voir"], "the same name takes its place"
    assert asked(camille, views(camille)["PME à voir"]) == f"{LISTE}?taille=ETI"
    assert views(camille, "/referent/actions") == {}, "each list has its own"


def test_the_whole_list_under_a_name_opens_whole_though_it_was_left_narrowed(camille: FlaskClient) -> None:
    keep(camille, f"{LISTE}?tout=1", "Toutes")
    camille.get(f"{LISTE}?taille=PME")
    assert asked(camille, views(camille)["Toutes"]) == f"{LISTE}?tout=1"


def test_its_address_opens_it_to_the_departement_and_its_owner_alone_changes_it(
    camille: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    keep(camille, f"{LISTE}?etat=echue", "Échues")
    address = views(camille)["Échues"]
    colleague, stranger = sign_in(COLLEGUE), sign_in(ZOE)
    assert asked(colleague, address) == f"{LISTE}?etat=echue"
    assert views(colleague) == {}, "a colleague's own list of views is hers"
    assert asked(stranger, address) == "404"
    for browser in (colleague, stranger):
        for act in ("renommer", "retirer"):
            answer = post(browser, f"{address}/{act}", {"nom": "Prise"}, "/compte")
            assert answer.status_code == 404
    assert list(views(sign_in(CAMILLE))) == ["Échues"]


def test_a_name_that_a_colleague_or_another_list_has_is_free(
    camille: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    keep(sign_in(COLLEGUE), f"{LISTE}?taille=PME", "Petites")
    keep(camille, "/referent/actions?tout=1", "Petites")
    keep(camille, f"{LISTE}?etat=echue", "Échues")
    told = post(camille, f"{views(camille)['Échues']}/renommer", {"nom": "Petites"}, LISTE, follow_redirects=True).text
    assert "Vous gardez déjà" not in told and list(views(camille)) == ["Petites"]


def test_it_is_renamed_and_taken_away(camille: FlaskClient) -> None:
    keep(camille, f"{LISTE}?etat=echue", "Échues")
    keep(camille, f"{LISTE}?taille=PME", "PME")
    address = views(camille)["PME"]
    told = post(camille, f"{address}/renommer", {"nom": "Échues"}, LISTE, follow_redirects=True).text
    assert "Vous gardez déjà une vue" in told and set(views(camille)) == {"PME", "Échues"}
    post(camille, f"{address}/renommer", {"nom": "Petites"}, LISTE)
    assert views(camille)["Petites"] == address
    post(camille, "/referent/vues", {"liste": "referent.actions", "filtres": "", "nom": "Formation"}, LISTE)
    post(camille, f"{address}/renommer", {"nom": "Formation"}, LISTE)
    assert views(camille)["Formation"] == address, "another list may have a view of that name"
    told = post(camille, f"{address}/retirer", {}, LISTE, follow_redirects=True).text
    assert "La vue «\u00a0Formation\u00a0» est retirée" in told and list(views(camille)) == ["Échues"]
    assert asked(camille, address) == "404"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"nom": "  "}, "Donnez un nom à cette vue."),
        ({"nom": "x" * 61}, "raccourcissez-le à 60 au plus"),
        ({"liste": "compte.mon_compte"}, "Ouvrez la liste à garder"),
        ({"liste": "referent.rien"}, "Ouvrez la liste à garder"),
        ({"filtres": "taille=" + "P" * 2000}, "retient trop de choix"),
    ],
)
def test_what_is_no_view_is_refused_and_nothing_is_kept(camille: FlaskClient, given: dict[str, str], told: str) -> None:
    assert told in keep(camille, f"{LISTE}?taille=PME", "PME", **given).text
    assert views(camille) == {}


def test_only_what_the_list_knows_is_kept_of_an_address(camille: FlaskClient) -> None:
    keep(camille, LISTE, "Autre", filtres="departement=972&_anchor=x&_external=1&_host=ailleurs.test&taille=PME")
    assert asked(camille, views(camille)["Autre"]) == f"{LISTE}?taille=PME"
