"""What producing and listing editions say on the command line, the same for every document."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import click

from paqte.cli.socle.application import OPERATOR, application, settings_of
from paqte.cli.socle.types import DEPARTEMENT, REGION
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import DOCUMENTS, SOMMES
from paqte.domain.editions.editions import XLSX
from paqte.domain.editions.territoires import NATION, of_region
from paqte.domain.erreurs import Refused
from paqte.domain.secret import INTERNE, PUBLIABLE
from paqte.ops import clock

publiable_option = click.option(
    "--publiable", is_flag=True, help="Donne la version publiable, sans petit nombre, au lieu de la version interne."
)


class EditionAsked(NamedTuple):
    """Of what an edition is asked: one département, one région, or the nation."""

    departement: str | None
    region: str | None
    national: bool

    @property
    def somme(self) -> str | None:
        """The code of the territory whose sum it is, None for a département's own document."""
        return NATION if self.national else of_region(self.region) if self.region else None


def lieu_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The three options that say of what, of which one is given."""

    @click.option("--departement", type=DEPARTEMENT, help="Code du département, par exemple 41.")
    @click.option("--region", type=REGION, help="La somme de cette région, par exemple 24.")
    @click.option("--national", is_flag=True, help="La somme de la nation.")
    @wraps(command)
    def asked(departement: str | None, region: str | None, national: bool, **given: Any) -> Any:
        if sum((departement is not None, region is not None, national)) != 1:
            raise click.UsageError("Indiquez de quoi : --departement, --region ou --national, l’un des trois.")
        return command(lieu=EditionAsked(departement, region, national), **given)

    return asked


def produce_and_tell(
    genre: str,
    lieu: EditionAsked,
    periode: Periode,
    sortie: Path | None,
    *,
    is_publishable: bool,
) -> None:
    """Produce an edition of a kind of document, say where its workbook is, its number and hash; copy it to `sortie`.

    The workbook is the internal one, or the publishable one (R23); Refused for an edition of old that has none.
    """
    if lieu.somme:
        if periode.genre != DOCUMENTS[genre].rythme:
            raise Refused(DOCUMENTS[genre].refus)
        produce_somme_and_tell(lieu.somme, periode, sortie, is_publishable=is_publishable)
        return
    from paqte.ops.fichiers import write_whole
    from paqte.queries.editions.editions import read_edition_file, read_edition_piece
    from paqte.services.editions.editions import produce_edition

    with application() as app:
        issued, path = produce_edition(
            DOCUMENTS[genre],
            actor=OPERATOR,
            departement=lieu.departement or "",
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


def produce_somme_and_tell(somme: str, periode: Periode, sortie: Path | None, *, is_publishable: bool) -> None:
    """The same of the sum of a territory."""
    from paqte.ops.fichiers import write_whole
    from paqte.queries.editions.nation import read_somme_file
    from paqte.services.editions.sommes import produce_somme

    with application() as app:
        settings = settings_of(app)
        issued, path = produce_somme(
            actor=OPERATOR,
            territoire=somme,
            periode=periode,
            reports=settings.reports,
            base_url=settings.base_url,
            now=clock.now(),
        )
        diffusion = PUBLIABLE if is_publishable else INTERNE
        fichier = read_somme_file(actor=OPERATOR, edition_id=issued.id, diffusion=diffusion)
        if sortie:
            write_whole(sortie, fichier.octets)
    click.echo(str(sortie or path.with_name(fichier.nom)))
    click.echo(f"édition {issued.numero}{'' if issued.is_new else ' (rien n’a changé depuis)'}")
    click.echo(f"sha256 {fichier.sha256}")


def list_and_tell(genre: str, departement: str | None) -> None:
    """The editions of one kind, one a line; then those of its sums, which bear the code of a territory and no number
    that « comparer » takes.
    """
    from paqte.queries.editions.editions import list_editions
    from paqte.queries.editions.nation import issued_sommes

    with application():
        for edition in list_editions(actor=OPERATOR, genre=genre):
            if departement in (None, edition.departement):
                click.echo(
                    f"{edition.id}\t{edition.departement}\t{edition.periode}\tédition {edition.numero}\t"
                    f"{edition.created_at:%Y-%m-%dT%H:%MZ}\t{edition.fichier_sha256}"
                )
        for somme in issued_sommes(actor=OPERATOR) if departement is None else ():
            if SOMMES[somme.genre_document].de == genre:
                click.echo(
                    f"-\t{somme.territoire}\t{somme.periode}\tédition {somme.numero}\t"
                    f"{somme.created_at:%Y-%m-%dT%H:%MZ}\t{somme.fichier_sha256}"
                )
