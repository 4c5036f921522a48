"""paqte formulaire produire | lire"""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.socle.application import OPERATOR, application, settings_of
from paqte.cli.socle.fichiers import first_octets
from paqte.cli.socle.types import FILE, KEY, OUTPUT, periode_option
from paqte.domain.calendrier.periodes import Periode
from paqte.ops import clock


@click.group()
def formulaire() -> None:
    """Formulaires Excel des déclarations."""


@formulaire.command()
@click.option("--convention", required=True, type=KEY, help="Numéro interne de la convention.")
@periode_option
@click.option("--sortie", type=OUTPUT, metavar="FICHIER", help="Où l’écrire ; à défaut, dans le dossier courant.")
def produire(convention: int, periode: Periode, sortie: Path | None) -> None:
    """Écrit le formulaire d’une convention.

    Pour une période, avec ce que sa déclaration contient déjà.
    """
    from paqte.ops.fichiers import write_whole
    from paqte.services.declarations.formulaires.formulaires import make_form

    with application():
        made = make_form(actor=OPERATOR, now=clock.now(), convention_id=convention, periode=periode)
    path = sortie or Path(made.nom)
    write_whole(path, made.octets)
    click.echo(str(path))


@formulaire.command()
@click.argument("fichier", type=FILE)
@click.option("--appliquer", is_flag=True, help="Enregistre et transmet ; sans elle, rien n’est changé.")
def lire(fichier: Path, appliquer: bool) -> None:
    """Dit ce qu’un formulaire rempli apporte.

    Chaque réponse qui change : la question, ce que la déclaration contient, ce que le formulaire dit.
    """
    from paqte.services.declarations.formulaires.formulaires import MAX_OCTETS, keep_form, look_at_form

    octets = first_octets(fichier, MAX_OCTETS)
    with application() as app:
        given = {"actor": OPERATOR, "now": clock.now(), "octets": octets, "nom": fichier.name}
        if appliquer:
            read = keep_form(**given, is_final=True, base_url=settings_of(app).base_url)
        else:
            read = look_at_form(**given)
    click.echo(f"{read.signataire}\t{read.periode.code}")
    for change in read.changements:
        click.echo("\t".join(" ".join(text.split()) or "—" for text in change))
    for action in read.actions:
        click.echo(f"Action\t{action.date:%d/%m/%Y}\t{action.titre}")
    for phrase in read.phrases:
        click.echo(phrase, err=True)
    if not read.changements and not read.actions:
        click.echo("Rien à changer.")
    click.echo("Transmise." if appliquer else "Rien n’est enregistré : ajoutez --appliquer.")
