"""The pictures of the guides, taken from the demonstration by the tests: `make images` puts them in docs/images/."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pdfplumber
import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import expect

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.jeux.demonstration import load_nation
from paqte.ops import clock
from paqte.services.imports.importations import run_imports
from tests.editions import produce_bilan, produce_compte_rendu
from tests.parcours.demonstration import SEMESTRE, pages
from tests.web.referent.imports.test_grand_tableau import a_tracker, named

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer
    from tests.fixtures_libreoffice import Bureau

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
DOCS = Path(__file__).parents[2] / "docs"
NARROW, WIDE, TALL = 360, 1280, 900

# Name of the picture -> end of the address it shows, among the pages of the demonstration.
REFERENT = {
    "referent_accueil": r"/referent/",
    "referent_calendrier": r"/referent/calendrier",
    "referent_relances": r"/referent/relances",
    "referent_appels": r"/referent/appels",
    "referent_prospects": r"/referent/prospects",
    "referent_reglages": r"/referent/pilotage/reglages",
    "referent_signataires": r"/referent/signataires",
    "referent_signataire": r"/referent/signataires/\d+",
    "referent_avancement": r"/referent/signataires/\d+/avancement",
    "referent_convention": r"/referent/conventions/\d+",
    "referent_engagements": r"/referent/conventions/\d+/engagements/SENSIBILISER",
    "referent_declarations": r"/referent/declarations",
    "referent_saisie": r"/referent/declarations/\d+/saisir",
    "referent_declaration": r"/referent/declarations/\d+",
    "referent_actions": r"/referent/actions",
    "referent_pilotage": r"/referent/pilotage",
    "referent_chiffre": rf"/referent/bilans/{SEMESTRE}/chiffres/S2",
    "referent_completude": r"/referent/completude",
    "referent_trimestre": r"/referent/trimestres/\d{4}-T\d",
    "referent_comparaison": r"/referent/bilans/comparer",
    "taches": r"/taches/",
    "bilan": rf"/referent/bilans/{SEMESTRE}",
}
QUARTER = Periode.from_code(SEMESTRE).parts("T")[-1].code
NATIONAL = {
    "national_bilan": rf"/national/bilans/{SEMESTRE}",
    "national_chiffre": rf"/national/bilans/{SEMESTRE}/chiffres/S2",
    "national_trimestre": rf"/national/trimestres/{QUARTER}",
    "national_evolution": rf"/national/bilans/{SEMESTRE}/evolution",
}
REGION = {
    "region_accueil": r"/region/",
    "region_bilan": rf"/referent/bilans/{SEMESTRE}",
}
# How many companies the tracker holds: that of the guides is a real one.
COMPANIES = 40 if os.environ.get("PAQTE_IMAGES") else 6
ALSO_NARROW = frozenset({"referent_accueil", "referent_avancement", "referent_saisie", "bilan"})


@pytest.fixture
def database_url(database_kind: str, demonstration_url: str) -> str:
    return demonstration_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures go: docs/images/ for `make images`, else a folder of the test."""
    wanted = os.environ.get("PAQTE_IMAGES")
    return Path(wanted).resolve() if wanted else tmp_path


def take(page: Page, folder: Path, name: str, width: int = WIDE) -> Path:
    """A picture of the top of the page as a person first sees it."""
    page.set_viewport_size({"width": width, "height": TALL})
    path = folder / (f"{name}.png" if width == WIDE else f"{name}_{width}.png")
    page.screenshot(path=path)
    return path


def printed(page: Page, folder: Path, name: str) -> Path:
    """A picture of the sheet that comes out of the printer: one, whatever the page is on screen."""
    path = folder / f"{name}.png"
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as document:
        (sheet,) = document.pages
        sheet.to_image(resolution=80, antialias=True).save(path, quantize=False)
    return path


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("who", "role", "shown"),
    [("camille", "referent", REFERENT), ("nadia", "national", NATIONAL), ("rose", "region", REGION)],
    ids=["41", "national", "region"],
)
def test_every_picture_of_the_guides_is_taken_from_the_demonstration(
    enter: Callable[[str], Page],
    live_server: LiveServer,
    folder: Path,
    tmp_path: Path,
    who: str,
    role: str,
    shown: dict[str, str],
) -> None:
    with live_server.app.app_context():  # two to compare
        now = Periode.from_code(SEMESTRE)
        for periode in (now.precedente, now) if shown is REFERENT else (now,):
            produce_bilan(actor=PLANIFICATEUR, departement="41", periode=periode, reports=tmp_path, now=clock.now())
        if shown is not REFERENT:
            for quarter in now.parts("T"):
                produce_compte_rendu(
                    actor=PLANIFICATEUR, departement="41", periode=quarter, reports=tmp_path, now=clock.now()
                )
            load_nation(now=clock.now())
    page = enter(who)
    known = [*pages(live_server.app, role), f"/national/trimestres/{QUARTER}"]
    taken = []
    for name, pattern in shown.items():
        page.goto(next(address for address in known if re.fullmatch(pattern, address)))
        taken += [take(page, folder, name, width) for width in (WIDE, *([NARROW] if name in ALSO_NARROW else []))]
        taken += [printed(page, folder, "fiche_imprimee")] if name == "referent_avancement" else []
    assert all(len(Image.open(path).getcolors(1 << 20) or range(1 << 20)) > 20 for path in taken)


def trackers(bureau: Bureau) -> dict[str, bytes]:
    """A tracker as préfectures keep them, saved by LibreOffice: with a SIRET that is none, then as it should be."""
    drawn, _ = a_tracker(COMPANIES, COMPANIES // 4)
    wrong = load_workbook(io.BytesIO(drawn))
    wrong["Suivi"]["C7"] = "123 456"
    held = io.BytesIO()
    wrong.save(held)
    return bureau.saved({"import_refus": held.getvalue(), "import_essai": drawn})


@pytest.mark.tableur
@pytest.mark.timeout(1_800 if COMPANIES > 6 else 300)
def test_every_picture_of_an_import_is_taken_as_a_file_goes_through_its_pages(
    enter: Callable[[str], Page], live_server: LiveServer, folder: Path, tmp_path: Path, bureau: Bureau
) -> None:
    """Its columns, one of them kept for the département, what it would do, a row refused, then all of it kept."""
    page, taken = enter("camille"), []

    def go_on(button: str, reached: str) -> None:
        """The page shows by itself where the scheduler is, then what it did."""
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("button", name=button)).to_have_count(0)
        with live_server.app.app_context():
            run_imports(clock=clock.now)
        expect(page.get_by_role("heading", name=reached)).to_be_visible(timeout=30_000)

    for name, octets in trackers(bureau).items():
        page.goto(live_server.url + "/referent/imports")
        file = tmp_path / "Suivi PAQTE 41.xlsx"
        file.write_bytes(octets)
        page.get_by_label("Votre tableau").set_input_files(file)
        page.get_by_role("button", name="Lire ce tableau").click()
        page.get_by_label("O : Observations").first.select_option("Garder : texte")
        if name == "import_essai":
            page.get_by_role("heading", name="Colonnes").first.scroll_into_view_if_needed()
            taken.append(take(page, folder, "import_colonnes"))
        go_on("Voir ce que l’import ferait", "Ce que l’import ferait")
        taken.append(take(page, folder, name))
    go_on("Enregistrer tout", "Ce qui est enregistré")
    taken.append(take(page, folder, "import_enregistre"))
    page.goto(live_server.url + "/referent/signataires?q=Menuiserie+du+Beuvron")
    page.get_by_role("link", name=named(0)).first.click()
    page.get_by_text("Observations").first.scroll_into_view_if_needed()
    taken.append(take(page, folder, "import_gardees"))
    assert "l’interlocuteur a changé" in page.content()
    assert all(len(Image.open(path).getcolors(1 << 20) or range(1 << 20)) > 20 for path in taken)


def test_the_guides_show_only_pictures_that_are_there() -> None:
    texts = [*DOCS.glob("*.md"), DOCS.parent / "README.md"]
    shown = {
        (text.parent / name).resolve()
        for text in texts
        for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text.read_text(encoding="utf-8"))
    }
    assert [path.name for path in sorted(shown) if not path.exists()] == []
