"""The `paqte` command and its sub-commands."""

from __future__ import annotations

import click

from paqte.cli.base import base, restaurer, sauvegarder
from paqte.cli.bilan import bilan
from paqte.cli.comptes import utilisateur
from paqte.cli.examen import config, routes, verifier
from paqte.cli.export import export
from paqte.cli.gabarit import gabarit
from paqte.cli.jeux import demo, peupler
from paqte.cli.journal import journal
from paqte.cli.lancer import lancer
from paqte.cli.listes import courriels, taches
from paqte.cli.planificateur import scheduler
from paqte.cli.referentiel import referentiel
from paqte.cli.relances import relances
from paqte.cli.reprise import reprise


@click.group()
def paqte() -> None:
    """PAQTE : le suivi du Pacte avec les quartiers pour toutes les entreprises."""


for command in (
    lancer,
    scheduler,
    bilan,
    export,
    gabarit,
    taches,
    courriels,
    journal,
    relances,
    utilisateur,
    base,
    sauvegarder,
    restaurer,
    reprise,
    referentiel,
    verifier,
    config,
    routes,
    demo,
    peupler,
):
    paqte.add_command(command)
