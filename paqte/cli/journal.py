"""paqte journal lister | verifier"""

from __future__ import annotations

import json

import click

from paqte.cli.socle.application import application
from paqte.cli.socle.sortie import REFUSED
from paqte.cli.socle.types import DEPARTEMENT


@click.group()
def journal() -> None:
    """Journal : qui, quand, quoi, avant, après."""


@journal.command("lister")
@click.option("--departement", type=DEPARTEMENT, help="Seulement ce département.")
@click.option("--objet", metavar="NOM", help="Une sorte de chose, comme « convention ».")
@click.option("--numero", metavar="N", help="Cette chose seule ; avec --objet.")
@click.option("--dernieres", type=click.IntRange(1, 1_000_000), default=200, help="Combien, 200 à défaut.")
def list_lines(departement: str | None, objet: str | None, numero: str | None, dernieres: int) -> None:
    """Liste les dernières lignes, dans l’ordre où elles ont été écrites."""
    from paqte.queries.journal import latest_lines

    with application():
        for line in latest_lines(departement=departement, objet=objet, objet_id=numero, limit=dernieres):
            values = "\t".join(json.dumps(v, ensure_ascii=False, sort_keys=True) for v in (line.avant, line.apres))
            click.echo(
                f"{line.id}\t{line.quand:%Y-%m-%dT%H:%M:%SZ}\t{line.qui}\t{line.acte}\t{line.objet}\t{line.objet_id}\t"
                f"{line.departement or ''}\t{values}"
            )


@journal.command("verifier")
@click.pass_context
def check(context: click.Context) -> None:
    """Relit toute la chaîne d’empreintes.

    Dit chaque ligne modifiée ou ôtée. Une personne effacée n’y change rien.
    """
    from paqte.queries.journal import check_chain

    with application():
        found = check_chain()
    for fault in found.fautes:
        click.echo(f"FAUTE {fault}.")
    click.echo(f"{found.lignes} lignes, {found.effacees} mentions effacées. Dernière empreinte : {found.derniere}")
    if found.fautes:
        context.exit(REFUSED)
