"""Which picture docs/ecrans/ holds of each page, at each width, and the index that leads to them: docs/ecrans.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from paqte.domain.personnes.acteurs import ADMIN, ENTREPRISE, NATIONAL, REFERENT, REGION
from paqte.domain.personnes.roles import PUBLIC
from paqte.ops.routes import route_table
from tests.parcours.demonstration import FILES, NOT_PAGES

if TYPE_CHECKING:
    from flask import Flask

DOCS = Path(__file__).parents[2] / "docs"
INDEX, FOLDER = DOCS / "ecrans.md", DOCS / "ecrans"
WIDTHS = (1280, 360)


class Person(NamedTuple):
    """Whose pages are pictured: a role, the name its account of the demonstration begins with, its heading."""

    role: str
    nom: str
    titre: str


# A page that several open is pictured once, for the first of them.
PERSONS = (
    Person(PUBLIC, "", "Tout le monde"),
    Person(REFERENT, "camille", "Référent"),
    Person(ENTREPRISE, "bruno", "Entreprise"),
    Person(NATIONAL, "nadia", "Équipe nationale"),
    Person(REGION, "rose", "Région"),
    Person(ADMIN, "alix", "Administrateur"),
)
# Routes that nobody reads as a page of their own, and why.
SANS_IMAGE = {
    "aide.image": "a picture of the guides",
    "public.metriques": "read by monitoring",
    "public.pret": "read by monitoring",
    "public.vivant": "read by monitoring",
    "bilans.recu": "a file",
    "bilans.somme": "a file",
    "bilans.somme_publiable": "a file",
    "referent.importation_copie": "a file",
    "facteurs.code": "asked between a link and its session, or before a grave act: else it leads to the account",
    "referent.acces_animateur": "comes after a choice in a list, else leads back to it",
    "referent.declarations_questionner": "comes after a choice in a list, else leads back to it",
    "referent.relances_selection": "comes after a choice in a list, else leads back to it",
    "referent.etablissement": "the register of the demonstration says nothing new of anybody",
    "referent.importation": "in docs/images, as a tracker goes through its pages",
    "referent.vue": "leads to the list that it keeps",
}
HEAD = """# Les écrans

Chaque page de la démonstration, en 1280 et en 360 pixels de large, telle qu’elle est le 16 novembre 2026. `make images`
refait ces images. Les personnes, les entreprises et les chiffres sont fictifs. Une page que plusieurs rôles ouvrent
figure une fois. `tests/parcours/ecrans.py` dit quelles pages n’en ont pas, et pourquoi.
"""


def picture_name(endpoint: str, width: int) -> str:
    return f"{endpoint.replace('.', '_')}_{width}.webp"


def pictured(app: Flask) -> dict[str, Person]:
    """Each route that is a page, with the person for whom it is pictured, in the order of the routes."""
    found = {}
    for route in route_table(app):
        is_page = "GET" in route.methods and route.endpoint not in NOT_PAGES and not FILES.search(route.endpoint)
        person = next((one for one in PERSONS if one.role in route.roles), None)
        if is_page and person and route.endpoint not in SANS_IMAGE:
            found.setdefault(route.endpoint, person)
    return found


def index(titles: Mapping[str, str], pages: Mapping[str, Person], persons: Iterable[Person]) -> str:
    """The text of docs/ecrans.md: a table a person, a row a page, its name and its pictures."""
    theirs = {one: [endpoint for endpoint, whose in pages.items() if whose == one] for one in persons}
    return "\n".join([HEAD, *(_table(one, titles, endpoints) for one, endpoints in theirs.items())])


def _table(person: Person, titles: Mapping[str, str], endpoints: Sequence[str]) -> str:
    head = f"## {person.titre}\n\n| page | 1280 pixels | 360 pixels |\n|---|---|---|\n"
    rows = (f"| {titles[e]} | {_link(e, 1280)} | {_link(e, 360)} |\n" for e in endpoints)
    return head + "".join(rows)


def _link(endpoint: str, width: int) -> str:
    return f"[{endpoint}](ecrans/{picture_name(endpoint, width)})"
