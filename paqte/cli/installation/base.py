"""paqte base migrer, paqte sauvegarder, paqte restaurer"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.socle.types import FILE, FOLDER
from paqte.config import Settings, read_settings
from paqte.ops import clock


@click.group()
def base() -> None:
    """Base de données."""


@base.command()
def migrer() -> None:
    """Crée la base ou la met à jour.

    Une base qui contient déjà quelque chose est d’abord sauvegardée.
    """
    steps = migrate(read_settings())
    click.echo(f"Base mise à jour : {', '.join(steps)}." if steps else "La base est à jour.")


@base.command()
def sommes() -> None:
    """Refait les sommes gardées, depuis les déclarations validées.

    Elles ne servent qu’à montrer les pages plus vite.
    """
    from paqte.cli.socle.application import application
    from paqte.domain.personnes.acteurs import operator
    from paqte.services.planificateur.mouvements import make_sums_again

    with application():
        click.echo(f"{make_sums_again(actor=operator(), now=clock.now())} sommes refaites.")


def migrate(settings: Settings) -> tuple[str, ...]:
    """Bring the base to the version of this code; gives the numbers of the steps made."""
    from paqte.ops.base.migration import upgrade_base

    return upgrade_base(settings.database_url, backups=settings.instance / "sauvegardes", now=clock.now())


@click.command()
@click.argument("dossier", type=FOLDER)
def sauvegarder(dossier: Path) -> None:
    """Copie toute la base dans DOSSIER.

    Même pendant que l’application tourne.
    """
    from paqte.ops.base.backup import save_base
    from paqte.ops.base.migration import check_base

    settings = read_settings()
    check_base(settings.database_url)
    click.echo(str(save_base(settings.database_url, dossier, clock.now())))


@click.command()
@click.argument("fichier", type=FILE)
def restaurer(fichier: Path) -> None:
    """Remet la base dans l’état de FICHIER.

    Le fichier est d’abord jugé ; l’état présent est gardé. Ce qui partirait une seconde fois est retenu.
    """
    from paqte.services.planificateur.restauration import restore

    done = restore(settings=read_settings(), source=fichier, now=clock.now())
    if done.precedente:
        click.echo(f"État précédent : {done.precedente}{'' if done.is_sound else ' (abîmé, gardé tel quel)'}")
    click.echo(f"Base restaurée depuis {fichier}.")
    for address, why in sorted(done.constat.comptes.items()):
        click.echo(f"Compte fermé : {address}, {why}.")
    if done.constat.non_compares:
        why = "La base précédente ne se lisait plus" if done.precedente else "Il n’y avait pas de base ici"
        click.echo(f"{why} : {', '.join(done.constat.non_compares)} n’ont pas pu être comparés à ce qui a suivi.")
    click.echo(
        "Rien ne part avant votre accord : « paqte reprise lister » dit ce qui est retenu, "
        "« paqte reprise confirmer » le laisse partir ou l’abandonne."
    )
