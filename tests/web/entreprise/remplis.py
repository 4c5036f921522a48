"""Forms as another program fills them, and as a browser brings them back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook, load_workbook

from tests.web.entreprise.conftest import fields_in, plain

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.web.entreprise.conftest import Maison

ANSWER, NIL, REMARK, KEY = 5, 7, 8, 9


def form(maison: Maison) -> bytes:
    answer = maison.browser.get(f"{maison.path}/formulaire.xlsx")
    assert answer.status_code == 200
    return answer.data


def book(octets: bytes) -> Workbook:
    return load_workbook(io.BytesIO(octets))


def saved(made: Workbook) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def rows(made: Workbook) -> dict[str, int]:
    return {str(row[KEY - 1].value): row[0].row for row in made["Réponses"] if row[KEY - 1].value}


def filled(
    maison: Maison,
    octets: bytes,
    remarks: dict[str, str] | None = None,
    ticks: dict[str, Any] | None = None,
    **typed: Any,
) -> bytes:
    """The form with these answers and what stands in « Aucun (0) », as another program writes them."""
    made = book(octets)
    where = rows(made)
    for name, value in typed.items():
        made["Réponses"].cell(where[maison.name(name)], ANSWER).value = value
    for name, tick in (ticks or {}).items():
        made["Réponses"].cell(where[maison.name(name)], NIL).value = tick
    for name, text in (remarks or {}).items():
        made["Réponses"].cell(where[maison.name(name)], REMARK).value = text
    return saved(made)


def bring(maison: Maison, octets: bytes, nom: str = "formulaire.xlsx", browser: FlaskClient | None = None) -> Any:
    page = (browser or maison.browser).get(f"{maison.path}/formulaire").text
    data = fields_in(page) | {"fichier": (io.BytesIO(octets), nom)}
    return (browser or maison.browser).post(f"{maison.path}/formulaire", data=data)


def refusal(maison: Maison, octets: bytes, nom: str = "formulaire.xlsx") -> str:
    answer = bring(maison, octets, nom)
    assert answer.status_code == 422, answer.location
    return plain(answer.text)


def figures(maison: Maison) -> dict[str, tuple[Any, ...]]:
    found = {}
    for ligne in maison.stored().lignes:
        if (a := ligne.actuelle) is not None:
            found[ligne.indicateur.code] = (a.reponse, a.valeur, a.numerateur, a.denominateur, a.origine)
    return found
