"""The columns of the rows of data of a compte rendu: sheet, CSV, schema and comparison derive from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from paqte.domain.colonnes import BRUT, TEXTE, Colonne
from paqte.domain.documents.lignes.lignes_trimestre import ETATS_DONNEE
from paqte.domain.statuts.conventions import DISPOSITIFS, NATURES


@dataclass(frozen=True, slots=True)
class ColonneDonnees(Colonne):
    """A column whose `nom` heads it in the CSV and names it in the schema, where it is not that of its field.

    `code` is the field that programs read where people read another; `is_of_document` takes it from the document.
    """

    nom: str = ""
    code: str = ""
    is_of_document: bool = False
    description: str = ""
    contraintes: Mapping[str, object] = field(default_factory=dict)

    @property
    def entete(self) -> str:
        """What heads it in the CSV."""
        return self.nom or self.champ

    def shown(self, document: Any, row: Any) -> Any:
        """What people read on the sheet."""
        return getattr(document, self.champ) if self.is_of_document else self.of(row)

    def told(self, document: Any, row: Any) -> Any:
        """What programs read in the CSV."""
        return getattr(row, self.code) if self.code else self.shown(document, row)


_OWED: Mapping[str, object] = {"required": True}
_POSITIVE: Mapping[str, object] = {"minimum": 0}

DONNEES: tuple[ColonneDonnees, ...] = (
    ColonneDonnees(
        "departement",
        "Département",
        TEXTE,
        largeur=11,
        is_of_document=True,
        comparee=False,
        description="Code du département.",
        contraintes={"required": True, "pattern": "(0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|9[78][0-9])"},
    ),
    ColonneDonnees(
        "identifiant",
        "SIRET",
        TEXTE,
        largeur=15.5,
        nom="siret",
        description=(
            "SIRET du signataire, ou son SIREN s’il a signé pour l’entreprise entière. Un texte : les zéros comptent ; "
            "dans un tableur, importez cette colonne comme texte."
        ),
        contraintes={"required": True, "pattern": "([0-9]{9}|[0-9]{14})"},
    ),
    ColonneDonnees(
        "signataire",
        "Signataire",
        TEXTE,
        largeur=26,
        description="Nom du signataire.",
        contraintes=_OWED,
    ),
    ColonneDonnees(
        "convention",
        "Convention",
        TEXTE,
        largeur=12,
        comparee=False,
        description="Numéro de la convention.",
        contraintes=_OWED,
    ),
    ColonneDonnees(
        "dispositif",
        "Dispositif",
        TEXTE,
        largeur=11,
        description=(
            "Dispositif dont relève la valeur : « paqte » pour un indicateur, « plan_10000 » pour une thématique."
        ),
        contraintes={"required": True, "enum": [*DISPOSITIFS]},
    ),
    ColonneDonnees(
        "axe",
        "Axe",
        TEXTE,
        largeur=14,
        description="Code de l’axe.",
        contraintes=_OWED,
    ),
    ColonneDonnees(
        "thematique",
        "Thématique",
        TEXTE,
        largeur=10,
        description="Code de la thématique du plan « 10 000 entreprises » ; vide pour un indicateur du PAQTE.",
        contraintes={"pattern": "T[0-9]{2}"},
    ),
    ColonneDonnees(
        "indicateur",
        "Indicateur",
        TEXTE,
        largeur=10,
        comparee=False,
        description="Code de la grille.",
        contraintes=_OWED,
    ),
    ColonneDonnees(
        "libelle",
        "Libellé",
        TEXTE,
        largeur=44,
        comparee=False,
        description="Libellé de l’engagement.",
        contraintes=_OWED,
    ),
    ColonneDonnees(
        "unite",
        "Unité",
        TEXTE,
        largeur=13,
        description="Unité de la valeur ; « % » pour un pourcentage.",
    ),
    ColonneDonnees(
        "periode",
        "Période",
        TEXTE,
        largeur=10,
        comparee=False,
        description="Trimestre sur lequel porte la valeur, par exemple 2026-T3.",
        contraintes={"required": True, "pattern": "[0-9]{4}-T[1-4]"},
    ),
    ColonneDonnees(
        "valeur",
        "Valeur",
        BRUT,
        largeur=12,
        description=(
            "Valeur validée ; vide quand il n’y en a pas, ce qui n’est jamais zéro : « etat » dit pourquoi. "
            "D’un ratio, le pourcentage que donnent ses deux nombres."
        ),
        contraintes=_POSITIVE,
    ),
    ColonneDonnees(
        "numerateur",
        "Numérateur",
        BRUT,
        largeur=12,
        description="Numérateur d’un ratio.",
        contraintes=_POSITIVE,
    ),
    ColonneDonnees(
        "denominateur",
        "Dénominateur",
        BRUT,
        largeur=12,
        description="Dénominateur d’un ratio.",
        contraintes=_POSITIVE,
    ),
    ColonneDonnees(
        "etat_lu",
        "État",
        TEXTE,
        largeur=22,
        nom="etat",
        code="etat",
        description=f"Ce qu’est la valeur : {', '.join(f'{code} ({label})' for code, label in ETATS_DONNEE.items())}.",
        contraintes={"required": True, "enum": [*ETATS_DONNEE]},
    ),
    ColonneDonnees(
        "nature",
        "Nature",
        TEXTE,
        depuis="2026-12",
        largeur=16,
        mot=lambda code: NATURES.get(code, code),
        code="nature",
        description=(
            f"Nature du signataire : {', '.join(f'{code} ({label})' for code, label in NATURES.items())}. "
            "Seules les entreprises comptent parmi les entreprises signataires."
        ),
        contraintes={"enum": [*NATURES]},
    ),
)
