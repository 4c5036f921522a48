"""What producing and listing editions say on the command line, the same for bilans and for exports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from paqte.cli.application import OPERATOR, application, settings_of
from paqte.domain.periodes import Periode
from paqte.ops import clock


def produce_and_tell(
    use_case: Callable[..., tuple[Any, Path]], departement: str, periode: Periode, sortie: Path | None
) -> None:
    """Produce an edition, then say where its workbook is, its number and its hash; copy it to `sortie`."""
    from paqte.ops.fichiers import write_whole
    from paqte.queries.editions.editions import read_edition_file

    with application() as app:
        issued, path = use_case(
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
