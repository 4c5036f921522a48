"""paqte referentiel importer"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.socle.application import OPERATOR, application
from paqte.cli.socle.types import FILE
from paqte.ops import clock


@click.group()
def referentiel() -> None:
    """Listes officielles."""


@referentiel.command()
@click.argument("liste", type=click.Choice(["qpv", "contexte"]))
@click.argument("fichier", type=FILE)
def importer(liste: str, fichier: Path) -> None:
    """Importe une liste officielle.

    qpv : quartiers prioritaires ; contexte : nombre de quartiers et population par département. Dit ce qui a changé.
    """
    from paqte.services.reglages.referentiel import import_context, import_qpv

    action = {"qpv": import_qpv, "contexte": import_context}[liste]
    with application():
        found = action(actor=OPERATOR, content=fichier.read_bytes(), now=clock.now())
    click.echo(f"{found.added} ajoutés, {found.changed} modifiés.")
    for line in found.left:
        click.echo(f"Laissé tel quel : {line}")
