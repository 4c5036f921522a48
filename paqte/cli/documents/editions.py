"""What producing and listing editions say on the command line, the same for every document."""

from __future__ import annotations

from pathlib import Path

import click

from paqte.cli.socle.application import OPERATOR, application, settings_of
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.editions.editions import XLSX
from paqte.domain.secret import PUBLIABLE
from paqte.ops import clock

publiable_option = click.option(
    "--publiable", is_flag=True, help="Donne la version publiable, sans petit nombre, au lieu de la version interne."
)


def produce_and_tell(
    genre: str,
    departement: str,
    periode: Periode,
    sortie: Path | None,
    *,
    is_publishable: bool,
) -> None:
    """Produce an edition of a kind of document, say where its workbook is, its number and hash; copy it to `sortie`.

    The workbook is the internal one, or the publishable one (R23); Refused for an edition of old that has none.
    """
    from paqte.ops.fichiers import write_whole
    from paqte.queries.editions.editions import read_edition_file, read_edition_piece
    from paqte.services.editions.editions import produce_edition

    with application() as app:
        issued, path = produce_edition(
            DOCUMENTS[genre],
            actor=OPERATOR,
            departement=departement,
            periode=periode,
            reports=settings_of(app).reports,
            now=clock.now(),
        )
        asked = {"actor": OPERATOR, "edition_id": issued.id}
        if is_publishable:
            fichier = read_edition_piece(**asked, format=XLSX, diffusion=PUBLIABLE)
        else:
            fichier = read_edition_file(**asked)
        if sortie:
            write_whole(sortie, fichier.octets)
    click.echo(str(sortie or path.with_name(fichier.nom)))
    click.echo(f"édition {issued.numero}{'' if issued.is_new else ' (rien n’a changé depuis)'}")
    click.echo(f"sha256 {fichier.sha256}")


def list_and_tell(genre: str, departement: str | None) -> None:
    """The editions of one kind, one a line."""
    from paqte.queries.editions.editions import list_editions

    with application():
        for edition in list_editions(actor=OPERATOR, genre=genre):
            if departement in (None, edition.departement):
                click.echo(
                    f"{edition.id}\t{edition.departement}\t{edition.periode}\tédition {edition.numero}\t"
                    f"{edition.created_at:%Y-%m-%dT%H:%MZ}\t{edition.fichier_sha256}"
                )
