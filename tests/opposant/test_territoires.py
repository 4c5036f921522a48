"""Whole territories, typed at random, whose every printed figure is counted a second time from the rules (R20, R23)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import time_machine

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.editions.editions import XLSX
from paqte.domain.editions.territoires import region_of
from paqte.domain.personnes.acteurs import NATIONAL, PLANIFICATEUR, Acteur
from paqte.domain.secret import INTERNE, PUBLIABLE
from paqte.models import Departement, Edition, Region, db
from paqte.queries.editions.editions import read_edition_piece
from paqte.queries.editions.nation import read_somme_file
from paqte.services.editions.depots import deposit_bilans
from paqte.services.editions.national import consolidate_territory
from paqte.services.editions.recus_lus import WorkbookReceived
from paqte.services.editions.sommes import issue_somme
from paqte.services.ensemble import rehearsal
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan, freeze_compte_rendu
from tests.fixtures_libreoffice import Bureau
from tests.opposant.base import put
from tests.opposant.lecture import Classeur
from tests.opposant.lus import territoires
from tests.opposant.lus.territoires import Territoire
from tests.opposant.monde import Monde, random_world
from tests.opposant.test_opposant import issue, moment, octets
from tests.services.editions.recus.test_recus_gardes import in_this_process

pytestmark = [pytest.mark.lent, pytest.mark.usefixtures("in_this_process")]
__all__ = ["in_this_process"]

ABOUT_PAGES = True
SHORT, LONG = range(20), range(20, 200)
WORLDS = [*SHORT, *(pytest.param(seed, marks=pytest.mark.long) for seed in LONG)]
NADIA = Acteur(None, "Nadia", NATIONAL)
# Two régions, one of which has a département that sends a workbook.
REGIONS = {"R24": ("41", "37", "36"), "R04": ("974",)}
RECU = "36"


class Pays(NamedTuple):
    """The départements of a nation, and the publishable files of a period that are out."""

    mondes: list[Monde]
    recus: frozenset[str]

    @property
    def first(self) -> Monde:
        return self.mondes[0]

    def of(self, territoire: str) -> list[Monde]:
        codes = REGIONS.get(territoire, tuple(m.departement for m in self.mondes))
        return sorted((m for m in self.mondes if m.departement in codes), key=lambda m: m.departement)


def random_nation(seed: int) -> Pays:
    """Three or four départements looked at in the same semester, followed since the same day."""
    codes = ("41", "974", RECU, *(("37",) if seed % 2 else ()))
    first = random_world(seed, departement="41")
    mondes = [first, *(random_world(seed, code, first.periode) for code in codes[1:])]
    for monde in mondes:
        monde.premier_semestre = first.premier_semestre
        # The same enterprise signed in each of them (R3).
        monde.signataires[0].siret = f"{first.signataires[0].siren}00017"
    return Pays(mondes, frozenset({RECU}))


def as_it_was(content: bytes) -> bytes:
    return content


def settle(pays: Pays, saved: Callable[[bytes], bytes] = as_it_was) -> None:
    """Each département issues its bilan and its export; one works in another base and sends its workbook."""
    now = moment(pays.first)
    with rehearsal():
        elsewhere = next(m for m in pays.mondes if m.departement == RECU)
        put(elsewhere)
        content = octets(elsewhere, issue(elsewhere, freeze_bilan, elsewhere.periode))
    for monde in pays.mondes:
        if monde.departement not in pays.recus:
            put(monde)
            issue(monde, freeze_bilan, monde.periode)
            issue(monde, freeze_compte_rendu, pays.first.trimestre)
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        session.add(Departement(code=RECU, nom="Indre", prefecture="Préfecture"))
        for territoire, codes in REGIONS.items():
            session.add(Region(code=str(region_of(territoire)), nom=territoire))
            session.flush()
            for code in codes:
                if (row := session.get(Departement, code)) is not None:
                    row.region_code = region_of(territoire)
    window = Periode.from_code(pays.first.periode)
    sent = [WorkbookReceived("bilan.xlsx", saved(content))]
    (outcome,) = deposit_bilans(actor=NADIA, fichiers=sent, periode=window, now=now)
    assert outcome.is_counted, outcome


def publics(periode: str) -> dict[str, Classeur]:
    """The publishable workbooks of the départements."""
    rows = db.session.query(Edition).filter_by(periode=periode).order_by(Edition.id)
    return {e.departement_code: Classeur(_public_of(e.id)) for e in rows}


def _public_of(edition: int) -> bytes:
    return read_edition_piece(actor=PLANIFICATEUR, edition_id=edition, format=XLSX, diffusion=PUBLIABLE).octets


def printed(pays: Pays) -> Iterator[str]:
    """What the editions of each territory say otherwise than the count, and what no longer equals its edition."""
    for periode in (pays.first.periode, pays.first.trimestre):
        out = publics(periode)
        window = Periode.from_code(periode)
        yield from consolidate_territory(actor=PLANIFICATEUR, periode=window).ecarts
        for code in ("FR", *REGIONS):
            made = issue_somme(actor=PLANIFICATEUR, territoire=code, periode=window, now=moment(pays.first))
            mondes = [m for m in pays.of(code) if "S" in periode or m.departement not in pays.recus]
            asked = Territoire(mondes, periode, pays.recus, out)
            for diffusion, differences in ((INTERNE, territoires.interne), (PUBLIABLE, territoires.publiable)):
                found = read_somme_file(actor=PLANIFICATEUR, edition_id=made.id, diffusion=diffusion)
                yield from (f"{code} {diffusion} {one}" for one in differences(asked, Classeur(found.octets)))


@pytest.mark.parametrize("seed", WORLDS)
def test_R20_R23_every_figure_of_an_edition_of_a_territory_is_counted_over_its_departements(
    seed: int, session: Any
) -> None:
    pays = random_nation(seed)
    with time_machine.travel(moment(pays.first), tick=False):
        settle(pays)
        assert "\n".join(printed(pays)) == ""


@pytest.mark.parametrize("seed", range(4))
def test_R20_a_workbook_that_a_spreadsheet_saved_again_brings_every_cent(
    seed: int, session: Any, bureau: Bureau
) -> None:
    """Seen red: figures came back to twelve digits, 18 479 174 370,75 € as 18 479 174 370,80."""
    pays = random_nation(seed)
    with time_machine.travel(moment(pays.first), tick=False):
        settle(pays, lambda content: bureau.saved({"bilan": content})["bilan"])
        assert "\n".join(printed(pays)) == ""
