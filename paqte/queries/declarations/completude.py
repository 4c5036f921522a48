"""Completeness and punctuality of a département over several periods, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.donnees import ConventionLue, DeclarationLue
from paqte.domain.assemblage.tableaux import completude
from paqte.domain.assemblage.tableaux.completude import CompletudeParts
from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Fait
from paqte.domain.declarations.completude import Completude
from paqte.domain.declarations.sceau import Sceau, read_facts
from paqte.domain.documents.lignes import LigneCompletude
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import french_order
from paqte.domain.statuts.conventions import CHARTE
from paqte.domain.statuts.declarations import VALIDEE
from paqte.models import Convention, Declaration, db
from paqte.queries.conventions import first_day, read_conventions
from paqte.queries.kept import kept
from paqte.queries.perimetre import own_departement
from paqte.queries.reglages import read_agenda

WINDOWS = 8


class PointCompletude(NamedTuple):
    """One period of the history."""

    periode: Periode
    ensemble: Completude


@dataclass(frozen=True, slots=True)
class CompletudeLue:
    """The page of completeness: one period in detail, and those that led to it, oldest first.

    `signataires` come worst first; `axes` and `indicateurs` in the order of the grid.
    """

    periode: Periode
    echeance: date
    ensemble: Completude
    historique: tuple[PointCompletude, ...]
    axes: tuple[LigneCompletude, ...]
    indicateurs: tuple[LigneCompletude, ...]
    signataires: tuple[LigneCompletude, ...]


def read_completeness(*, actor: Acteur, periode: Periode) -> CompletudeLue:
    """Completeness of the référent's département in a semester or a quarter, and in those before it."""
    departement = own_departement(actor)
    subject = ("completude", periode.code, WINDOWS)
    return kept(db.session(), departement, subject, lambda: _in_detail(departement, periode))


def completeness_of(departement: str, periode: Periode) -> Completude:
    """What was owed, given, and given in time in one period, in one count."""
    return kept(db.session(), departement, ("completude", periode.code), lambda: _whole(departement, periode))


def _whole(departement: str, periode: Periode) -> Completude:
    conventions = read_conventions(db.session(), departement)
    return completeness_over(db.session(), departement, conventions, [periode], read_agenda(departement))[0].ensemble


def _in_detail(departement: str, periode: Periode) -> CompletudeLue:
    conventions = read_conventions(db.session(), departement)
    start = min((c.dates.debut for c in conventions), default=periode.debut)
    windows = _until(periode, max(start, first_day(departement)))
    agenda = read_agenda(departement)
    found = completeness_over(db.session(), departement, conventions, windows, agenda)
    lines = completude.lines(found[-1], {c.signataire_id: c.nom for c in conventions}, catalogue())
    return CompletudeLue(
        periode=periode,
        echeance=agenda.campagne(periode).echeance,
        ensemble=found[-1].ensemble,
        historique=tuple(PointCompletude(w, p.ensemble) for w, p in zip(windows, found, strict=True)),
        axes=_of_genre(completude.AXE, lines),
        indicateurs=_of_genre(completude.INDICATEUR, lines),
        signataires=tuple(sorted(_of_genre(completude.SIGNATAIRE, lines), key=_worst_first)),
    )


def completeness_over(
    session: Session,
    departement: str,
    conventions: Iterable[ConventionLue],
    windows: Sequence[Periode],
    agenda: Agenda,
) -> list[CompletudeParts]:
    """What was owed, given, and given in time inside each window. One statement, however many windows."""
    given = list(conventions)
    declarations, faits = _validated(session, departement, windows)
    punctual = completude.in_time(declarations, given, departement, agenda)
    return [completude.over(given, faits, window, punctual, catalogue()) for window in windows]


def _until(last: Periode, start: date) -> list[Periode]:
    """Periods up to the last one, at most WINDOWS, none before the first convention or the first followed period."""
    windows = [last]
    while len(windows) < WINDOWS and windows[0].debut > start:
        windows.insert(0, windows[0].precedente)
    return windows


def _validated(
    session: Session, departement: str, windows: Sequence[Periode]
) -> tuple[list[DeclarationLue], list[Fait]]:
    """Validated declarations of these periods, and the facts under their seals."""
    codes = {p.code for w in windows for p in (w, *(w.parts("T") if w.genre == "S" else ()))}
    d = Declaration
    query = (
        select(Convention.signataire_id, d.convention_id, d.id, d.periode, d.sceau, d.premier_envoi_le)
        .join(Convention, Convention.id == d.convention_id)
        .where(d.departement_code == departement, d.etat == VALIDEE, d.periode.in_(codes))
        .where(Convention.dispositif != CHARTE)
        .order_by(d.id)
    )
    rows = session.execute(query).all()
    declarations = [
        DeclarationLue(r.id, r.convention_id, r.periode, VALIDEE, None, None, premier_envoi_le=r.premier_envoi_le)
        for r in rows
    ]
    return declarations, read_facts(departement, [Sceau._make(row[:5]) for row in rows])


def _of_genre(genre: str, lines: Iterable[LigneCompletude]) -> tuple[LigneCompletude, ...]:
    return tuple(line for line in lines if line.genre == genre)


def _worst_first(line: LigneCompletude) -> tuple[object, ...]:
    return Fraction(line.repondus, line.dus), Fraction(line.a_temps, line.dus), -line.dus, french_order(line.libelle)
