"""A préfecture's own columns: what its tracker holds beyond the grid, kept for itself and outside every figure.

A value is kept as one spelling of its kind: a text, a plain figure, a day (2026-12-31), oui or non.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.nombres import QUANTITE, read_number, written
from paqte.domain.saisie.textes import clean_line, searchable, too_long

TEXTE, NOMBRE, JOUR, OUINON = "texte", "nombre", "jour", "ouinon"
GENRES: dict[str, str] = {TEXTE: "Texte", NOMBRE: "Nombre", JOUR: "Date", OUINON: "Oui ou non"}
OUI, NON = "oui", "non"
TITLE, LONGEST = 120, 1_000
# What may be asked of a column besides what its values say.
REMPLIE, VIDE = "remplie", "vide"
_YES = frozenset({"oui", "o", "x", "1", "vrai", "true"})
_NO = frozenset({"non", "n", "0", "faux", "false"})
_KEPT = "propre"


def read_own(genre: str, text: str) -> str:
    """The value kept of what was typed, '' for nothing; ValueError with what is expected."""
    typed = clean_line(text)[0]
    if not typed:
        return ""
    if genre == NOMBRE:
        return format(read_number(text, QUANTITE).normalize(), "f")
    if genre == JOUR:
        return read_date(text).isoformat()
    if genre == OUINON:
        said = searchable(typed)
        if said not in _YES | _NO:
            raise ValueError("Écrivez oui ou non.")
        return OUI if said in _YES else NON
    if sentence := too_long(typed, LONGEST):
        raise ValueError(sentence)
    return typed


def told_own(genre: str, valeur: str) -> str:
    """A value as people read it and type it again."""
    if not valeur:
        return ""
    if genre == NOMBRE:
        return written(Decimal(valeur))
    return f"{date.fromisoformat(valeur):%d/%m/%Y}" if genre == JOUR else valeur


def key_of(titre: str) -> str:
    """What makes two titles those of one column: no case, no accents, single spaces."""
    return searchable(clean_line(titre)[0])


def choices_of(genre: str) -> dict[str, str]:
    """What the list of signatories may be narrowed to, of a column of this kind."""
    words = {OUI: "oui", NON: "non"} if genre == OUINON else {REMPLIE: "remplie"}
    return {**words, VIDE: "vide"}


def own_target(genre: str, titre: str) -> str:
    """What a column of a file stands for when it is kept under its title: `propre:texte:Couleur`."""
    return f"{_KEPT}:{genre}:{clean_line(titre)[0][:TITLE]}"


def own_of(target: str) -> tuple[str, str] | None:
    """Kind and title of such a target; None for any other."""
    kept, _, rest = target.partition(":")
    genre, _, titre = rest.partition(":")
    return (genre, titre) if kept == _KEPT and genre in GENRES and key_of(titre) else None
