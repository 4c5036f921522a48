"""paqte taches lister, paqte courriels lister"""

from __future__ import annotations

import click

from paqte.cli.application import application


@click.group()
def taches() -> None:
    """Travaux du planificateur."""


@taches.command("lister")
def list_tasks() -> None:
    """Liste les travaux, le plus récent d’abord.

    Avec la raison des échecs.
    """
    from paqte.domain.taches import ETATS
    from paqte.queries.taches import list_tasks

    with application():
        for tache in list_tasks():
            moment = tache.finie_le or tache.prise_le
            click.echo(
                f"{tache.travail}\t{tache.departement}\t{tache.periode}\t{ETATS[tache.etat]}\t"
                f"essai {tache.essais}\t{moment:%Y-%m-%dT%H:%MZ}\t{tache.message}"
            )


@click.group()
def courriels() -> None:
    """Boîte d’envoi."""


@courriels.command("lister")
@click.option("--tous", is_flag=True, help="Aussi ceux qui sont partis.")
def list_mails(tous: bool) -> None:
    """Liste ce qui attend ou est refusé.

    Avec le texte, où se trouvent les liens de connexion.
    """
    from paqte.domain.courriels import ETATS
    from paqte.queries.courriels import list_mails

    with application():
        for mail in list_mails(is_all=tous):
            reason = f" ({mail.erreur})" if mail.erreur else ""
            click.echo(f"{mail.cree_le:%Y-%m-%dT%H:%MZ}\t{ETATS[mail.etat]}{reason}\t{mail.destinataire}\t{mail.sujet}")
            click.echo("".join(f"    {line}\n" for line in mail.texte.strip().splitlines()))
