"""The rows of data of a compte rendu: one description of their columns gives the sheet, the CSV and its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from paqte.domain.colonnes import BRUT, TEXTE
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes.donnees import DONNEES as COLONNES
from paqte.domain.documents.lignes.donnees import ColonneDonnees
from paqte.domain.documents.lignes.lignes_trimestre import DonneeTrimestre
from paqte.domain.documents.registre import COMPTE_RENDU, DOCUMENTS
from paqte.domain.editions.editions import CSV, JSON
from paqte.domain.secret import DIFFUSIONS
from paqte.reporting.liste_csv import write_csv
from paqte.reporting.ooxml.sheets.values import number_text
from paqte.reporting.ooxml.texts.text import clean
from paqte.reporting.publication import file_name
from paqte.reporting.remplissage.plan.format import Piece, Table

DONNEES = "Données"
NEANT = "Néant : aucune valeur n’était attendue sur le trimestre."

# What the names of the files of a compte rendu begin with.
PREFIXE = DOCUMENTS[COMPTE_RENDU].fichier
# Data Resource and Table Schema of Frictionless Data.
PROFILE = "tabular-data-resource"
_TYPES = {TEXTE: "string", BRUT: "number"}


# Rows and their document: some columns are the document's.
def _cell(colonne: ColonneDonnees, pair: tuple[CompteRendu, DonneeTrimestre]) -> Any:
    return colonne.told(*pair)


TABLEAU_DONNEES = Table(
    "t_donnees",
    DONNEES,
    lambda document: ((document, row) for row in document.donnees),
    tuple(replace(c, titre=c.entete, ancien=c.titre, valeur=partial(_cell, c)) for c in COLONNES),
    NEANT,
    liste="Donnees",
)


def csv_name(document: CompteRendu) -> str:
    """ "export-trimestriel_41_2026-T3_edition-1.csv"."""
    return file_name(document, PREFIXE, CSV)


def schema_name(document: CompteRendu) -> str:
    """ "export-trimestriel_41_2026-T3_edition-1.schema.json"."""
    return file_name(document, PREFIXE, f"schema.{JSON}")


def write_donnees(document: CompteRendu) -> bytes:
    """The rows as CSV: UTF-8 with its mark, semicolons, decimal commas, no text that a spreadsheet would compute."""
    rows = ([_written(c.told(document, row)) for c in COLONNES] for row in document.donnees)
    return write_csv([c.entete for c in COLONNES], rows)


def write_schema(document: CompteRendu) -> bytes:
    """The description of the CSV as a Frictionless resource, with its dialect and its Table Schema."""
    descriptor = {
        "profile": PROFILE,
        "name": f"export-trimestriel-{document.departement.lower()}-{document.periode.lower()}",
        "title": f"Export trimestriel, {document.departement_nom}, {document.periode_libelle}",
        "description": DIFFUSIONS[document.diffusion],
        "path": csv_name(document),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ";", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {"fields": [_descriptor(c) for c in COLONNES], "missingValues": [""]},
    }
    return json.dumps(descriptor, ensure_ascii=False, indent=2).encode() + b"\n"


def _descriptor(colonne: ColonneDonnees) -> dict[str, object]:
    """The field of the schema. Decimals are written with a comma, which French spreadsheets read as numbers."""
    number = {"decimalChar": ",", "bareNumber": True} if colonne.format == BRUT else {}
    named = {"name": colonne.entete, "title": colonne.titre, "description": colonne.description}
    base = named | {"type": _TYPES[colonne.format]}
    return base | number | ({"constraints": dict(colonne.contraintes)} if colonne.contraintes else {})


def pieces(document: CompteRendu) -> list[Piece]:
    """The rows as CSV and their schema, made from the very document of the workbook."""
    return [
        Piece(CSV, csv_name(document), write_donnees(document), document.diffusion),
        Piece(JSON, schema_name(document), write_schema(document), document.diffusion),
    ]


def _written(value: str | Decimal | None) -> str:
    if value is None:
        return ""
    return clean(value).texte if isinstance(value, str) else number_text(value).replace(".", ",")
