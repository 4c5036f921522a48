"""Pages, mails, workbooks and attestations wear the same colours: those of the charter, and no other accent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import paqte
from paqte.reporting import charte
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from paqte.reporting.remplissage.plan.format import Format
from paqte.services.courriels import courriers
from tests.reporting.tiers.lecteurs import parts

ROOT = Path(paqte.__file__).parent
COLOURS = {value for name, value in vars(charte).items() if name.isupper()}
# What every document may use besides: paper, and the shade of a figure that is absent.
NEUTRAL = {"FFFFFF", "000000", "F3F3F0"}


def test_the_pages_have_the_colours_of_the_charter() -> None:
    told = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6})\b", (ROOT / "static/paqte.css").read_text(encoding="utf-8")))
    shared = {
        "petrole": charte.ACCENT,
        "petrole-fonce": charte.FONCE,
        "petrole-clair": charte.PALE,
        "encre": charte.ENCRE,
        "encre-douce": charte.GRIS,
        "brique": charte.ALERTE,
    }
    assert {name: told[name].upper() for name in shared} == shared


def test_the_mails_have_the_colours_of_the_charter() -> None:
    page = courriers._environment().get_template("courriels/_page.html").render(sujet="Objet")
    colours = {c.upper() for c in re.findall(r"#([0-9A-Fa-f]{6})", page)}
    assert charte.ACCENT in colours
    assert colours <= COLOURS | NEUTRAL


@pytest.mark.parametrize("format", [FORMAT_BILAN, FORMAT_TRIMESTRE], ids=lambda f: f.genre)
def test_the_workbooks_have_the_colours_of_the_charter(format: Format) -> None:
    given = parts(format.gabarit.read_bytes())
    drawn = "".join(d.decode() for n, d in given.items() if n.startswith(("xl/styles", "xl/charts", "xl/worksheets")))
    colours = set(re.findall(r'rgb="FF([0-9A-F]{6})"', drawn)) | set(re.findall(r'srgbClr val="([0-9A-F]{6})"', drawn))
    assert charte.ACCENT in colours
    assert colours <= COLOURS | NEUTRAL


def test_no_colour_of_a_document_is_written_anywhere_else() -> None:
    drawing = ("reporting/dessin/*.py", "reporting/*.py", "reporting/gabarits/*.typ", "templates/courriels/*.html")
    places = [place for pattern in drawing for place in ROOT.glob(pattern)]
    hexadecimal = re.compile(r"[\"#]([0-9A-Fa-f]{6})[\";]")
    written = {
        place.name: found
        for place in places
        if place.name != "charte.py"
        and (found := {c.upper() for c in hexadecimal.findall(place.read_text(encoding="utf-8"))} - NEUTRAL)
    }
    assert {name: sorted(c for c in found if re.search("[A-F]", c)) for name, found in written.items()} == {}
