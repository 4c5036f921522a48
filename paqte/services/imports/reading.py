"""A row of a file on its way into a use case: its cells read by the typing of the domain, each fault with its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.nombres import shown
from paqte.domain.saisie.textes import clean_line, clean_lines, searchable
from paqte.importing.door.cells import NUMBER, column_letters
from paqte.importing.tracker.tables import EntryFound

Read = TypeVar("Read")
CREATED, CHANGED, LEFT, REFUSED = "cree", "modifie", "inchange", "refuse"
RESULTS: dict[str, str] = {CREATED: "Créé", CHANGED: "Modifié", LEFT: "Inchangé", REFUSED: "Refusé"}


class OutcomeSaid(NamedTuple):
    """What became, or would become, of what a row says: where it stands, what was read there, what was expected."""

    sujet: str
    resultat: str
    quoi: str
    feuille: str
    ligne: int
    colonne: str = ""
    lu: str = ""
    attendu: str = ""


class EntryGiven(NamedTuple):
    """A row with the period that its sheet stands for, '' when its cells say it."""

    found: EntryFound
    periode: str = ""

    @property
    def where(self) -> tuple[str, int]:
        return self.found.sheet, self.found.numero

    def text(self, target: str) -> str:
        """What stands in the cell of a target; '' when there is none."""
        place = self.found.cells.get(target)
        return "" if place is None else clean_lines(place[1].texte)[0]

    def raw(self, target: str) -> str:
        """The same as it was typed, for the typing of the domain."""
        place = self.found.cells.get(target)
        return "" if place is None else place[1].texte

    def is_number(self, target: str) -> bool:
        """Whether the spreadsheet took what stands there for a number."""
        place = self.found.cells.get(target)
        return place is not None and place[1].genre == NUMBER

    def has(self, *targets: str) -> bool:
        """Whether one of these cells says something."""
        return any(self.text(target) or self.fault(target) for target in targets)

    def fault(self, target: str) -> str:
        """Why its cell holds no value, to say beside what is read there; '' when it does, or is absent."""
        place = self.found.cells.get(target)
        return "" if place is None else place[1].reason


def shown_at(row: EntryGiven) -> str:
    """« La ligne 7 », with its sheet when it has a name."""
    sheet, numero = row.where
    return f"La ligne {numero} de « {sheet} »" if sheet else f"La ligne {numero}"


@dataclass
class Outcomes:
    """What is said so far, row by row, for each subject, and the declarations sent."""

    lines: list[OutcomeSaid] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def say(self, row: EntryGiven, sujet: str, resultat: str, quoi: str) -> None:
        feuille, ligne = row.where
        # What whoever reads the file on her screen does not see is told.
        marks = ["ligne masquée"] if row.found.is_hidden else []
        marks += ["avec des formules"] if any(cell.is_formula for _, cell in row.found.cells.values()) else []
        told = f"{quoi} ({', '.join(marks)})" if marks else quoi
        self.lines.append(OutcomeSaid(sujet, resultat, told, feuille, ligne))

    def refuse(self, row: EntryGiven, sujet: str, target: str, attendu: str, quoi: str = "") -> None:
        """A fault at the cell of a target; at the whole row when it has no such cell."""
        feuille, ligne = row.where
        place = row.found.cells.get(target)
        colonne = "" if place is None else column_letters(place[0])
        lu = "" if place is None else shown(place[1].texte, 60)
        self.lines.append(OutcomeSaid(sujet, REFUSED, quoi, feuille, ligne, colonne, lu, attendu))

    def refuse_all(
        self, row: EntryGiven, sujet: str, errors: Mapping[str, str], targets: Mapping[str, str], quoi: str = ""
    ) -> None:
        """The refusal of a use case: each sentence at the cell that filled its field."""
        for name, sentence in errors.items():
            self.refuse(row, sujet, targets.get(name, name), sentence, quoi)

    @property
    def is_sound(self) -> bool:
        return not any(line.resultat == REFUSED for line in self.lines)


class ImportContext(NamedTuple):
    """One file on its way in: who takes it, for which département, when, its name, and what is said of its rows."""

    actor: Acteur
    departement: str
    now: datetime
    nom: str
    outcomes: Outcomes


class FaultyRow(Exception):
    """A cell of a row cannot be read: it was said, and nothing is done with the row."""


@dataclass
class EntryReader:
    """Reads the cells of one row for one subject and says what it cannot read."""

    row: EntryGiven
    sujet: str
    outcomes: Outcomes
    is_faulty: bool = False

    def get(self, target: str, read: Callable[[str], Read]) -> Read | None:
        """The value of a cell; None when it is blank or cannot be read, which is said."""
        if fault := self.row.fault(target):
            self._say(target, fault)
            return None
        text = self.row.raw(target)
        if not clean_line(text)[0]:
            return None
        try:
            return read(text)
        except ValueError as error:
            self._say(target, str(error))
            return None

    def text(self, target: str) -> str:
        """A line of text."""
        return self.get(target, lambda text: clean_line(text)[0]) or ""

    def word(self, target: str, words: Mapping[str, str]) -> str:
        """The code of a word of a list, written as it is kept or as it is read; '' when blank."""

        def read(text: str) -> str:
            known = {searchable(label): code for code, label in words.items()} | {searchable(c): c for c in words}
            if (said := searchable(clean_line(text)[0])) not in known:
                raise ValueError(f"Écrivez l’un de ces mots : {', '.join(filter(None, words.values()))}.")
            return known[said]

        return self.get(target, read) or ""

    def yes(self, target: str) -> bool | None:
        """Yes or no; None when blank."""

        def read(text: str) -> bool:
            said = searchable(clean_line(text)[0])
            if said not in _YES | _NO:
                raise ValueError("Écrivez oui ou non.")
            return said in _YES

        return self.get(target, read)

    def require_sound(self) -> None:
        """FaultyRow when one of the cells read so far was refused."""
        if self.is_faulty:
            raise FaultyRow

    def _say(self, target: str, sentence: str) -> None:
        self.outcomes.refuse(self.row, self.sujet, target, sentence)
        self.is_faulty = True


_YES = frozenset({"oui", "o", "x", "1", "vrai", "true"})
_NO = frozenset({"non", "n", "0", "faux", "false"})
