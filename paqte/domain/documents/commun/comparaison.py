"""What differs between two editions, cell by cell, and which declarations caused it (R19). It is all pure.

A document is a frozen dataclass that says its tables (tables.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from paqte.domain.assemblage.tableaux.reponses import told
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import Fait
from paqte.domain.documents.commun.canonique import DOCUMENT, Frozen, later_fields
from paqte.domain.documents.lignes.lignes import (
    AXE,
    ENSEMBLE_NATURES,
    INDICATEUR,
    SIGNATAIRE,
    LigneCompletude,
    LigneEcart,
)
from paqte.domain.documents.lignes.tables import DECLARATION, TOUT, Cause, Comparaison
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.saisie.nombres import written
from paqte.domain.saisie.textes import others
from paqte.domain.statuts.conventions import NATURES

WHOLE_ROW = "(ligne entière)"
ABSENT = "absente"
MOST_NAMED = 8
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


class Correction(NamedTuple):
    """An answer that reads otherwise: as it was and as it is, None where it was not validated."""

    avant: Fait | None
    apres: Fait | None

    @property
    def fait(self) -> Fait:
        """The answer as it is, else as it was."""
        given = self.apres or self.avant
        assert given is not None
        return given


class Ecart(NamedTuple):
    """One cell that differs, as people read it; `declarations` are keys, in order.

    `axe` is the code of the axis its row is of, `signataire` the name of whom it tells: "" for none, or several.
    """

    tableau: str
    ligne: str
    colonne: str
    avant: str
    apres: str
    declarations: tuple[int, ...] = ()
    axe: str = ""
    signataire: str = ""


def compare(
    avant: Frozen,
    apres: Frozen,
    comparaisons: Iterable[Comparaison],
    corrections: Iterable[Correction] = (),
    numeros: Mapping[int, str] | None = None,
) -> list[Ecart]:
    """Every cell that differs, table by table, in the order of the later document, rows that went last.

    What a document was issued too early to tell is no difference. A row that came or went is one écart, whole.
    `corrections` are the answers that may be the cause, `numeros` the numbers of their conventions, by key.
    """
    causes = _by_cause(corrections, numeros or {})
    found: list[Ecart] = []
    for comparaison in comparaisons:
        if _tells(avant, comparaison.champ) and _tells(apres, comparaison.champ):
            before, after = _rows_by_key(avant, comparaison), _rows_by_key(apres, comparaison)
            pairs = _paired(_aligned(before, after, comparaison), _aligned(after, before, comparaison))
            known = _known(avant, comparaison, before) & _known(apres, comparaison, after)
            columns = {champ: titre for champ, titre in comparaison.comparees.items() if champ in known}
            found += (e for before, after in pairs for e in _cells(comparaison, columns, before, after, causes))
    return found


def changed_answers(avant: Iterable[Fait], apres: Iterable[Fait]) -> list[Correction]:
    """The answers that read otherwise, by convention, period and engagement; one that came or went counts."""
    before, after = ({(f.convention, f.periode, f.engagement): f for f in faits} for faits in (avant, apres))
    pairs = (Correction(before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys()))
    return [pair for pair in pairs if told(pair.avant) != told(pair.apres)]


def lines(ecarts: Iterable[Ecart], names: Mapping[int, str]) -> tuple[LigneEcart, ...]:
    """The écarts as an edition keeps them; `names` says of each declaration whose and when it is."""
    return tuple(LigneEcart(*e[:5], _named([names[key] for key in e.declarations if key in names])) for e in ecarts)


def names_of(corrections: Iterable[Correction], signataires: Mapping[int, str]) -> dict[int, str]:
    """« Société 1, 2e trimestre 2026 » by declaration; `signataires` gives the name of each by convention."""
    return {
        c.fait.declaration: f"{signataires.get(c.fait.convention, '')}, {Periode.from_code(c.fait.periode).libelle}"
        for c in corrections
    }


def _named(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    told_of = " ; ".join(sorted(names)[:MOST_NAMED])
    return f"{told_of} ; et {others(more)}" if more > 0 else told_of


def _by_cause(corrections: Iterable[Correction], numeros: Mapping[int, str]) -> dict[Cause, set[int]]:
    """The declarations of the changed answers, by whatever a cell may be made from."""
    found: dict[Cause, set[int]] = {}
    for correction in corrections:
        fait = correction.fait
        indicateur = catalogue().indicateurs.get(fait.indicateur)
        causes: tuple[Cause, ...] = (
            (TOUT, ""),
            (AXE, indicateur.axe if indicateur else ""),
            (INDICATEUR, fait.indicateur),
            (SIGNATAIRE, str(fait.signataire)),
            (DECLARATION, (numeros.get(fait.convention), Periode.from_code(fait.periode).libelle)),
        )
        for cause in causes:
            found.setdefault(cause, set()).add(fait.declaration)
    return found


def _tells(document: Any, champ: str) -> bool:
    """Whether a document is not older than this part of it."""
    nothing = later_fields(document.__class__)[DOCUMENT]
    return (
        champ not in nothing
        or document.depuis[champ] <= _version(document)
        or getattr(document, champ) != nothing[champ]
    )


def _known(document: Any, comparaison: Comparaison, rows: Mapping[Hashable, Any]) -> set[str]:
    """The columns of a table that a document is not older than: its version says so, or one of its rows."""
    nothing = later_fields(document.__class__).get(comparaison.champ, {})
    return {
        c.champ
        for c in comparaison.colonnes
        if c.depuis <= _version(document) or any(getattr(row, c.champ) != nothing[c.champ] for row in rows.values())
    }


def _version(document: Any) -> str:
    """The version of its columns, "" for one of before it was told."""
    version: str = document.versions.colonnes
    return version


def _rows_by_key(document: Frozen, comparaison: Comparaison) -> dict[Hashable, Any]:
    """Rows by key; of two alike the second is told from the first by its number."""
    value = getattr(document, comparaison.champ) if comparaison.champ else document
    seen: Counter[Hashable] = Counter()
    found: dict[Hashable, Any] = {}
    for row in value if isinstance(value, tuple) else (value,):
        key = comparaison.cle(row)
        seen[key] += 1
        found[key, seen[key]] = row
    return found


def _aligned(
    rows: Mapping[Hashable, Any], others: Mapping[Hashable, Any], comparaison: Comparaison
) -> dict[Hashable, Any]:
    """Rows under the keys of the other side: a line of before, natures mixed, is the total if there is one (R38)."""
    found: dict[Hashable, Any] = {}
    for key, row in rows.items():
        names = [key]
        if getattr(row, "nature", None) == "":
            kinds = (ENSEMBLE_NATURES, *NATURES)
            names += [(comparaison.cle(replace(row, nature=kind)), 1) for kind in kinds]
        found[next((name for name in names if name in others), key)] = row
    return found


def _paired(before: Mapping[Hashable, Any], after: Mapping[Hashable, Any]) -> Iterator[tuple[Any, Any]]:
    yield from ((before.get(key), row) for key, row in after.items())
    yield from ((row, None) for key, row in before.items() if key not in after)


def _cells(
    comparaison: Comparaison, columns: Mapping[str, str], before: Any, after: Any, causes: Mapping[Cause, set[int]]
) -> Iterator[Ecart]:
    if before == after:
        return
    row = before if after is None else after
    ligne, of = comparaison.ligne(row), (_axe(row), _signataire(row))
    if before is None or after is None:
        was, is_now = (ABSENT if side is None else _summary(comparaison, side) for side in (before, after))
        behind = _declarations(comparaison, row, "", causes)
        yield Ecart(comparaison.tableau, ligne, WHOLE_ROW, was, is_now, behind, *of)
        return
    for champ, heading in columns.items():
        if getattr(before, champ) != getattr(after, champ):
            was, is_now = (_text(comparaison, side, champ) for side in (before, after))
            behind = _declarations(comparaison, row, champ, causes)
            yield Ecart(comparaison.tableau, ligne, heading, was, is_now, behind, *of)


def _axe(row: Any) -> str:
    if isinstance(row, LigneCompletude):
        axe, indicateur = (row.code if row.genre == kind else "" for kind in (AXE, INDICATEUR))
    else:
        axe, indicateur = getattr(row, "axe", ""), getattr(row, "indicateur", "")
    known = catalogue().indicateurs.get(indicateur)
    return axe or (known.axe if known else "")


def _signataire(row: Any) -> str:
    if isinstance(row, LigneCompletude):
        return row.libelle if row.genre == SIGNATAIRE else ""
    name: str = getattr(row, "signataire", "") or (row.nom if hasattr(row, "convention") else "")
    return name


def _declarations(
    comparaison: Comparaison, row: Any, colonne: str, causes: Mapping[Cause, set[int]]
) -> tuple[int, ...]:
    return tuple(sorted(set().union(*(causes.get(c, set()) for c in comparaison.causes(row, colonne)))))


def _summary(comparaison: Comparaison, row: Any) -> str:
    """A whole row in one text: each column that says something."""
    texts = ((heading, _text(comparaison, row, champ)) for champ, heading in comparaison.comparees.items())
    return " ; ".join(f"{heading} : {text}" for heading, text in texts if text)


def _text(comparaison: Comparaison, row: Any, champ: str) -> str:
    """A cell as people read it; a figure that is absent gives its reason (R13)."""
    return told_value(comparaison.read(row, champ), getattr(row, "unite", ""), is_part=champ in comparaison.parts)


def told_value(value: Any, unite: str = "", *, is_part: bool = False) -> str:
    """A value as people read it: in percent where it is a part, or where its figure has such a unit."""
    if isinstance(value, Chiffre):
        if value.valeur is None:
            return value.motif if value.is_infime else f"({value.motif or 'non renseigné'})"
        return _share(value.valeur) if is_part or "%" in unite else written(value.valeur)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | Decimal):
        return _share(value) if is_part else written(value)
    text = str(value or "")
    return "/".join(reversed(day.groups())) if (day := _DAY.fullmatch(text)) else text


def _share(value: Decimal | int) -> str:
    return f"{written(value)}\u00a0%"
