"""What a browser changes between clipboard and field is never a number (R16)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.web.entreprise.conftest import Maison, plain

if TYPE_CHECKING:
    pass

ABOUT_PAGES = True


def test_R16_without_the_page_s_script_figures_apart_by_spaces_are_said_to_be_read_as_one(maison: Maison) -> None:
    maison.type(S2="5 120", R3="12")
    told = (
        "Lu comme un seul nombre : « Nombre d’élèves de 3e de REP+/REP/QPV effectivement accueillis en stage » : 5 120."
    )
    assert told in maison.html() and maison.answer("S2").valeur == 5120
    maison.type(S7="1\u202f234")
    assert "Lu comme un seul nombre" not in maison.html(), "as the page itself writes a figure"
    maison.type(S2="6 120", collage="vu")
    assert "Lu comme un seul nombre" not in maison.html(), "the page's script has read what was pasted"


def test_R16_cells_that_reach_the_server_apart_are_refused_beside_the_field(maison: Maison) -> None:
    for typed in ("5\n120", "5\t120", "0 120", "12 34"):
        refused = maison.type(S2=typed)
        assert refused.status_code == 422 and "plusieurs cellules" in plain(refused.text).lower()
    assert maison.answer("S2") is None


def test_no_typing_aid_changes_a_figure_a_day_or_an_address(maison: Maison) -> None:
    html = maison.browser.get(f"{maison.path}/saisir").text
    figures = re.findall(r"<input[^>]*inputmode=[^>]*>", html)
    assert len(figures) >= 5 and not re.findall(r'type="(?:number|date)"', html)
    for tag in figures:
        for aid in ('autocomplete="off"', 'autocapitalize="none"', 'spellcheck="false"'):
            assert aid in tag
