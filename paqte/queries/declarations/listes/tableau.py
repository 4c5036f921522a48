"""The declarations of one period to be typed side by side, a row each, and why some are only read (R5, R11, R18)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import search_words, searchable
from paqte.domain.statuts.declarations import SAISIR, TRANSMETTRE, TRANSMISE, VALIDEE, may
from paqte.models import Engagement, db
from paqte.queries.declarations.lecture.declaration import read_to_type
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration
from paqte.queries.declarations.listes.declarations import DeclarationOwed, owed_declarations
from paqte.queries.perimetre import own_departement

PER_PAGE = 50
# Why nothing is typed, by state.
LOCKS = {
    TRANSMISE: "Transmise : à lire et valider",
    VALIDEE: "Validée : à rouvrir",
}


@dataclass(frozen=True, slots=True)
class LigneOwed:
    """One declaration as a row: what is owed of it, its answers, and why it is only read, "" when it is typed."""

    owed: DeclarationOwed
    page: DeclarationShown
    verrou: str

    @property
    def lignes(self) -> dict[str, LigneDeclaration]:
        """Its engagements that have a cell, by indicator."""
        return {ligne.indicateur.code: ligne for ligne in self.page.lignes if not ligne.indicateur.traits.is_free}

    @property
    def libres(self) -> int:
        """How many of its engagements are typed on its own page alone."""
        return sum(ligne.indicateur.traits.is_free for ligne in self.page.lignes)

    @property
    def is_complete(self) -> bool:
        """Whether it may be sent as it is kept: all answered, nothing to explain or to correct (R17)."""
        page = self.page
        is_begun = page.id != 0 and page.dus > 0 and may(page.etat, TRANSMETTRE)
        return is_begun and not page.manquantes and not any(ligne.doutes for ligne in page.lignes)


@dataclass(frozen=True, slots=True)
class TableTyped:
    """The rows of one page of the table, by name of signatory; `total` counts them all.

    `codes` are the indicators that somebody promised in this period, in the order of the grid; `autres` how many
    declarations are owed in shorter periods inside this one.
    """

    lignes: tuple[LigneOwed, ...]
    total: int
    page: int
    codes: tuple[str, ...]
    autres: int


def typing_table(
    *, actor: Acteur, periode: Periode, now: datetime, codes: Collection[str] = (), q: str = "", page: int = 1
) -> TableTyped:
    """Those that promised one of these indicators (any, when none is named) and whose name has these words.

    Eighteen statements, whatever the size.
    """
    lines = _owed_in(actor, periode, now)
    of_period = [line for line in lines if line.periode == periode]
    promised = _promised([line.convention_id for line in of_period])
    wanted, words = frozenset(codes), search_words(q)
    found = [
        line for line in of_period if _is_wanted(line, promised.get(line.convention_id, frozenset()), wanted, words)
    ]
    page = max(1, min(page, -(-len(found) // PER_PAGE)))
    known = frozenset().union(*promised.values())
    return TableTyped(
        tuple(_rows(actor, periode, found[(page - 1) * PER_PAGE : page * PER_PAGE])),
        len(found),
        page,
        tuple(code for code, one in catalogue().indicateurs.items() if code in known and not one.traits.is_free),
        len(lines) - len(of_period),
    )


def typing_rows(*, actor: Acteur, periode: Periode, now: datetime, conventions: Sequence[int]) -> list[LigneOwed]:
    """The rows of these conventions, in that order; those that owe the actor nothing in this period have none."""
    owed = {line.convention_id: line for line in _owed_in(actor, periode, now) if line.periode == periode}
    return _rows(actor, periode, [owed[key] for key in dict.fromkeys(conventions) if key in owed])


def _owed_in(actor: Acteur, periode: Periode, now: datetime) -> tuple[DeclarationOwed, ...]:
    return owed_declarations(actor=actor, departement=own_departement(actor), periodes=[periode], now=now).lignes


def _promised(conventions: Collection[int]) -> dict[int, frozenset[str]]:
    """Codes of the indicators that each of these conventions promised."""
    e = Engagement
    found: dict[int, set[str]] = {}
    for convention, code in db.session.execute(
        select(e.convention_id, e.indicateur).where(e.convention_id.in_(conventions))
    ):
        found.setdefault(convention, set()).add(code)
    return {convention: frozenset(codes) for convention, codes in found.items()}


def _is_wanted(line: DeclarationOwed, promised: Collection[str], codes: Collection[str], words: Sequence[str]) -> bool:
    told = searchable(f"{line.signataire} {line.convention}")
    return (not codes or any(code in promised for code in codes)) and all(word in told for word in words)


def _rows(actor: Acteur, periode: Periode, lines: Sequence[DeclarationOwed]) -> list[LigneOwed]:
    pages = read_to_type(actor=actor, conventions=[line.convention_id for line in lines], periode=periode)
    return [LigneOwed(line, page, _lock(line, page)) for line in lines if (page := pages.get(line.convention_id))]


def _lock(line: DeclarationOwed, page: DeclarationShown) -> str:
    if not may(page.etat, SAISIR):
        return LOCKS[page.etat]
    if page.id or line.is_open:
        return ""
    return f"La saisie ouvre le {line.ouverture:%d/%m/%Y}"
