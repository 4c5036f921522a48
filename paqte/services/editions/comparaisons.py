"""Comparing two editions: what changed, cell by cell, and which declarations caused it (R19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from paqte.domain.documents.commun.comparaison import Correction, Ecart, changed_answers, compare, names_of
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.editions.editions import read_differing
from paqte.domain.editions.regles import changed_since
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import french_order
from paqte.queries.editions.comparaisons import EditionContent, conventions_named, read_contents


class EditionsCompared(NamedTuple):
    """Two editions and their écarts. `noms` tells of each declaration cited whose and when it is, `auteurs` whose.

    `regles` says which rules count otherwise in one than in the other (R19).
    """

    avant: EditionContent
    apres: EditionContent
    ecarts: list[Ecart]
    noms: Mapping[int, str]
    auteurs: Mapping[int, str]
    regles: tuple[str, ...] = ()


def compare_editions(*, actor: Acteur, avant: int, apres: int) -> EditionsCompared:
    """What changed from one edition to another of the same département and kind; periods may differ.

    NotFound for an edition that is not the actor's to read; Refused when they are not comparable. Across periods no
    declaration is named: all of them would be.
    """
    before, after = (read_contents(actor=actor, edition_id=key) for key in (avant, apres))
    kind = _document(before, after)
    conventions = conventions_named(after.departement)
    corrections = _corrections(before, after)
    former: Any = kind.document.from_json(before.contenu)
    later: Any = kind.document.from_json(after.contenu)
    ecarts = compare(
        former,
        later,
        kind.document.tables,
        corrections,
        {key: c.numero for key, c in conventions.items()},
    )
    names = names_of(corrections, {key: c.signataire for key, c in conventions.items()})
    authors = {c.fait.declaration: getattr(conventions.get(c.fait.convention), "signataire", "") for c in corrections}
    regles = changed_since(former.versions.regles, later.versions.regles) if ecarts else ()
    return EditionsCompared(before, after, ecarts, names, authors, regles)


def cells_by_axis(compared: EditionsCompared) -> dict[str, list[Ecart]]:
    """The écarts of each axis of the grid, by its code, in the order of the grid; those of no axis are in none."""
    found = {code: [e for e in compared.ecarts if e.axe == code] for code in catalogue().axes}
    return {code: cells for code, cells in found.items() if cells}


def cells_by_signatory(compared: EditionsCompared) -> dict[str, list[Ecart]]:
    """The écarts of each signatory, by name: the rows that tell of it, and the cells that its declarations changed."""
    found: dict[str, list[Ecart]] = {}
    for ecart in compared.ecarts:
        named = {compared.auteurs[key] for key in ecart.declarations} | {ecart.signataire}
        for name in named - {""}:
            found.setdefault(name, []).append(ecart)
    return {name: found[name] for name in sorted(found, key=french_order)}


def _document(before: EditionContent, after: EditionContent) -> GenreDocument:
    if before.departement != after.departement:
        raise Refused("Ces deux éditions ne sont pas du même département : on ne peut pas les comparer.")
    if before.genre_document != after.genre_document:
        un, other = (g.un for g in DOCUMENTS.values() if g.code in (before.genre_document, after.genre_document))
        raise Refused(f"L’une est {un} et l’autre {other} : comparez deux éditions de même sorte.")
    return DOCUMENTS[after.genre_document]


def _corrections(before: EditionContent, after: EditionContent) -> list[Correction]:
    if before.periode != after.periode:
        return []
    return changed_answers(*read_differing(before.faits, after.faits))
