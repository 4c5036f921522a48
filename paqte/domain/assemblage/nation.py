"""The nation over one semester: the merge of what each département issued, figure by figure (R13, R20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import NamedTuple

from paqte.domain.bilan import Bilan, LigneIndicateur
from paqte.domain.catalogue import Catalogue, Indicateur
from paqte.domain.consolidation import Fait, Somme, condense, consolidate


class EditionScellee(NamedTuple):
    """What one edition holds: its bilan and the validated answers behind it."""

    bilan: Bilan
    faits: tuple[Fait, ...]


@dataclass(frozen=True, slots=True)
class LigneNation:
    """One indicator over every département that issued its bilan.

    `departements` says what each brings; `valeur` is exactly their sum, or Σnum/Σden of a ratio. None: nobody
    answered. Counts are signatories (R13).
    """

    code: str
    libelle: str
    unite: str
    genre: str
    valeur: Decimal | None
    repondu: int
    du: int
    neants: int
    departements: tuple[tuple[str, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class Nation:
    """The indicators, from which editions they come, and what no longer equals its edition (never, unless altered)."""

    lignes: tuple[LigneNation, ...]
    editions: tuple[tuple[str, int, str], ...]
    ecarts: tuple[str, ...]


def merge_editions(editions: Iterable[EditionScellee], grid: Catalogue) -> Nation:
    """Merge one edition a département; the order does not matter."""
    read = sorted(editions, key=lambda e: e.bilan.departement)
    known = [i for i in grid.indicateurs.values() if i.is_summable]
    sums = {e.bilan.departement: _sums(e, known) for e in read}
    return Nation(
        lignes=tuple(_line(i, sums) for i in known if any(i.code in held for held in sums.values())),
        editions=tuple((e.bilan.departement, e.bilan.edition, e.bilan.sha256) for e in read),
        ecarts=tuple(gap for e in read for gap in _gaps(e, sums[e.bilan.departement], grid)),
    )


def _sums(edition: EditionScellee, known: Iterable[Indicateur]) -> dict[str, Somme]:
    """What a département brings to each indicator that its edition shows."""
    told, parts = _told(edition.bilan), consolidate(edition.faits)
    return {
        i.code: condense(parts.of(i.code).values(), i.genre)._replace(
            signataires_dus=told[i.code].du,
            signataires_repondants=told[i.code].repondu,
            signataires_neant=told[i.code].neants,
        )
        for i in known
        if i.code in told
    }


def _told(bilan: Bilan) -> dict[str, LigneIndicateur]:
    return {line.code: line for line in bilan.indicateurs}


def _line(i: Indicateur, sums: dict[str, dict[str, Somme]]) -> LigneNation:
    each = {departement: held.get(i.code, Somme()) for departement, held in sums.items()}
    whole = reduce(Somme.merge, each.values(), Somme())
    return LigneNation(
        code=i.code,
        libelle=i.libelle,
        unite=i.unite,
        genre=i.genre,
        valeur=whole.figure(i.genre),
        repondu=whole.signataires_repondants,
        du=whole.signataires_dus,
        neants=whole.signataires_neant,
        departements=tuple((departement, held.figure(i.genre)) for departement, held in each.items()),
    )


def _gaps(edition: EditionScellee, sums: dict[str, Somme], grid: Catalogue) -> Iterable[str]:
    """Where the answers of an edition no longer give the figure that it printed."""
    for code, line in _told(edition.bilan).items():
        held = sums.get(code)
        if held and held.figure(grid.indicateurs[code].genre) != line.semestre.valeur:
            yield f"{edition.bilan.departement}, {code} : ses réponses ne donnent plus le chiffre de l’édition."
