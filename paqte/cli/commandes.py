"""The `paqte` command and its sub-commands."""

from __future__ import annotations

import click

from paqte.cli.comptes import utilisateur
from paqte.cli.documents.bilan import bilan
from paqte.cli.documents.consolider import consolider
from paqte.cli.documents.document import document
from paqte.cli.documents.export import export
from paqte.cli.documents.gabarit import gabarit
from paqte.cli.documents.recus import recus
from paqte.cli.formulaire import formulaire
from paqte.cli.importer import importer
from paqte.cli.installation.base import base, restaurer, sauvegarder
from paqte.cli.installation.examen import config, routes, verifier
from paqte.cli.installation.jeux import demo, peupler
from paqte.cli.installation.lancer import lancer
from paqte.cli.installation.planificateur import scheduler
from paqte.cli.installation.reprise import reprise
from paqte.cli.journal import journal
from paqte.cli.listes import courriels, taches
from paqte.cli.referentiel import referentiel
from paqte.cli.relances import relances


@click.group()
def paqte() -> None:
    """PAQTE : le suivi du Pacte avec les quartiers pour toutes les entreprises."""


for command in (
    lancer,
    scheduler,
    bilan,
    export,
    document,
    consolider,
    recus,
    formulaire,
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
    importer,
    referentiel,
    verifier,
    config,
    routes,
    demo,
    peupler,
):
    paqte.add_command(command)
