"""The offline form of a declaration: what it asks row by row, and what comes back of it (R13, R16–R18, R39).

A row is one field of champs.py, under the same name, so that a row moved or sorted is still known. What the form bore
when it was made travels with it: an answer changed since on either side alone is no contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.champs import CHOICE, DAY, NUMBER, TEXT, FieldAsked, says_nil
from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.nombres import QUANTITE, read_number, written
from paqte.domain.saisie.textes import clean_lines

VERSION = "1"
FORMAT = "paqte-formulaire"
FREE_TEXT_NAME = "texte_libre"
NEANT = "néant"
# Sheets, and titles of the columns, which the reader finds again wherever they stand.
ANSWERS, ACTIONS, META = "Réponses", "Actions", "_meta"
QUESTION, COUNTED, OBJECTIVE, BEFORE = "Ce qui est demandé", "Ce qui est compté", "Objectif", "Période précédente"
ANSWER, UNIT, REMARK, KEY = "Votre réponse", "Unité", "Remarque", "Repère"
# The choice of the page, beside the number; a form made before it had this column takes the word in its answer.
NIL, NIL_TICK = "Aucun (0)", "X"
ACTION_TITLES = ("Date", "Axe", "Titre", "Ce qui a été fait", "Lieu", "Personnes concernées")
# Rows for actions told beside the answers.
ACTION_ROWS = 6


@dataclass(frozen=True, slots=True)
class FormIdentity:
    """Whose form it is. `lecture` is the version of the declaration it was made from."""

    departement: str
    convention_id: int
    convention: str
    siret: str
    signataire: str
    periode: Periode
    lecture: int


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row to fill: the name of its field, what is asked, what helps to answer, what it holds already.

    `choix` are the words offered; a row that `takes_nil` has « Aucun (0) » to tick beside its number.
    """

    nom: str
    axe: str
    question: str
    compte: str = ""
    objectif: str = ""
    avant: str = ""
    unite: str = ""
    valeur: str = ""
    choix: tuple[str, ...] = ()
    is_text: bool = False
    is_open: bool = True
    takes_nil: bool = False


@dataclass(frozen=True, slots=True)
class FormShown:
    """A form ready to be drawn. `appeler` says whom to call, a line a person; `axes` are those an action may have."""

    entete: FormIdentity
    prefecture: str
    echeance: date
    fait_le: datetime
    appeler: tuple[str, ...]
    lignes: tuple[FormRow, ...]
    axes: tuple[str, ...]


class ActionReceived(NamedTuple):
    """A row of the sheet of actions that holds something, as texts, and where it stands."""

    ou: str
    date: str
    axe: str
    titre: str
    texte: str
    lieu: str
    personnes: str


@dataclass(frozen=True, slots=True)
class FormReceived:
    """A form that came back. Texts by name of field: as they are now, as they were when it was made, and their cells.

    `remarques` are the remarks by engagement; `phrases` say what was repaired on the way.
    """

    entete: FormIdentity
    textes: Mapping[str, str]
    origine: Mapping[str, str]
    cellules: Mapping[str, str]
    remarques: Mapping[int, str] = field(default_factory=dict)
    actions: tuple[ActionReceived, ...] = ()
    phrases: tuple[str, ...] = ()


class FormCompared(NamedTuple):
    """What a form brings to a declaration that may have moved since.

    `textes` are to be typed, by name of field; `changes` are the fields that the form changes, `contraires` those that
    both sides changed, each otherwise.
    """

    textes: dict[str, str]
    changes: tuple[str, ...]
    contraires: tuple[str, ...]


def form_name(entete: FormIdentity) -> str:
    """The name of the file of a form, as every system lets a file bear it: "PAQTE 2026-T3 Atelier Lenoir.xlsx"."""
    plain = "".join(c if c.isalnum() or c in " -" else " " for c in entete.signataire)
    return f"PAQTE {entete.periode.code} {' '.join(plain.split())[:60]}.xlsx"


def text_of(asked: FieldAsked, values: Mapping[str, object]) -> str:
    """What a field holds, as a row of the form shows it: « néant » in the place of the number."""
    value = values.get(asked.nom)
    is_main = asked.part in ("valeur", "numerateur")
    if asked.sorte == NUMBER:
        if is_main and values.get(f"neant_{asked.engagement}"):
            return NEANT
        return "" if value is None else written(value)  # type: ignore[arg-type]
    if asked.sorte == CHOICE:
        return asked.choix.get(str(value), "") if value not in (None, "") else ""
    if asked.sorte == DAY:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else ""
    return str(value or "")


def rows_typed(fields: Iterable[FieldAsked]) -> tuple[FieldAsked, ...]:
    """The fields that have a row: a tick « néant » is typed in the place of its number, and marks have none."""
    return tuple(f for f in fields if f.sorte in (NUMBER, CHOICE, DAY, TEXT))


def compared(
    received: FormReceived, fields: Iterable[FieldAsked], current: Mapping[str, str], *, has_text: bool = True
) -> FormCompared:
    """What the form changes of `current`, the texts of the declaration as it is now.

    A field left as it was made changes nothing; one that the base alone changed stays as the base has it. An
    engagement of which one field changed is handed over with all of its fields.
    """
    rows = rows_typed(fields)
    names = [f.nom for f in rows] + ([FREE_TEXT_NAME] if has_text else [])
    changed = {
        n for n in names if n in received.textes and not _says_the_same(received.textes[n], received.origine.get(n, ""))
    }
    changed -= {n for n in changed if _says_the_same(received.textes[n], current.get(n, ""))}
    contrary = {n for n in changed if not _says_the_same(received.origine.get(n, ""), current.get(n, ""))}
    touched = {f.engagement for f in rows if f.nom in changed}
    said = {f.nom: received.textes[f.nom] if f.nom in changed else current.get(f.nom, "") for f in rows}
    texts: dict[str, str] = {}
    for asked in rows:
        if asked.engagement in touched:
            texts |= _as_typed(asked, said[asked.nom])
            if asked.nom in changed and asked.part in ("valeur", "numerateur"):
                texts[f"propre_{asked.engagement}"] = "1"
    for key in touched:
        if any(says_nil(said[f.nom]) for f in rows if f.engagement == key and f.sorte == NUMBER):
            texts[f"neant_{key}"] = "x"
    if FREE_TEXT_NAME in changed:
        texts[FREE_TEXT_NAME] = received.textes[FREE_TEXT_NAME]
    return FormCompared(texts, tuple(n for n in names if n in changed), tuple(n for n in names if n in contrary))


def _as_typed(asked: FieldAsked, text: str) -> dict[str, str]:
    if asked.sorte == NUMBER and says_nil(text):
        return {asked.nom: ""}
    return {asked.nom: text}


def _says_the_same(one: str, other: str) -> bool:
    """Whether two texts say the same: spaces and the way to write a number or a day do not count."""
    return _canonical(one) == _canonical(other)


def _canonical(text: str) -> str:
    bare = clean_lines(text)[0]
    for read in (lambda t: str(read_number(t, QUANTITE)), lambda t: str(read_date(t))):
        try:
            return read(bare)
        except ValueError:
            continue
    plain = bare.replace("\u202f", " ").replace("\u00a0", " ")
    return "neant" if says_nil(bare) else plain
