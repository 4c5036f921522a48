"""What the next edition of a period would say otherwise than the last one: decided here alone (R19, R44)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.tableaux import reponses
from paqte.domain.documents.commun.comparaison import Correction, Ecart, changed_answers, compare, lines, names_of
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.editions.editions import read_differing, write_facts
from paqte.domain.editions.regles import changed_since
from paqte.domain.indicateurs.catalogue import catalogue


class EditionTexts(NamedTuple):
    """What an edition froze, as texts."""

    contenu: str
    faits: str


class Revision(NamedTuple):
    """The next edition, and every cell of it that differs from the last one; `corrections` are the answers behind.

    `faits` are the answers of its period as it would keep them, None where there was no edition to hold them against.
    """

    document: Any
    ecarts: tuple[Ecart, ...] = ()
    corrections: tuple[Correction, ...] = ()
    noms: Mapping[int, str] = {}
    faits: str | None = None

    @property
    def declarations(self) -> frozenset[int]:
        """The declarations that answer otherwise."""
        return frozenset(c.fait.declaration for c in self.corrections)


def revise(
    kind: GenreDocument,
    donnees: DonneesBilan,
    last: EditionTexts | None,
    *,
    numero: int,
    now: datetime,
    gabarit: str | None = None,
) -> Revision:
    """Put a document together from what the base says now and hold it against the last edition of its period.

    `numero` is the one it would bear. Neither that nor its moment nor what it tells of the edition before is a
    difference; rules that changed are told beside the cells that did. `gabarit` None keeps the last edition's: a
    template that changed proposes nothing by itself.
    """
    grid = catalogue()
    former: Any = kind.document.from_json(last.contenu) if last else None
    faits = write_facts(donnees.answers.inside(donnees.periode)) if last else None
    # Two editions differ by a few answers: only those are read.
    corrections = changed_answers(*read_differing(last.faits, faits)) if last and faits else []
    document: Any = kind.assemble(
        donnees,
        grid,
        edition=numero,
        now=now,
        gabarit=gabarit if gabarit is not None else former.versions.gabarit if former else "",
        corrections=reponses.corrections(corrections, donnees),
    )
    if former is None:
        return Revision(document)
    signed = (*donnees.conventions, *donnees.chartes)
    ecarts = compare(former, document, kind.document.tables, corrections, {c.id: c.numero for c in signed})
    noms = names_of(corrections, {c.id: c.nom for c in signed})
    if ecarts:
        document = replace(document, regles=changed_since(former.versions.regles, document.versions.regles))
    if document.has("ecarts"):
        document = replace(document, ecarts=lines(ecarts, noms))
    return Revision(document, tuple(ecarts), tuple(corrections), noms, faits)
