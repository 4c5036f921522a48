"""One search over all that a département keeps: who signed, conventions, contacts, actions, editions.

Every word asked for must be there, without accents or case; a number typed with spaces is one. A constant number of
statements, each over the rows of the département alone, by its index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, func, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import french_order, number_or_words, search_words, searchable
from paqte.models import ContactSignataire, Convention, Signataire, db
from paqte.queries.conventions import effective_end
from paqte.queries.declarations import ActionShown, ActionsSought, list_actions
from paqte.queries.editions import EditionLue, list_editions
from paqte.queries.perimetre import own_departement, readable

# Lines shown of each kind; one letter would find everything.
MOST_SHOWN = 10
LEAST_TYPED = 2
_CALLED_FROM_ABROAD = ("+33", "0033")
_OF_NUMBERS = frozenset("0123456789+ .-()/\u00a0\u202f")
_LEAST_OF_NUMBER = 6

Line = TypeVar("Line")


class SignataireFound(NamedTuple):
    """Who signed. `anciens` are the numbers that it bore before, apart by spaces."""

    id: int
    nom: str
    identifiant: str
    commune: str
    anciens: str


class ConventionFound(NamedTuple):
    """A convention, whose it is and its last day, an early end included."""

    id: int
    numero: str
    signataire: str
    fin: date


class ContactFound(NamedTuple):
    """Somebody to write to or to call, and for whom."""

    id: int
    nom: str
    fonction: str
    courriel: str
    telephone: str
    signataire_id: int
    signataire: str


class EditionFound(NamedTuple):
    """An edition, and how it is called."""

    edition: EditionLue
    titre: str


@dataclass(frozen=True, slots=True)
class SeriesFound(Generic[Line]):
    """The first lines of a kind, and how many there are."""

    lignes: Sequence[Line]
    total: int


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """What was found; `is_too_short` when nothing was looked for."""

    is_too_short: bool
    signataires: SeriesFound[SignataireFound]
    conventions: SeriesFound[ConventionFound]
    contacts: SeriesFound[ContactFound]
    actions: SeriesFound[ActionShown]
    editions: SeriesFound[EditionFound]

    @property
    def total(self) -> int:
        """How many things bear what was asked."""
        kinds = (self.signataires, self.conventions, self.contacts, self.actions, self.editions)
        return sum(kind.total for kind in kinds)


def search_all(*, actor: Acteur, q: str) -> SearchOutcome:
    """What the département where the actor stands has that bears all these words; Refused when it stands in none."""
    departement = own_departement(actor)
    words = number_or_words(q)
    if len("".join(words)) < LEAST_TYPED:
        nothing: SeriesFound[Any] = SeriesFound((), 0)
        return SearchOutcome(True, nothing, nothing, nothing, nothing, nothing)
    actions = list_actions(actor=actor, departement=departement, filtre=ActionsSought(q=q))
    return SearchOutcome(
        False,
        _matching_signataires(actor, words),
        _matching_conventions(actor, words),
        _first_lines(_found_contacts(actor, q)),
        _first_lines(actions),
        _first_lines(_found_editions(actor, departement, q)),
    )


def _first_lines(found: Sequence[Line]) -> SeriesFound[Line]:
    return SeriesFound(found[:MOST_SHOWN], len(found))


def _matching_signataires(actor: Acteur, words: Sequence[str]) -> SeriesFound[SignataireFound]:
    """Those whose name begins so come first."""
    s = Signataire
    bears_all = [s.recherche.contains(word, autoescape=True) for word in words]
    query = select(s.id, s.nom, s.identifiant, s.commune, s.anciens_identifiants).where(readable(s, actor), *bears_all)
    begins = s.recherche.startswith(" ".join(words), autoescape=True)
    return _with_total(query.order_by(~begins, s.recherche, s.id), SignataireFound)


def _matching_conventions(actor: Acteur, words: Sequence[str]) -> SeriesFound[ConventionFound]:
    """By number, whole or in part, with or without its hyphens, and by whose it is."""
    c, s, ending = Convention, Signataire, effective_end()
    bare = func.replace(func.lower(c.numero), "-", "")
    told = func.replace(func.lower(c.numero), "-", " ").concat(" ").concat(bare).concat(" ").concat(s.recherche)
    query = (
        select(c.id, c.numero, s.nom, ending)
        .join(s, s.id == c.signataire_id)
        .where(readable(c, actor), *(_holds_word(told, word) for word in words))
    )
    return _with_total(query.order_by(ending.desc(), c.numero, c.id), ConventionFound)


def _holds_word(told: ColumnElement[str], word: str) -> ColumnElement[bool]:
    return told.contains(word, autoescape=True)


def _with_total(query: Select[*tuple[object, ...]], line: type[Line]) -> SeriesFound[Line]:
    """The first lines of the query and how many it has, in one statement."""
    rows = db.session.execute(query.add_columns(func.count().over()).limit(MOST_SHOWN)).all()
    return SeriesFound([line(*row[:-1]) for row in rows], rows[0][-1] if rows else 0)


def _found_contacts(actor: Acteur, q: str) -> list[ContactFound]:
    """By name, function, address, telephone as people write it, or whose contact it is."""
    c, s = ContactSignataire, Signataire
    query = (
        select(c.id, c.nom, c.fonction, c.courriel, c.telephone, s.id, s.nom)
        .join(s, s.id == c.signataire_id)
        .where(readable(s, actor))
        .order_by(c.id)
    )
    number, words = _dialled(q), search_words(q)
    found = [one for one in map(ContactFound._make, db.session.execute(query)) if _is_called(one, number, words)]
    return sorted(found, key=lambda one: (french_order(one.nom), one.id))


def _is_called(one: ContactFound, number: str, words: Sequence[str]) -> bool:
    if number:
        return number in _dialled(one.telephone)
    told = searchable(f"{one.nom} {one.fonction} {one.courriel} {one.signataire}")
    return all(word in told for word in words)


def _dialled(text: str) -> str:
    """The digits of a telephone number as dialled from France, '' of a text that is none or hardly begins one."""
    if not _OF_NUMBERS.issuperset(text):
        return ""
    digits = "".join(character for character in text if character.isdigit() or character == "+")
    for prefix in _CALLED_FROM_ABROAD:
        if digits.startswith(prefix):
            digits = f"0{digits.removeprefix(prefix)}"
    return digits if len(digits) >= _LEAST_OF_NUMBER else ""


def _found_editions(actor: Acteur, departement: str, q: str) -> list[EditionFound]:
    """By title, period and number, or by the name of its file."""
    words, found = search_words(q), []
    for edition in list_editions(actor=actor):
        genre = DOCUMENTS.get(edition.genre_document)
        if edition.departement != departement or genre is None:
            continue
        titre = f"{genre.titre}, {Periode.from_code(edition.periode).libelle}, n°\u00a0{edition.numero}"
        told = searchable(f"{titre} {edition.periode} {edition.fichier_nom}")
        if all(word in told for word in words):
            found.append(EditionFound(edition, titre))
    return found
