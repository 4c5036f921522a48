"""Over random départements, each cell of the bilan is the sum of the declarations that its page leads to (R45)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.grille.traces import CUMUL, PERIODE, PRECEDENT, UN_AN_AVANT
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import REFERENT, Acteur
from paqte.queries.editions.bilans import read_donnees
from paqte.queries.editions.traces import ChiffreTraced, trace
from tests.domain.loir_et_cher import NOW
from tests.opposant.base import put
from tests.opposant.monde import FLUX, LIBRE, RATIO, random_world

COLUMNS = {"realise": PERIODE, "precedent": PRECEDENT, "un_an_avant": UN_AN_AVANT, "cumul": CUMUL}


@pytest.mark.parametrize("seed", range(4))
def test_R45_each_cell_is_the_sum_of_what_it_leads_to(session: Any, seed: int) -> None:
    world = random_world(seed)
    put(world)
    actor = Acteur(None, "Camille Perrin", REFERENT, world.departement)
    window = Periode.from_code(world.periode)
    donnees = read_donnees(session, world.departement, window)
    bilan = assemble(donnees, catalogue(), edition=1, now=NOW, gabarit="essai")
    seen = 0
    for line, name in [(line, name) for line in bilan.indicateurs for name in COLUMNS if line.genre != LIBRE]:
        if not getattr(line, name).is_missing:
            found = trace(
                actor=actor, departement=world.departement, periode=window, indicateur=line.code,
                nature=line.nature, colonne=COLUMNS[name],
            )  # fmt: skip
            assert getattr(line, name) == found.chiffre and _sum(line, found) == getattr(line, name).valeur
            assert all(t.etat == "validee" for t in found.comptees)
            assert found.ligne is not None
            assert (found.ligne.cible, found.ligne.taux) == (line.cible, line.taux)
            if line.genre == FLUX:
                aimed = [p.cible for p in found.promesses if p.cible is not None]
                assert line.cible.valeur == (sum(aimed) if aimed else None)
            seen += 1
    assert seen > 0


def _sum(line: LigneIndicateur, found: ChiffreTraced) -> Decimal | None:
    """By hand; a share is rounded half up to one decimal, and one too small to be read has no value."""
    if line.genre != RATIO:
        return Decimal(sum(t.valeur or 0 for t in found.comptees))
    whole = [t for t in found.comptees if t.denominateur is not None]
    part = Decimal(sum(t.numerateur or 0 for t in whole)) * 100 / Decimal(sum(t.denominateur or 0 for t in whole))
    told = part.quantize(Decimal("0.1"), "ROUND_HALF_UP")
    return None if part and not told else told
