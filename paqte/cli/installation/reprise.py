"""paqte reprise lister | confirmer"""

from __future__ import annotations

import click

from paqte.cli.socle.application import OPERATOR, application
from paqte.ops import clock


@click.group()
def reprise() -> None:
    """Reprise après un retour à une sauvegarde."""


@reprise.command("lister")
def list_held() -> None:
    """Dit ce qui attend d’être confirmé.

    Courriels, tâches et comptes : rien de tout cela ne part ni ne se rouvre avant.
    """
    from paqte.queries.planificateur.restaurations import held_things, pending_restoration

    with application():
        waiting = pending_restoration()
        if waiting is None:
            click.echo("Rien n’est retenu.")
            return
        former = f", base précédente : {waiting.precedente}" if waiting.precedente else ""
        click.echo(f"Retour à {waiting.sauvegarde} le {waiting.quand:%Y-%m-%dT%H:%MZ}{former}")
        for held in held_things(waiting, now=clock.now()):
            click.echo(f"{held.sorte}\t{held.pour}\t{held.quoi}")


@reprise.command("confirmer")
@click.option("--courriels", type=click.Choice(["envoyer", "abandonner"]), required=True, help="Ceux qui attendaient.")
@click.option("--taches", type=click.Choice(["faire", "passer"]), required=True, help="Ouvertures et relances prévues.")
@click.option("--comptes", type=click.Choice(["rouvrir", "garder"]), required=True, help="Ceux qui sont fermés.")
def confirm(courriels: str, taches: str, comptes: str) -> None:
    """Laisse repartir l’application.

    Les bilans et les exports dus sont produits, sous un numéro qui n’a jamais servi.
    """
    from paqte.services.planificateur.release import confirm_restoration

    with application():
        confirm_restoration(
            actor=OPERATOR,
            now=clock.now(),
            is_mail_sent=courriels == "envoyer",
            is_task_done=taches == "faire",
            is_account_opened=comptes == "rouvrir",
        )
    click.echo("Reprise confirmée : l’application repart.")
