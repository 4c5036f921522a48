"""A column of Signataires is its field, its migration, its line of the sheet and its field of the form: four files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.produit import copy_product, insert_before, run_alone

FIELDS = """\
    site_web: Mapped[str] = mapped_column(String(150), default="", server_default="")
    adherente_le: Mapped[date | None]
"""
MIGRATION = '''"""Two columns of Signataires."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{former}"


def upgrade() -> None:
    """Nothing is known of those that are there."""
    op.add_column("signataire", sa.Column("site_web", sa.String(150), nullable=False, server_default=""))
    op.add_column("signataire", sa.Column("adherente_le", sa.Date, nullable=True))
'''
LINES = """\
    site_web: Annotated[
        str, ColonneSignataire(titre="Site internet", longueur=150, noms="site, site web, www", liste=True)
    ] = ""
    adherente_le: Annotated[
        date | None, ColonneSignataire(titre="Adhérente depuis le", genre=JOUR, groupe=LIEU, noms="adhesion")
    ] = None
"""
OF_THE_FORM = """\
    site_web = TextField("Site internet")
    adherente_le = DateField("Adhérente du club depuis le")
"""


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A copy of the product with two more columns, said in those four files and nowhere else."""
    place = copy_product(tmp_path / "produit")
    house = place / "paqte"
    insert_before(house / "models" / "conventions" / "entreprise.py", "    adresse: Mapped[str]", FIELDS)
    versions = house / "migrations" / "versions"
    former = max(path.name[:4] for path in versions.glob("[0-9]*.py"))
    (versions / "9999_colonnes.py").write_text(MIGRATION.format(former=former), encoding="utf-8")
    sheet = house / "domain" / "conventions" / "signataires.py"
    insert_before(sheet, "    adresse: Annotated[", LINES)
    insert_before(sheet, "from typing import", "from datetime import date\n")
    form = house / "web" / "referent" / "conventions" / "signataire_formulaire.py"
    insert_before(form, "    adresse = TextField(", OF_THE_FORM)
    insert_before(form, "    LongTextField,", "    DateField,\n")
    return place


@pytest.mark.lent
def test_two_new_columns_of_signataires_go_the_whole_way_by_their_four_places_alone(product: Path) -> None:
    told = run_alone(
        product,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/services/conventions/entreprises/colonne_inventee/parcours.py",
        "tests/migrations/test_schema.py::test_migrated_tables_are_those_of_the_models",
    )
    assert "4 passed" in told
