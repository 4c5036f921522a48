"""paqte importer: signatories, conventions, engagements and results of a spreadsheet, seen first, then taken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paqte.cli.socle.application import OPERATOR, application
from paqte.cli.socle.fichiers import first_octets
from paqte.cli.socle.types import FILE, PERIODE, departement_option
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.saisie.nombres import shown
from paqte.importing.door import MOST_OCTETS, read_spreadsheet
from paqte.importing.tracker.tables import rows_aside
from paqte.importing.tracker.targets import CONVENTION, ENGAGEMENT, ENTREPRISE, REALISATION
from paqte.ops import clock

if TYPE_CHECKING:
    from paqte.importing.door import WorkbookGiven
    from paqte.services.imports import OutcomeSaid, SheetMapping

SUBJECTS = {
    "entreprises": ENTREPRISE,
    "conventions": CONVENTION,
    "engagements": ENGAGEMENT,
    "realisations": REALISATION,
}
_SHOWN = 300


@click.command()
@click.argument("quoi", type=click.Choice([*SUBJECTS]))
@click.argument("fichier", type=FILE)
@departement_option
@click.option("--periode", type=PERIODE, help="Période des valeurs, quand ni une colonne ni la feuille ne la disent.")
@click.option(
    "--correspondance",
    metavar="NOM",
    help="Prend les colonnes telles que la page des imports les a retenues sous ce nom, au lieu de les reconnaître.",
)
@click.option("--appliquer", is_flag=True, help="Enregistre. Sans cette option, rien n’est modifié.")
def importer(
    *, quoi: str, fichier: Path, departement: str, periode: Periode | None, correspondance: str | None, appliquer: bool
) -> None:
    """Importe un tableau (.xlsx, .ods ou CSV) : tout, ou rien si une ligne est refusée.

    Sans --appliquer, dit ligne par ligne ce qui serait créé, modifié, laissé ou refusé.
    """
    from paqte.services.imports import TrackerRefused, apply_tracker, guess_mapping, rehearse_tracker
    from paqte.services.imports.named import named_mapping
    from paqte.services.imports.propres import own_targets

    workbook = read_spreadsheet(first_octets(fichier, MOST_OCTETS), fichier.name)
    with application():
        if correspondance is None:
            own = own_targets(actor=OPERATOR, departement=departement)
            found = guess_mapping(workbook, {SUBJECTS[quoi]}, own)
        else:
            found, lacking = named_mapping(
                actor=OPERATOR, departement=departement, nom=correspondance, workbook=workbook
            )
            if lacking:
                click.echo(lacking)
        mapping = [m._replace(periode=periode.code) if periode else m for m in found]
        _tell_aside(workbook, mapping)
        take = apply_tracker if appliquer else rehearse_tracker
        try:
            lines = take(
                actor=OPERATOR,
                departement=departement,
                workbook=workbook,
                mapping=mapping,
                nom=fichier.name,
                now=clock.now(),
                subjects={SUBJECTS[quoi]},
            )
        except TrackerRefused as refused:
            _tell(refused.lines)
            raise
    _tell(lines)
    if any(line.attendu for line in lines):
        raise click.ClickException("des lignes seraient refusées : corrigez-les, puis recommencez.")
    click.echo("Enregistré." if appliquer else "Rien n’est modifié : ajoutez --appliquer pour enregistrer.")


def _tell(lines: Sequence[OutcomeSaid]) -> None:
    """Every row: what is refused first, with the cell and what was expected, then what becomes of the others."""
    from paqte.services.imports import RESULTS

    refused = [line for line in lines if line.attendu]
    others = [line for line in lines if not line.attendu]
    for line in refused[:_SHOWN]:
        read = f" (« {line.lu} »)" if line.lu else ""
        cell = f", colonne {line.colonne}{read}" if line.colonne else ""
        click.echo(f"{_row_named(line.feuille, line.ligne)}{cell} : {line.attendu}")
    _tell_more(len(refused), "refus")
    for line in others[:_SHOWN]:
        click.echo(f"{_row_named(line.feuille, line.ligne)} : {RESULTS[line.resultat]}, {line.quoi}")
    _tell_more(len(others), "lignes")
    for code, label in RESULTS.items():
        click.echo(f"{label} : {sum(line.resultat == code for line in lines)}")


def _tell_aside(workbook: WorkbookGiven, mapping: Sequence[SheetMapping]) -> None:
    """The rows of the sheets taken that are no row of their table: totals, and notes under it."""
    rows = {m.sheet: m.heading_row for m in mapping}
    aside = [(s.titre, one) for s in workbook.sheets if s.titre in rows for one in rows_aside(s, rows[s.titre])]
    for sheet, one in aside[:_SHOWN]:
        click.echo(f"{_row_named(sheet, one.numero)} : laissée de côté, {one.why} (« {shown(one.texte, 60)} »)")
    _tell_more(len(aside), "lignes laissées de côté")


def _tell_more(count: int, what: str) -> None:
    if count > _SHOWN:
        click.echo(f"… et {count - _SHOWN} autres {what}.")


def _row_named(sheet: str, numero: int) -> str:
    return f"{f'« {sheet} », ' if sheet else ''}ligne {numero}"
