"""The rows of the typing table as the page shows them: what is kept, what was typed and is not, what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from paqte.domain.declarations.champs import FieldAsked
from paqte.domain.declarations.reponses import field_of
from paqte.domain.declarations.tableau import ColonneTyped, cell_fields, cell_text
from paqte.domain.erreurs import Conflict, Refused
from paqte.queries.declarations.lecture.champs_remplis import values_kept
from paqte.queries.declarations.listes.tableau import LigneOwed
from paqte.web.formulaires.libelles import Label, labels_field

# Between the texts of a row as the page showed them: what no number, no day and no word of a list holds.
BETWEEN = "|"
# The box that has a declaration sent.
SEND = "envoyer"


@dataclass(slots=True)
class FieldShown:
    """One cell: its field (None where nothing is promised), what is kept, what was typed and is not kept.

    `faute` is why not, `avis` what is to be explained or corrected before the declaration is sent.
    """

    champ: FieldAsked | None
    colonne: ColonneTyped
    garde: str = ""
    saisi: str | None = None
    faute: str = ""
    avis: str = ""

    @property
    def texte(self) -> str:
        return self.garde if self.saisi is None else self.saisi


@dataclass(slots=True)
class LigneShown:
    """One row of the page: its cells, in the order of the columns, and what is said of it.

    `lues` is what the page shows of it, sent back with it: version, then the text of each cell.
    """

    row: LigneOwed
    cells: list[FieldShown]
    lues: str
    faute: str = ""
    is_conflict: bool = False

    @property
    def cle(self) -> int:
        return self.row.owed.convention_id

    @property
    def typed(self) -> list[tuple[FieldAsked, FieldShown]]:
        """Its cells that have a field."""
        return [(cell.champ, cell) for cell in self.cells if cell.champ]

    @property
    def is_refused(self) -> bool:
        return bool(self.faute) or any(told[3] for told in self.mots)

    @property
    def mots(self) -> list[tuple[str, str, str, bool]]:
        """What is said of its cells: name of the field, title of the column, sentence, and whether it is a refusal."""
        told = []
        for champ, cell in self.typed:
            parts = [cell.faute]
            if cell.saisi is not None and self.row.verrou:
                parts.append(f"Votre saisie, « {cell.saisi} », n’est pas enregistrée.")
            elif cell.saisi is not None and self.is_conflict:
                parts.append(f"Enregistré maintenant : {cell.garde or 'vide'}.")
            faults = " ".join(filter(None, parts))
            if faults or cell.avis:
                told.append((champ.nom, cell.colonne.titre, " ".join(filter(None, [faults, cell.avis])), bool(faults)))
        return told


def row_shown(row: LigneOwed, columns: Sequence[ColonneTyped]) -> LigneShown:
    """A row as it is kept."""
    values, doubts = values_kept(row.page), _doubts(row)
    cells = []
    for column in columns:
        asked = field_in(row, column)
        cell = FieldShown(asked, column)
        if asked:
            cell.garde, cell.avis = cell_text(asked, values), doubts.get(asked.nom, "")
        cells.append(cell)
    lues = BETWEEN.join([str(row.page.version), *(cell.garde for cell in cells if cell.champ)])
    return LigneShown(row, cells, lues)


def _doubts(row: LigneOwed) -> dict[str, str]:
    """What stops the sending of what is kept, by name of field."""
    found: dict[str, str] = {}
    for ligne in row.lignes.values():
        for constat in ligne.doutes:
            name = field_of(constat, ligne.indicateur)
            found[name] = f"{found.get(name, '')} {constat.phrase}".strip()
    return found


def field_in(row: LigneOwed, column: ColonneTyped) -> FieldAsked | None:
    """The field that a row has in a column, None where its convention promised nothing."""
    ligne = row.lignes.get(column.code)
    return cell_fields(row.page.fields(ligne)).get(column.part) if ligne else None


def show_typed(rows: Iterable[LigneShown], touched: Mapping[int, Mapping[str, str]]) -> None:
    """Put what was typed back into its cells: by convention, then by name of field."""
    for row in rows:
        for champ, cell in row.typed:
            cell.saisi = touched.get(row.cle, {}).get(champ.nom)


def show_refusal(row: LigneShown, refused: Refused) -> None:
    """Each sentence in its cell, else beside the name."""
    row.is_conflict = isinstance(refused, Conflict)
    for champ, cell in row.typed:
        cell.faute = refused.errors.get(champ.nom, "")
    names = {champ.nom for champ, _ in row.typed}
    row.faute = " ".join(sentence for name, sentence in refused.errors.items() if name not in names)


def row_labels(rows: Sequence[LigneShown]) -> Markup:
    """What each cell is called, so that what was typed is given back by name whatever happens."""
    told = [
        (champ.nom, Label(f"{row.row.owed.signataire}, {cell.colonne.titre}", {}))
        for row in rows
        for champ, cell in row.typed
        if not row.row.verrou
    ]
    ticks = {str(row.cle): row.row.owed.signataire for row in rows if row.row.is_complete}
    return labels_field([*told, (SEND, Label("Transmettre", ticks))])
