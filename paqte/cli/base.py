"""paqte base migrer, paqte sauvegarder, paqte restaurer"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.types import FILE, FOLDER
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


def migrate(settings: Settings) -> tuple[str, ...]:
    """Bring the base to the version of this code; gives the numbers of the steps made."""
    from paqte.ops.migration import upgrade_base

    return upgrade_base(settings.database_url, backups=settings.instance / "sauvegardes", now=clock.now())


@click.command()
@click.argument("dossier", type=FOLDER)
def sauvegarder(dossier: Path) -> None:
    """Copie toute la base dans DOSSIER.

    Même pendant que l’application tourne.
    """
    from paqte.ops.backup import save_base
    from paqte.ops.migration import check_base

    settings = read_settings()
    check_base(settings.database_url)
    click.echo(str(save_base(settings.database_url, dossier, clock.now())))


@click.command()
@click.argument("fichier", type=FILE)
def restaurer(fichier: Path) -> None:
    """Remet la base dans l’état de FICHIER.

    L’état présent est d’abord sauvegardé.
    """
    from paqte.ops.backup import restore_base, save_base
    from paqte.ops.migration import is_empty

    settings = read_settings()
    if not is_empty(settings.database_url):
        folder = settings.instance / "sauvegardes"
        before = save_base(settings.database_url, folder, clock.now(), prefix="avant-restauration")
        click.echo(f"État précédent : {before}")
    restore_base(settings.database_url, fichier)
    migrate(settings)
    click.echo(f"Base restaurée depuis {fichier}.")
