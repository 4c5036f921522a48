"""paqte utilisateur inviter, paqte utilisateur desactiver"""

from __future__ import annotations

import click

from paqte.cli.socle.application import OPERATOR, application, settings_of
from paqte.cli.socle.types import DEPARTEMENT, REGION
from paqte.domain.personnes.acteurs import ROLES
from paqte.ops import clock


@click.group()
def utilisateur() -> None:
    """Comptes des personnes."""


@utilisateur.command()
@click.option("--role", required=True, type=click.Choice(list(ROLES)), help="Ce que la personne pourra faire.")
@click.option("--courriel", required=True, metavar="ADRESSE", help="Son adresse professionnelle.")
@click.option("--nom", default="", metavar="NOM", help="Son nom, tel qu’il s’affichera ; à défaut, tiré de l’adresse.")
@click.option(
    "--departement",
    type=DEPARTEMENT,
    help="Département d’un référent, un de plus s’il en a ; d’un contact.",
)
@click.option("--region", type=REGION, help="Région d’une préfecture de région.")
@click.option("--siret", metavar="SIRET", help="Signataire d’un contact d’entreprise.")
def inviter(
    *, role: str, courriel: str, nom: str, departement: str | None, region: str | None, siret: str | None
) -> None:
    """Ouvre un compte et donne un lien.

    Par courriel s’il y a un serveur, le lien vaut trois jours ; sinon il s’affiche et vaut une heure.
    """
    from paqte.services.comptes.comptes import invite_user

    with application() as app:
        settings = settings_of(app)
        link = invite_user(
            actor=OPERATOR,
            role=role,
            courriel=courriel,
            nom=nom or courriel.partition("@")[0].replace(".", " ").title(),
            base_url=settings.base_url,
            now=clock.now(),
            departement=departement,
            region=region,
            siret=siret,
            by_mail=bool(settings.smtp_url),
        )
    click.echo(f"Invitation mise en file pour {courriel}." if settings.smtp_url else link)


@utilisateur.command()
@click.option("--courriel", required=True, metavar="ADRESSE", help="Son adresse de connexion.")
def desactiver(courriel: str) -> None:
    """Désactive un compte.

    Ses sessions et ses liens se ferment ; rien de ce qu’il a saisi ne change.
    """
    from paqte.services.comptes.utilisateurs import disable_by_address

    with application():
        disable_by_address(actor=OPERATOR, courriel=courriel, now=clock.now())
    click.echo(f"Compte désactivé : {courriel}.")
