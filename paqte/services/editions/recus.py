"""Bilans received as workbooks, added up from their files alone: all sound or kept by decision, or none (R20)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from paqte.domain.assemblage.nation import Nation, PartDepartement, PartRecue, merge_parts
from paqte.domain.assemblage.territoires.somme import PartSource, TerritoireNamed, assemble_somme
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.somme import SommeSemestre
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.saisie.textes import clean_line
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.reporting.dessin.sommes import draw_somme
from paqte.services.editions.recus_lus import PartLue, WorkbookReceived, read_files
from paqte.services.reglages import RegionsDepartements, shipped_territories

MOST_REASON = 500
NOBODY_DECIDED: Mapping[str, str] = {}


class SommeMade(NamedTuple):
    """The sum, the workbook that tells it, and the files that it comes from, in order of département."""

    nation: Nation
    octets: bytes
    sources: tuple[PartSource, ...]


class _Received(NamedTuple):
    part: PartDepartement
    fichier: WorkbookReceived


def consolidate_files(
    *,
    fichiers: Sequence[WorkbookReceived],
    periode: Periode,
    region: str | None,
    garder: Mapping[str, str] = NOBODY_DECIDED,
) -> SommeMade:
    """The sum of these bilans, of a région when one is given; Refused, with a sentence a file, when one is not sound.

    `garder` gives, by name of file, why one that a person changed or filled is taken all the same: it bears a mark.
    Nothing is read but the files: not the base, nor what was received before.
    """
    places = shipped_territories()
    _check_asked(periode, region, places)
    reasons = {nom: checked_reason(raison) for nom, raison in garder.items()}
    taken: dict[str, _Received] = {}
    refusals = []
    for read in read_files(fichiers, periode, region):
        try:
            part = _decided(read, reasons)
            if part.departement in taken:
                other = taken[part.departement].fichier.nom
                raise Refused(f"le département {part.departement} est déjà donné par {other} : n’en gardez qu’un.")
        except Refused as refused:
            refusals.append(f"{read.fichier.nom} : {refused}")
        else:
            taken[part.departement] = _Received(part, read.fichier)
    if refusals:
        raise Refused("\n".join((*refusals, "Rien n’est écrit.")))
    return _added_up(taken.values(), periode, "" if region is None else places.regions[region])


def checked_reason(raison: str) -> str:
    """Why somebody decided, on one line; Refused when nothing is said."""
    line = clean_line(raison)[0]
    if not line or len(line) > MOST_REASON:
        raise Refused({"raison": f"Expliquez en une phrase, de {MOST_REASON} caractères au plus."})
    return line


def _decided(read: PartLue, reasons: Mapping[str, str]) -> PartDepartement:
    """What a file brings, sound, or kept with its mark and the reason."""
    reason = reasons.get(read.fichier.nom, "")
    if read.part is None or (read.refus and not reason):
        raise Refused(read.refus)
    if not read.refus or read.part.recue is None:
        return read.part
    return replace(read.part, recue=PartRecue(0, read.part.recue.marque, reason))


def _check_asked(periode: Periode, region: str | None, places: RegionsDepartements) -> None:
    if periode.genre != SEMESTRE:
        raise Refused("La consolidation est celle des bilans, qui portent sur un semestre : par exemple 2026-S1.")
    if region is not None and region not in places.regions:
        raise Refused(f"« {region} » n’est pas le code d’une région : par exemple 24 pour Centre-Val de Loire.")


def _added_up(taken: Iterable[_Received], periode: Periode, region: str) -> SommeMade:
    held = sorted(taken, key=lambda one: one.part.departement)
    nation = merge_parts((one.part for one in held), catalogue())
    sources = tuple(
        PartSource(one.part, one.fichier.nom, hashlib.sha256(one.fichier.octets).hexdigest()) for one in held
    )
    named = TerritoireNamed("", region)
    made = assemble_somme(SommeSemestre, nation, sources, territoire=named, periode=periode, grid=catalogue())
    return SommeMade(nation, draw_somme(made), sources)
