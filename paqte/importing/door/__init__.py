"""The one safe way in for spreadsheets handed in by anybody: looked at, read apart, each cell as typed.

`read_spreadsheet(octets, nom)` is all that the rest of the house needs.
"""

from __future__ import annotations

from paqte.importing.door.apart import read_spreadsheet
from paqte.importing.door.cells import CellGiven, RowGiven, SheetGiven, WorkbookGiven
from paqte.importing.door.guard import MOST_OCTETS

__all__ = ["MOST_OCTETS", "CellGiven", "RowGiven", "SheetGiven", "WorkbookGiven", "read_spreadsheet"]
