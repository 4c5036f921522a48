"""Forms as another program fills them, and as a browser brings them back."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook, load_workbook

from tests.web.entreprise.conftest import fields_in, plain

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.web.entreprise.conftest import Maison

_FLAT_CELL = re.compile(
    r"<table:(?:covered-)?table-cell\b([^>]*?)(?:/>|>.*?</table:(?:covered-)?table-cell>)", re.DOTALL
)
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


def typed_in_flat(flat: bytes, mark: str, number: str) -> bytes:
    """What LibreOffice holds of a form, with this number in the answer of the row of this mark."""
    text, column, repeated = flat.decode(), 0, 0
    start = text.rindex("<table:table-row", 0, text.index(f">{mark}</text:p>"))
    for cell in _FLAT_CELL.finditer(text, start):
        repeated = int((re.search(r'columns-repeated="(\d+)"', cell[1]) or ("", "1"))[1])
        column += repeated
        if column >= ANSWER:
            break
    assert repeated == 1, "an answer has a cell of its own"
    style = re.search(r'table:style-name="[^"]*"', cell[1])
    assert style
    told = f'{style[0]} office:value-type="float" office:value="{number}"><text:p>{number}</text:p>'
    return f"{text[: cell.start()]}<table:table-cell {told}</table:table-cell>{text[cell.end() :]}".encode()


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
