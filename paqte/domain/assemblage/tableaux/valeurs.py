"""One row a value: what each engagement answered in the period, and why there is nothing where there is nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan, EngagementLu
from paqte.domain.assemblage.grille.attentes import gone, is_semestriel
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import divided
from paqte.domain.consolidation import Fait, Number, lasting
from paqte.domain.documents.lignes.lignes_trimestre import (
    NON_RETENUE,
    NON_TRANSMISE,
    NON_VALIDEE,
    SANS_REPONSE,
    SEMESTRIEL,
    DonneeTrimestre,
)
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.saisie.textes import french_order
from paqte.domain.sommes import whose_fact
from paqte.domain.statuts.declarations import MANQUANTE, NEANT, TRANSMISE, VALIDEE

# An engagement and the code of a period.
Place = tuple[int, str]


class _Known(NamedTuple):
    """The state of each declaration, by convention and period, and the answers counted of what is said once (R32)."""

    states: Mapping[tuple[int, str], str]
    counted: frozenset[Place]
    window: Periode
    grid: Catalogue


def rows(donnees: DonneesBilan, grid: Catalogue) -> tuple[DonneeTrimestre, ...]:
    """Every answer of the period and every answer owed, by name, convention, engagement and period.

    The sums of what they count are the figures of the document: no fact that consolidation counts is left out.
    """
    faits: defaultdict[int, list[Fait]] = defaultdict(list)
    for fait in donnees.answers.inside(donnees.periode):
        faits[fait.convention].append(fait)
    states = {(d.convention_id, d.periode): d.etat for d in donnees.declarations}
    known = _Known(states, _counted(donnees, grid), donnees.periode, grid)
    listed = sorted(donnees.conventions, key=lambda c: (french_order(c.nom), c.id))

    def made(former: Mapping[int, _RowsMade] | None) -> dict[int, _RowsMade]:
        return {c.id: _rows_again(c, faits[c.id], known, (former or {}).get(c.id)) for c in listed}

    found = donnees.answers.again(("valeurs", donnees.periode), made)
    return tuple(row for c in listed for row in found[c.id].rows)


class _RowsMade(NamedTuple):
    """The rows of one convention, beside all that they are made from but the window."""

    convention: ConventionLue
    grid: Catalogue
    faits: list[Fait]
    counted: list[bool]
    states: dict[str, str]
    rows: tuple[DonneeTrimestre, ...]


def _rows_again(c: ConventionLue, faits: list[Fait], known: _Known, former: _RowsMade | None) -> _RowsMade:
    """The very same as before where nothing that they tell moved."""
    states = {code: etat for code in known.window.declared() if (etat := known.states.get((c.id, code))) is not None}
    counted = [(f.engagement, f.periode) in known.counted for f in faits]
    if former and former.convention is c and former.grid is known.grid and former[2:5] == (faits, counted, states):
        return former
    return _RowsMade(c, known.grid, faits, counted, states, tuple(_rows_of(c, faits, known)))


def _counted(donnees: DonneesBilan, grid: Catalogue) -> frozenset[Place]:
    """Of what is said once a signatory, the answers that the figures of the period count (R32)."""
    said: defaultdict[str, list[Fait]] = defaultdict(list)
    for fait in donnees.answers.inside(donnees.periode):
        if fait.indicateur in grid.indicateurs and grid.indicateurs[fait.indicateur].traits.is_said_once:
            said[fait.indicateur].append(fait)
    kept = [fait for alike in said.values() for fait in lasting(alike)]
    out = gone(donnees.conventions, map(whose_fact, kept), donnees.periode.dernier_jour, grid)
    return frozenset((f.engagement, f.periode) for f in kept if (f.departement, f.signataire, f.indicateur) not in out)


def _rows_of(
    c: ConventionLue,
    faits: list[Fait],
    known: _Known,
) -> Iterator[DonneeTrimestre]:
    window, grid = known.window, known.grid
    by_place = {(f.engagement, f.periode): f for f in faits}
    owed = c.suivi.followed(window)
    for e in _engagements(c, faits):
        i = grid.indicateurs.get(e.indicateur)
        if i is None:
            continue
        nothing = _nothing(c, e, i, window, grid.axes[i.axe].dispositif)
        given = {p for (key, p), f in by_place.items() if key == e.id and f.reponse != MANQUANTE}
        periodes = sorted(given | {p.code for p in owed if i.is_valid_during(p.debut, p.fin)})
        for periode in periodes:
            lacking = replace(nothing, periode=periode, etat=_lacking(known.states.get((c.id, periode), "")))
            fait = by_place.get((e.id, periode))
            if fait is None or fait.reponse == MANQUANTE:
                yield lacking
            else:
                is_counted = not i.traits.is_said_once or (e.id, periode) in known.counted
                given_row = _answered(lacking, i, fait)
                yield given_row if is_counted else replace(given_row, etat=NON_RETENUE)
        if not periodes and is_semestriel(c, window, grid.indicateurs) and i.is_valid_during(window.debut, window.fin):
            yield nothing


def _engagements(c: ConventionLue, faits: list[Fait]) -> list[EngagementLu]:
    """Those of the convention, and any that it answered and bears no more."""
    known = {e.id for e in c.engagements}
    gone = {f.engagement: f.indicateur for f in faits if f.engagement not in known}
    return [*c.engagements, *(EngagementLu(key, code, "", "", None, None) for key, code in sorted(gone.items()))]


def _nothing(c: ConventionLue, e: EngagementLu, i: Indicateur, window: Periode, dispositif: str) -> DonneeTrimestre:
    """The row of an engagement that owes nothing in the window, since it answers for the semester (R11)."""
    return DonneeTrimestre(
        identifiant=c.identifiant,
        signataire=c.nom,
        convention=c.numero,
        dispositif=dispositif,
        axe=i.axe,
        thematique=i.thematique,
        indicateur=i.code,
        libelle=e.libelle or i.libelle,
        unite=e.unite or i.unite,
        periode=window.code,
        etat=SEMESTRIEL,
        nature=c.nature,
    )


def _answered(row: DonneeTrimestre, i: Indicateur, fait: Fait) -> DonneeTrimestre:
    """The row with its figures; a confirmed zero is zero, a quotient is made from its two numbers (R13, R14)."""
    is_neant = fait.reponse == NEANT
    upper = 0 if is_neant and fait.denominateur is not None else fait.numerateur
    value, etat = _decimal(0 if is_neant else fait.valeur), fait.reponse
    if (how := i.traits.quotient) is not None:
        told = divided(upper, fait.denominateur, how)
        value, etat = told.valeur, how.etat if told.is_infime else fait.reponse
    return replace(row, etat=etat, valeur=value, numerateur=_decimal(upper), denominateur=_decimal(fait.denominateur))


def _lacking(etat: str) -> str:
    """Why a value that was owed is not there, given the state of its declaration."""
    return {VALIDEE: SANS_REPONSE, TRANSMISE: NON_VALIDEE}.get(etat, NON_TRANSMISE)


def _decimal(value: Number | None) -> Decimal | None:
    return None if value is None else Decimal(value)
