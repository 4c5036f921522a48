"""The answers behind one figure, and those of its window that it leaves out, each with why (R13, R15, R32, R45)."""

from __future__ import annotations

from typing import NamedTuple

from paqte.domain.assemblage.donnees import ConventionLue, EngagementLu
from paqte.domain.assemblage.grille.attentes import aiming
from paqte.domain.assemblage.grille.indicateurs import SORTIS
from paqte.domain.assemblage.grille.natures import FenetresSignataires
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import Consolidation, Fait, Total, inside, total
from paqte.domain.conventions.engagements import lacking_years
from paqte.domain.indicateurs.catalogue import Indicateur
from paqte.domain.saisie.textes import french_order
from paqte.domain.statuts.declarations import MANQUANTE

PERIODE, PRECEDENT, UN_AN_AVANT, CUMUL = "periode", "precedent", "un_an_avant", "cumul"
COLONNES = (PERIODE, PRECEDENT, UN_AN_AVANT, CUMUL)

SANS_REPONSE = "sans réponse"
REMPLACEE = "remplacée par une réponse plus récente"
MOINDRE = "une autre convention a répondu pour la même période : la plus grande valeur compte"
HORS_VIGUEUR = "convention hors de la période du document"


class Answer(NamedTuple):
    """One validated answer of the window of a figure; `ecartee` says why it is left out, "" when it counts."""

    fait: Fait
    ecartee: str


def columns_of(i: Indicateur, periode: Periode) -> tuple[str, ...]:
    """The columns in which an indicator has a figure; a free commitment is never summed (R5).

    Of a civil year, which has no document, what adds up year after year alone has one.
    """
    if periode.genre == "A":
        return (PERIODE,) if i.is_summable and i.traits.adds_years else ()
    return COLONNES[:-1] if not i.traits.is_summable else COLONNES


def window_of(periode: Periode, colonne: str) -> Periode | None:
    """The window of a column of the document of a period; None since the start."""
    windows = {PERIODE: periode, PRECEDENT: periode.precedente, UN_AN_AVANT: periode.un_an_avant}
    return windows.get(colonne)


def total_of(view: FenetresSignataires, i: Indicateur, colonne: str) -> Total:
    """The figure of a column, by the very consolidation that documents are made from."""
    return total(_consolidated(view, colonne).of(i.code), i.genre)


def figure_of(view: FenetresSignataires, i: Indicateur, colonne: str) -> Chiffre:
    """The same as documents show it, or why there is none."""
    held = view.fenetres
    windows = {PERIODE: held.periode, PRECEDENT: held.precedent, UN_AN_AVANT: held.un_an_avant}
    return windows[colonne].chiffre(i) if colonne in windows else held.since_start(i)


def sources(view: FenetresSignataires, i: Indicateur, colonne: str) -> tuple[Answer, ...]:
    """Every validated answer of the window of a figure, in the order of the facts."""
    window = window_of(view.donnees.periode, colonne)
    mine = [f for f in view.donnees.faits if f.indicateur == i.code]
    counted = total_of(view, i, colonne).declarations
    if not i.traits.is_summable:
        counted -= _out_of_force(view, mine)
    given = mine if window is None else inside(mine, window)
    standing = {f[:2]: f for f in given if f.declaration in counted and f.reponse != MANQUANTE}
    return tuple(Answer(f, _left_out(f, i, counted, standing.get(f[:2]))) for f in given)


class PromesseLue(NamedTuple):
    """What one engagement in force promises; of a stock or a yes told twice by one signatory, the greater (R32)."""

    convention: ConventionLue
    engagement: EngagementLu
    partielle: str


def promises(view: FenetresSignataires, i: Indicateur) -> tuple[PromesseLue, ...]:
    """The references and targets of which those of a line are made, by name (R6, R45)."""
    last_day = view.donnees.periode.dernier_jour
    found = aiming(view.donnees.in_force, last_day, {i.code: i})
    told = (PromesseLue(c, e, lacking_years(e.annees, c.dates.debut, c.dates.dernier_jour, i)) for c, e in found)
    return tuple(sorted(told, key=lambda p: (french_order(p.convention.nom), p.convention.numero)))


def _consolidated(view: FenetresSignataires, colonne: str) -> Consolidation:
    held = view.fenetres
    windows = {PERIODE: held.periode, PRECEDENT: held.precedent, UN_AN_AVANT: held.un_an_avant}
    return windows[colonne].consolidation if colonne in windows else held.cumul


def _out_of_force(view: FenetresSignataires, faits: list[Fait]) -> frozenset[int]:
    """Declarations of the conventions whose free commitments the document has no line for."""
    listed = {c.id for c in view.donnees.in_force}
    return frozenset(f.declaration for f in faits if f.convention not in listed)


def _left_out(fait: Fait, i: Indicateur, counted: frozenset[int], standing: Fait | None) -> str:
    """Why an answer does not count: `standing` is the one of its signatory that does, when there is one (R32)."""
    if fait.reponse == MANQUANTE:
        return SANS_REPONSE
    if fait.declaration in counted:
        return ""
    if not i.traits.is_summable:
        return HORS_VIGUEUR
    if standing is None:
        return SORTIS
    ends = (Periode.from_code(f.periode).fin for f in (fait, standing))
    return MOINDRE if next(ends) == next(ends) else REMPLACEE
