"""The offline form in a real LibreOffice: only saved again, or filled there and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.entreprise.remplis import bring, figures, filled, form, typed_in_flat
from tests.web.entreprise.test_formulaires import KEPT, WHOLE

if TYPE_CHECKING:
    from tests.fixtures_libreoffice import Bureau
    from tests.web.entreprise.conftest import Maison

ABOUT_PAGES = True


@pytest.mark.tableur
def test_R16_saved_again_by_libreoffice_it_is_the_same_form(maison: Maison, bureau: Bureau) -> None:
    octets = filled(maison, form(maison), **WHOLE)
    bring(maison, bureau.saved({"rempli": octets})["rempli"])
    assert figures(maison) == KEPT


@pytest.mark.tableur
@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_R16_filled_in_libreoffice_it_comes_back_as_the_declaration(
    maison: Maison, bureau: Bureau, extension: str
) -> None:
    flat = bureau.flat({"vide": form(maison)})["vide"]
    for name, number in (("S2", "1234"), ("R3", "7")):
        flat = typed_in_flat(flat, maison.name(name), number)
    bring(maison, bureau.of_flat({"rempli": flat}, extension)["rempli"], f"formulaire.{extension}")
    assert figures(maison) == {code: KEPT[code] for code in ("S2", "R3")}
