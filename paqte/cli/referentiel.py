"""paqte referentiel importer"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.socle.application import OPERATOR, application
from paqte.cli.socle.fichiers import first_octets
from paqte.cli.socle.types import FILE
from paqte.ops import clock

# The list of all districts with their outlines is some tens of megabytes.
_MOST_OCTETS = 256 << 20


@click.group()
def referentiel() -> None:
    """Listes officielles."""


@referentiel.command()
@click.argument("liste", type=click.Choice(["qpv", "colleges", "contexte", "sirene"]))
@click.argument("fichier", type=FILE)
def importer(liste: str, fichier: Path) -> None:
    """Importe une liste officielle.

    qpv : quartiers prioritaires ; colleges : collèges REP et REP+ ; contexte : chiffres par département ; sirene :
    établissements d’un département. Dit ce qui a changé. Une liste importée deux fois ne change rien.
    """
    with application():
        if liste == "sirene":
            _import_sirene(fichier)
        else:
            _import_list(liste, fichier)


def _import_list(liste: str, fichier: Path) -> None:
    from paqte.services.reglages.referentiel import import_colleges, import_context, import_qpv

    content = first_octets(fichier, _MOST_OCTETS)
    if len(content) > _MOST_OCTETS:
        raise click.ClickException(f"ce n’est pas une liste officielle : {fichier} dépasse {_MOST_OCTETS >> 20} Mo.")
    action = {"qpv": import_qpv, "colleges": import_colleges, "contexte": import_context}[liste]
    found = action(actor=OPERATOR, content=content, now=clock.now())
    click.echo(f"{found.added} ajoutés, {found.changed} modifiés, {len(found.closed)} fermés.")
    for line in found.left:
        click.echo(f"Laissé tel quel : {line}")
    for line in found.closed:
        click.echo(f"Fermé, absent de la liste : {line}")


def _import_sirene(fichier: Path) -> None:
    from paqte.services.conventions.entreprises.sirene import import_sirene

    with fichier.open("rb") as file:
        found = import_sirene(actor=OPERATOR, file=file, now=clock.now())
    click.echo(f"{found.ajoutes} ajoutés, {found.modifies} modifiés, {found.fermes} fermés.")
