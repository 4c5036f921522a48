"""From a document to the values of every cell, sheet by sheet, before anything is known of the template.

A figure that is absent leaves its cell truly empty, which sums and charts pass over; the row says why in its
column of observations (R13). One under secret says « < 5 » or « masqué » in its own place (R23), a share too small to
be read « < 0,1 % » (R33).
Percentages become fractions, dates serial numbers, texts are made fit for a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from paqte.domain.chiffres import INFIMES
from paqte.domain.colonnes import DATE, ENTIER, NOMBRE, OBSERVATIONS, POURCENT, Colonne
from paqte.domain.secret import MASQUE, PETIT
from paqte.reporting.ooxml.sheets.values import Valeur, date_value, fraction
from paqte.reporting.ooxml.texts.text import clean
from paqte.reporting.remplissage.plan.format import T_META, T_NETTOYAGES, UNITES, CleanedText, Format, Table, answered

NON_RENSEIGNE = "non renseigné"
# What stands in the place of a figure under secret (R23); a chart of rates passes over it.
_VEILS = {PETIT: PETIT, MASQUE: "masqué"}

# A named cell is one line of a page, not a place for a text: what exceeds goes whole to the cleaned texts.
_CHAMP_LIMIT = 240


class RowComposed(NamedTuple):
    """A row of a table: the model row it follows, its values in the order of the columns, whether a chart shows it."""

    modele: str
    valeurs: tuple[Valeur, ...]
    trace: bool = True


class WorkbookContent(NamedTuple):
    """Everything to write, but for what `_meta` says of it: values of named cells, rows of tables, by name."""

    champs: dict[str, Valeur]
    tableaux: dict[str, list[RowComposed]]


class TableComposed(NamedTuple):
    """A table once composed: what it was composed from, its rows, the texts that had to be cleaned."""

    source: list[Any]
    rows: list[RowComposed]
    cleanings: list[CleanedText]


def compose(document: Any, format: Format, known: dict[str, TableComposed] | None = None) -> WorkbookContent:
    """The values of the whole workbook, every text cleaned and every cleaning listed where its kind wants it.

    `known` holds the tables of another version of the same document, by name: rows alike serve again. It takes these.
    """
    listed = format.tableau(T_NETTOYAGES)
    composer = _Composer(listed.feuille, {} if known is None else known)
    champs = {c.nom: composer.field(c.nom, c.feuille, c.valeur(document)) for c in format.champs}
    tables = {
        t.nom: composer.rows(t, list(t.lignes(document)))
        for t in format.tableaux
        if t.nom not in (T_NETTOYAGES, T_META)
    }
    tables[T_NETTOYAGES] = [_plain_row(listed, n) for n in composer.cleanings]
    return WorkbookContent(champs, tables)


def meta_rows(format: Format, rows: Iterable[Any]) -> list[RowComposed]:
    """The rows of the table of `_meta`."""
    table = format.tableau(T_META)
    return [_plain_row(table, row) for row in rows]


def _plain_row(table: Table, row: Any) -> RowComposed:
    values = (c.of(row) for c in table.colonnes)
    return RowComposed(table.modeles[0], tuple(None if v == "" else v for v in values))


class _Composer:
    """Turns rows into values and remembers which texts had to be cleaned, to be told on the sheet `told_on`."""

    def __init__(self, told_on: str, known: dict[str, TableComposed]) -> None:
        self.told_on, self._known = told_on, known
        self.cleanings: list[CleanedText] = []

    def field(self, name: str, sheet: str, value: Any) -> Valeur:
        """Value of a named cell."""
        if not isinstance(value, str):
            return value if isinstance(value, int) else None
        place = f"cellule {name}"
        text = self._text(sheet, value, lambda: place)
        if len(text) <= _CHAMP_LIMIT:
            return text or None
        self.cleanings.append(CleanedText(sheet, place, f"texte trop long pour sa place, donné ici en entier : {text}"))
        return f"{text[:_CHAMP_LIMIT]}… (suite : feuille {self.told_on})"

    def rows(self, table: Table, source: list[Any]) -> list[RowComposed]:
        """Values of a table."""
        made = self._known.get(table.nom)
        if made is not None and made.source == source:
            self.cleanings += made.cleanings
            return made.rows
        first = len(self.cleanings)
        # A row that had to be cleaned says so: none of its table serves again.
        past = made if made is not None and not made.cleanings else TableComposed([], [], [])
        rows = [
            past.rows[rank]
            if rank < len(past.source) and _is_alike(past.source[rank], row)
            else self._row(table, rank + 1, row)
            for rank, row in enumerate(source)
        ]
        self._known[table.nom] = TableComposed(source, rows, self.cleanings[first:])
        return rows

    def _row(self, table: Table, rank: int, row: Any) -> RowComposed:
        raw = [colonne.of(row) for colonne in table.colonnes]
        model = _model(table, row, raw)
        values = tuple(
            [
                # What no edition of before told, it tells by nothing.
                None if given is None else self._value(table, rank, position, raw, model)
                for position, given in enumerate(raw)
            ]
        )
        return RowComposed(model, values, table.trace(row))

    def _value(self, table: Table, rank: int, position: int, raw: list[Any], model: str) -> Valeur:
        colonne, given = table.colonnes[position], raw[position]
        if colonne.format in (NOMBRE, POURCENT):
            if given.is_infime:
                return self._text(table.feuille, given.motif, partial(_place, table, rank, colonne))
            if not answered(given):
                return _VEILS.get(given.motif) if colonne.format == NOMBRE else None
            is_share = colonne.format == POURCENT or model == "pourcent"
            return fraction(given.valeur) if is_share else given.valeur
        if colonne.format == ENTIER:
            return int(given)
        if colonne.format == OBSERVATIONS:
            given = " ; ".join(p for p in (given, _reasons(table, raw)) if p)
        value = date_value(given) if colonne.format == DATE else given
        if not isinstance(value, str):
            return value
        return self._text(table.feuille, value, partial(_place, table, rank, colonne)) or None

    def _text(self, sheet: str, text: str, place: Callable[[], str]) -> str:
        cleaned = clean(text)
        if cleaned.mentions:
            self.cleanings.append(CleanedText(sheet, place(), " ; ".join(cleaned.mentions)))
        return cleaned.texte


def _is_alike(one: Any, other: Any) -> bool:
    """Identity first: a row that is the very same is not compared field by field."""
    return one is other or bool(one == other)


def _model(table: Table, row: Any, raw: list[Any]) -> str:
    """Which model row a row follows: its own, or that of its unit."""
    if table.modele is not None:
        return table.modele(row)
    if table.modeles != UNITES:
        return table.modeles[0]
    if "%" in row.unite:
        return "pourcent"
    if "€" in row.unite:
        return "euros"
    figures = (g.valeur for c, g in zip(table.colonnes, raw, strict=True) if c.format == NOMBRE and answered(g))
    return "decimal" if any(v != v.to_integral_value() for v in figures) else "nombre"


def _reasons(table: Table, raw: list[Any]) -> str:
    """Why figures of the row are absent (R13): "Semestre précédent : aucune réponse sur 4 attendues".

    A reason that names what is lacking, "sans objectif", needs no heading before it.
    """
    by_reason: dict[str, list[str]] = {}
    count = 0
    for colonne, given in zip(table.colonnes, raw, strict=True):
        if colonne.format in (NOMBRE, POURCENT) and given is not None:
            count += 1
            if not answered(given) and given.motif not in (PETIT, *INFIMES):
                by_reason.setdefault(given.motif or NON_RENSEIGNE, []).append(colonne.titre)
    if len(by_reason) == 1 and len(next(iter(by_reason.values()))) == count:
        return next(iter(by_reason))
    return " ; ".join(r if r.startswith("sans ") else f"{', '.join(titles)} : {r}" for r, titles in by_reason.items())


def _place(table: Table, rank: int, colonne: Colonne) -> str:
    """Where a text stands, as people find it: "Partenaires, ligne 3, colonne « Rôle »"."""
    parts = (table.intitule, f"ligne {rank}", f"colonne « {colonne.titre} »" if colonne.titre else "")
    return ", ".join(p for p in parts if p)
