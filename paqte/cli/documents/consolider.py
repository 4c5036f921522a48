"""paqte consolider FICHIER… --periode P --sortie F"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.socle.types import FILE, OUTPUT, periode_option
from paqte.domain.calendrier.periodes import Periode


@click.command()
@click.argument("fichiers", type=FILE, nargs=-1, required=True, metavar="FICHIER…")
@click.option("--region", metavar="CODE", help="N’accepte que les départements de cette région, par exemple 24.")
@periode_option
@click.option("--sortie", required=True, type=OUTPUT, metavar="FICHIER", help="Où écrire le classeur de la somme.")
def consolider(fichiers: tuple[Path, ...], region: str | None, periode: Periode, sortie: Path) -> None:
    """Additionne des bilans reçus.

    Lit des classeurs de bilan, versions internes, un par département, et écrit leur somme avec leurs sources. Un seul
    classeur modifié, étranger ou en double : rien n’est écrit, et chaque refus est dit. Ne lit ni ne change la base.
    """
    from paqte.ops.fichiers import write_whole
    from paqte.reporting.relecture.relecture_a_part import MAX_OCTETS
    from paqte.services.editions.recus import WorkbookReceived, consolidate_files

    given = []
    for path in fichiers:
        with path.open("rb") as stream:
            given.append(WorkbookReceived(" ".join(str(path).split()), stream.read(MAX_OCTETS + 1)))
    made = consolidate_files(fichiers=given, periode=periode, region=region)
    write_whole(sortie, made.octets)
    click.echo(str(sortie))
    for source in made.sources:
        click.echo(f"{source.part.departement}\tédition {source.part.numero}\t{source.part.sha256}\t{source.fichier}")
    click.echo(made.nation.mention)
