"""paqte bilan produire | lister"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.application import OPERATOR, application, settings_of
from paqte.cli.types import OUTPUT, departement_option, periode_option
from paqte.domain.periodes import Periode
from paqte.ops import clock


@click.group()
def bilan() -> None:
    """Bilans semestriels."""


@bilan.command()
@departement_option
@periode_option
@click.option("--sortie", type=OUTPUT, metavar="FICHIER", help="Copie aussi le classeur à cet endroit.")
def produire(departement: str, periode: Periode, sortie: Path | None) -> None:
    """Produit une édition.

    Quand rien n’a changé depuis la dernière, c’est elle qui est redonnée.
    """
    from paqte.ops.fichiers import write_whole
    from paqte.queries.editions import read_edition_file
    from paqte.services.bilans import produce_bilan

    with application() as app:
        issued, path = produce_bilan(
            actor=OPERATOR,
            departement=departement,
            periode=periode,
            reports=settings_of(app).reports,
            now=clock.now(),
        )
        if sortie:
            write_whole(sortie, read_edition_file(actor=OPERATOR, edition_id=issued.id).octets)
    click.echo(str(sortie or path))
    click.echo(f"édition {issued.numero}{'' if issued.is_new else ' (rien n’a changé depuis)'}")
    click.echo(f"sha256 {issued.fichier_sha256}")


@bilan.command()
@click.option("--departement", metavar="CODE", help="Celui-là seulement.")
def lister(departement: str | None) -> None:
    """Liste les éditions.

    Numéro interne, département, période, édition, date, sha256 du fichier.
    """
    from paqte.queries.editions import list_editions

    with application():
        for edition in list_editions(actor=OPERATOR):
            if departement in (None, edition.departement):
                click.echo(
                    f"{edition.id}\t{edition.departement}\t{edition.periode}\tédition {edition.numero}\t"
                    f"{edition.created_at:%Y-%m-%dT%H:%MZ}\t{edition.fichier_sha256}"
                )
