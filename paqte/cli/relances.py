"""paqte relances simuler"""

from __future__ import annotations

import click

from paqte.cli.socle.application import OPERATOR, application
from paqte.cli.socle.types import PERIODE, departement_option
from paqte.domain.calendrier.periodes import Periode
from paqte.ops import clock


@click.group()
def relances() -> None:
    """Relances des entreprises."""


@relances.command()
@departement_option
@click.option("--periode", type=PERIODE, help="Seulement les étapes à venir de cette période, par exemple 2026-T3.")
def simuler(departement: str, periode: Periode | None) -> None:
    """Dit qui recevrait quoi.

    À chaque étape à venir, selon l’état de maintenant ; rien n’est envoyé. Et qui ne recevrait rien, avec la raison.
    """
    from paqte.queries.courriels.relances import MOTIFS
    from paqte.queries.courriels.relances_prevues import coming_reminders

    with application():
        steps = coming_reminders(actor=OPERATOR, departement=departement, now=clock.now(), periode=periode)
        for step in steps:
            head = f"{step.jour:%Y-%m-%d}\t{step.libelle}\t{step.periode.code}"
            for person in step.prevision.destinataires:
                told = "; ".join(
                    f"{a.signataire.nom}, {a.echeance.periode.code}, {a.echeance.etat}" for a in person.attendus
                )
                click.echo(f"{head}\t{person.courriel}\t{told}")
            for left in step.prevision.ecartes:
                day = f" ({left.jour:%Y-%m-%d})" if left.jour else ""
                click.echo(f"{head}\t-\t{left.signataire} : {MOTIFS[left.motif]}{day}")
        if not steps:
            click.echo("Aucune étape à venir.")
