"""What bilans handed in as workbooks bring: read as we wrote them, else as their sheets show them, or refused (R20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from paqte.domain.assemblage.nation import PartDepartement, PartRecue
from paqte.domain.assemblage.recus import BilanReceived, part_received, unknown_codes
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.saisie.textes import others
from paqte.domain.secret import DIFFUSIONS, INTERNE, PUBLIABLE
from paqte.domain.statuts.recus import CONTREDIT, INTACT, MODIFIE
from paqte.importing.bilans import read_typed_bilan, whose_bilan
from paqte.importing.door import read_spreadsheet
from paqte.importing.door.guard import ODS, XLSX, require_its_name
from paqte.reporting.relecture.relecture import RelectureRefused, WorkbookReread
from paqte.reporting.relecture.serie import read_back_series
from paqte.services.reglages import RegionsDepartements, shipped_territories

# Named beside a refusal: beyond, how many more is all that is told.
_MOST_TOLD = 3
# What an .ods begins with: the name of its first part, and what it is.
_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_ZIP = b"PK\x03\x04"
_ODS_LENGTH = 30 + len(_ODS)
_OTHER_FORMAT = "il est au format .ods, où son empreinte ne se vérifie pas"
_PUBLISHABLE = "c’est la version publiable, où les petits nombres sont masqués : demandez la version interne."


class WorkbookReceived(NamedTuple):
    """A file handed in: its name as it was given, and its bytes."""

    nom: str
    octets: bytes


class PartLue(NamedTuple):
    """What a file brings. `part` is None for one that nobody may take; `refus` says why it is not taken as it is.

    With both, it may be taken by decision, under the mark of its part; `constats` are what contradicts itself there.
    """

    fichier: WorkbookReceived
    part: PartDepartement | None
    refus: str = ""
    constats: tuple[str, ...] = ()


def read_files(fichiers: Sequence[WorkbookReceived], periode: Periode, region: str | None = None) -> Iterator[PartLue]:
    """What each file brings to the sum of this semester, of a région when one is given; in the same order."""
    places = shipped_territories()
    for fichier, said in zip(fichiers, _series(fichiers), strict=True):
        try:
            _check_name(fichier)
            if isinstance(said, WorkbookReread):
                yield _proven(fichier, said, periode, region, places)
            elif said.cause:
                yield _typed(fichier, said, periode, region, places)
            elif fichier.octets[:_ODS_LENGTH].endswith(_ODS):
                yield _typed(fichier, RelectureRefused(_OTHER_FORMAT, MODIFIE), periode, region, places)
            else:
                yield PartLue(fichier, None, f"{said.reason}.")
        except Refused as refused:
            yield PartLue(fichier, None, str(refused))


def _check_name(fichier: WorkbookReceived) -> None:
    """Refused as by every other door for a workbook whose name says another kind than its bytes do."""
    if fichier.octets.startswith(_ZIP):
        require_its_name(ODS if fichier.octets[:_ODS_LENGTH].endswith(_ODS) else XLSX, fichier.nom)


def _series(fichiers: Iterable[WorkbookReceived]) -> Iterator[WorkbookReread | RelectureRefused]:
    return read_back_series((fichier.octets for fichier in fichiers), DOCUMENTS[BILAN].gabarit)


def _proven(
    fichier: WorkbookReceived, read: WorkbookReread, periode: Periode, region: str | None, places: RegionsDepartements
) -> PartLue:
    """What a workbook that is as we wrote it brings; its figures may contradict one another all the same."""
    if read.champs.get("b_meta_diffusion", DIFFUSIONS[INTERNE]) == DIFFUSIONS[PUBLIABLE]:
        raise Refused(_PUBLISHABLE)
    _check_place(read.departement, read.periode, periode, region, places)
    bilan = BilanReceived(
        departement=read.departement,
        nom=places.departements[read.departement][0],
        numero=read.edition,
        sha256=read.sha256,
        champs=read.champs,
        indicateurs=read.tableaux["t_indicateurs"],
        completude=read.tableaux["t_completude"],
        thematiques=read.tableaux.get("t_thematiques"),
        signataires=read.tableaux.get("t_signataires"),
    )
    if bilan.lacks_numbers:
        raise Refused(
            "il vient d’une version ou d’un modèle d’avant les colonnes « Numérateur » et « Dénominateur », sans "
            "lesquelles ses taux ne s’additionnent pas : demandez au département de le produire de nouveau."
        )
    if unknown := unknown_codes(bilan, catalogue()):
        raise Refused(f"son catalogue a des indicateurs inconnus ici ({', '.join(unknown[:_MOST_TOLD])}).")
    part = part_received(bilan, catalogue())
    if not part.ecarts:
        return PartLue(fichier, _taken(part, INTACT))
    more = len(part.ecarts) - _MOST_TOLD
    told = " ; ".join(part.ecarts[:_MOST_TOLD])
    refusal = f"ses chiffres se contredisent : {told}{f' ; et {others(more)}' if more > 0 else ''}."
    return PartLue(fichier, _taken(part, CONTREDIT), refusal, part.ecarts)


def _typed(
    fichier: WorkbookReceived, said: RelectureRefused, periode: Periode, region: str | None, places: RegionsDepartements
) -> PartLue:
    """What a workbook that a person changed or filled shows, for whoever decides to keep it."""
    names = {code: nom for code, (nom, _) in places.departements.items()}
    try:
        workbook = read_spreadsheet(fichier.octets)
        whose = whose_bilan(workbook, names)
        if whose.is_publishable:
            raise Refused(_PUBLISHABLE)
        if not whose.departement or not whose.periode:
            raise Refused(
                "il ne dit ni son département ni son semestre : écrivez-les en haut de la feuille « Bilan »."
                if not (whose.departement or whose.periode)
                else f"il ne dit pas son {'semestre' if whose.departement else 'département'} : écrivez-le en haut de "
                "la feuille « Bilan »."
            )
        _check_place(whose.departement, whose.periode, periode, region, places)
        bilan = read_typed_bilan(workbook, catalogue(), whose.departement, names[whose.departement])
    except Refused as refused:
        raise Refused(f"{said.reason}. Il ne peut pas être gardé : {refused}") from refused
    part = part_received(bilan, catalogue())
    return PartLue(fichier, _taken(part, said.cause), f"{said.reason}.", part.ecarts)


def _taken(part: PartDepartement, marque: str) -> PartDepartement:
    return replace(part, recue=PartRecue(0, marque), ecarts=())


def _check_place(
    departement: str, told: str, periode: Periode, region: str | None, places: RegionsDepartements
) -> None:
    """Refused for a bilan that has no place in this sum, sound as it may be."""
    if told != periode.code:
        raise Refused(f"c’est le bilan {Periode.from_code(told).du_libelle}, et non celui {periode.du_libelle}.")
    if departement not in places.departements:
        raise Refused(f"« {departement} » n’est pas le code d’un département.")
    nom, its_region = places.departements[departement]
    if region is not None and its_region != region:
        raise Refused(
            f"le département {departement} ({nom}) n’est pas de la région {region} ({places.regions[region]})."
        )
