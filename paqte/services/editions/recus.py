"""Bilans received as workbooks, added up from their files alone: all sound, or none is taken (R20)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from paqte.domain.assemblage.nation import Nation, PartDepartement, merge_parts
from paqte.domain.assemblage.recus import BilanReceived, part_received, unknown_codes
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.secret import DIFFUSIONS, INTERNE, PUBLIABLE
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.reporting.dessin.consolidation import ConsolidationToWrite, PartSource, draw_consolidation
from paqte.reporting.relecture.relecture import RelectureRefused, WorkbookReread
from paqte.reporting.relecture.serie import read_back_series
from paqte.services.reglages import RegionsDepartements, shipped_territories

# Named beside a refusal: beyond, how many more is all that is told.
_MOST_TOLD = 3


class WorkbookReceived(NamedTuple):
    """A file handed in: its name as it was given, and its bytes."""

    nom: str
    octets: bytes


class SommeMade(NamedTuple):
    """The sum, the workbook that tells it, and the files that it comes from, in order of département."""

    nation: Nation
    octets: bytes
    sources: tuple[PartSource, ...]


class _Received(NamedTuple):
    part: PartDepartement
    fichier: WorkbookReceived


def consolidate_files(*, fichiers: Sequence[WorkbookReceived], periode: Periode, region: str | None) -> SommeMade:
    """The sum of these bilans, of a région when one is given; Refused, with a sentence a file, when one is not sound.

    Nothing is read but the files: not the base, nor what was received before.
    """
    places = shipped_territories()
    _check_asked(periode, region, places)
    taken: dict[str, _Received] = {}
    refusals = []
    read = read_back_series((fichier.octets for fichier in fichiers), DOCUMENTS[BILAN].gabarit)
    for fichier, said in zip(fichiers, read, strict=True):
        try:
            part = _part_of(said, periode, region, places)
            if part.departement in taken:
                other = taken[part.departement].fichier.nom
                raise Refused(f"le département {part.departement} est déjà donné par {other} : n’en gardez qu’un.")
        except Refused as refused:
            refusals.append(f"{fichier.nom} : {refused}")
        else:
            taken[part.departement] = _Received(part, fichier)
    if refusals:
        raise Refused("\n".join((*refusals, "Rien n’est écrit.")))
    return _added_up(taken.values(), periode, places.regions.get(region or "", ""))


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
    drawn = draw_consolidation(ConsolidationToWrite(nation, periode, region, sources))
    return SommeMade(nation, drawn, sources)


def _part_of(
    read: WorkbookReread | RelectureRefused, periode: Periode, region: str | None, places: RegionsDepartements
) -> PartDepartement:
    """What a file brings; Refused with a sentence that its name goes before."""
    if isinstance(read, RelectureRefused):
        raise Refused(f"{read.reason}.")
    for refusal in _unfit(read, periode, region, places):
        raise Refused(refusal)
    bilan = BilanReceived(
        departement=read.departement,
        nom=places.departements[read.departement][0],
        numero=read.edition,
        sha256=read.sha256,
        champs=read.champs,
        indicateurs=read.tableaux["t_indicateurs"],
        completude=read.tableaux["t_completude"],
    )
    if bilan.lacks_numbers:
        raise Refused(
            "il vient d’une version ou d’un modèle d’avant les colonnes « Numérateur » et « Dénominateur », sans "
            "lesquelles ses taux ne s’additionnent pas : demandez au département de le produire de nouveau."
        )
    if unknown := unknown_codes(bilan, catalogue()):
        raise Refused(f"son catalogue a des indicateurs inconnus ici ({', '.join(unknown[:_MOST_TOLD])}).")
    part = part_received(bilan, catalogue())
    if part.ecarts:
        more = len(part.ecarts) - _MOST_TOLD
        told = " ; ".join(part.ecarts[:_MOST_TOLD])
        raise Refused(f"ses chiffres se contredisent : {told}{f' ; et {more} autres' if more > 0 else ''}.")
    return part


def _unfit(read: WorkbookReread, periode: Periode, region: str | None, places: RegionsDepartements) -> Iterator[str]:
    """Why a sound bilan has no place in this sum."""
    if read.champs.get("b_meta_diffusion", DIFFUSIONS[INTERNE]) == DIFFUSIONS[PUBLIABLE]:
        yield "c’est la version publiable, où les petits nombres sont masqués : demandez la version interne."
    if read.periode != periode.code:
        told = Periode.from_code(read.periode)
        yield f"c’est le bilan {told.du_libelle}, et non celui {periode.du_libelle}."
    if read.departement not in places.departements:
        yield f"« {read.departement} » n’est pas le code d’un département."
    nom, its_region = places.departements.get(read.departement, ("", ""))
    if region is not None and its_region != region:
        yield f"le département {read.departement} ({nom}) n’est pas de la région {region} ({places.regions[region]})."
