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


class TerritoireType(click.ParamType[str]):
    """The code of a département or of a région that exists: any other would be answered that nothing is there."""

    name = "CODE"

    def __init__(self, of: str, asked: str) -> None:
        self._of, self._asked = of, asked

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from paqte.services.reglages.territoire import shipped_territories

        code = str(value).strip().upper()
        if code not in getattr(shipped_territories(), self._of):
            self.fail(f"« {value} » n’est pas le code {self._asked}.", param, ctx)
        return code


LARGEST = 999_999_999  # as in addresses: every base can hold it
KEY = click.IntRange(1, LARGEST)
KEY_OR_ZERO = click.IntRange(0, LARGEST)
PERIODE = PeriodeType()
DATE = DateType()
DEPARTEMENT = TerritoireType("departements", "d’un département : écrivez-le comme 41, 2A ou 974")
REGION = TerritoireType("regions", "d’une région : écrivez-le comme 24 ou 02")
departement_option = click.option(
    "--departement", required=True, type=DEPARTEMENT, help="Code du département, par exemple 41."
)
periode_option = click.option("--periode", required=True, type=PERIODE, help="Période, par exemple 2026-S1.")
