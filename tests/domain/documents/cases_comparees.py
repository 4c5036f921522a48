"""Cells of a document that are compared, and the document with some of them changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.commun.comparaison import Comparaison

Place = tuple[int, int, str]


def rows_of(document: Any, comparaison: Comparaison) -> tuple[Any, ...]:
    value = getattr(document, comparaison.champ) if comparaison.champ else document
    return value if isinstance(value, tuple) else (value,)


def other(value: Any) -> Any:
    """A value that is not this one."""
    if isinstance(value, Chiffre):
        return Chiffre(None, f"{value.motif}!") if value.valeur is None else Chiffre(value.valeur + 1)
    if isinstance(value, bool):
        return not value
    if value is None:
        return 1
    return f"{value}!" if isinstance(value, str) else value + 1


def places(document: Any, comparaisons: Sequence[Comparaison]) -> Iterator[Place]:
    """Every cell that is compared and names no row: table, row, field."""
    for rank, comparaison in enumerate(comparaisons):
        for row, was in enumerate(rows_of(document, comparaison)):
            for champ in comparaison.comparees:
                if comparaison.cle(replace(was, **{champ: other(getattr(was, champ))})) == comparaison.cle(was):
                    yield rank, row, champ


def mutated(document: Any, comparaisons: Sequence[Comparaison], changes: set[Place]) -> Any:
    """The document with these cells changed."""
    for rank, row, champ in changes:
        comparaison = comparaisons[rank]
        rows = list(rows_of(document, comparaison))
        rows[row] = replace(rows[row], **{champ: other(getattr(rows[row], champ))})
        if not comparaison.champ:
            document = rows[0]
        else:
            whole = isinstance(getattr(document, comparaison.champ), tuple)
            document = replace(document, **{comparaison.champ: tuple(rows) if whole else rows[0]})
    return document


def named(document: Any, comparaisons: Sequence[Comparaison], changes: set[Place]) -> set[tuple[str, str, str]]:
    """What the écarts of these cells are called."""
    return {
        (c.tableau, c.ligne(rows_of(document, c)[row]), c.comparees[champ])
        for c, row, champ in ((comparaisons[rank], row, champ) for rank, row, champ in changes)
    }


def columns_not_compared(document: type, comparaison: Comparaison) -> set[str]:
    """Fields of the rows of a table that no column compares."""
    hint = get_type_hints(document)[comparaison.champ]
    record = hint if is_dataclass(hint) else get_args(hint)[0]
    return {f.name for f in fields(record)} - comparaison.comparees.keys()


def fields_not_compared(document: type, comparaisons: Sequence[Comparaison]) -> set[str]:
    """Fields of the document that nothing compares."""
    compared = {c.champ for c in comparaisons} | {f for c in comparaisons if not c.champ for f in c.comparees}
    return {f.name for f in fields(document)} - compared
