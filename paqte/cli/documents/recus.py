"""paqte recus deposer | lister | garder | ecarter | retirer: what the national page does with bilans received."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from paqte.cli.socle.application import OPERATOR, application, settings_of
from paqte.cli.socle.fichiers import first_octets
from paqte.cli.socle.types import FILE, KEY, periode_option
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.statuts.recus import ETATS
from paqte.ops import clock


@click.group()
def recus() -> None:
    """Bilans reçus en classeur."""


@recus.command()
@click.argument("fichiers", type=FILE, nargs=-1, required=True, metavar="FICHIER…")
@periode_option
def deposer(fichiers: tuple[Path, ...], periode: Periode) -> None:
    """Dépose des bilans reçus dans la base.

    Un bilan intact compte aussitôt. Un autre attend d’être gardé ou écarté, ou est refusé : chaque phrase le dit.
    """
    from paqte.reporting.relecture.relecture_a_part import MAX_OCTETS
    from paqte.services.editions.depots import deposit_bilans
    from paqte.services.editions.recus_lus import WorkbookReceived

    given = [WorkbookReceived(path.name, first_octets(path, MAX_OCTETS)) for path in fichiers]
    with application() as app:
        antivirus = settings_of(app).antivirus_url
        dealt = deposit_bilans(actor=OPERATOR, fichiers=given, periode=periode, now=clock.now(), antivirus=antivirus)
    for one in dealt:
        click.echo(f"{one.recu_id or ''}\t{one.departement}\t{one.nom}\t{one.phrase}")
    if not all(one.is_counted for one in dealt):
        raise click.ClickException("des bilans ne comptent pas : gardez-les ou écartez-les par leur numéro.")


@recus.command()
@periode_option
def lister(periode: Periode) -> None:
    """Liste les bilans reçus d’un semestre : numéro, département, état, fichier, ce qui en a été dit."""
    from paqte.queries.editions.recus import list_received

    with application():
        for one in list_received(actor=OPERATOR, periode=periode):
            said = one.motif or one.raison or " ".join(one.constats.split())
            click.echo(f"{one.id}\t{one.departement}\t{ETATS[one.etat]}\t{one.fichier}\t{said}")


@recus.command()
@click.argument("numero", type=KEY)
@click.option("--raison", default="", metavar="TEXTE", help="Pourquoi ces chiffres sont gardés.")
def garder(numero: int, raison: str) -> None:
    """Fait compter un bilan qui attendait ; celui qui comptait pour son département est remplacé."""
    from paqte.services.editions.depots import keep_received

    with _one(numero) as version:
        keep_received(actor=OPERATOR, recu_id=numero, version=version, raison=raison, now=clock.now())
        click.echo(f"Le bilan reçu {numero} est gardé : ses chiffres comptent.")


@recus.command()
@click.argument("numero", type=KEY)
def ecarter(numero: int) -> None:
    """Écarte un bilan qui attendait : ses chiffres ne comptent pas."""
    from paqte.services.editions.depots import discard_received

    with _one(numero) as version:
        discard_received(actor=OPERATOR, recu_id=numero, version=version, now=clock.now())
        click.echo(f"Le bilan reçu {numero} est écarté : ses chiffres ne comptent pas.")


@recus.command()
@click.argument("numero", type=KEY)
@click.option("--motif", required=True, metavar="TEXTE", help="Pourquoi ces chiffres ne sont plus additionnés.")
def retirer(numero: int, motif: str) -> None:
    """Retire un bilan qui comptait : il reste listé, avec son motif."""
    from paqte.services.editions.depots import withdraw_received

    with _one(numero) as version:
        withdraw_received(actor=OPERATOR, recu_id=numero, version=version, motif=motif, now=clock.now())
        click.echo(f"Le bilan reçu {numero} est retiré : ses chiffres ne comptent plus.")


@contextmanager
def _one(numero: int) -> Iterator[int]:
    """The version of a bilan received as it is now, on an open base."""
    from paqte.queries.editions.recus import read_received

    with application():
        yield read_received(actor=OPERATOR, recu_id=numero).version
