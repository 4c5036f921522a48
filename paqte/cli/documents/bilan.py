"""paqte bilan produire | tous | somme | lister"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.documents.editions import EditionAsked, lieu_options, list_and_tell, produce_and_tell, publiable_option
from paqte.cli.socle.application import OPERATOR, application, settings_of
from paqte.cli.socle.fichiers import first_octets
from paqte.cli.socle.sortie import REFUSED
from paqte.cli.socle.types import DEPARTEMENT, FILE, KEY, OUTPUT, REGION, periode_option
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN
from paqte.domain.secret import DIFFUSIONS
from paqte.ops import clock


@click.group()
def bilan() -> None:
    """Bilans semestriels."""


@bilan.command()
@lieu_options
@periode_option
@publiable_option
@click.option("--sortie", type=OUTPUT, metavar="FICHIER", help="Copie aussi le classeur à cet endroit.")
def produire(lieu: EditionAsked, periode: Periode, publiable: bool, sortie: Path | None) -> None:
    """Produit une édition : d’un département, ou de la somme d’une région ou de la nation.

    Quand rien n’a changé depuis la dernière, c’est elle qui est redonnée.
    """
    produce_and_tell(BILAN, lieu, periode, sortie, is_publishable=publiable)


@bilan.command()
@periode_option
def tous(periode: Periode) -> None:
    """Produit le bilan de chaque département, puis leur somme nationale.

    La somme se fait sur les éditions émises et les bilans reçus en classeur : chaque chiffre est celui de ses
    départements. Faite sur leurs versions internes, elle est d’usage interne, et chaque ligne le dit.
    """
    from paqte.services.editions.national import consolidate_nation, produce_everywhere

    with application() as app:
        reports = settings_of(app).reports
        made = list(produce_everywhere(actor=OPERATOR, periode=periode, reports=reports, now=clock.now()))
        nation = consolidate_nation(actor=OPERATOR, periode=periode)
    for one in made:
        told = f"édition {one.edition.numero}\t{one.edition.sha256}" if one.edition else one.refus
        click.echo(f"{one.departement}\t{told}")
    click.echo(nation.mention)
    for part in nation.recues:
        click.echo(f"{part.departement}\t{part.recue.phrase if part.recue else ''}")
    for line in nation.lignes:
        value = "" if line.valeur is None else format(line.valeur, "f")
        cells = (line.code, value, line.unite, f"{line.repondu} sur {line.du}", line.titre, DIFFUSIONS[line.diffusion])
        click.echo("\t".join((*cells, line.marque) if line.marque else cells))
    failures = [one.departement for one in made if one.edition is None]
    if failures or nation.ecarts:
        raise click.ClickException(" ".join([*(f"Sans édition : {d}." for d in failures), *nation.ecarts]))


@bilan.command()
@periode_option
@click.option("--region", type=REGION, help="Ceux de cette région seulement, par exemple 24.")
@click.option("--sortie", required=True, type=OUTPUT, metavar="FICHIER", help="Où écrire le classeur.")
def somme(periode: Periode, region: str | None, sortie: Path) -> None:
    """Écrit le classeur de la nation ou d’une région.

    Le même que celui de la page : la somme des dernières éditions et des bilans reçus en classeur, une ligne par
    département, leurs textes et leur contexte. D’usage interne.
    """
    from paqte.ops.fichiers import write_whole
    from paqte.services.editions.sommes import take_region_workbook, take_territory_workbook

    now = clock.now()
    with application():
        if region:
            made = take_region_workbook(actor=OPERATOR, periode=periode, region=region, now=now)
        else:
            made = take_territory_workbook(actor=OPERATOR, periode=periode, territoire="", now=now)
    write_whole(sortie, made.octets)
    click.echo(str(sortie))


@bilan.command()
@click.option("--departement", type=DEPARTEMENT, help="Celui-là seulement.")
def lister(departement: str | None) -> None:
    """Liste les éditions des bilans.

    Numéro interne, département, période, édition, date, sha256 du fichier. Puis les sommes de la nation (FR) et des
    régions (R24…), sans numéro interne.
    """
    list_and_tell(BILAN, departement)


@bilan.command()
@click.argument("avant", type=KEY, metavar="ÉDITION")
@click.argument("apres", type=KEY, metavar="ÉDITION")
def comparer(avant: int, apres: int) -> None:
    """Dit chaque case qui diffère de la première édition à la seconde.

    Leurs numéros internes sont ceux de « paqte bilan lister ». Feuille, ligne, colonne, avant, après, déclarations.
    """
    from paqte.services.editions.comparaisons import compare_editions

    with application():
        found = compare_editions(actor=OPERATOR, avant=avant, apres=apres)
    click.echo("\t".join(("feuille", "ligne", "colonne", "avant", "après", "déclarations")))
    for ecart in found.ecarts:
        causes = " ; ".join(f"{found.noms[key]} (n° {key})" for key in ecart.declarations)
        click.echo("\t".join(" ".join(text.split()) for text in (*ecart[:5], causes)))
    for phrase in found.regles:
        click.echo(phrase, err=True)


@bilan.command()
@click.argument("fichier", type=FILE)
@click.pass_context
def verifier(context: click.Context, fichier: Path) -> None:
    """Dit si FICHIER est une édition de cette base, intacte.

    Sinon laquelle il se dit, et les cases qui diffèrent ; finit alors par 1.
    """
    from paqte.reporting.relecture.relecture_a_part import MAX_OCTETS
    from paqte.services.editions.authenticite import verify_file

    with application():
        verdict = verify_file(actor=OPERATOR, octets=first_octets(fichier, MAX_OCTETS))
    click.echo(verdict.phrase)
    click.echo(f"sha256 {verdict.sha256}")
    for ecart in verdict.ecarts:
        click.echo("\t".join(" ".join(text.split()) for text in ecart[:5]))
    if not verdict.is_authentic:
        context.exit(REFUSED)
