"""An administrator installs a template from the pages, in a real browser: axe finds nothing, at both widths."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from paqte.domain.calendrier.periodes import local_date
from paqte.ops import clock
from paqte.queries.gabarits.gabarits import METROPOLE
from tests.services.gabarits.gabarits_exemples import ALTERED, sound, version_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_navigateur import AxeReport

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
WIDTHS = (1280, 360)
SHOWN = frozenset({"admin_accueil", "admin_gabarit"})


@pytest.fixture
def database_url(database_kind: str, demonstration_url: str) -> str:
    return demonstration_url


class Look:
    """Looks at a page at both widths with axe, and takes the pictures that the guides show."""

    def __init__(self, page: Page, axe: Callable[[Page], AxeReport], folder: Path) -> None:
        self.page, self.axe = page, axe
        wanted = os.environ.get("PAQTE_IMAGES")
        self.folder = Path(wanted).resolve() if wanted else folder
        self.faults: list[str] = []

    def __call__(self, name: str) -> None:
        # A button fades while the mouse leaves it: colours are looked at once they are settled.
        self.page.mouse.move(0, 0)
        self.page.evaluate("Promise.all(document.getAnimations().map((a) => a.finished.catch(() => null)))")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.faults += [f"{name} à {width} : {problem}" for problem in self.axe(self.page).problems]
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                self.faults.append(f"{name} déborde à {width}")
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        if name in SHOWN:
            self.page.screenshot(path=self.folder / f"{name}.png")


def send(page: Page, folder: Path, octets: bytes) -> None:
    path = folder / "présentation 2027.xlsx"
    path.write_bytes(octets)
    page.goto("/admin/gabarits")
    page.get_by_label("Classeur modèle").set_input_files(path)
    page.get_by_role("button", name="Envoyer à l’essai").click()


@pytest.mark.timeout(300)
def test_every_picture_and_page_of_a_template_sent_compared_put_in_force_and_withdrawn(
    enter: Callable[[str], Page], axe: Callable[[Page], AxeReport], tmp_path: Path
) -> None:
    page = enter("alix")
    look = Look(page, axe, tmp_path)
    expect(page.get_by_role("heading", name="À faire maintenant")).to_be_visible()
    expect(page.get_by_text("À corriger"), "a base as the product leaves it is in order").to_have_count(0)
    look("admin_accueil")
    send(page, tmp_path, ALTERED["un nom manque"][0]())
    expect(page.locator("#resume")).to_contain_text("b_periode")
    look("admin_gabarit_refuse")
    send(page, tmp_path, sound())
    expect(page.get_by_role("cell", name="2027.1")).to_be_visible()
    look("admin_gabarit")
    for name, version in (("Avec ce modèle", "2027.1"), ("Avec celui en vigueur", "")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert (version_in(download.value.path().read_bytes()) == version) is bool(version)
    page.get_by_label("Mettre en vigueur le").fill("31/12/2020")
    page.get_by_role("button", name="Mettre en vigueur").click()
    expect(page.locator("#resume")).to_contain_text("Ce jour est passé")
    page.get_by_label("Mettre en vigueur le").fill(f"{local_date(clock.now(), METROPOLE):%d/%m/%Y}")
    page.get_by_role("button", name="Mettre en vigueur").click()
    expect(page.get_by_text("Ce modèle sert à partir du")).to_be_visible()
    look("admin_gabarits")
    page.get_by_role("link", name="présentation 2027").first.click()
    page.get_by_text("Retirer ce modèle").click()
    look("admin_gabarit_retirer")
    page.get_by_role("button", name="Retirer", exact=True).click()
    expect(page.get_by_text("celui d’avant sert à nouveau")).to_be_visible()
    assert not look.faults, "\n".join(look.faults)


@pytest.mark.timeout(300)
def test_every_setting_of_the_country_and_every_account_is_reached_from_the_menu(
    enter: Callable[[str], Page], axe: Callable[[Page], AxeReport], tmp_path: Path
) -> None:
    page = enter("alix")
    look = Look(page, axe, tmp_path)
    for entry, name in (
        ("Comptes", "admin_comptes"),
        ("Réglages", "admin_reglages"),
        ("Journal", "admin_journal"),
    ):
        page.get_by_role("navigation", name="Rubriques").get_by_role("link", name=entry).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(entry.split()[0])
        look(name)
    page.goto("/admin/comptes/nouveau")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.locator("#resume")).to_be_focused()
    look("admin_compte_nouveau")
    page.goto("/admin/comptes")
    page.get_by_role("link", name="Camille").click()
    look("admin_compte")
    assert not look.faults, "\n".join(look.faults)
