"""Every département at once: their bilans of one semester, then the nation as the merge of what they issued (R20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from paqte.domain.assemblage.nation import Nation, PartDepartement, merge_parts
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.queries.editions.nation import departements_followed, last_editions, part_of_edition
from paqte.queries.editions.recus import RecuLu, counted_received
from paqte.services.editions.editions import EditionIssued, produce_edition

# Ten years of every département.
MOST_PARTS = 2_048
# Eight periods of the nation and of every région, with room to spare.
MOST_SUMS = 256


class NationCompared(NamedTuple):
    """A semester or a quarter, the one before and the same one a year before, each as its last editions say it."""

    present: Nation
    before: Nation
    year_ago: Nation

    @property
    def not_alike(self) -> tuple[str, ...]:
        """Départements that do not stand in all three, by name: their figures move what is compared."""
        held = [{p.departement for p in one.parts} for one in self if one.parts]
        named = {p.departement: f"{p.nom} ({p.departement})" for one in self for p in one.parts}
        return tuple(named[code] for code in sorted(named) if not all(code in codes for codes in held))


class Production(NamedTuple):
    """What became of one département: its edition, or the sentence that says why there is none."""

    departement: str
    edition: EditionIssued | None
    refus: str = ""


def produce_everywhere(*, actor: Acteur, periode: Periode, reports: Path, now: datetime) -> Iterator[Production]:
    """Produce the bilan of every département that has something to say, in order of code.

    One that is refused (its semester not over there yet, its folder full) does not hold the others back.
    """
    for departement, *_ in departements_followed():
        try:
            edition, _path = produce_edition(
                DOCUMENTS[BILAN], actor=actor, departement=departement, periode=periode, reports=reports, now=now
            )
        except Refused as refused:
            yield Production(departement, None, str(refused))
        else:
            yield Production(departement, edition)


def consolidate_nation(*, actor: Acteur, periode: Periode) -> Nation:
    """The merge of the last bilan of each département that the actor may read, and of those received as workbooks from
    départements that issued none here. Refused for other than a semester.
    """
    if periode.genre != SEMESTRE:
        raise Refused("La somme nationale est celle des bilans, qui portent sur un semestre : par exemple 2026-S1.")
    return consolidate_territory(actor=actor, periode=periode)


def consolidate_territory(*, actor: Acteur, periode: Periode) -> Nation:
    """The same of the bilans for a semester, of the exports for a quarter."""
    if periode.genre != SEMESTRE:
        exports = last_editions(actor=actor, periode=periode, genre=COMPTE_RENDU)
        return _merged(COMPTE_RENDU, tuple((e.id, e.sha256) for e in exports), ())
    issued = last_editions(actor=actor, periode=periode)
    sent = counted_received(actor=actor, periode=periode)
    return _merged(BILAN, tuple((e.id, e.sha256) for e in issued), tuple(sent))


def consolidate_in_time(*, actor: Acteur, periode: Periode) -> NationCompared:
    """The same, with the two semesters, or quarters, that it is compared with."""
    windows = (periode, periode.precedente, periode.un_an_avant)
    return NationCompared(*(consolidate_territory(actor=actor, periode=one) for one in windows))


def consolidate_over(*, actor: Acteur, periode: Periode, count: int) -> list[tuple[Periode, Nation]]:
    """So many periods of the same length, this one the last, each as its last editions say it."""
    windows = [periode]
    while len(windows) < count:
        windows.insert(0, windows[0].precedente)
    return [(one, consolidate_territory(actor=actor, periode=one)) for one in windows]


# What is merged is named whole, editions by their hash and workbooks by all that is kept of them: the same names always
# give the same sum, whoever asks.
@lru_cache(maxsize=MOST_SUMS)
def _merged(genre: str, editions: tuple[tuple[int, str], ...], sent: tuple[RecuLu, ...]) -> Nation:
    """The sum of the last documents of a period, whatever the actor that they were found for."""
    brought = (_part(genre, *one) for one in editions)
    return merge_parts((*brought, *(one.part for one in sent)), catalogue())


# An issued edition never changes (R19): reading it once serves every reader of this process.
@lru_cache(maxsize=MOST_PARTS)
def _part(genre: str, edition_id: int, sha256: str) -> PartDepartement:
    """What an edition brings; one after another, so that editions never stand in memory together."""
    return part_of_edition(genre, edition_id, sha256)
