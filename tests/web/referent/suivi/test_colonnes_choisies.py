"""The columns of a list are chosen by its address: the page shows them, its file and the next visit follow."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ABOUT_PAGES = True
CONTACTS = ["Contacts", "Fonctions", "Courriels", "Téléphones"]


def headings(html: str) -> list[str]:
    head = html.partition("<thead>")[2].partition("</thead>")[0]
    told = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", unescape(head), flags=re.DOTALL)
    return re.findall(r"\S+(?: \S+)*", re.sub(r"[\n\xa0]+", "  ", told))


def titles(browser: FlaskClient, liste: str, query: str) -> list[str]:
    answer = browser.get(f"/referent/{liste}.csv?{query}")
    return next(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(
    ("liste", "query", "shown", "taken"),
    [
        ("signataires", "", ["Cocher", "Signataire", "Commune", "Nature", "Convention", "Axes"], None),
        (
            "signataires",
            "montre=avancement&montre=commune",
            ["Cocher", "Signataire", "Commune", "Avancement"],
            ["Nom", "SIRET ou SIREN", "Adresse", "Code postal", "Commune", "Avancement"],
        ),
        ("signataires", "montre=x&montre=", ["Cocher", "Signataire", "Commune", "Nature", "Convention", "Axes"], None),
        (
            "declarations",
            "montre=transmise&montre=agir",
            ["Cocher", "Signataire", "Qui doit agir", "Transmise le", "À faire"],
            ["Signataire", "Qui doit agir", "Transmise le"],
        ),
        (
            "declarations",
            "montre=manquantes",
            ["Cocher", "Signataire", "Sans réponse", "À faire"],
            ["Signataire", "Sans réponse"],
        ),
        (
            "declarations",
            "montre=drop+table",
            ["Cocher", "Signataire", "Période", "État", "Réponses", "Échéance", "À faire"],
            None,
        ),
    ],
)
def test_the_page_shows_the_columns_chosen_and_its_file_has_the_same_with_the_contacts(
    liste: str,
    query: str,
    shown: list[str],
    taken: list[str] | None,
    camille: FlaskClient,
    make: Callable[..., int],
) -> None:
    make("S2", "R3")
    html = camille.get(f"/referent/{liste}?tout=1&{query}").text
    assert headings(html) == shown
    if taken is None:
        assert titles(camille, liste, query) == titles(camille, liste, "")
    else:
        assert titles(camille, liste, query) == [*taken, *CONTACTS]


def test_the_links_of_the_page_and_the_next_visit_keep_the_columns(
    camille: FlaskClient, make: Callable[..., int]
) -> None:
    make("S2", "R3")
    html = unescape(camille.get("/referent/signataires?montre=commune&montre=axes").text)
    assert "/referent/signataires.xlsx?montre=commune&montre=axes" in html
    assert "tri=-nom" in html and re.search(r'href="[^"]*montre=commune&montre=axes&tri=-nom"', html)
    assert headings(camille.get("/referent/signataires").text) == ["Cocher", "Signataire", "Commune", "Axes"]
    camille.get("/referent/signataires?tout=1")
    assert "Nature" in headings(camille.get("/referent/signataires").text)
