"""paqte taches lister | relancer, paqte courriels lister"""

from __future__ import annotations

import click

from paqte.cli.socle.application import OPERATOR, application, settings_of
from paqte.cli.socle.types import KEY
from paqte.ops import clock


@click.group()
def taches() -> None:
    """Travaux du planificateur."""


@taches.command("lister")
@click.option("--a-venir", is_flag=True, help="Aussi les tâches qui attendent leur jour.")
def list_tasks(a_venir: bool) -> None:
    """Liste les tâches, échecs d’abord, puis les passages.

    Avec la raison des échecs, et le numéro à donner pour relancer.
    """
    from paqte.domain.calendrier.travaux import TRAVAUX, frequency
    from paqte.domain.statuts.taches import ETATS, ETATS_TOUR
    from paqte.queries.planificateur.taches import coming_tasks, list_tasks, list_tours

    with application():
        taken = list_tasks(actor=OPERATOR, limit=None)
        for tache in [*taken, *(coming_tasks(actor=OPERATOR, limit=None) if a_venir else [])]:
            moment = tache.finie_le or tache.prise_le or tache.due_le
            click.echo(
                f"{tache.travail}\t{tache.departement}\t{tache.periode}\t{ETATS[tache.etat]}\t"
                f"essai {tache.essais}\t{moment:%Y-%m-%dT%H:%MZ}\t{tache.message}\t{tache.id}"
            )
        for tour in list_tours():
            travail = TRAVAUX.get(tour.travail)
            click.echo(
                f"passage\t{tour.travail}\t{frequency(travail.secondes) if travail else ''}\t{ETATS_TOUR[tour.etat]}\t"
                f"{tour.fini_le:%Y-%m-%dT%H:%MZ}\tprochain {tour.prochain_le:%Y-%m-%dT%H:%MZ}\t{tour.message}"
            )


@taches.command("relancer")
@click.argument("numero", type=KEY)
def retry(numero: int) -> None:
    """Fait reprendre une tâche en échec au prochain passage."""
    from paqte.services.planificateur.taches import retry_task

    with application():
        name = retry_task(actor=OPERATOR, tache_id=numero, now=clock.now())
    click.echo(f"{name} : la tâche sera reprise dans la minute.")


@click.group()
def courriels() -> None:
    """Boîte d’envoi."""


@courriels.command("lister")
@click.option("--tous", is_flag=True, help="Aussi ceux qui sont partis.")
def list_mails(tous: bool) -> None:
    """Liste ce qui attend ou est refusé.

    Avec le texte. Sans serveur de courriel, les liens de connexion sont faits à ce moment : les précédents ne servent
    plus.
    """
    from paqte.domain.statuts.courriels import ETATS
    from paqte.services.courriels.courriels import read_outbox

    with application() as app:
        is_drawn = not settings_of(app).smtp_url
        for mail in read_outbox(is_all=tous, is_link_drawn=is_drawn, now=clock.now()):
            reason = f" ({mail.erreur})" if mail.erreur else ""
            click.echo(f"{mail.cree_le:%Y-%m-%dT%H:%MZ}\t{ETATS[mail.etat]}{reason}\t{mail.destinataire}\t{mail.sujet}")
            click.echo("".join(f"    {line}\n" for line in mail.texte.strip().splitlines()))
