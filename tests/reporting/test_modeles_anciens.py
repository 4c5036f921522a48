"""The templates that préfectures restyled before sheets of data had their headings first still make whole workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from paqte.reporting.remplissage.gabarits.gabarit import told_lacking
from paqte.reporting.remplissage.plan.format import Format
from tests.domain.loir_et_cher import donnees
from tests.reporting.mondes.bilans import check_template, fill, read_back
from tests.reporting.mondes.classeurs_exemples import quarter
from tests.reporting.mondes.exemples import exemple, neant
from tests.reporting.mondes.exemples_trimestre import exemple_trimestre
from tests.reporting.tiers.lecteurs import opened, parts, read_with_openpyxl, texts
from tests.reporting.tiers.lecteurs_tiers import DU_VERROU, Lecteur, said

FOLDER = Path(__file__).parent / "modeles"
# As `python -m paqte.reporting.dessin` drew them in their version 2026.1.
MODELES: dict[str, tuple[str, Format, Any, Any]] = {
    "bilan": ("bilan_2026.1.xlsx", FORMAT_BILAN, exemple(edition=2), neant()),
    "export": ("export_2026.1.xlsx", FORMAT_TRIMESTRE, exemple_trimestre(), quarter(donnees([]))),
}


# The columns that came since, by heading.
LATER = ("nature", "Numérateur", "Dénominateur", "Réalisé avec objectif", "Visé", "Poids de l’objectif")


def template(kind: str) -> bytes:
    return (FOLDER / MODELES[kind][0]).read_bytes()


@pytest.mark.parametrize(
    ("kind", "remark"),
    [
        (
            "bilan",
            "Ce modèle sert, mais ne montre pas les colonnes « Numérateur » (Indicateurs), « Dénominateur » "
            "(Indicateurs), « Réalisé avec objectif » (Indicateurs), « Visé » (Indicateurs), « Poids de l’objectif » "
            "(Indicateurs), ajoutées depuis qu’il a été dessiné.",
        ),
        (
            "export",
            "Ce modèle sert, mais ne montre pas la colonne « nature » (Données), ajoutée depuis qu’il a été dessiné.",
        ),
    ],
)
def test_a_former_template_is_taken_and_says_what_it_does_not_show(kind: str, remark: str) -> None:
    assert told_lacking(check_template(template(kind), MODELES[kind][1])) == remark


@pytest.mark.parametrize("kind", MODELES)
def test_a_former_template_gives_the_figures_and_the_sheets_it_always_gave(kind: str) -> None:
    _, format, document, _ = MODELES[kind]
    content = fill(document, template(kind), format)
    ours = read_back(content, format).tableaux
    theirs = read_back(fill(document, format.gabarit.read_bytes(), format), format).tableaux
    assert ours.keys() == theirs.keys()
    for name, rows in ours.items():
        assert [{k: v for k, v in row.items() if k not in LATER} for row in theirs[name]] == list(rows), name
    book = opened(content)
    assert not any(sheet.tables for sheet in book.worksheets)
    assert book["Indicateurs" if kind == "bilan" else "Axes PAQTE"].auto_filter.ref.startswith("A4:")
    assert ("Autres signataires" in book.sheetnames) is False


@pytest.mark.parametrize("kind", MODELES)
def test_a_former_template_still_says_neant_where_there_is_nothing(kind: str) -> None:
    _, format, _, nothing = MODELES[kind]
    said_there = texts(read_with_openpyxl(fill(nothing, template(kind), format)))
    sentence = {
        "bilan": "Néant : aucun signataire sur la période.",
        "export": "Néant : aucune valeur n’était attendue sur le trimestre.",
    }
    assert sentence[kind] in said_there


def test_the_other_signatories_stay_where_a_former_template_bears_them() -> None:
    content = fill(exemple_trimestre(), template("export"), FORMAT_TRIMESTRE)
    told = [c.value for row in opened(content)["Entreprises"] for c in row]
    assert "Club du Blaisois (fictif)" in told
    assert len(read_back(content, FORMAT_TRIMESTRE).tableaux["t_autres_signataires"]) == 1


# Former templates repeat rows and columns both on each page, which the last pylightxl that comes built cannot read.
READERS = tuple(lecteur for lecteur in DU_VERROU if lecteur.nom != "pylightxl")


@pytest.mark.parametrize("kind", MODELES)
@pytest.mark.parametrize("lecteur", READERS, ids=lambda lecteur: lecteur.nom)
def test_what_a_former_template_makes_is_read_by_every_program(lecteur: Lecteur, kind: str) -> None:
    _, format, document, _ = MODELES[kind]
    content = fill(document, template(kind), format)
    wanted = said(read_with_openpyxl(content), is_typed=lecteur.is_typed)
    assert said(lecteur.lit(content), is_typed=lecteur.is_typed) == wanted
    written = parts(content)
    assert "xl/sharedStrings.xml" in written
    assert not any(b"inlineStr" in data for name, data in written.items() if "worksheets/sheet" in name)
    assert all(b"<xdr:wsDr" in data for name, data in written.items() if name.startswith("xl/drawings/drawing"))
