"""What commands take as options, refused with a French sentence."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.saisie.dates import read_date

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
OUTPUT = click.Path(dir_okay=False, path_type=Path)


class PeriodeType(click.ParamType[Periode]):
    """A period code such as 2026-S1."""

    name = "PÉRIODE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Periode:
        try:
            return value if isinstance(value, Periode) else Periode.from_code(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class DateType(click.ParamType[date]):
    """A civil day such as 31/12/2026."""

    name = "JJ/MM/AAAA"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else read_date(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


LARGEST = 999_999_999  # as in addresses: every base can hold it
KEY = click.IntRange(1, LARGEST)
KEY_OR_ZERO = click.IntRange(0, LARGEST)
PERIODE = PeriodeType()
DATE = DateType()
departement_option = click.option(
    "--departement", required=True, metavar="CODE", help="Code du département, par exemple 41."
)
periode_option = click.option("--periode", required=True, type=PERIODE, help="Période, par exemple 2026-S1.")
