"""paqte document produire | lister | publier: any document, by its code; the published folder made again."""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.documents.editions import EditionAsked, list_and_tell, produce_and_tell, publiable_option
from paqte.cli.socle.application import OPERATOR, application, settings_of
from paqte.cli.socle.types import DEPARTEMENT, OUTPUT, PERIODE, departement_option
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.erreurs import Refused
from paqte.ops import clock


def _known(context: click.Context, parameter: click.Parameter, code: str) -> str:
    if code not in DOCUMENTS:
        raise click.BadParameter(f"« {code} » n’est pas un document : {', '.join(DOCUMENTS)}.", context, parameter)
    return code


genre_option = click.option("--genre", required=True, callback=_known, help="Le document : bilan, compte_rendu…")


@click.group()
def document() -> None:
    """Tout document, par son code."""


@document.command()
@genre_option
@departement_option
@click.option("--periode", required=True, type=PERIODE, help="Sa période : 2026-T3, 2026-S1 ou 2026.")
@publiable_option
@click.option("--sortie", type=OUTPUT, metavar="FICHIER", help="Copie aussi le classeur à cet endroit.")
def produire(genre: str, departement: str, periode: Periode, publiable: bool, sortie: Path | None) -> None:
    """Produit une édition.

    Quand rien n’a changé depuis la dernière, c’est elle qui est redonnée.
    """
    produce_and_tell(genre, EditionAsked(departement, None, False), periode, sortie, is_publishable=publiable)


@document.command()
@genre_option
@click.option("--departement", type=DEPARTEMENT, help="Celui-là seulement.")
def lister(genre: str, departement: str | None) -> None:
    """Liste les éditions d’un document.

    Numéro interne, département, période, édition, date, sha256 du fichier.
    """
    list_and_tell(genre, departement)


@document.command()
def publier() -> None:
    """Dépose dans le dossier des bilans les fichiers de toutes les éditions.

    Ceux qui y sont déjà restent tels quels. Sert à une machine neuve, ou qui n’a pas produit ces éditions.
    """
    from paqte.services.editions.sommes import publish_everything

    with application() as app:
        done = list(publish_everything(actor=OPERATOR, reports=settings_of(app).reports, now=clock.now()))
    refused = [one for one in done if isinstance(one, Refused)]
    for one in refused:
        click.echo(str(one), err=True)
    click.echo(f"Éditions présentes dans le dossier des bilans : {len(done) - len(refused)}.")
    if refused:
        raise Refused(f"Éditions qui n’ont pas pu y être déposées : {len(refused)}.")
