"""paqte base migrer, paqte base cle, paqte base adopter, paqte base transferer, paqte sauvegarder, paqte restaurer"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.socle.types import FILE, FOLDER, OUTPUT
from paqte.config import Settings, read_settings
from paqte.ops import clock


@click.group()
def base() -> None:
    """Base de données."""


@base.command()
def migrer() -> None:
    """Crée la base ou la met à jour.

    Une base qui contient déjà quelque chose est d’abord sauvegardée. Les régions et les départements y sont inscrits.
    """
    from paqte.cli.socle.application import OPERATOR, application
    from paqte.services.reglages.territoire import load_territories

    steps = migrate(read_settings())
    with application():
        load_territories(actor=OPERATOR, now=clock.now())
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


@base.command()
@click.argument("fichier", type=OUTPUT)
def cle(fichier: Path) -> None:
    """Crée la clé des sauvegardes : la clé privée dans FICHIER.

    La clé publique est affichée : c’est la valeur de PAQTE_SAUVEGARDE_CLE. Gardez FICHIER hors du serveur.
    """
    from paqte.ops.base.cipher import draw_key

    click.echo(draw_key(fichier))


@base.command()
def adopter() -> None:
    """Fait de la clé secrète d’ici celle de la base.

    À faire quand l’ancienne est perdue : chacun se reconnecte, et prépare de nouveau son second facteur. Le journal le
    garde.
    """
    from paqte.cli.socle.application import OPERATOR, application, settings_of
    from paqte.ops.base.garde import secret_mark
    from paqte.services.comptes.entree.secret import adopt_secret

    with application() as app:
        adopt_secret(actor=OPERATOR, empreinte=secret_mark(settings_of(app).secret_key), now=clock.now())
    click.echo("La clé secrète d’ici est celle de la base. Donnez la même à chaque machine.")


@base.command()
@click.argument("url")
def transferer(url: str) -> None:
    """Copie la base SQLite dans la base PostgreSQL vide URL.

    PAQTE arrêté ; tout est comparé ligne à ligne avant d’être gardé.
    """
    from paqte.cli.socle.verrou import alone_on
    from paqte.ops.base.transfer import source_path, transfer_base

    settings = read_settings()
    source_path(settings.database_url)
    with alone_on(settings.instance):
        compared, address = transfer_base(settings.database_url, url, now=clock.now())
    for one in compared:
        click.echo(f"{one.table}\t{one.rows}\t{one.digest}")
    click.echo(
        f"{len(compared)} tables, {sum(one.rows for one in compared)} lignes : les deux bases sont identiques, "
        "ligne à ligne. La base SQLite est intacte."
    )
    click.echo(f"À régler maintenant : PAQTE_DATABASE_URL={address} (avec son mot de passe), puis « paqte verifier ».")


def migrate(settings: Settings) -> tuple[str, ...]:
    """Bring the base to the version of this code; gives the numbers of the steps made."""
    from paqte.ops.base.migration import upgrade_base

    return upgrade_base(
        settings.database_url,
        backups=settings.instance / "sauvegardes",
        now=clock.now(),
        keys=settings.sauvegarde_cles,
    )


@click.command()
@click.argument("dossier", type=FOLDER)
@click.option(
    "--garder", metavar="JOURS", type=click.IntRange(min=1), help="Ôte ensuite les sauvegardes plus anciennes."
)
def sauvegarder(dossier: Path, garder: int | None) -> None:
    """Copie toute la base dans DOSSIER.

    Même pendant que l’application tourne ; chiffrée si PAQTE_SAUVEGARDE_CLE est donnée.
    """
    from paqte.ops.base.backup import save_base
    from paqte.ops.base.migration import check_base
    from paqte.ops.base.rotation import remove_old

    settings = read_settings()
    check_base(settings.database_url)
    now = clock.now()
    click.echo(str(save_base(settings.database_url, dossier, now, keys=settings.sauvegarde_cles)))
    if garder is not None:
        remove_old(dossier, now, garder)


@click.command()
@click.argument("fichier", type=FILE)
@click.option("--cle", metavar="FICHIER", type=FILE, help="Clé privée d’une sauvegarde chiffrée.")
def restaurer(fichier: Path, cle: Path | None) -> None:
    """Remet la base dans l’état de FICHIER.

    Le fichier est d’abord jugé ; l’état présent est gardé. Ce qui partirait une seconde fois est retenu.
    """
    from paqte.ops.base.cipher import read_keys
    from paqte.services.planificateur.restauration import restore

    keys = read_keys(cle, lambda: str(click.prompt("Phrase de passe de la clé", hide_input=True))) if cle else ()
    done = restore(settings=read_settings(), source=fichier, now=clock.now(), keys=keys)
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
