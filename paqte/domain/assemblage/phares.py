"""What a préfet asks for first: a few figures of the enterprises, from the very lines of the bilan (R20, R38)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.grille.attentes import aiming
from paqte.domain.assemblage.grille.indicateurs import DOUBLONS, line
from paqte.domain.assemblage.grille.natures import FenetresSignataires, of_nature, views
from paqte.domain.assemblage.tableaux import signataires
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import condense
from paqte.domain.conventions.objectifs import promised_in, promised_together
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.statuts.conventions import ENTREPRISE, PAQTE

SANS_REPONSE = "aucune réponse validée"
Told = Callable[[Indicateur], LigneIndicateur]


class Headline(NamedTuple):
    """One figure: its short title in the grid, its line of the bilan; who owed and gave everything a year before."""

    titre: str
    ligne: LigneIndicateur
    repondu_avant: int
    du_avant: int

    @property
    def ecart(self) -> Decimal | None:
        """More or less than in the same period a year before; None unless both are known (R13)."""
        now, before = self.ligne.realise.valeur, self.ligne.un_an_avant.valeur
        return None if now is None or before is None else now - before

    @property
    def has_doubles(self) -> bool:
        """Whether the same may be told twice by two signatories (R21)."""
        return DOUBLONS in self.ligne.mention


class AxeProgress(NamedTuple):
    """The lines of one axis for which enterprises promised an amount, with their rate or why there is none (R22)."""

    libelle: str
    lignes: tuple[LigneIndicateur, ...]


class Headlines(NamedTuple):
    """The results of a period in one look; `entreprises` are bound by a PAQTE convention inside it (R2, R3)."""

    periode: Periode
    entreprises: int
    entreprises_avant: int
    chiffres: tuple[Headline, ...]
    axes: tuple[AxeProgress, ...]

    @property
    def is_told(self) -> bool:
        """Whether at least one figure is known, be it zero (R13)."""
        return any(not c.ligne.realise.is_missing for c in self.chiffres)


class YearHeadline(NamedTuple):
    """What the enterprises achieved since 1 January, and what their conventions promise for the whole civil year,
    rounded to the unit; each says why when there is none.
    """

    realise: Chiffre
    promis: Chiffre


def year_so_far(donnees: DonneesBilan, grid: Catalogue) -> dict[str, YearHeadline]:
    """By indicator, the headline figures that add up from period to period, over the civil year of `donnees`.

    The semesters of the year add up to them; the years of a term, to its targets (R6, R20).
    """
    # Where nobody else ever signed, what is added up serves as it stands.
    is_alone = all(c.is_entreprise for c in donnees.conventions)
    entreprises = donnees if is_alone else of_nature(donnees, ENTREPRISE)
    given, wanted = entreprises.answers.over(donnees.periode), [i for i in grid.phares if i.traits.adds_years]
    # What is answered does not move it.
    signed = entreprises.answers.outside(None)
    promised = signed.keep(("promis", donnees.periode), None, lambda: _promises(entreprises, wanted))
    return {
        i.code: YearHeadline(
            Chiffre(achieved, "" if achieved is not None else SANS_REPONSE),
            promised[i.code],
        )
        for i in wanted
        for achieved in (condense(given.of(i.code), i.genre).figure(i.genre),)
    }


def _promises(entreprises: DonneesBilan, wanted: list[Indicateur]) -> dict[str, Chiffre]:
    """What falls in the year, by indicator."""
    year, found = entreprises.periode, {i.code: list[Fraction]() for i in wanted}
    for c, e in aiming(entreprises.in_force, year.dernier_jour, {i.code: i for i in wanted}):
        if e.cible is not None:
            found[e.indicateur].append(promised_in(year, c.dates, e.cible, e.par_annee))
    return {code: promised_together(shares) for code, shares in found.items()}


def headlines(donnees: DonneesBilan, grid: Catalogue) -> Headlines:
    """The headline figures, in the order of the grid, each being a cell of the bilan of the same period."""
    view = views(donnees, grid)[0]

    @cache
    def told(i: Indicateur) -> LigneIndicateur:
        return line(i, view.fenetres, view.donnees.periode, view.nature)

    return Headlines(
        donnees.periode,
        _entreprises(donnees, donnees.periode),
        _entreprises(donnees, donnees.periode.un_an_avant),
        tuple(_headlines(view, grid, told)),
        tuple(_progress(grid, told)),
    )


def _headlines(view: FenetresSignataires, grid: Catalogue, told: Told) -> Iterator[Headline]:
    for i in grid.phares:
        before = view.fenetres.un_an_avant.total(i)
        yield Headline(i.phare, told(i), before.signataires_repondants, before.signataires_dus)


def _progress(grid: Catalogue, told: Told) -> Iterator[AxeProgress]:
    for axe in (a for a in grid.axes.values() if a.dispositif == PAQTE):
        lines = map(told, grid.of_axe(axe.code))
        aimed = tuple(one for one in lines if not (one.cible.is_missing and one.taux.is_missing))
        if aimed:
            yield AxeProgress(axe.libelle, aimed)


def _entreprises(donnees: DonneesBilan, periode: Periode) -> int:
    """How many are bound inside it: what is answered does not move it."""

    def bound() -> int:
        found = signataires.by_nature(c for c in signataires.paqte_of(donnees.conventions) if c.binds_in(periode))
        return found.get(ENTREPRISE, 0)

    return donnees.answers.outside(None).keep(("entreprises", periode), None, bound)
