"""Reading a workbook of ours back, as whoever receives it sees it: what `_meta` says, and the figures of each table.

It tolerates nothing: a workbook that is not ours, damaged, or changed since it was written is refused with a
sentence. One that Excel or LibreOffice only opened and saved again is read the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from paqte.domain.colonnes import DATE, ENTIER, NOMBRE, POURCENT, Colonne
from paqte.domain.erreurs import Refused
from paqte.domain.statuts.recus import MODIFIE, REMPLI
from paqte.reporting.ooxml.parts.package import PaquetRefused, open_package, sheet_parts, workbook_part
from paqte.reporting.ooxml.parts.usual import usual
from paqte.reporting.ooxml.sheets.references import CellRange
from paqte.reporting.ooxml.sheets.sheet import Sheet, SheetCell, cell_text, parse_filled_sheet
from paqte.reporting.ooxml.sheets.strings import read_texts
from paqte.reporting.ooxml.sheets.values import Valeur, date_from_serial, date_value, kept_number
from paqte.reporting.ooxml.texts.text import SUITE
from paqte.reporting.remplissage.gabarits.gabarit import DefinedName, locate
from paqte.reporting.remplissage.plan.empreinte import is_digest
from paqte.reporting.remplissage.plan.format import (
    EMPREINTE,
    FORMAT,
    META,
    T_META,
    VERSION_GABARIT,
    Format,
    Table,
    borne_heading,
    plain_heading,
)

# A value as the bilan gave it: a percentage is 0–100, a date an ISO text, what is absent None.
Lue = str | int | Decimal | None

FAULTS = (ValueError, KeyError, IndexError, TypeError, InvalidOperation, ParseError)
_NUMBER = re.compile(r"<v>([^<]*)</v>")
_TEXTS = frozenset({"s", "inlineStr", "str"})
UNREADABLE = object()
_BY_HAND = " tel que l’application les produit, mais son modèle, vide ou rempli à la main"
_ALTERED = "il a été modifié après sa production"


class RelectureRefused(Refused):
    """A workbook that is not one of ours, or no longer what we wrote; the message is a French sentence.

    `cause` is MODIFIE or REMPLI for one that a person changed or filled: whoever decides may read it otherwise.
    """

    def __init__(self, reason: str, cause: str = "") -> None:
        self.reason = reason
        self.cause = cause
        super().__init__(f"Classeur refusé : {reason}.")


@dataclass(frozen=True, slots=True)
class WorkbookReread:
    """What a workbook says. `tableaux`: name -> rows, each a mapping heading -> value ("" where there is none)."""

    departement: str
    periode: str
    edition: int
    genere_le: str
    gabarit: str
    catalogue: str
    sha256: str
    champs: Mapping[str, Lue]
    tableaux: Mapping[str, tuple[Mapping[str, Lue], ...]]


@dataclass(frozen=True, slots=True)
class WorkbookSaid:
    """What a workbook that nobody vouches for says of itself. A table or a cell that cannot be read is left out.

    `genre` is the code of its kind (reporting.formats).
    """

    genre: str
    departement: str
    periode: str
    edition: str
    champs: Mapping[str, str]
    tableaux: Mapping[str, list[dict[str, str]]]


class _Extent(NamedTuple):
    """What `_meta` says of a table: rows of data, which ones continue the one above, which are headings (from 1).

    Ranks of the former do not count the latter.
    """

    lignes: int
    suites: frozenset[int]
    rappels: frozenset[int]

    @classmethod
    def told(cls, count: Valeur, more: Valeur) -> _Extent:
        """As `_meta` writes it: "3,-12"."""
        ranks = [int(n) for n in str(more or "").split(",") if n]
        return cls(int(count or 0), frozenset(n for n in ranks if n > 0), frozenset(-n for n in ranks if n < 0))


def read_back(content: bytes, format: Format) -> WorkbookReread:
    """What a workbook of ours says; RelectureRefused for anything else, another kind, damaged or changed."""
    try:
        return _WorkbookReader(content, format).read()
    except PaquetRefused as error:
        raise RelectureRefused(str(error)) from error
    except FAULTS as error:
        raise RelectureRefused(f"ce n’est pas {format.un} entier") from error


def read_claim(content: bytes, format: Format) -> WorkbookSaid:
    """What a workbook of ours says even when it was changed, all as texts; RelectureRefused when it is not one.

    Nothing here is to be believed. The content may come from anybody: read it in a process apart (relecture_a_part).
    """
    try:
        return _WorkbookReader(content, format).claim()
    except PaquetRefused as error:
        raise RelectureRefused(str(error)) from error
    except FAULTS as error:
        raise RelectureRefused(f"ce n’est pas {format.un}") from error


class _WorkbookReader:
    def __init__(self, content: bytes, format: Format) -> None:
        paquet = usual(open_package(content))
        workbook = workbook_part(paquet)
        self._shared = read_texts(paquet, workbook)
        self._noms = locate(paquet, workbook, format)
        # Made with a template of before, it bears none of what came later, and what it has where it was then.
        self._format = format = format.among({name: place.feuille for name, place in self._noms.items()})
        wanted = {*format.noms.values()}
        self._sheets = {
            title: parse_filled_sheet(title, part, paquet.parts[part])
            for title, part in sheet_parts(paquet).items()
            if title in wanted
        }
        self._cells = {title: _by_place(sheet) for title, sheet in self._sheets.items()}
        self._tables = tuple(self._borne(t) for t in format.tableaux)

    def claim(self) -> WorkbookSaid:
        """What is still readable, table by table and cell by cell."""
        self._require_mark()
        extents = self._extents()
        fields = ((name, self._try(partial(self._field, name))) for name in self._format.cellules)
        tables = (t for t in self._tables if t.nom != T_META)
        read = ((t.nom, self._try(partial(self._typed_table, t, extents))) for t in tables)
        return WorkbookSaid(
            genre=self._format.genre,
            departement=str(self._field("b_meta_departement")),
            periode=str(self._field("b_meta_periode")),
            edition=str(self._field("b_meta_edition")),
            champs={name: as_text(value) for name, value in fields if value is not UNREADABLE},
            tableaux={name: texts_of(rows) for name, rows in read if rows is not UNREADABLE},
        )

    def _typed_table(self, table: Table, extents: Mapping[str, _Extent]) -> tuple[dict[str, Lue], ...]:
        return _typed(table, self._raw_rows(table, extents[table.nom]), extents[table.nom])

    @staticmethod
    def _try(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except (RelectureRefused, *FAULTS):
            return UNREADABLE

    def _require_mark(self) -> None:
        if META in self._sheets and self._field(FORMAT) is None and self._field(VERSION_GABARIT):
            raise RelectureRefused(f"ce n’est pas {self._format.un}{_BY_HAND}", REMPLI)
        if META not in self._sheets or self._field(FORMAT) != self._format.marque:
            raise RelectureRefused(f"ce n’est pas {self._format.un}")

    def read(self) -> WorkbookReread:
        self._require_mark()
        extents = self._extents()
        tables = [t for t in self._tables if t.nom != T_META]
        raw = {t.nom: self._raw_rows(t, extents[t.nom]) for t in tables}
        fields = {name: self._field(name) for name in self._format.cellules}
        if not is_digest(fields[EMPREINTE], raw, fields):
            raise RelectureRefused(_ALTERED, MODIFIE)
        return WorkbookReread(
            departement=str(fields["b_meta_departement"]),
            periode=str(fields["b_meta_periode"]),
            edition=int(fields["b_meta_edition"] or 0),
            genere_le=str(fields["b_meta_genere_le"] or ""),
            gabarit=str(fields[VERSION_GABARIT] or ""),
            catalogue=str(fields["b_meta_catalogue"] or ""),
            sha256=str(fields["b_meta_donnees"]),
            champs={n: int(v) if isinstance(v, Decimal) else v for n, v in fields.items()},
            tableaux={t.nom: _typed(t, raw[t.nom], extents[t.nom]) for t in tables},
        )

    def _extents(self) -> dict[str, _Extent]:
        table = self._format.tableau(T_META)
        rows = self._rows_of(table, self._noms[T_META].plage)
        told: list[list[Valeur]] = []
        for row in rows:
            # The list of rows that continue may be so long that it goes on in rows of its own, which bear no name.
            if row[0] is None and told:
                told[-1] = [_joined(before, more) for before, more in zip(told[-1], row, strict=True)]
            else:
                told.append(list(row))
        return {str(name): _Extent.told(count, more) for name, count, more in told}

    def _raw_rows(self, table: Table, extent: _Extent) -> list[tuple[Valeur, ...]]:
        """The written rows of a table, the one that says "Néant" left out."""
        if not extent.lignes:
            return []
        place = self._noms.get(table.nom)
        written = extent.lignes + len(extent.suites) + len(extent.rappels)
        if place is None or place.plage.bas - place.plage.haut + 1 != written:
            raise RelectureRefused(_ALTERED, MODIFIE)
        rows = self._rows_of(table, place.plage)
        return [row for rank, row in enumerate(rows, start=1) if rank not in extent.rappels]

    def _rows_of(self, table: Table, plage: CellRange) -> list[tuple[Valeur, ...]]:
        columns = self._columns(table, plage)
        return [tuple(self._value(table.feuille, row, c) for c in columns) for row in range(plage.haut, plage.bas + 1)]

    def _columns(self, table: Table, plage: CellRange) -> list[int]:
        sheet = self._sheets[table.feuille]
        starts = sheet.starts(plage.haut - table.entete, plage.gauche, plage.droite)
        if not table.entete:
            return starts[: len(table.colonnes)]
        headings = self._headings(table, plage, starts)
        return [headings[borne_heading(colonne, headings)] for colonne in table.colonnes]

    def _headings(self, table: Table, plage: CellRange, starts: Sequence[int]) -> dict[str, int]:
        return {plain_heading(str(self._value(table.feuille, plage.haut - 1, c) or "")): c for c in starts}

    def _borne(self, table: Table) -> Table:
        """The table less the columns that came after this workbook."""
        place = self._noms.get(table.nom)
        if place is None or not table.entete or table.feuille not in self._sheets:
            return table
        plage = place.plage
        starts = self._sheets[table.feuille].starts(plage.haut - 1, plage.gauche, plage.droite)
        return table.among(self._headings(table, plage, starts).keys())

    def _field(self, name: str) -> Valeur:
        place: DefinedName = self._noms[name]
        return self._value(place.feuille, place.plage.haut, place.plage.gauche)

    def _value(self, sheet: str, row: int, column: int) -> Valeur:
        cell = self._cells[sheet].get((row, column))
        return None if cell is None or not cell.contenu else _value(cell, self._shared)


def as_text(value: Lue) -> str:
    """A value that was read, as a text that compares."""
    return "" if value is None else str(value)


def texts_of(rows: Sequence[Mapping[str, Lue]]) -> list[dict[str, str]]:
    """The rows of a table as texts that compare."""
    return [{heading: as_text(value) for heading, value in row.items()} for row in rows]


def _by_place(sheet: Sheet) -> dict[tuple[int, int], SheetCell]:
    return {(row, cell.colonne): cell for row, ligne in sheet.lignes.items() for cell in ligne.cellules}


def _value(cell: SheetCell, shared: Sequence[str]) -> Valeur:
    if cell.has_formula or cell.genre in ("e", "b"):
        raise RelectureRefused(_ALTERED, MODIFIE)
    if cell.genre in _TEXTS:
        return cell_text(cell, shared).replace("\r\n", "\n") or None
    number = _NUMBER.search(cell.contenu)
    if number and cell.genre == "d":  # strict Open XML writes a day in letters
        return Decimal(str(date_value(number[1])))
    return Decimal(number[1]) if number else None


def _typed(table: Table, rows: Sequence[tuple[Valeur, ...]], extent: _Extent) -> tuple[dict[str, Lue], ...]:
    """The rows of data, texts put together again, values as the bilan gave them."""
    whole: list[list[Valeur]] = []
    for rank, row in enumerate(rows, start=1):
        if rank in extent.suites:
            whole[-1] = [_joined(before, more) for before, more in zip(whole[-1], row, strict=True)]
        else:
            whole.append(list(row))
    return tuple(_typed_row(table, row) for row in whole)


def _joined(before: Valeur, more: Valeur) -> Valeur:
    if not isinstance(more, str):
        return before
    return f"{before or ''}{more.removeprefix(f'{SUITE} ')}"


def _typed_row(table: Table, row: Sequence[Valeur]) -> dict[str, Lue]:
    given = dict(zip((c.titre for c in table.colonnes), row, strict=True))
    # On the sheet Bilan the unit stands at the end of the label.
    unit = str(given.get("Unité") or "") if "Unité" in given else str(given.get("Indicateur") or "")[-3:]
    return {c.titre: _as_given(c, value, unit) for c, value in zip(table.colonnes, row, strict=True)}


def _as_given(colonne: Colonne, value: Valeur, unit: str) -> Lue:
    if not isinstance(value, Decimal):
        return value
    number = kept_number(value)
    if colonne.format == ENTIER:
        return int(number)
    if colonne.format == DATE:
        return date_from_serial(number)
    if colonne.format == POURCENT or (colonne.format == NOMBRE and "%" in unit):
        return kept_number(number.scaleb(2))
    return number
