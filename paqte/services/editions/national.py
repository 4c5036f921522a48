"""Every département at once: their bilans of one semester, then the nation as the merge of what they issued (R20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from paqte.domain.assemblage.nation import Nation, PartDepartement, merge_parts, part_of
from paqte.domain.assemblage.recus import sum_sha256
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.documents.textes import SUJETS_DITS
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import XLSX, Download
from paqte.domain.saisie.textes import searchable
from paqte.domain.secret import DIFFUSIONS, INTERNE
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.queries.editions.nation import (
    ContexteShown,
    TextShown,
    departements_followed,
    last_editions,
    read_contexts,
    read_texts,
    sealed_edition,
)
from paqte.queries.editions.recus import counted_received
from paqte.queries.perimetre import narrowed_to, standing
from paqte.reporting.dessin.consolidation import ConsolidationToWrite, PartSource, draw_consolidation
from paqte.services.editions.editions import EditionIssued, produce_edition
from paqte.services.reglages import shipped_territories
from paqte.services.transaction import note, transaction

# Ten years of every département.
MOST_PARTS = 2_048


class NationCompared(NamedTuple):
    """A semester, the one before and the same one a year before, each as its last editions say it."""

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
    """The merge of the last edition of each département that the actor may read, and of the bilans received as
    workbooks from those that issued none here. Refused for other than a semester.
    """
    if periode.genre != SEMESTRE:
        raise Refused("La somme nationale est celle des bilans, qui portent sur un semestre : par exemple 2026-S1.")
    issued = last_editions(actor=actor, periode=periode)
    sent = counted_received(actor=actor, periode=periode)
    return merge_parts((*(_part(e.id, e.sha256) for e in issued), *(one.part for one in sent)), catalogue())


def consolidate_in_time(*, actor: Acteur, periode: Periode) -> NationCompared:
    """The same, with the two semesters that it is compared with."""
    windows = (periode, periode.precedente, periode.un_an_avant)
    return NationCompared(*(consolidate_nation(actor=actor, periode=one) for one in windows))


def take_territory_workbook(*, actor: Acteur, periode: Periode, territoire: str, now: datetime) -> Download:
    """The workbook of what the actor may read of a semester, each part with its edition or its file; the journal says
    who took it (R30). `territoire` is the name of a région, "" for the nation.
    """
    nation = consolidate_nation(actor=actor, periode=periode)
    files = {one.id: (one.fichier, one.fichier_sha256) for one in counted_received(actor=actor, periode=periode)}
    empreinte = sum_sha256(nation.parts, periode)
    found = ConsolidationToWrite(
        nation,
        periode,
        territoire,
        tuple(PartSource(p, *files.get(p.recue.id if p.recue else 0, ("", ""))) for p in nation.parts),
        [_text_cells(one) for one in read_texts(actor=actor, periode=periode)],
        [_context_cells(one) for one in read_contexts(actor=actor, periode=periode)],
        empreinte,
    )
    with transaction(actor=actor, now=now) as session:
        taken = {"periode": periode.code, "empreinte": empreinte, "departements": len(nation.parts)}
        note(session, "exporter", "somme", departement=standing(actor), apres=taken)
    place = searchable(territoire).replace(" ", "-") or "national"
    return Download(f"somme-paqte-{place}-{periode.code}.xlsx", XLSX, draw_consolidation(found))


def take_region_workbook(*, actor: Acteur, periode: Periode, region: str, now: datetime) -> Download:
    """The same of one région, for whoever reads them all. Refused for a code that is no région's."""
    places = shipped_territories()
    if region not in places.regions:
        raise Refused(f"« {region} » n’est pas le code d’une région : par exemple 24 pour Centre-Val de Loire.")
    codes = frozenset(code for code, (_, its_region) in places.departements.items() if its_region == region)
    nom = places.regions[region]
    return take_territory_workbook(actor=narrowed_to(actor, codes), periode=periode, territoire=nom, now=now)


def _text_cells(one: TextShown) -> tuple[Any, ...]:
    text = one.texte
    return (
        one.departement, one.nom, SUJETS_DITS[text.sujet], text.titre, text.signataire, text.jour, text.texte,
        DOCUMENTS[one.genre].titre, one.periode.libelle, one.numero, DIFFUSIONS[INTERNE],
    )  # fmt: skip


def _context_cells(one: ContexteShown) -> tuple[Any, ...]:
    line = one.ligne
    day = date.fromisoformat(line.date) if line.date else None
    said = " ; ".join(filter(None, (line.precision, line.note, line.valeur.motif)))
    return one.departement, one.nom, line.libelle, line.valeur.valeur, line.unite, day, line.source, said, one.numero


# An issued edition never changes (R19): reading it once serves every reader of this process.
@lru_cache(maxsize=MOST_PARTS)
def _part(edition_id: int, sha256: str) -> PartDepartement:
    """What the edition of this hash brings; one after another, so that editions never stand in memory together."""
    return part_of(sealed_edition(edition_id), catalogue())
