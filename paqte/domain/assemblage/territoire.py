"""What an edition brings to a région or to the nation beside its figures: objectives, thématiques, counts (R8, R22).

None says that it tells nothing of them, which is no zero (R13): it came before, or its workbook does not tell them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import NamedTuple

from paqte.domain.assemblage.grille.natures import AUTRES
from paqte.domain.assemblage.tableaux.signataires import CHARTE_LUE
from paqte.domain.chiffres import Chiffre, divided, share
from paqte.domain.consolidation import summed
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import ENSEMBLE, ENSEMBLE_NATURES, LigneIndicateur, LigneThematique, titled
from paqte.domain.documents.lignes.tables import VISEE
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.indicateurs.genres import genre_of
from paqte.domain.statuts.conventions import ASSOCIATION, EMPLOYEUR_PUBLIC, ENTREPRISE, NATURES, RESEAU

_SIREN = 9
SANS_OBJECTIF = Chiffre(None, "sans objectif")
SANS_PREVISION = "sans prévision"
NON_CONNU = Chiffre(None, "non connu")
# What names a line: the indicator, and whose figures it tells.
Ligne = tuple[str, str]
# The enterprises', the others', the total; last, what editions of before say of all natures mixed (R38).
ORDRE = (ENTREPRISE, *AUTRES, ENSEMBLE_NATURES, "")
ANCIENNES = "éditions antérieures, toutes natures mêlées"
# What names a measure of a thématique: the thématique, its unit, and whose figures it tells.
Mesure = tuple[str, str, str]


class SommeObjectif(NamedTuple):
    """What is achieved of what has a target, what is aimed at, what the targets of a quotient weigh: exact (R33).

    `seul` is the target of a quotient that one signatory alone aims at, where its numbers do not give it back as it was
    typed: nothing answered yet, or more decimals than a mean is read with.
    """

    realise: Decimal | None = None
    vise: Decimal | None = None
    poids: Decimal | None = None
    seul: Decimal | None = None

    def merge(self, other: SommeObjectif) -> SommeObjectif:
        """Both territories together; a target nobody answered yet stays in what is aimed at (R13)."""
        alone = self.seul if other.poids is None else other.seul if self.poids is None else None
        realise, vise, poids = map(summed, zip(self[:3], other[:3], strict=True))
        return SommeObjectif(realise, vise, poids, alone)

    def cible(self, genre: str) -> Chiffre:
        """The target as it is read; of quotients, their mean by what each weighs (R14)."""
        how = genre_of(genre).quotient
        if self.seul is not None:
            return Chiffre(self.seul)
        if self.vise is None:
            return SANS_OBJECTIF if self.poids is None else Chiffre(None, "n.d.")
        return Chiffre(self.vise) if how is None else divided(self.vise, (self.poids or 0) * how.facteur, how, "n.d.")

    @property
    def taux(self) -> Chiffre:
        """Achieved in percent of what is aimed at (R22)."""
        return share(self.realise, self.vise, SANS_OBJECTIF.motif if self.vise is None else "n.d.")


class SommeThematique(NamedTuple):
    """A measure of a thématique over a territory: enterprises once a département, forecast, achieved, answers."""

    entreprises: int = 0
    prevision: Decimal | None = None
    realise: Decimal | None = None
    cumul: Decimal | None = None
    repondu: int = 0
    du: int = 0

    def merge(self, other: SommeThematique) -> SommeThematique:
        """Both territories together."""
        return SommeThematique(
            self.entreprises + other.entreprises,
            summed((self.prevision, other.prevision)),
            summed((self.realise, other.realise)),
            summed((self.cumul, other.cumul)),
            self.repondu + other.repondu,
            self.du + other.du,
        )


class PartBeside(NamedTuple):
    """Of one département: objectives by line, thématiques by measure, other signatories by nature, answers in time.

    `sirens` are those of its enterprises, each once, in order.
    """

    objectifs: Mapping[Ligne, SommeObjectif] | None = None
    thematiques: Mapping[Mesure, SommeThematique] | None = None
    natures: Mapping[str, int] | None = None
    a_temps: int | None = None
    sirens: tuple[str, ...] | None = None


NOTHING_BESIDE = PartBeside()


@dataclass(frozen=True, slots=True)
class ThematiqueNation:
    """One measure of a thématique over the départements that tell theirs, exactly their sum (R8, R20)."""

    code: str
    libelle: str
    unite: str
    nature: str
    somme: SommeThematique

    @property
    def titre(self) -> str:
        """Its label, with whose figures they are (R38)."""
        return titled(self.libelle, self.nature) if self.nature else f"{self.libelle} — {ANCIENNES}"

    @property
    def key(self) -> Mesure:
        """What names it."""
        return self.code, self.unite, self.nature

    @property
    def prevision(self) -> Chiffre:
        """What is forecast."""
        return Chiffre(self.somme.prevision, "" if self.somme.prevision is not None else SANS_PREVISION)


def beside_of(bilan: Bilan, grid: Catalogue) -> PartBeside:
    """What an edition tells of them."""
    counts = bilan.comptes
    whole = next((line for line in bilan.completude if line.genre == ENSEMBLE), None)
    return PartBeside(
        objectifs=objectives_told(bilan.indicateurs, grid) if bilan.versions.colonnes >= VISEE else None,
        thematiques=dict(measures_told(bilan.thematiques, grid)),
        natures={
            RESEAU: counts.reseaux,
            EMPLOYEUR_PUBLIC: counts.employeurs_publics,
            ASSOCIATION: counts.associations,
        },
        # Without that line nothing was owed, hence nothing was late.
        a_temps=whole.a_temps if whole else 0,
        sirens=sirens_listed(
            ((line.identifiant, line.nature, line.dispositifs) for line in bilan.signataires), counts.entreprises
        ),
    )


def sirens_listed(lines: Iterable[Sequence[str]], counted: int) -> tuple[str, ...] | None:
    """The SIREN of the enterprises of a list, each once (R2, R3); lines are (identifier, nature, what it signed).

    None where they are not as many as the document counts: a list that cannot be counted on tells none.
    """
    bound = (number for number, nature, signed in lines if nature == NATURES[ENTREPRISE] and signed != CHARTE_LUE)
    found = {"".join(number.split())[:_SIREN] for number in bound}
    return tuple(sorted(found)) if len(found) == counted else None


def measure_added(grid: Catalogue, thematique: str, unite: str) -> Indicateur | None:
    """The measure of a thématique that has this unit, where it adds up."""
    known = grid.measures_of(thematique)
    return next((m for m in known if m.unite == unite and m.is_summable and not m.traits.is_pair), None)


def measure_in(told: PartBeside, key: Mesure) -> SommeThematique | None:
    """What a département brings to a measure; to the total the enterprises', where nobody else stands (R38)."""
    measures, (code, unite, nature) = told.thematiques or {}, key
    held = measures.get(key)
    return measures.get((code, unite, ENTREPRISE)) if held is None and nature == ENSEMBLE_NATURES else held


def objective_over(held: Iterable[SommeObjectif]) -> SommeObjectif:
    """Those of several départements together."""
    return reduce(SommeObjectif.merge, held, SommeObjectif())


def objective_told(exact: SommeObjectif, cible: Decimal | None, genre: str) -> SommeObjectif:
    """An objective by its exact numbers; the target that a document shows where they do not give it (SommeObjectif)."""
    is_other = exact.poids is not None and cible is not None and exact.cible(genre).valeur != cible
    return exact._replace(seul=cible) if is_other else exact


def measure_over(held: Iterable[SommeThematique]) -> SommeThematique:
    """Those of several départements together."""
    return reduce(SommeThematique.merge, held, SommeThematique())


def thematiques_over(parts: Iterable[PartBeside], grid: Catalogue) -> Iterable[ThematiqueNation]:
    """The measures that somebody tells, in the order of the thématiques, then of the natures."""
    known = list(parts)
    for thematique in grid.thematiques.values():
        for measure in grid.measures_of(thematique.code):
            if measure_added(grid, thematique.code, measure.unite) is measure:
                keys = ((thematique.code, measure.unite, nature) for nature in ORDRE)
                for key in (key for key in keys if any(key in (one.thematiques or {}) for one in known)):
                    brought = measure_over(held for one in known if (held := measure_in(one, key)) is not None)
                    yield ThematiqueNation(thematique.code, thematique.libelle, measure.unite, key[-1], brought)


def objectives_told(lines: Iterable[LigneIndicateur], grid: Catalogue) -> dict[Ligne, SommeObjectif]:
    """Those of the indicators of a document that add up."""
    return {
        (line.code, line.nature): objective_told(
            SommeObjectif(line.realise_vise, line.vise, line.poids_vise), line.cible.valeur, line.genre
        )
        for line in lines
        if line.code in grid.indicateurs and grid.indicateurs[line.code].is_summable
    }


def measures_told(lines: Iterable[LigneThematique], grid: Catalogue) -> Iterable[tuple[Mesure, SommeThematique]]:
    """What the thématiques of a document bring, by measure; those that do not add up are left out."""
    for line in lines:
        if measure_added(grid, line.code, line.unite) is not None:
            forecast, done, since = (one.valeur for one in (line.prevision, line.realise, line.cumul))
            brought = SommeThematique(line.entreprises, forecast, done, since, line.repondu, line.du)
            yield (line.code, line.unite, line.nature), brought
