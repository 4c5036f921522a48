"""Somebody who knows the rule of the mask and replays it over every small world finds no small number (R23)."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.assemblage.diffusion import masque
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.assemblage.diffusion.attaques.rejeu import (
    LARGES,
    S1,
    T1,
    Nombres,
    Scene,
    corrected,
    late,
    once,
    semester,
)
from tests.domain.assemblage.petit_monde import export
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

E, R = "entreprise", "reseau"
NUMBERS = (*range(10), *LARGES)
FEWER = (*range(8), *LARGES)
THREE = Scene((E,) * 3, (T1,), once, 3)
SCENES = {
    "three companies": THREE,
    "two companies and a network": Scene((E, E, R), (T1,), once, 3),
    "a bilan alone": Scene((E,) * 3, (S1,), once, 3),
}
LONGER = {
    "three companies and a network": Scene((E, E, E, R), (T1,), once, 4),
    "two companies and two networks": Scene((E, E, R, R), (T1,), once, 4),
    "four companies": Scene((E,) * 4, (T1,), once, 4),
    "a correction": Scene((E,) * 3, (T1, T1), corrected, 4),
    "a late answer": Scene((E,) * 4, (T1, T1), late, 4),
    "an account, then the bilan": Scene((E,) * 3, (T1, S1), semester, 4),
}


@pytest.mark.parametrize("name", SCENES)
def test_R23_whoever_replays_the_rule_over_every_small_world_finds_no_small_number(name: str) -> None:
    assert SCENES[name].fuites(NUMBERS) == []


@pytest.mark.long
@pytest.mark.parametrize("name", LONGER)
def test_R23_nor_with_four_signatories_or_two_files(name: str) -> None:
    assert LONGER[name].fuites(FEWER) == []


def test_the_opponent_finds_what_hiding_tells_where_nothing_but_witnesses_decides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Twelve hides, for want of a witness, in one world of three small numbers: four each. Three or four is « < 5 »."""
    monkeypatch.setattr(masque, "silent", lambda *_: set())
    monkeypatch.setattr(masque, "is_open", lambda *_: True)
    assert THREE.fuites(NUMBERS) == [((4, 4, 4), rank, 4) for rank in range(3)]


def drawn() -> list[tuple[tuple[str, ...], Nombres]]:
    chance = random.Random(23)
    worlds = []
    for _ in range(12):
        natures = (E, E, chance.choice((E, R)), chance.choice((E, R)))
        worlds.append((natures, tuple(chance.choice((0, 1, 2, 4, 5, 6, 9, 30)) for _ in natures)))
    return worlds


def shown_of(document: Any) -> dict[Any, Decimal | str]:
    """What an account says of T09, by nature and column, and of each company's line, by convention."""
    lines = [t for t in document.thematiques if t.code == "T09"]
    said: dict[Any, Decimal | str] = {}
    for line in lines:
        for column in ("realise", "cumul"):
            figure = getattr(line, column)
            said[line.nature if len(lines) > 1 else "ensemble", column] = figure.motif or figure.valeur
    for row in (d for d in document.donnees if d.indicateur == "P09"):
        hidden = {"moins_de_5": "< 5", "masquee": "masqué"}.get(row.etat, "")
        said[row.convention] = hidden or row.valeur
    return said


@pytest.mark.parametrize(("natures", "numbers"), drawn())
def test_the_opponent_replays_what_the_product_publishes(natures: tuple[str, ...], numbers: Nombres) -> None:
    """His figures are those of the account itself: what he finds of his, he would find of the file."""
    firms = [convention(n, engagement(n, "P09"), nature=nature) for n, nature in enumerate(natures, start=1)]
    given = [
        fait(c, c.engagements[0], T1, n, reponse="nombre" if n else "neant")
        for c, n in zip(firms, numbers, strict=True)
    ]
    rows = donnees(firms, given)
    said = shown_of(publishable(export(rows, T1), rows, catalogue()))
    scene, answers = Scene(natures, (T1,), once, 4), once(numbers)[0]
    cells = list(scene.cells(0, T1, answers))
    told = masque.tell(cells, (), scene.unsaid(answers))
    for cell in cells:
        key: Any = cell.cle[1:] if len(cell.cle) > 2 else firms[cell.cle[1]].numero  # type: ignore[arg-type,index]
        assert str(said[key])[:6] == str(told[cell.cle] or cell.valeur)[:6], cell.cle
