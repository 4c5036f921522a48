"""paqte consolider FICHIER… --periode P --sortie F"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.socle.fichiers import first_octets
from paqte.cli.socle.types import FILE, OUTPUT, REGION, periode_option
from paqte.domain.calendrier.periodes import Periode


@click.command()
@click.argument("fichiers", type=FILE, nargs=-1, required=True, metavar="FICHIER…")
@click.option("--region", type=REGION, help="N’accepte que les départements de cette région, par exemple 24.")
@periode_option
@click.option(
    "--garder",
    multiple=True,
    type=(FILE, str),
    metavar="FICHIER RAISON",
    help="Garde ce fichier, modifié ou rempli à la main, avec une marque et la raison. Se répète.",
)
@click.option("--sortie", required=True, type=OUTPUT, metavar="FICHIER", help="Où écrire le classeur de la somme.")
def consolider(
    fichiers: tuple[Path, ...],
    region: str | None,
    periode: Periode,
    garder: tuple[tuple[Path, str], ...],
    sortie: Path,
) -> None:
    """Additionne des bilans reçus.

    Lit des classeurs de bilan, versions internes, un par département, et écrit leur somme avec leurs sources. Un seul
    classeur modifié, étranger ou en double : rien n’est écrit, et chaque refus est dit. Un classeur modifié, rempli
    à la main dans le modèle vide, ou dont les chiffres se contredisent se garde par --garder : une marque et la
    raison le suivent dans chaque somme. Ne lit ni ne change la base.
    """
    from paqte.ops.fichiers import write_whole
    from paqte.reporting.relecture.relecture_a_part import MAX_OCTETS
    from paqte.services.editions.recus import consolidate_files
    from paqte.services.editions.recus_lus import WorkbookReceived

    kept = {_name_of(path): raison for path, raison in garder}
    if strangers := sorted(kept.keys() - set(map(_name_of, fichiers))):
        raise click.UsageError(f"--garder nomme un fichier qui n’est pas à additionner : {strangers[0]}.")
    given = [WorkbookReceived(_name_of(path), first_octets(path, MAX_OCTETS)) for path in fichiers]
    made = consolidate_files(fichiers=given, periode=periode, region=region, garder=kept)
    write_whole(sortie, made.octets)
    click.echo(str(sortie))
    for source in made.sources:
        part = source.part
        edition = f"édition {part.numero}" if part.numero else "sans édition"
        told = [part.departement, edition, part.sha256, source.fichier]
        if part.recue and part.is_marked:
            told.append(part.recue.phrase)
        click.echo("\t".join(told))
    click.echo(made.nation.mention)


def _name_of(path: Path) -> str:
    return " ".join(str(path).split())
