"""What a company reads once the typing of a period is closed to it (R12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from paqte.domain.statuts.declarations import BROUILLON
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.reglages.reglages import save_settings
from tests import factories
from tests.web.entreprise.conftest import plain

if TYPE_CHECKING:
    from tests.web.entreprise.conftest import Maison

ABOUT_PAGES = True


def close(maison: Maison) -> None:
    with maison.app.app_context():
        save_settings(
            actor=factories.CAMILLE,
            now=factories.LONG_AGO,
            departement="41",
            version=version_of(read_settings("41")),
            values={"fermeture_delai_jours": "30"},
        )


def test_R12_closed_while_typing_nothing_typed_is_lost(maison: Maison) -> None:
    maison.type(S2="4")
    opened = maison.browser.get(f"{maison.path}/saisir").text
    close(maison)
    refused = maison.type("brouillon", opened, S2="17")
    assert refused.status_code == 422
    assert "s’est fermée le 30/10/2026" in plain(refused.text) and 'value="17"' in refused.text
    assert (maison.stored().etat, maison.answer("S2").valeur) == (BROUILLON, 4)


@pytest.mark.parametrize("path", ["/saisir", "/relire", ""])
def test_R12_a_draft_of_a_closed_period_is_shown_and_can_no_longer_be_typed(maison: Maison, path: str) -> None:
    maison.type(S2="4")
    close(maison)
    html = maison.html(f"{maison.path}{path}")
    assert "Saisie fermée le 30 octobre 2026" in html and "Votre brouillon est gardé" in html
    assert "Continuer la saisie" not in html
    assert "4 " in html


def test_R12_home_says_since_when_it_is_closed_and_whom_to_write_to(maison: Maison) -> None:
    assert "Saisie fermée" not in maison.html()
    maison.type(S2="4")
    close(maison)
    html = maison.html()
    assert "Rien à faire pour l’instant" in html and "fermée le 30 octobre 2026" in html
    assert "Relire votre brouillon" in html and "écrivez à votre référent" in html
