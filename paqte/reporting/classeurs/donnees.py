"""The rows of data of a compte rendu: one description of their columns gives the sheet, the CSV and its schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import Any

from paqte.domain.colonnes import BRUT, TEXTE, Colonne
from paqte.domain.conventions import DISPOSITIFS
from paqte.domain.documents.compte_rendu import ETATS_DONNEE, CompteRendu, DonneeTrimestre
from paqte.domain.documents.registre import COMPTE_RENDU, DOCUMENTS
from paqte.domain.editions import CSV, JSON
from paqte.domain.secret import DIFFUSIONS
from paqte.reporting.liste_csv import write_csv
from paqte.reporting.ooxml.texte import clean
from paqte.reporting.ooxml.valeurs import number_text
from paqte.reporting.publication import file_name
from paqte.reporting.remplissage.format import Piece, Tableau

DONNEES = "Données"
NEANT = "Néant : aucune valeur n’était attendue sur le trimestre."

# What the names of the files of a compte rendu begin with.
PREFIXE = DOCUMENTS[COMPTE_RENDU].fichier
# Data Resource and Table Schema of Frictionless Data.
PROFILE = "tabular-data-resource"
_TYPES = {TEXTE: "string", BRUT: "number"}


@dataclass(frozen=True, slots=True)
class ColonneDonnees:
    """A column: `nom` heads it in the CSV and names it in the schema, `titre` heads it on the sheet."""

    nom: str
    titre: str
    largeur: float
    valeur: Callable[[CompteRendu, DonneeTrimestre], str | Decimal | None]
    description: str
    format: str = TEXTE
    contraintes: Mapping[str, object] = field(default_factory=dict)

    @property
    def descriptor(self) -> dict[str, object]:
        """The field of the schema. Decimals are written with a comma, which French spreadsheets read as numbers."""
        number = {"decimalChar": ",", "bareNumber": True} if self.format == BRUT else {}
        base = {"name": self.nom, "title": self.titre, "description": self.description, "type": _TYPES[self.format]}
        return base | number | ({"constraints": dict(self.contraintes)} if self.contraintes else {})


def _of_row(name: str) -> Callable[[CompteRendu, DonneeTrimestre], Any]:
    getter = attrgetter(name)
    return lambda _, row: getter(row)


_OWED: Mapping[str, object] = {"required": True}
_POSITIVE: Mapping[str, object] = {"minimum": 0}

COLONNES: tuple[ColonneDonnees, ...] = (
    ColonneDonnees(
        "departement",
        "Département",
        11,
        lambda c, _: c.departement,
        "Code du département.",
        contraintes={"required": True, "pattern": "(0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|9[78][0-9])"},
    ),
    ColonneDonnees(
        "siret",
        "SIRET",
        15.5,
        _of_row("identifiant"),
        "SIRET du signataire, ou son SIREN s’il a signé pour l’entreprise entière. Un texte : les zéros comptent ; "
        "dans un tableur, importez cette colonne comme texte.",
        contraintes={"required": True, "pattern": "([0-9]{9}|[0-9]{14})"},
    ),
    ColonneDonnees("signataire", "Signataire", 26, _of_row("signataire"), "Nom du signataire.", contraintes=_OWED),
    ColonneDonnees(
        "convention", "Convention", 12, _of_row("convention"), "Numéro de la convention.", contraintes=_OWED
    ),
    ColonneDonnees(
        "dispositif",
        "Dispositif",
        11,
        _of_row("dispositif"),
        "Dispositif dont relève la valeur : « paqte » pour un indicateur, « plan_10000 » pour une thématique.",
        contraintes={"required": True, "enum": [*DISPOSITIFS]},
    ),
    ColonneDonnees("axe", "Axe", 14, _of_row("axe"), "Code de l’axe.", contraintes=_OWED),
    ColonneDonnees(
        "thematique",
        "Thématique",
        10,
        _of_row("thematique"),
        "Code de la thématique du plan « 10 000 entreprises » ; vide pour un indicateur du PAQTE.",
        contraintes={"pattern": "T[0-9]{2}"},
    ),
    ColonneDonnees("indicateur", "Indicateur", 10, _of_row("indicateur"), "Code de la grille.", contraintes=_OWED),
    ColonneDonnees("libelle", "Libellé", 44, _of_row("libelle"), "Libellé de l’engagement.", contraintes=_OWED),
    ColonneDonnees("unite", "Unité", 13, _of_row("unite"), "Unité de la valeur ; « % » pour un pourcentage."),
    ColonneDonnees(
        "periode",
        "Période",
        10,
        _of_row("periode"),
        "Trimestre sur lequel porte la valeur, par exemple 2026-T3.",
        contraintes={"required": True, "pattern": "[0-9]{4}-T[1-4]"},
    ),
    ColonneDonnees(
        "valeur",
        "Valeur",
        12,
        _of_row("valeur"),
        "Valeur validée ; vide quand il n’y en a pas, ce qui n’est jamais zéro : « etat » dit pourquoi. D’un ratio, le "
        "pourcentage que donnent ses deux nombres.",
        BRUT,
        _POSITIVE,
    ),
    ColonneDonnees("numerateur", "Numérateur", 12, _of_row("numerateur"), "Numérateur d’un ratio.", BRUT, _POSITIVE),
    ColonneDonnees(
        "denominateur", "Dénominateur", 12, _of_row("denominateur"), "Dénominateur d’un ratio.", BRUT, _POSITIVE
    ),
    ColonneDonnees(
        "etat",
        "État",
        22,
        _of_row("etat"),
        f"Ce qu’est la valeur : {', '.join(f'{code} ({label})' for code, label in ETATS_DONNEE.items())}.",
        contraintes={"required": True, "enum": [*ETATS_DONNEE]},
    ),
)


def _shown(colonne: ColonneDonnees, document: CompteRendu, row: DonneeTrimestre) -> Any:
    """What the sheet shows: people read the label of a state, programs its code."""
    return row.etat_lu if colonne.nom == "etat" else colonne.valeur(document, row)


TABLEAU_DONNEES = Tableau(
    "t_donnees",
    DONNEES,
    lambda document: ([_shown(c, document, row) for c in COLONNES] for row in document.donnees),
    tuple(
        Colonne(c.titre, c.largeur, c.format, lambda values, rank=rank: values[rank])  # type: ignore[misc]
        for rank, c in enumerate(COLONNES)
    ),
    NEANT,
)


def csv_name(document: CompteRendu) -> str:
    """ "export-trimestriel_41_2026-T3_edition-1.csv"."""
    return file_name(document, PREFIXE, CSV)


def schema_name(document: CompteRendu) -> str:
    """ "export-trimestriel_41_2026-T3_edition-1.schema.json"."""
    return file_name(document, PREFIXE, f"schema.{JSON}")


def write_donnees(document: CompteRendu) -> bytes:
    """The rows as CSV: UTF-8 with its mark, semicolons, decimal commas, no text that a spreadsheet would compute."""
    rows = ([_written(c.valeur(document, row)) for c in COLONNES] for row in document.donnees)
    return write_csv([c.nom for c in COLONNES], rows)


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
        "schema": {"fields": [c.descriptor for c in COLONNES], "missingValues": [""]},
    }
    return json.dumps(descriptor, ensure_ascii=False, indent=2).encode() + b"\n"


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
