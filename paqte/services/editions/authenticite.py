"""Whether a file is an edition of this base, untouched: what a third reader asks, with the file and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.commun.comparaison import Ecart
from paqte.domain.documents.registre import DOCUMENTS, SOMMES, of_template
from paqte.domain.editions.editions import FORMATS, XLSX
from paqte.domain.editions.territoires import NATIONAL, PARIS
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.secret import DIFFUSIONS, INTERNE, PUBLIABLE
from paqte.queries.editions.editions import (
    EditionLue,
    FichierIssued,
    find_edition,
    find_issued_file,
    read_edition_file,
    read_edition_piece,
)
from paqte.queries.editions.nation import SommeIssued, find_issued_somme
from paqte.reporting.classeurs import formats as workbooks
from paqte.reporting.relecture.relecture import RelectureRefused, WorkbookSaid, as_text, read_back, texts_of
from paqte.reporting.relecture.relecture_a_part import MAX_OCTETS, compare_apart, read_apart
from paqte.reporting.relecture.vues_comparees import MOST
from paqte.reporting.remplissage.plan.format import EMPREINTE, VERSION_GABARIT
from paqte.services.editions.sommes import territory_named

INTACT = "intact"
REENREGISTRE = "reenregistre"
CHIFFRES = "chiffres"
MODIFIE = "modifie"
ETRANGER = "etranger"
VERDICTS: dict[str, str] = {
    INTACT: "Authentique",
    REENREGISTRE: "Réenregistré, mêmes chiffres, mêmes textes, même présentation",
    CHIFFRES: "Mêmes chiffres ; la présentation n’a pas pu être comparée",
    MODIFIE: "Modifié",
    ETRANGER: "Pas une édition de cette base",
}
_DIFFUSION = "b_meta_diffusion"
_COMPARED = (
    "Ont été comparés : valeurs, textes, formats de nombre, lisibilité, lignes, colonnes et feuilles masquées ou "
    "rétrécies, fusions, mises en forme conditionnelles, en-têtes et pieds de page, graphiques et leurs échelles, "
    "objets posés sur les cases. Les polices et les couleurs lisibles ne le sont pas."
)
_CHANGED = "Ce fichier n’est pas tel qu’il a été produit. Il se dit"
_LACKING = "(illisible ou absent)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a file. `ecarts` are the cells that differ from the edition: issued, then in the file."""

    code: str
    phrase: str
    sha256: str
    edition_id: int | None = None
    ecarts: tuple[Ecart, ...] = ()

    @property
    def is_authentic(self) -> bool:
        """Whether the file is the very one that was issued."""
        return self.code == INTACT

    @property
    def titre(self) -> str:
        """The verdict in a few words."""
        return VERDICTS[self.code]


def verify_file(*, actor: Acteur, octets: bytes) -> Verdict:
    """What this file is: an edition untouched, one that was changed and where, or no edition of this base.

    Whoever holds the very file is told which edition it is; the cells that differ are told to who may read that
    edition, and to nobody else. Refused for an empty file or one of more than 10 Mo.
    """
    if not octets:
        raise Refused({"fichier": "Choisissez un fichier : celui-ci est vide."})
    if len(octets) > MAX_OCTETS:
        raise Refused({"fichier": f"Ce fichier dépasse {MAX_OCTETS // 1024**2} Mo : aucune édition n’est si lourde."})
    digest = hashlib.sha256(octets).hexdigest()
    issued = find_issued_file(digest)
    if issued is not None:
        return Verdict(INTACT, _sentence_intact(issued), digest, issued.edition_id)
    somme = find_issued_somme(digest)
    if somme is not None:
        return Verdict(INTACT, _sentence_of_somme(somme, digest), digest)
    try:
        said = read_apart(octets)
    except RelectureRefused as refused:
        return Verdict(ETRANGER, f"Ce fichier n’est pas une édition de cette base : {refused.reason}.", digest)
    return _of_claim(actor, said, octets, digest)


def _sentence_intact(issued: FichierIssued) -> str:
    day = local_date(issued.created_at, issued.departement)
    what = f"{FORMATS[issued.format].lower()}, {DIFFUSIONS[issued.diffusion].lower()}"
    return f"Ce fichier ({what}) est {_named(issued)}, produite le {day:%d/%m/%Y} : pas un octet n’a changé."


def _sentence_of_somme(somme: SommeIssued, digest: str) -> str:
    """That of a région or of the nation: any other file of it is none of this base, whatever differs."""
    day = local_date(somme.created_at, PARIS)
    version = DIFFUSIONS[PUBLIABLE if digest == somme.publiable_sha256 else INTERNE].lower()
    when, where = Periode.from_code(somme.periode).du_libelle, territory_named(somme.territoire).nom or NATIONAL
    return (
        f"Ce fichier (classeur, {version}) est l’édition n° {somme.numero} {SOMMES[somme.genre_document].du} {when}, "
        f"{where}, produite le {day:%d/%m/%Y} : pas un octet n’a changé."
    )


def _named(edition: EditionLue | FichierIssued) -> str:
    """« l’édition n° 2 du bilan du 1er semestre 2026, département 41 »."""
    what, when = DOCUMENTS[edition.genre_document].du, Periode.from_code(edition.periode).du_libelle
    return f"l’édition n° {edition.numero} {what} {when}, département {edition.departement}"


def _of_claim(actor: Acteur, said: WorkbookSaid, octets: bytes, digest: str) -> Verdict:
    edition = _claimed(actor, said)
    if edition is None:
        phrase = (
            "Ce fichier n’est pas une édition de cette base telle qu’elle a été produite. Il se dit "
            f"l’édition n° {said.edition[:6]} de {said.periode[:7]} pour le département {said.departement[:3]} ; "
            "vous n’en avez aucune de ce nom à lui comparer."
        )
        return Verdict(ETRANGER, phrase, digest)
    name = _named(edition)
    try:
        issued = _issued_octets(actor, edition, said)
    except NotFound:
        return Verdict(MODIFIE, f"{_CHANGED} {name}, dans une version publiable qu’elle n’a pas.", digest, edition.id)
    try:
        return _of_look(issued, octets, name, digest, edition.id)
    except RelectureRefused:
        return _of_figures(issued, said, name, digest, edition.id)


def _issued_octets(actor: Acteur, edition: EditionLue, said: WorkbookSaid) -> bytes:
    """The workbook of the edition that the file says it is: the internal one, or the publishable one."""
    if said.champs.get(_DIFFUSION) == DIFFUSIONS[PUBLIABLE]:
        return read_edition_piece(actor=actor, edition_id=edition.id, format=XLSX, diffusion=PUBLIABLE).octets
    return read_edition_file(actor=actor, edition_id=edition.id).octets


def _of_look(issued: bytes, octets: bytes, name: str, digest: str, edition_id: int) -> Verdict:
    """The verdict when everything that a reader sees could be compared; RelectureRefused when it could not."""
    differences = compare_apart(issued, octets)
    if not differences:
        phrase = (
            f"Ce fichier a été enregistré de nouveau par un autre programme : ses octets ne sont plus ceux de {name}, "
            f"mais ses chiffres, ses textes et leur présentation le sont. {_COMPARED}"
        )
        return Verdict(REENREGISTRE, phrase, digest, edition_id)
    changes = tuple(Ecart(d.feuille, d.place, d.quoi, d.avant, d.apres) for d in differences)
    if any(d.quoi == "contenu" for d in differences):
        phrase = f"Ce fichier a été modifié : il se dit {name}, mais ne dit pas la même chose."
    else:
        phrase = (
            f"Ce fichier a été modifié : ses cases gardent les chiffres et les textes de {name}, mais ce qu’il montre "
            "diffère."
        )
    more = f" Les {MOST} premières différences sont données." if len(differences) == MOST else ""
    return Verdict(MODIFIE, phrase + more, digest, edition_id, changes)


def _of_figures(issued: bytes, said: WorkbookSaid, name: str, digest: str, edition_id: int) -> Verdict:
    """The verdict when only what the tables keep could be compared."""
    try:
        ecarts = tuple(_differences(issued, said))
    except RelectureRefused:
        return Verdict(
            MODIFIE, f"{_CHANGED} {name}, d’un format trop ancien pour comparer ses cases.", digest, edition_id
        )
    if ecarts:
        phrase = f"Ce fichier a été modifié : il se dit {name}, mais ne dit pas la même chose."
        return Verdict(MODIFIE, phrase, digest, edition_id, ecarts)
    phrase = (
        f"Ce fichier a été enregistré de nouveau : ses octets ne sont plus ceux de {name}. Les chiffres et les textes "
        "de ses tableaux sont les mêmes ; rien d’autre n’a pu être comparé, ni formats, ni lignes masquées, ni "
        "graphiques."
    )
    return Verdict(CHIFFRES, phrase, digest, edition_id)


def _claimed(actor: Acteur, said: WorkbookSaid) -> EditionLue | None:
    if not said.edition.isdigit() or len(said.edition) > 6:
        return None
    return find_edition(
        actor=actor,
        genre=of_template(said.genre).code,
        departement=said.departement,
        periode=said.periode,
        numero=int(said.edition),
    )


def _differences(octets: bytes, said: WorkbookSaid) -> Iterator[Ecart]:
    """The named cells, then every cell of every table, that are not those of the edition."""
    format = workbooks.FORMATS[said.genre]
    issued = read_back(octets, format)
    for name, value in issued.champs.items():
        was, found = as_text(value), said.champs.get(name, _LACKING)
        if was != found and name not in (EMPREINTE, VERSION_GABARIT):
            yield Ecart(format.cellules[name], "", name, was, found)
    for table in format.tableaux:
        if table.nom in issued.tableaux:
            place = table.intitule or table.feuille
            yield from _differing_cells(place, texts_of(issued.tableaux[table.nom]), said.tableaux.get(table.nom))


def _differing_cells(place: str, issued: list[dict[str, str]], said: list[dict[str, str]] | None) -> Iterator[Ecart]:
    if said is None:
        yield Ecart(place, "", "(tableau entier)", f"{len(issued)} lignes", _LACKING)
        return
    empty: Mapping[str, str] = {}
    for rank, (was, found) in enumerate(zip_longest(issued, said, fillvalue=empty), start=1):
        for heading in was or found:
            if was.get(heading, "") != found.get(heading, ""):
                yield Ecart(place, f"ligne {rank}", heading, was.get(heading, ""), found.get(heading, ""))
