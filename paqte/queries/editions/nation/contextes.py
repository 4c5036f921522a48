"""The context of every département for a semester, side by side, as its last edition says it: it never adds up."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import LigneContexte
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Edition, db
from paqte.queries.editions.nation.emises import last_editions

_ROWS = frozenset({LigneContexte})
# Three years of every département.
MOST_READ = 1_024


class ContexteShown(NamedTuple):
    """An element of context, with the edition that says it."""

    departement: str
    nom: str
    numero: int
    ligne: LigneContexte


def read_contexts(*, actor: Acteur, periode: Periode) -> list[ContexteShown]:
    """Of the départements that the actor may read, in order of code; a workbook received keeps none."""
    return [
        ContexteShown(e.departement, nom, e.numero, line)
        for e in last_editions(actor=actor, periode=periode)
        for nom, lines in (_context_kept(e.id, e.sha256),)
        for line in lines
    ]


# An issued edition never changes (R19): reading it once serves every reader of this process.
@lru_cache(maxsize=MOST_READ)
def _context_kept(edition_id: int, sha256: str) -> tuple[str, tuple[LigneContexte, ...]]:
    contenu = db.session.scalar(select(Edition.contenu).where(Edition.id == edition_id))
    bilan = Bilan.from_json(contenu or "{}", _ROWS)
    return bilan.departement_nom, bilan.contexte
