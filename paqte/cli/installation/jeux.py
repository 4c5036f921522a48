"""paqte demo charger, paqte peupler"""

from __future__ import annotations

import click

from paqte.cli.socle.application import OPERATOR, application, settings_of
from paqte.config import read_settings
from paqte.domain.erreurs import Refused
from paqte.ops import clock


@click.group()
def demo() -> None:
    """Démonstration du Loir-et-Cher."""


@demo.command()
def charger() -> None:
    """Charge la démonstration.

    Dans une base vide. Le Loir-et-Cher d’abord, entier ou pas du tout, puis de même les départements autour.
    """
    from paqte.jeux.demonstration import load_demonstration, load_nation

    _refuse_production("demo charger")
    with application() as app:
        settings = settings_of(app)
        loaded = load_demonstration(now=clock.now(), base_url=settings.base_url, reports=settings.reports)
        around = load_nation(now=clock.now(), reports=settings.reports)
    click.echo(f"Démonstration chargée : {loaded} ; {around}.")


@click.command()
@click.option("--departements", required=True, type=click.IntRange(1, 107), help="Combien de départements.")
@click.option("--entreprises", required=True, type=click.IntRange(1, 20000), help="Combien d’entreprises dans chacun.")
@click.option("--periodes", required=True, type=click.IntRange(1, 40), help="Combien de trimestres clos.")
@click.option("--graine", default=41, show_default=True, help="La même graine donne les mêmes valeurs.")
def peupler(departements: int, entreprises: int, periodes: int, graine: int) -> None:
    """Remplit la base pour mesurer.

    D’entreprises inventées, jamais dans une base qui sert.
    """
    from paqte.jeux.peuplement import populate

    _refuse_production("peupler")
    with application():
        for code, values in populate(
            actor=OPERATOR,
            departements=departements,
            entreprises=entreprises,
            periodes=periodes,
            graine=graine,
            now=clock.now(),
        ):
            click.echo(f"{code} : {entreprises} entreprises, {values} valeurs")


def _refuse_production(command: str) -> None:
    if read_settings().is_production:
        raise Refused(f"« paqte {command} » invente des données : elle est refusée en production. Rien n’a changé.")
