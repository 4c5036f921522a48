"""A column is a field and one row: what was issued keeps its hash, an installed template still serves (R19)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import ADMIN, REFERENT, Acteur
from paqte.models import Signataire
from paqte.services.editions import template_in_force
from paqte.services.editions.gabarit import read_template
from paqte.services.gabarits.installes import install_template
from tests.editions import freeze_bilan, freeze_compte_rendu
from tests.factories import a_convention, a_signataire
from tests.reporting.tiers.lecteurs import saved_by_openpyxl
from tests.services.gabarits.gabarits_exemples import sound

ROOT = Path(__file__).resolve().parents[3]
CAMILLE = Acteur(None, "Camille", REFERENT, "41")
ALIX = Acteur(None, "Alix Roche", ADMIN)
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
DOCUMENTS, TABLEAUX = "paqte/domain/documents", "paqte/domain/assemblage/tableaux"
# A column of each kind: where it goes, after which line, and what it is. The field, its row, and what fills it.
ADDED = (
    (f"{DOCUMENTS}/lignes/lignes.py", '    remarques: str = ""\n', "    naf: str | None = None\n"),
    (
        f"{DOCUMENTS}/bilan.py",
        '            Colonne("remarques", "Remarques", largeur=20),\n',
        '            Colonne("naf", "Code NAF", depuis="2027-01"),\n',
    ),
    (f"{TABLEAUX}/signataires.py", "        remarques=_remarks(c),\n", '        naf=f"NAF {c.categorie}",\n'),
    (f"{DOCUMENTS}/lignes/lignes_trimestre.py", '    manquants: str = ""\n', "    naf: str | None = None\n"),
    (
        f"{DOCUMENTS}/compte_rendu.py",
        '            Colonne("dus", "Réponses attendues", BRUT, largeur=9, ancien="Réponses dues"),\n',
        '            Colonne("naf", "Code NAF", depuis="2027-01"),\n',
    ),
    (f"{TABLEAUX}/engages.py", "        rythme=RYTHMES[c.rythme],\n", '        naf=f"NAF {c.categorie}",\n'),
    (f"{DOCUMENTS}/lignes/lignes_trimestre.py", "    denominateur: Decimal | None = None\n", '    naf: str = ""\n'),
    (
        f"{DOCUMENTS}/lignes/donnees.py",
        '        contraintes={"enum": [*NATURES]},\n    ),\n',
        '    ColonneDonnees("naf", "Code NAF", depuis="2027-01", description="Code NAF."),\n',
    ),
    (f"{TABLEAUX}/valeurs.py", "        etat=SEMESTRIEL,\n", '        naf=f"NAF {c.categorie}",\n'),
)


@pytest.fixture
def issued(session: Any) -> None:
    """The first edition of each document, and a template of each that an administrator installed before."""
    convention = a_convention(a_signataire("Menuiserie Val (fictif)"), "S2")
    assert convention
    session.execute(update(Signataire).values(commune="Blois", categorie="PME"))
    session.commit()
    for genre, octets in (("bilan", sound()), ("trimestre", saved_by_openpyxl(read_template("trimestre").octets))):
        install_template(
            actor=ALIX, nom="restylé.xlsx", octets=octets, en_vigueur_le=date(2026, 8, 2), now=NOW, genre=genre
        )
    for freeze, periode in ((freeze_bilan, "2026-S1"), (freeze_compte_rendu, "2026-T2")):
        issued = freeze(actor=CAMILLE, departement="41", periode=Periode.from_code(periode), now=NOW)
        assert issued.is_new
    session.commit()


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """A copy of the product whose documents have one more column each."""
    copied = tmp_path / "suivante"
    # With what Python compiled of it: only the files changed below are compiled again.
    shutil.copytree(ROOT / "paqte", copied / "paqte", ignore=shutil.ignore_patterns("static"))
    for name, after, added in ADDED:
        path = copied / name
        text = path.read_text(encoding="utf-8")
        assert text.count(after) == 1, (name, after)
        path.write_text(text.replace(after, after + added), encoding="utf-8")
    return copied


@pytest.fixture
def found(issued: None, next_version: Path, database_url: str, tmp_path: Path) -> Any:
    """What that version makes of the base."""
    environment = os.environ | {"PYTHONPATH": f"{next_version}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.services.editions.edition_suivante", database_url, str(tmp_path)]
    done = subprocess.run(command, cwd=next_version, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_R19_a_column_added_to_each_document_leaves_what_was_issued_and_what_was_installed_in_use(found: Any) -> None:
    sheets = {"bilan": ("« Code NAF » (Signataires)",), "compte_rendu": ("« Code NAF » (Entreprises)",)}
    for genre, told in found.items():
        assert told["hash"] and told["unchanged"] and told["former file"] == 1, genre
        name, remark = told["template"]
        assert name == "restylé"
        assert remark.startswith("Ce modèle sert, mais ne montre pas l") and sheets[genre][0] in remark
        assert told["moved since before"] == ["Commune"], genre
        assert told["installed shows"] is False
        assert told["moved between two that know"] == ["Catégorie", "Code NAF"], genre
        assert told["drawn again shows"] == "NAF PME"
    assert (found["compte_rendu"]["csv"], found["compte_rendu"]["schema"]) == ("naf", "naf")


def test_a_template_of_today_shows_every_column_and_nothing_is_remarked(issued: None) -> None:
    used = [template_in_force(departement="41", now=NOW, genre=genre) for genre in ("bilan", "trimestre")]
    assert [t.remarque for t in used] == ["", ""]
