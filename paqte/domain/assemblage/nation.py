"""The nation over one semester: the merge of what each département issued, figure by figure (R13, R20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import NamedTuple

from paqte.domain.assemblage.grille.indicateurs import DOUBLONS
from paqte.domain.assemblage.grille.natures import AUTRES
from paqte.domain.assemblage.tableaux.signataires import CHARTE_LUE
from paqte.domain.assemblage.territoire import (
    ANCIENNES,
    NON_CONNU,
    NOTHING_BESIDE,
    ORDRE,
    Ligne,
    PartBeside,
    SommeObjectif,
    ThematiqueNation,
    beside_of,
    objective_over,
    thematiques_over,
)
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre, figure_read
from paqte.domain.consolidation import Cle, Consolidation, Fait, Part, Somme, condense, consolidate, figure
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import ENSEMBLE, ENSEMBLE_NATURES, LigneIndicateur, titled
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.indicateurs.genres import genre_of
from paqte.domain.secret import DIFFUSIONS, INTERNE
from paqte.domain.statuts.conventions import ENTREPRISE, NATURES
from paqte.domain.statuts.recus import INTACT, MARQUES

MENTION = (
    f"{DIFFUSIONS[INTERNE]} : somme d’éditions internes, où le secret statistique n’est pas appliqué. "
    "Seules les versions publiables des départements peuvent être diffusées."
)


NOT_TOLD = Chiffre()


class EditionScellee(NamedTuple):
    """What one edition holds: its bilan and the validated answers behind it; `id` is its number in the base."""

    bilan: Bilan
    faits: tuple[Fait, ...]
    id: int = 0


class PartRecue(NamedTuple):
    """Of a bilan received as a workbook: its key in the base (0: a file alone), how it was taken (MARQUES), and why."""

    id: int
    marque: str = INTACT
    raison: str = ""

    @property
    def is_marked(self) -> bool:
        """Whether nobody but whoever kept it vouches for its figures."""
        return self.marque != INTACT

    @property
    def phrase(self) -> str:
        """How it was taken, with the reason."""
        return f"{MARQUES[self.marque]}{f' : {self.raison}' if self.raison else ''}"


@dataclass(frozen=True, slots=True)
class PartDepartement:
    """What one département brings, and the edition that it stands in; `recue` for a workbook received.

    `sommes` are those of the indicators that the edition shows; `dus` and `repondus` count answers; `ecarts` says
    what no longer equals the edition (never, unless altered).
    """

    departement: str
    nom: str
    edition_id: int
    numero: int
    sha256: str
    entreprises: int
    autres: int
    dus: int
    repondus: int
    sommes: Mapping[Ligne, Somme]
    ecarts: tuple[str, ...]
    recue: PartRecue | None = None
    beside: PartBeside = NOTHING_BESIDE

    @property
    def lieu(self) -> str:
        """Its name and code."""
        return f"{self.nom} ({self.departement})"

    @property
    def is_marked(self) -> bool:
        """Whether it was kept although nothing proves its figures."""
        return self.recue is not None and self.recue.is_marked

    def somme(self, code: str, nature: str) -> Somme | None:
        """What it brings to a line; to the total of all natures the enterprises', where nobody else stands (R38)."""
        held = self.sommes.get((code, nature))
        return self.sommes.get((code, ENTREPRISE)) if held is None and nature == ENSEMBLE_NATURES else held

    def objectif(self, code: str, nature: str = ENTREPRISE) -> SommeObjectif | None:
        """The same of its objective; None when it does not tell any, which is not to have none (R13)."""
        known = self.beside.objectifs
        if known is None or self.somme(code, nature) is None:
            return None
        return known.get((code, nature if (code, nature) in self.sommes else ENTREPRISE), SommeObjectif())

    def valeur(self, code: str, genre: str, nature: str = ENTREPRISE) -> Decimal | None:
        """Its figure for a line; None when nobody answered there (R13)."""
        return (self.somme(code, nature) or Somme()).figure(genre)

    def chiffre(self, code: str, genre: str, nature: str = ENTREPRISE) -> Chiffre:
        """The same, as it is read (R33)."""
        return figure_read(self.somme(code, nature) or Somme(), genre)


@dataclass(frozen=True, slots=True)
class LigneNation:
    """One indicator over every département that issued its bilan.

    `departements` says what each brings; `valeur` is exactly their sum, or Σnum/Σden of a ratio. None: nobody
    answered. Counts are signatories (R13). Made from internal editions, it is internal: small numbers are not hidden
    in it, and each line says so by itself, were it copied alone (R23). `marques` names the départements whose figure
    was kept although nothing proves it. `objectif` is that of the départements that tell theirs, None when none does;
    `sans_objectif_dit` names those that do not.
    """

    axe: str
    code: str
    libelle: str
    unite: str
    genre: str
    valeur: Decimal | None
    repondu: int
    du: int
    neants: int
    departements: tuple[tuple[str, Decimal | None], ...]
    nature: str
    mention: str = ""
    diffusion: str = INTERNE
    chiffre: Chiffre = NOT_TOLD
    marques: tuple[str, ...] = ()
    objectif: SommeObjectif | None = None
    sans_objectif_dit: tuple[str, ...] = ()

    @property
    def cible(self) -> Chiffre:
        """What is aimed at by those that tell it, exactly their sum; « non connu » when none does."""
        return NON_CONNU if self.objectif is None else self.objectif.cible(self.genre)

    @property
    def taux(self) -> Chiffre:
        """What is achieved of it since the start, in percent (R22)."""
        return NON_CONNU if self.objectif is None else self.objectif.taux

    @property
    def marque(self) -> str:
        """What its marks say of it, "" without any."""
        return f"dont chiffres non vérifiés : {', '.join(self.marques)}" if self.marques else ""

    @property
    def titre(self) -> str:
        """Its label, with whose figures they are (R38)."""
        return titled(self.libelle, self.nature) if self.nature else f"{self.libelle} — {ANCIENNES}"


@dataclass(frozen=True, slots=True)
class Nation:
    """The indicators and thématiques, and the parts they come from, in order of département."""

    lignes: tuple[LigneNation, ...]
    parts: tuple[PartDepartement, ...]
    mention: str = MENTION
    thematiques: tuple[ThematiqueNation, ...] = ()

    def silent_on(self, subject: str) -> tuple[str, ...]:
        """The départements that tell nothing of a subject of PartBeside: they are not in its sums."""
        return tuple(p.lieu for p in self.parts if getattr(p.beside, subject) is None)

    @property
    def natures(self) -> dict[str, int]:
        """The signatories that are no company, by nature, over the départements that tell them apart (R2)."""
        told = [p.beside.natures for p in self.parts if p.beside.natures is not None]
        return {nature: sum(one[nature] for one in told) for nature in AUTRES} if told else {}

    @property
    def a_temps(self) -> int | None:
        """Answers given in time, over the départements that tell it; None when none does."""
        known = [p.beside.a_temps for p in self.parts if p.beside.a_temps is not None]
        return sum(known) if known else None

    @property
    def dus_a_temps(self) -> int:
        """Answers owed in these same départements."""
        return sum(p.dus for p in self.parts if p.beside.a_temps is not None)

    @property
    def editions(self) -> tuple[tuple[str, int, str], ...]:
        """From which editions its figures come: département, number, hash."""
        return tuple((p.departement, p.numero, p.sha256) for p in self.parts)

    @property
    def ecarts(self) -> tuple[str, ...]:
        """What no longer equals its edition."""
        return tuple(gap for p in self.parts for gap in p.ecarts)

    @property
    def chiffres(self) -> dict[Ligne, LigneNation]:
        """Its lines, by indicator and nature."""
        return {(one.code, one.nature): one for one in self.lignes}

    @property
    def recues(self) -> tuple[PartDepartement, ...]:
        """The parts received as workbooks."""
        return tuple(p for p in self.parts if p.recue is not None)

    @property
    def marquees(self) -> tuple[PartDepartement, ...]:
        """The parts kept although nothing proves their figures."""
        return tuple(p for p in self.parts if p.is_marked)

    @property
    def entreprises(self) -> int:
        """Companies bound, each counted once in every département where it signed (R3)."""
        return sum(p.entreprises for p in self.parts)

    @property
    def sirens(self) -> int | None:
        """Companies, each once whatever the départements where it signed, over those that tell theirs."""
        known = [p.beside.sirens for p in self.parts if p.beside.sirens is not None]
        return len({siren for one in known for siren in one}) if known else None

    @property
    def entreprises_identifiees(self) -> int:
        """What `entreprises` counts in these same départements."""
        return sum(p.entreprises for p in self.parts if p.beside.sirens is not None)

    @property
    def autres(self) -> int:
        """Signatories that are no company (R2)."""
        return sum(p.autres for p in self.parts)

    @property
    def dus(self) -> int:
        """Answers owed."""
        return sum(p.dus for p in self.parts)

    @property
    def repondus(self) -> int:
        """Answers validated, over those owed (R13)."""
        return sum(p.repondus for p in self.parts)


def part_of(edition: EditionScellee, grid: Catalogue) -> PartDepartement:
    """What an edition brings to the nation."""
    bilan, answers = edition.bilan, consolidate(edition.faits)
    sums = _sums(edition, answers, grid)
    whole = next((line for line in bilan.completude if line.genre == ENSEMBLE), None)
    counts = bilan.comptes
    return PartDepartement(
        departement=bilan.departement,
        nom=bilan.departement_nom,
        edition_id=edition.id,
        numero=bilan.edition,
        sha256=bilan.sha256,
        entreprises=counts.entreprises,
        autres=counts.reseaux + counts.employeurs_publics + counts.associations,
        dus=whole.dus if whole else 0,
        repondus=whole.repondus if whole else 0,
        sommes=sums,
        ecarts=tuple(_gaps(edition, answers, sums, grid)),
        beside=beside_of(bilan, grid),
    )


def merge_parts(parts: Iterable[PartDepartement], grid: Catalogue) -> Nation:
    """Merge one edition a département; the order does not matter."""
    read = tuple(sorted(parts, key=lambda p: p.departement))
    told = {key for p in read for key in p.sommes}
    known = grid.indicateurs.values()
    lines = tuple(_nation_line(i, nature, read) for i in known for nature in ORDRE if (i.code, nature) in told)
    return Nation(lines, read, thematiques=tuple(thematiques_over((p.beside for p in read), grid)))


def _sums(edition: EditionScellee, answers: Consolidation, grid: Catalogue) -> dict[Ligne, Somme]:
    """What a département brings to each indicator that its edition shows.

    What is said once a signatory is what the edition printed: an edition alone does not tell of every convention
    whether it was still in force (R32).
    """
    natures = _natures(edition.bilan)
    return {
        (code, nature): _brought(
            _parts_of_nature(answers.of(code), nature, natures), grid.indicateurs[code].genre, line
        )._replace(signataires_dus=line.du, signataires_repondants=line.repondu, signataires_neant=line.neants)
        for (code, nature), line in _lines_told(edition.bilan).items()
        if code in grid.indicateurs and grid.indicateurs[code].is_summable
    }


def _natures(bilan: Bilan) -> dict[int, str]:
    """The nature of each signatory that an edition names, by key."""
    codes = {label: code for code, label in NATURES.items()}
    return {s.signataire_id: codes.get(s.nature, s.nature) for s in bilan.signataires}


def _parts_of_nature(parts: Mapping[Cle, Part], nature: str, natures: Mapping[int, str]) -> Mapping[Cle, Part]:
    """The parts that a line counts; a total, and a line of before, count all (R38)."""
    if nature in ("", ENSEMBLE_NATURES):
        return parts
    return {cle: part for cle, part in parts.items() if natures.get(cle.signataire, ENTREPRISE) == nature}


def _brought(parts: Mapping[Cle, Part], genre: str, line: LigneIndicateur) -> Somme:
    return Somme(line.realise.valeur) if genre_of(genre).is_said_once else condense(parts, genre)


def _lines_told(bilan: Bilan) -> dict[Ligne, LigneIndicateur]:
    return {(line.code, line.nature): line for line in bilan.indicateurs}


def whole_of(parts: Iterable[PartDepartement], code: str, nature: str) -> Somme:
    """A line over départements, the two numbers of a share among it."""
    held = (part.somme(code, nature) for part in parts)
    return reduce(Somme.merge, (one for one in held if one is not None), Somme())


def _nation_line(i: Indicateur, nature: str, parts: Sequence[PartDepartement]) -> LigneNation:
    each = {p.departement: held for p in parts if (held := p.somme(i.code, nature)) is not None}
    whole = whole_of(parts, i.code, nature)
    aimed = [told for p in parts if (told := p.objectif(i.code, nature)) is not None]
    return LigneNation(
        axe=i.axe,
        code=i.code,
        libelle=i.libelle,
        unite=i.traits.unit_of_total(i.unite),
        genre=i.genre,
        valeur=whole.figure(i.genre),
        repondu=whole.signataires_repondants,
        du=whole.signataires_dus,
        neants=whole.signataires_neant,
        departements=tuple((departement, held.figure(i.genre)) for departement, held in each.items()),
        mention=DOUBLONS if i.doublons else "",
        chiffre=figure_read(whole, i.genre),
        nature=nature,
        marques=tuple(p.lieu for p in parts if p.is_marked and p.departement in each),
        objectif=objective_over(aimed) if aimed else None,
        sans_objectif_dit=tuple(p.lieu for p in parts if p.departement in each and p.beside.objectifs is None),
    )


def _gaps(edition: EditionScellee, answers: Consolidation, sums: dict[Ligne, Somme], grid: Catalogue) -> Iterable[str]:
    """Where the answers of an edition no longer give the figure that it printed."""
    natures = _natures(edition.bilan)
    for (code, nature), line in _lines_told(edition.bilan).items():
        held = sums.get((code, nature))
        if held is None:
            continue
        genre = grid.indicateurs[code].genre
        mine = _parts_of_nature(answers.of(code), nature, natures)
        given = _said_once(mine, genre, edition.bilan) if genre_of(genre).is_said_once else {held.figure(genre)}
        if _rounded(line.realise) not in given:
            whose = f"{edition.bilan.departement}, {titled(code, nature)}"
            yield f"{whose} : ses réponses ne donnent plus le chiffre de l’édition."


def _rounded(chiffre: Chiffre) -> Decimal | None:
    """A share too small to be read was rounded to nil (R33)."""
    return Decimal("0.0") if chiffre.is_infime else chiffre.valeur


def _said_once(parts: Mapping[Cle, Part], genre: str, bilan: Bilan) -> set[Decimal | None]:
    """What the answers give of a stock or a yes: once a signatory still bound at the end (R32).

    Editions issued before that rule added up every engagement.
    """
    last_day = Periode.from_code(bilan.periode).dernier_jour.isoformat()
    bound = {s.signataire_id for s in bilan.signataires if s.fin >= last_day and s.dispositifs != CHARTE_LUE}
    present = {cle: part for cle, part in parts.items() if cle.signataire in bound}
    each = (condense({cle: part}, genre) for cle, part in parts.items())
    return {figure(present, genre), reduce(Somme.merge, each, Somme()).valeur}
