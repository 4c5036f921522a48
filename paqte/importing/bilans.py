"""A bilan that a person changed, or filled by hand in the empty template: read as its sheets show it (R13, R16, R20).

Nobody vouches for it: whoever keeps it says why. What cannot be read as a figure is refused with its cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from paqte.domain.assemblage.recus import ANSWERED, CODE, COUNTS, DONE, LABEL, LOWER, OWED, UPPER, ZEROS, BilanReceived
from paqte.domain.calendrier.periodes import read_period
from paqte.domain.chiffres import figure_read
from paqte.domain.consolidation import Somme
from paqte.domain.documents.bilan import TABLES
from paqte.domain.documents.lignes.lignes import ENSEMBLE, GENRES
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.saisie.nombres import COMPTE, EUROS, QUANTITE, read_number
from paqte.domain.saisie.textes import others, searchable
from paqte.domain.secret import DIFFUSIONS, PUBLIABLE
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.importing.door import CellGiven, SheetGiven, WorkbookGiven
from paqte.importing.door.cells import column_letters

_META = "_meta"
_NIL = frozenset({"neant", "aucun", "aucune"})
_PLACE = re.compile(r"\((2[AB]|[0-9]{2,3})\)", re.IGNORECASE | re.ASCII)
# The labels under which the first page of a bilan gives its counts, each by the name of its cell.
_COUNTED = {
    "b_entreprises": "entreprises signataires",
    "b_reseaux": "reseaux d entreprises",
    "b_employeurs_publics": "employeurs publics",
    "b_associations": "associations signataires",
}
_PAIR = re.compile(r"\s*([0-9]+)\s*/\s*([0-9]+)\s*", re.ASCII)
# On the first page, answers received and owed stand in one cell.
_ANSWERS = "Réponses"
# The rows that name the département and the period: below come counts, which a code of département may equal.
_FIRST_PAGE = 9
_MOST_TOLD = 5
_OWED = "Attendues"
# Every heading of today by what it is, or was, however it is typed.
_HEADINGS = {
    searchable(heading): colonne.titre
    for table in TABLES
    for colonne in table.colonnes
    for heading in (colonne.ancien, colonne.titre)
    if heading
}
_FIGURES = (DONE, UPPER, LOWER, OWED, ANSWERED, ZEROS)


class BilanNamed(NamedTuple):
    """Of which département and period a bilan says it is, "" for what it does not say, and for whom it is."""

    departement: str
    periode: str
    is_publishable: bool


class _RowTyped(NamedTuple):
    """A row under headings: where it stands, and its cells with their column, by heading."""

    sheet: str
    numero: int
    cells: Mapping[str, tuple[int, CellGiven]]

    def text(self, heading: str) -> str:
        held = self.cells.get(heading)
        return held[1].texte.strip() if held else ""

    def place(self, heading: str) -> str:
        return f"feuille « {self.sheet} », cellule {column_letters(self.cells[heading][0])}{self.numero}"


def whose_bilan(workbook: WorkbookGiven, departements: Mapping[str, str]) -> BilanNamed:
    """What it says of itself: on its first page, else in its hidden sheet. `departements` gives names by code.

    Refused where the first page names two départements, or two semesters: a workbook taken over from another keeps the
    former in a corner.
    """
    texts = list(_first_texts(workbook))
    departement = _said_once((_place_named(text, departements) for text in texts), "départements")
    periode = _said_once(map(_period_named, texts), "semestres")
    meta = {searchable(label): value for label, value in _pairs(_sheet_named(workbook, _META))}
    return BilanNamed(
        departement or _place_named(meta.get("departement", ""), departements),
        periode or _period_named(meta.get("periode", "")),
        meta.get("version", "") == DIFFUSIONS[PUBLIABLE],
    )


def read_typed_bilan(workbook: WorkbookGiven, grid: Catalogue, departement: str, nom: str) -> BilanReceived:
    """Its figures; Refused with a sentence a cell that holds no figure, or when it gives none at all."""
    faults: list[str] = []
    rows = [_figures_of(row, grid, faults) for row in _indicator_rows(workbook, grid)]
    twice = _said_twice(rows)
    if faults or twice:
        more = len(faults) + len(twice) - _MOST_TOLD
        told = " ".join([*faults, *twice][:_MOST_TOLD])
        raise Refused(f"{told}{f' Et {others(more)}.' if more > 0 else ''}")
    if not any(row[name] is not None for row in rows for name in (DONE, UPPER, LOWER)):
        raise Refused("il ne donne aucun chiffre : remplissez la feuille « Indicateurs », une ligne par indicateur.")
    return BilanReceived(
        departement=departement,
        nom=nom,
        numero=0,
        sha256="",
        champs=_counts(workbook),
        indicateurs=rows,
        completude=list(_completeness(workbook)),
    )


def _indicator_rows(workbook: WorkbookGiven, grid: Catalogue) -> list[_RowTyped]:
    """The rows that bear a code: those of the sheet « Indicateurs », else of the tables of the first page."""
    for titles in (("indicateurs",), ("bilan",)):
        found = [
            row
            for sheet in workbook.sheets
            if searchable(sheet.titre) in titles
            for row in _rows_under(sheet, (CODE, DONE), ends_at_gap=titles == ("bilan",))
            if _code_of(row.text(CODE), grid) or row.text(DONE)
        ]
        if any(row.text(CODE) for row in found):
            return found
    return []


def _rows_under(sheet: SheetGiven, wanted: tuple[str, ...], *, ends_at_gap: bool = False) -> Iterator[_RowTyped]:
    """The rows below each row that bears these headings, up to the next, or to the first blank row."""
    headings: dict[int, str] = {}
    last = 0
    for row in sheet.rows():
        if ends_at_gap and row.numero > last + 1:
            headings = {}
        last = row.numero
        texts = {place: _HEADINGS.get(searchable(cell.texte), cell.texte) for place, cell in row.cells.items()}
        if set(wanted) <= set(texts.values()):
            headings = _told_once(texts, sheet.titre)
        elif headings:
            cells = {headings[place]: (place, cell) for place, cell in row.cells.items() if place in headings}
            yield _RowTyped(sheet.titre, row.numero, cells)


def _told_once(texts: dict[int, str], sheet: str) -> dict[int, str]:
    """The headings of a row; Refused when a column that is read stands twice: which is right is not known."""
    for name in (CODE, LABEL, *_FIGURES):
        if list(texts.values()).count(name) > 1:
            raise Refused(f"deux colonnes de « {sheet} » portent le titre « {name} » : gardez-en une.")
    return texts


def _figures_of(row: _RowTyped, grid: Catalogue, faults: list[str]) -> dict[str, Any]:
    indicator = grid.indicateurs.get(_code_of(row.text(CODE), grid))
    if indicator is None:
        faults.append(f"{row.place(CODE) if row.text(CODE) else row.place(DONE)} : aucun indicateur connu n’est nommé.")
    answered, owed = _answers_of(row)
    read: dict[str, Any] = {name: _figure_in(row, name, indicator, faults) for name in _FIGURES}
    if indicator is not None and indicator.traits.is_pair:
        read[DONE] = _share_of(row, indicator, read[UPPER], read[LOWER])
    return {
        CODE: indicator.code if indicator else "",
        LABEL: row.text(LABEL),
        **read,
        ANSWERED: answered if answered is not None else read[ANSWERED],
        OWED: owed if owed is not None else read[OWED],
    }


def _share_of(
    row: _RowTyped, indicator: Indicateur, upper: Decimal | int | None, lower: Decimal | int | None
) -> Decimal | str | None:
    """A share as it is written; that of its two numbers where it is not, or is a bare fraction (R33).

    One that they make too small to be read is « < 0,1 % », as the document says it.
    """
    faults: list[str] = []
    told = _figure_in(row, DONE, indicator, faults, is_share=True)
    if upper is not None and lower and (told is None or told < 1):
        made = figure_read(Somme(None, Decimal(upper), Decimal(lower)), indicator.genre)
        return made.motif if made.is_infime else made.valeur
    return None if told is None else Decimal(told)


def _figure_in(
    row: _RowTyped, name: str, indicator: Indicateur | None, faults: list[str], *, is_share: bool = False
) -> Decimal | int | None:
    """The figure of a cell, None for an empty one: missing is not zero (R13)."""
    held = row.cells.get(name)
    text = row.text(name)
    is_apart = name == DONE and indicator is not None and indicator.traits.is_pair and not is_share
    if held is None or indicator is None or is_apart or not (text or held[1].fault):
        return None
    if searchable(text) in _NIL:
        return Decimal(0)
    try:
        if held[1].fault:
            raise ValueError(held[1].fault)
        number = read_number(text.removesuffix("%") if name == DONE else text, _kind_of(indicator, name))
    except ValueError as error:
        faults.append(f"{row.place(name)} : {error}")
        return None
    return int(number) if name in (OWED, ANSWERED, ZEROS) else number


def _kind_of(indicator: Indicateur, name: str) -> str:
    if name in (OWED, ANSWERED, ZEROS):
        return COMPTE
    if indicator.traits.is_pair:
        return QUANTITE if name == DONE else EUROS
    return indicator.nombre


def _answers_of(row: _RowTyped) -> tuple[int | None, int | None]:
    found = _PAIR.fullmatch(row.text(_ANSWERS))
    return (int(found[1]), int(found[2])) if found else (None, None)


def _code_of(text: str, grid: Catalogue) -> str:
    """The code of an indicator whatever its case; as it is written when the grid has none."""
    return next((code for code in grid.indicateurs if code.lower() == text.lower()), text)


def _said_twice(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    seen: set[tuple[str, str]] = set()
    told = []
    for row in rows:
        key = (row[CODE], row[LABEL])
        if key in seen and row[CODE]:
            told.append(f"L’indicateur {row[CODE]} figure deux fois : gardez une seule ligne.")
        seen.add(key)
    return told


def _counts(workbook: WorkbookGiven) -> dict[str, Any]:
    """The counts of signatories: each stands above its label on the first page."""
    found: dict[str, Any] = dict.fromkeys(COUNTS)
    above: Mapping[int, CellGiven] = {}
    for row in _sheet_rows(workbook, "bilan"):
        for place, cell in row.cells.items():
            name = next((n for n, label in _COUNTED.items() if searchable(cell.texte) == label), "")
            text = above[place].texte.strip() if place in above else ""
            if name and text.isascii() and text.isdigit() and found[name] is None:
                found[name] = int(text)
        above = row.cells
    return found


def _completeness(workbook: WorkbookGiven) -> Iterator[dict[str, Any]]:
    """How many answers were owed and validated, all together."""
    for sheet in workbook.sheets:
        for row in _rows_under(sheet, ("De", _OWED, "Validées")):
            due, done = row.text(_OWED), row.text("Validées")
            if row.text("De") == GENRES[ENSEMBLE] and due.isdigit() and done.isdigit():
                yield {"De": GENRES[ENSEMBLE], _OWED: int(due), "Validées": int(done)}


def _first_texts(workbook: WorkbookGiven) -> Iterator[str]:
    for row in _sheet_rows(workbook, "bilan"):
        if row.numero < _FIRST_PAGE:
            yield from (cell.texte for cell in row.cells.values())


def _place_named(text: str, departements: Mapping[str, str]) -> str:
    """The code of the département that a cell names: « Indre (36) », « Indre », « 36 »."""
    typed = text.strip()
    if found := _PLACE.search(typed):
        return found[1].upper() if found[1].upper() in departements else ""
    if typed.upper() in departements:
        return typed.upper()
    return next((code for code, nom in departements.items() if searchable(nom) == searchable(typed)), "")


def _said_once(named: Iterable[str], what: str) -> str:
    """The one that is named, "" for none."""
    found = [one for one in dict.fromkeys(named) if one]
    if len(found) > 1:
        raise Refused(
            f"le haut de la feuille « Bilan » nomme deux {what} ({' et '.join(found[:2])}) : gardez celui de ce bilan."
        )
    return found[0] if found else ""


def _period_named(text: str) -> str:
    try:
        periode = read_period(text)
    except ValueError:
        return ""
    return periode.code if periode.genre == SEMESTRE else ""


def _sheet_named(workbook: WorkbookGiven, titre: str) -> SheetGiven | None:
    return next((sheet for sheet in workbook.sheets if sheet.titre == titre), None)


def _sheet_rows(workbook: WorkbookGiven, titre: str) -> Iterator[Any]:
    for sheet in workbook.sheets:
        if searchable(sheet.titre) == titre:
            yield from sheet.rows()


def _pairs(sheet: SheetGiven | None) -> Iterator[tuple[str, str]]:
    """A label and what stands beside it."""
    for row in sheet.rows() if sheet else ():
        if 0 in row.cells and 1 in row.cells:
            yield row.cells[0].texte, row.cells[1].texte
