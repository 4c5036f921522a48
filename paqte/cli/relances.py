"""paqte relances simuler | referents"""

from __future__ import annotations

import click

from paqte.cli.socle.application import OPERATOR, application
from paqte.cli.socle.types import PERIODE, departement_option
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.ops import clock


@click.group()
def relances() -> None:
    """Relances des entreprises, rappels aux référents."""


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
        elif not any(step.prevision.destinataires or step.prevision.ecartes for step in steps):
            click.echo("Rien n’est attendu de personne aux étapes à venir.")


@relances.command()
@click.option("--periode", type=PERIODE, help="Un semestre, par exemple 2026-S1 ; sans elle, le dernier terminé.")
def referents(periode: Periode | None) -> None:
    """Dit quels référents recevraient un rappel.

    À chaque étape à venir, tant que leur bilan est attendu ; rien n’est envoyé. Et qui ne recevrait rien.
    """
    from paqte.queries.editions.nation import coming_rappels

    if periode is not None and periode.genre != SEMESTRE:
        raise click.BadParameter("choisissez un semestre, par exemple 2026-S1.", param_hint="--periode")
    with application():
        steps = coming_rappels(now=clock.now(), periode=periode)
        for step in steps:
            place = step.attendu.departement.code
            head = f"{step.jour:%Y-%m-%d}\t{place}\t{step.periode.code}\tJ{step.jours:+d}"
            left = [*step.attendu.textes, *([f"{step.attendu.a_valider} à valider"] if step.attendu.a_valider else [])]
            for person in step.personnes:
                told = "déjà rappelé" if person.is_done else "; ".join(left) or "rien ne manque"
                click.echo(f"{head}\t{person.courriel}\t{told}")
            if not step.personnes:
                click.echo(f"{head}\t-\tAucun référent n’a de compte ouvert : à appeler")
        if not steps:
            click.echo("Aucun rappel à venir.")
