"""paqte gabarit verifier | installer | lister | retirer | extraire"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from paqte.cli.socle.application import OPERATOR, application
from paqte.cli.socle.fichiers import first_octets
from paqte.cli.socle.types import DATE, DEPARTEMENT, FILE, KEY, KEY_OR_ZERO, OUTPUT
from paqte.domain.documents.registre import genres_gabarit
from paqte.domain.editions.editions import GABARIT_BILAN
from paqte.ops import clock

departement = click.option(
    "--departement", type=DEPARTEMENT, help="Où l’essayer ; à défaut, là où il y a le plus de conventions."
)

genre = click.option(
    "--genre",
    type=click.Choice(list(genres_gabarit())),
    default=GABARIT_BILAN,
    help="Ce que le classeur présente ; à défaut, le bilan.",
)


@click.group()
def gabarit() -> None:
    """Classeurs modèles du bilan et du compte rendu."""


@gabarit.command()
@click.argument("fichier", type=FILE)
@genre
@departement
def verifier(fichier: Path, genre: str, departement: str | None) -> None:
    """Essaie un classeur modèle.

    Le remplit avec la dernière période close et dit ce qui change. N’écrit rien.
    """
    from paqte.services.gabarits.essai import LARGEST, examine_template

    with application():
        essai = examine_template(
            actor=OPERATOR,
            nom=fichier.name,
            octets=first_octets(fichier, LARGEST),
            now=clock.now(),
            genre=genre,
            departement=departement,
        )
    click.echo(f"Bon : version {essai.version}, essayée sur le {essai.periode.libelle} du {essai.departement}.")
    click.echo(essai.ancien_refuse or f"Comparé à {essai.ancien_nom} :")
    for ecart in essai.ecarts:
        where = f" ({ecart.ou})" if ecart.ou else ""
        click.echo(f"{ecart.sujet}{where}\t{ecart.avant or '—'}\t{ecart.apres or '—'}")


@gabarit.command()
@click.argument("fichier", type=FILE)
@click.option("--en-vigueur-le", required=True, type=DATE, help="Premier jour où il sert.")
@genre
@departement
def installer(fichier: Path, en_vigueur_le: date, genre: str, departement: str | None) -> None:
    """Met en vigueur un classeur modèle.

    Après l’avoir essayé. Les éditions déjà produites gardent le leur.
    """
    from paqte.services.gabarits.essai import LARGEST
    from paqte.services.gabarits.installes import install_template

    with application():
        key = install_template(
            actor=OPERATOR,
            nom=fichier.name,
            octets=first_octets(fichier, LARGEST),
            en_vigueur_le=en_vigueur_le,
            now=clock.now(),
            genre=genre,
            departement=departement,
        )
    click.echo(f"Modèle n° {key} installé : il sert à partir du {en_vigueur_le:%d/%m/%Y}.")


@gabarit.command()
def lister() -> None:
    """Liste les classeurs modèles.

    Numéro, état, date, nom, éditions produites, sha256.
    """
    from paqte.domain.editions.editions import ETATS_GABARIT
    from paqte.queries.gabarits.gabarits import list_templates

    with application():
        for row in list_templates(actor=OPERATOR, now=clock.now()):
            click.echo(
                f"{row.id}\t{ETATS_GABARIT[row.etat]}\t{row.en_vigueur_le:%d/%m/%Y}\t{row.nom}\t"
                f"{row.editions}\t{row.sha256}"
            )


@gabarit.command()
@click.argument("numero", type=KEY)
def retirer(numero: int) -> None:
    """Retire un classeur modèle.

    Tout de suite : celui d’avant sert à nouveau.
    """
    from paqte.services.gabarits.installes import withdraw_template

    with application():
        withdraw_template(actor=OPERATOR, gabarit_id=numero, now=clock.now())
    click.echo(f"Modèle n° {numero} retiré.")


@gabarit.command()
@click.argument("numero", type=KEY_OR_ZERO)
@click.argument("fichier", type=OUTPUT)
@genre
def extraire(numero: int, fichier: Path, genre: str) -> None:
    """Copie un classeur modèle dans FICHIER.

    Pour en changer la présentation. 0 : celui que PAQTE livre, du genre demandé.
    """
    from paqte.ops.fichiers import write_whole
    from paqte.queries.gabarits.gabarits import read_template_file
    from paqte.services.editions.gabarit import read_template

    with application():
        kept = read_template_file(actor=OPERATOR, gabarit_id=numero) if numero else read_template(genre)
        write_whole(fichier, kept.octets)
    click.echo(str(fichier))
