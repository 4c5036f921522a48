"""An offline form that came back: its rows found again by their marks, wherever they stand (R16).

Rows moved, sorted or left out, columns moved, a copy saved by another program: read all the same, and said. Another
workbook, another version, a row twice: refused with the cells at fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.champs import read_tick, says_nil
from paqte.domain.declarations.formulaires import (
    ACTION_TITLES,
    ANSWER,
    FORMAT,
    KEY,
    META,
    NEANT,
    NIL,
    QUESTION,
    REMARK,
    VERSION,
    ActionReceived,
    FormIdentity,
    FormReceived,
)
from paqte.domain.erreurs import Refused
from paqte.domain.saisie.nombres import shown
from paqte.domain.saisie.textes import searchable
from paqte.importing.door.cells import CellGiven, RowGiven, SheetGiven, WorkbookGiven, column_letters

NO_FORM = (
    "Ce classeur n’est pas un formulaire PAQTE, ou sa feuille « _meta » a été retirée : reprenez le formulaire sur "
    "votre page et recopiez-y vos réponses."
)
OTHER_VERSION = (
    "Ce formulaire a été fait par une autre version de PAQTE : reprenez-le sur votre page et recopiez-y vos réponses."
)
DAMAGED_META = "La feuille « _meta » de ce formulaire a été modifiée : reprenez le formulaire sur votre page."
NO_HEADINGS = (
    f"La ligne de titres « {QUESTION} », « {ANSWER} » est introuvable : remettez-la, ou reprenez le formulaire."
)
MOVED = "Des colonnes ont été déplacées : chacune est lue par son titre."
_KNOWN = (
    "format",
    "version",
    "departement",
    "convention_id",
    "convention",
    "siret",
    "signataire",
    "periode",
    "lecture",
)
# In their order when the form is made; the choice of a zero came after the first forms.
_TITLES = (QUESTION, ANSWER, NIL, REMARK, KEY)
_NAME = re.compile(r"[a-z]+_([0-9]{1,9})", re.ASCII)
_KEY_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


class _Meta(NamedTuple):
    """What the hidden sheet says: whose form it is, then what each row held and asked when it was made."""

    known: Mapping[str, str]
    origine: Mapping[str, str]
    questions: Mapping[str, str]


class _Found(NamedTuple):
    """A row known by its mark: its field, what it answers, its remark, the cell of the answer, what is wrong there."""

    nom: str
    texte: str
    remarque: str
    ou: str
    fautes: tuple[str, ...]


def read_received_form(book: WorkbookGiven) -> FormReceived:
    """The form in a workbook; Refused with all its faults at once, each with its cell."""
    meta = _meta_of(book)
    entete = _identity(meta.known)
    sheet, headings, first = _titles_found(book)
    found, phrases = _rows_known(sheet, headings, first, meta)
    faults = [*_twice(found), *_unreadable(found)]
    if faults:
        raise Refused(" ".join(faults))
    known = {row.nom: row for row in found}
    absent = [meta.questions.get(name) or name for name in meta.origine if name not in known]
    phrases += [f"Ligne absente, laissée telle qu’elle est : « {shown(name, 60)} »." for name in absent]
    return FormReceived(
        entete=entete,
        textes={name: row.texte for name, row in known.items()},
        origine=meta.origine,
        cellules={name: row.ou for name, row in known.items()},
        remarques=_remarks(known.values()),
        actions=tuple(_actions_told(book)),
        phrases=tuple(dict.fromkeys(phrases)),
    )


def _meta_of(book: WorkbookGiven) -> _Meta:
    sheet = next((s for s in book.sheets if s.titre.strip() == META), None)
    rows = [_row_texts(row, 3) for row in sheet.rows()] if sheet else []
    known = {name: value for name, value, _ in rows[: len(_KNOWN)] if name in _KNOWN}
    if known.get("format") != FORMAT:
        raise Refused(NO_FORM)
    if known.get("version") != VERSION:
        raise Refused(OTHER_VERSION)
    asked = [row for row in rows if row[0] and row[0] not in _KNOWN]
    return _Meta(known, {name: value for name, value, _ in asked}, {name: question for name, _, question in asked})


def _identity(known: Mapping[str, str]) -> FormIdentity:
    keys = [known.get(name, "") for name in ("convention_id", "lecture")]
    try:
        periode = Periode.from_code(known.get("periode", ""))
    except ValueError:
        raise Refused(DAMAGED_META) from None
    if not all(map(_KEY_NUMBER.fullmatch, keys)):
        raise Refused(DAMAGED_META)
    said = {name: known.get(name, "") for name in ("departement", "convention", "siret", "signataire")}
    return FormIdentity(convention_id=int(keys[0]), lecture=int(keys[1]), periode=periode, **said)


def _titles_found(book: WorkbookGiven) -> tuple[SheetGiven, dict[str, int], int]:
    """The sheet of answers, the column of each title, and the row of the titles."""
    wanted = {searchable(title): title for title in _TITLES}
    found = [told for sheet in book.sheets if sheet.titre.strip() != META for told in _titles_in(sheet, wanted)]
    if not found:
        raise Refused(NO_HEADINGS)
    first, *others = found
    if others:
        raise Refused(
            f"Les feuilles « {first[0].titre} » et « {others[0][0].titre} » portent toutes deux les titres des "
            "réponses : gardez-en une."
        )
    return first


def _titles_in(sheet: SheetGiven, wanted: Mapping[str, str]) -> Iterator[tuple[SheetGiven, dict[str, int], int]]:
    """The row of titles of a sheet, when it has one; Refused when a title stands twice: which is right is not known."""
    for row in sheet.rows():
        told = [(wanted[s], c) for c, cell in row.cells.items() if (s := searchable(cell.texte)) in wanted]
        found = dict(told)
        if ANSWER not in found or not (KEY in found or QUESTION in found):
            continue
        if twice := next((title for title in found if [title for title, _ in told].count(title) > 1), ""):
            raise Refused(f"Deux colonnes de « {sheet.titre} » portent le titre « {twice} » : gardez-en une.")
        yield sheet, found, row.numero
        return


def _rows_known(
    sheet: SheetGiven, headings: Mapping[str, int], first: int, meta: _Meta
) -> tuple[list[_Found], list[str]]:
    """Rows by their mark, else by what they ask; what is neither and holds an answer is said."""
    by_question = {searchable(question): name for name, question in meta.questions.items()}
    expected = [title for title in _TITLES if title != NIL or NIL in headings]
    phrases = [] if sorted(headings, key=headings.__getitem__) == expected else [MOVED]
    if KEY not in headings:
        phrases = ["La colonne « Repère » manque : chaque ligne est reconnue par sa question."]
    found = []
    for row in sheet.rows():
        if row.numero <= first:
            continue
        mark = _cell_at(row, headings.get(KEY)).texte.strip()
        asked = searchable(_cell_at(row, headings.get(QUESTION)).texte)
        name = mark if mark in meta.origine else by_question.get(asked, "") if not mark else ""
        answer = _cell_at(row, headings[ANSWER])
        where = f"{sheet.titre}!{column_letters(headings[ANSWER])}{row.numero}"
        if name:
            ticked, remark = (_cell_at(row, headings.get(title)) for title in (NIL, REMARK))
            faults = [cell.fault for cell in (answer, ticked, remark) if cell.fault]
            text = answer.texte
            try:
                text = _answer_ticked(answer.texte, ticked.texte)
            except ValueError as refused:
                faults.append(str(refused))
            found.append(_Found(name, text, remark.texte.strip(), where, tuple(faults)))
        elif answer.texte.strip():
            phrases.append(f"{where} : ligne inconnue de ce formulaire, non lue (« {shown(answer.texte)} »).")
    return found, phrases


def _answer_ticked(answer: str, ticked: str) -> str:
    """What a row answers: a tick beside an empty cell, or beside a zero, is the word for it.

    ValueError with a sentence when the tick cannot be read, or stands beside a number.
    """
    if not read_tick(ticked):
        return answer
    if searchable(answer) not in ("", "0") and not says_nil(answer):
        raise ValueError(f"un nombre et « {NIL} » à la fois. Gardez l’un des deux.")
    return NEANT


def _twice(rows: Iterable[_Found]) -> Iterator[str]:
    """Rows copied: the same mark with two answers."""
    first: dict[str, _Found] = {}
    for row in rows:
        other = first.setdefault(row.nom, row)
        if other is not row and other.texte.strip() != row.texte.strip():
            yield f"{other.ou} et {row.ou} répondent à la même ligne : gardez-en une."


def _unreadable(rows: Iterable[_Found]) -> Iterator[str]:
    for row in rows:
        yield from (f"{row.ou} : {fault}" for fault in row.fautes)


def _remarks(rows: Iterable[_Found]) -> dict[int, str]:
    """What is remarked of each engagement, its rows together."""
    said: dict[int, list[str]] = {}
    for row in rows:
        key = _NAME.fullmatch(row.nom)
        if key and row.remarque:
            said.setdefault(int(key[1]), []).append(row.remarque)
    return {key: " ".join(dict.fromkeys(texts)) for key, texts in said.items()}


def _actions_told(book: WorkbookGiven) -> Iterator[ActionReceived]:
    """Rows that hold something under the titles of the sheet of actions, wherever they stand."""
    wanted = {searchable(title): rank for rank, title in enumerate(ACTION_TITLES)}
    for sheet in book.sheets:
        columns: dict[int, int] = {}
        for row in sheet.rows():
            found = {wanted[s]: c for c, cell in row.cells.items() if (s := searchable(cell.texte)) in wanted}
            if len(found) == len(wanted):
                columns = found
                continue
            texts = [_cell_at(row, columns.get(rank)).texte.strip() for rank in range(len(wanted))] if columns else []
            if any(texts):
                yield ActionReceived(f"{sheet.titre}!{column_letters(columns[0])}{row.numero}", *texts)


def _cell_at(row: RowGiven, column: int | None) -> CellGiven:
    return row.cells.get(column, CellGiven("")) if column is not None else CellGiven("")


def _row_texts(row: RowGiven, columns: int) -> tuple[str, ...]:
    return tuple(_cell_at(row, column).texte for column in range(columns))
