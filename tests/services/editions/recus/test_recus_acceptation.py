"""Five préfectures, each in a base of its own, added up from their workbooks: the sum of one base of the five."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from paqte import create_app
from paqte.domain.assemblage.nation import Nation
from paqte.domain.assemblage.territoires.somme import PartSource, TerritoireNamed, assemble_somme
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN
from paqte.domain.documents.somme import SommeSemestre, SommeTerritoire
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.jeux.peuplement import populate
from paqte.models import Departement, Edition, db
from paqte.ops import clock
from paqte.reporting.dessin.sommes import draw_somme
from paqte.services.editions.depots import deposit_bilans
from paqte.services.editions.national import consolidate_nation
from paqte.services.editions.recus import consolidate_files
from paqte.services.editions.recus_lus import WorkbookReceived
from paqte.services.transaction import transaction
from tests.editions import produce_bilan

pytestmark = pytest.mark.lent
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
S1 = Periode.from_code("2026-S1")
FIVE = {"01": "Ain", "02": "Aisne", "03": "Allier", "04": "Alpes-de-Haute-Provence", "41": "Loir-et-Cher"}


# The demonstration is loaded as of today: what is produced comes after.
PRODUCED = max(NOW, clock.now())


class Base:
    """A base of its own: with these départements, where none stands yet."""

    def __init__(self, folder: Path, template: Path, *codes: str) -> None:
        folder.mkdir()
        shutil.copy(template, folder / "paqte.sqlite3")
        self._reports = folder / "reports"
        self.app = create_app(
            {
                "PAQTE_ENV": "demonstration",
                "PAQTE_DATABASE_URL": f"sqlite:///{folder / 'paqte.sqlite3'}",
                "PAQTE_INSTANCE": str(folder),
                "PAQTE_REPORTS": str(self._reports),
            }
        )
        with self.app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
            session.add_all(Departement(code=code, nom=FIVE[code], prefecture=FIVE[code]) for code in codes)

    def fill(self, count: int) -> None:
        """Two invented companies in each of so many départements that have none."""
        with self.app.app_context():
            asked = {"departements": count, "entreprises": 2, "periodes": 3, "graine": 41}
            for _ in populate(actor=PLANIFICATEUR, now=NOW, **asked):
                pass

    def produce(self, code: str) -> bytes:
        with self.app.app_context():
            produce_bilan(actor=PLANIFICATEUR, departement=code, periode=S1, reports=self._reports, now=PRODUCED)
            its_own = (Edition.departement_code == code, Edition.periode == S1.code, Edition.genre_document == BILAN)
            latest = select(Edition.fichier).where(*its_own).order_by(Edition.numero.desc(), Edition.id.desc())
            content = db.session.scalar(latest.limit(1))
            db.session.remove()
            assert content is not None
            return content

    def nation(self) -> Nation:
        with self.app.app_context():
            return consolidate_nation(actor=PLANIFICATEUR, periode=S1)


def _alone(nation: Nation, sources: tuple[PartSource, ...]) -> SommeTerritoire:
    return assemble_somme(SommeSemestre, nation, sources, territoire=TerritoireNamed(""), periode=S1, grid=catalogue())


def _cells(content: bytes) -> dict[str, list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {name: list(book[name].values) for name in ("Ensemble", "Indicateurs", "Détail")}


def test_R20_five_bases_added_up_from_their_workbooks_equal_one_base_that_holds_them_cell_for_cell(
    tmp_path: Path, sqlite_template: Path, demonstration_file: Path
) -> None:
    received = []
    for code in FIVE:
        alone = Base(tmp_path / code, *((demonstration_file,) if code == "41" else (sqlite_template, code)))
        if code != "41":
            alone.fill(1)
        received.append(WorkbookReceived(f"{code}.xlsx", alone.produce(code)))
    whole = Base(tmp_path / "ensemble", demonstration_file)
    whole.fill(4)
    for code in FIVE:
        whole.produce(code)
    made, one = consolidate_files(fichiers=received, periode=S1, region=None), whole.nation()
    assert [part.departement for part in one.parts] == list(FIVE)
    sources = tuple(PartSource(part, "", part.sha256) for part in one.parts)
    cells = _cells(made.octets)
    assert cells == _cells(draw_somme(_alone(one, sources)))
    assert sum(row[5] is not None for row in cells["Indicateurs"][1:]) >= 4  # shares were added too
    third = Base(tmp_path / "nation", sqlite_template, *FIVE)
    with third.app.app_context():
        deposit_bilans(actor=PLANIFICATEUR, fichiers=received, periode=S1, now=NOW)
    assert third.nation().lignes == one.lignes
