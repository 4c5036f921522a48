"""paqte export trimestriel | lister"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.documents.editions import EditionAsked, lieu_options, list_and_tell, produce_and_tell, publiable_option
from paqte.cli.socle.types import DEPARTEMENT, OUTPUT, PERIODE
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import COMPTE_RENDU


@click.group()
def export() -> None:
    """Exports trimestriels."""


@export.command()
@lieu_options
@click.option("--periode", required=True, type=PERIODE, help="Trimestre, par exemple 2026-T3.")
@publiable_option
@click.option("--sortie", type=OUTPUT, metavar="FICHIER", help="Copie aussi le classeur à cet endroit.")
def trimestriel(lieu: EditionAsked, periode: Periode, publiable: bool, sortie: Path | None) -> None:
    """Produit une édition : le classeur, les données en CSV et leur schéma ; d’une région ou de la nation, le classeur.

    Quand rien n’a changé depuis la dernière, c’est elle qui est redonnée.
    """
    produce_and_tell(COMPTE_RENDU, lieu, periode, sortie, is_publishable=publiable)


@export.command()
@click.option("--departement", type=DEPARTEMENT, help="Celui-là seulement.")
def lister(departement: str | None) -> None:
    """Liste les éditions des exports.

    Numéro interne, département, période, édition, date, sha256 du fichier.
    """
    list_and_tell(COMPTE_RENDU, departement)
