"""Every page of the demonstration, visited once by each who may open it, and all that a machine can judge of it.

At 320 pixels, its folded parts open: axe (best practices and WCAG 2.2 included), nothing that spills sideways, no
number hidden beside its unit. As it is served at 1280 and 360: what depends on width. Its HTML: the Nu checker. What
only a person can judge is in docs/accessibilite.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.parcours.demonstration import pages

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
NARROWEST, WIDTHS = 320, (360, 1280)
WHO = [
    ("", "public"),
    ("camille", "referent"),
    ("bruno", "entreprise"),
    ("inès", "animateur"),
    ("nadia", "national"),
    ("alix", "admin"),
    ("rose", "region"),
]
# Pages that no route lists by itself.
ALSO = {"public": ["/aide?guide=guide_entreprise", "/une-page-qui-n-existe-pas"]}
# For machines, not for people.
NOT_READ = ("/pret", "/metriques")
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
TOO_WIDE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const out = [...document.querySelectorAll("body *")].filter(
        e => e.getBoundingClientRect().right > room + 1 && !e.closest(".tableau-zone"));
    return [`déborde de ${document.documentElement.scrollWidth - room} pixels`,
        ...out.slice(0, 3).map(e => `<${e.localName} class="${e.getAttribute("class") || ""}">`)];
}"""
# What the widest figures of a bilan look like: nine digits and their spaces, or a percentage.
CUT_NUMBERS = """() => {
    const cut = [];
    for (const box of document.querySelectorAll("input[data-cellule][inputmode]")) {
        if (!box.offsetWidth) continue;
        const before = box.value, unit = box.parentElement.querySelector(".input-group-text");
        box.value = unit && unit.textContent.trim() === "%" ? "100,00" : "1 234 567";
        if (box.scrollWidth > box.clientWidth) cut.push(`${box.id} : « ${box.value} » ne tient pas`);
        box.value = before;
    }
    return cut;
}"""

# A field that must be filled bears a mark, and its form says what the mark means.
UNMARKED = """() => [...document.querySelectorAll("main [required]")].filter(field => {
    const named = field.closest("fieldset.champ")?.querySelector("legend") || field.labels?.[0];
    return !named?.querySelector(".obligatoire") || !field.form?.querySelector(".formulaire-note .obligatoire");
}).map(field => `${field.id} : obligatoire sans marque ou sans légende`)"""
# What was refused as left empty, though nothing said that it had to be filled.
NOT_TOLD = """() => [...document.querySelectorAll("main [aria-invalid=true]")].filter(field => {
    const said = document.getElementById(`${field.id}-erreur`)?.textContent || "";
    const marked = field.required || field.querySelector?.("[required]");
    return /(Remplissez|Choisissez|Écrivez|Cochez)/.test(said) && !marked;
}).map(field => `${field.id} : réclamé sans avoir été dit obligatoire`)"""


@pytest.fixture
def database_url(database_kind: str, demonstration_url: str) -> str:
    return demonstration_url


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("name", "role"), WHO)
def test_a_machine_finds_nothing_on_any_page(
    page: Page,
    enter: Callable[[str], Page],
    live_server: LiveServer,
    axe: Callable[..., AxeReport],
    nu: Callable[[Path], list[str]],
    tmp_path: Path,
    name: str,
    role: str,
) -> None:
    page = enter(name) if name else page
    faults: list[str] = []
    read: dict[str, str] = {}
    for rank, address in enumerate([*pages(live_server.app, role), *ALSO.get(role, [])]):
        if address.startswith(NOT_READ):
            continue
        answer = page.goto(address)
        if answer is None or (answer.status >= 400) != ("n-existe-pas" in address):
            faults.append(f"{address} : {answer.status if answer else 'rien'}")
            continue
        read |= _kept(answer, tmp_path / f"page-{rank}.html", address)
        faults += [f"{address} {fault}" for fault in _seen(page, axe)]
    faults += [f"{read[file]} : {fault}" for file, _, fault in (line.partition(" ") for line in nu(tmp_path))]
    assert read
    assert not faults, "\n".join(faults)


def _kept(answer: Response, path: Path, address: str) -> dict[str, str]:
    path.write_bytes(answer.body())
    return {path.name: address}


def _seen(page: Page, axe: Callable[..., AxeReport]) -> Iterator[str]:
    """What is wrong with this page: as served at usual widths, then at the narrowest with everything unfolded."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        yield from (f"à {width} pixels {fault}" for fault in page.evaluate(TOO_WIDE))
    yield from (f"à {width} pixels : {fault}" for fault in axe(page, of_width=True).problems)
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    yield from (f"à {NARROWEST} pixels {fault}" for fault in page.evaluate(TOO_WIDE))
    page.evaluate(OPEN_ALL)
    for found in (*(page.evaluate(asked) for asked in (TOO_WIDE, CUT_NUMBERS, UNMARKED)), axe(page).problems):
        yield from (f"à {NARROWEST} pixels, tout déplié : {fault}" for fault in found)


@pytest.mark.timeout(300)
def test_axe_finds_nothing_on_forms_sent_empty(
    enter: Callable[[str], Page], live_server: LiveServer, axe: Callable[..., AxeReport]
) -> None:
    page = enter("camille")
    faults = []
    for address in [a for a in pages(live_server.app, "referent") if a.endswith(("nouvelle", "nouveau", "renvoyer"))]:
        page.goto(address)
        main = page.locator("main form button.btn-primary, main form button.btn-danger")
        if main.count() and main.first.is_visible():
            main.first.click()
            faults += [f"{address} : {problem}" for problem in (*axe(page).problems, *page.evaluate(NOT_TOLD))]
    assert not faults, "\n".join(faults)
