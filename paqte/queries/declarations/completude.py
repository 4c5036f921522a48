"""Completeness and punctuality of a département over several periods, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, partial
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.donnees import DeclarationLue
from paqte.domain.assemblage.tableaux import completude
from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.completude import Completude
from paqte.domain.documents.lignes.lignes import ENSEMBLE, LigneCompletude
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import french_order
from paqte.domain.statuts.declarations import VALIDEE
from paqte.models import Declaration, db
from paqte.queries.conventions import first_day, read_conventions
from paqte.queries.kept import Subjects, forgotten, kept, marks_of
from paqte.queries.perimetre import own_departement
from paqte.queries.reglages import read_agenda
from paqte.queries.sommes import read_answers

WINDOWS = 8
# Put together once: that costs more than what it asks.
_VALIDATED = select(Declaration.id, Declaration.convention_id, Declaration.periode, Declaration.premier_envoi_le).where(
    Declaration.departement_code == bindparam("departement"),
    Declaration.etat == VALIDEE,
    Declaration.periode.in_(bindparam("codes", expanding=True)),
)


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
    (told,) = completeness_over(db.session(), departement, [periode], read_agenda(departement))
    return _ensemble(told)


def _in_detail(departement: str, periode: Periode) -> CompletudeLue:
    conventions = read_conventions(db.session(), departement)
    start = min((c.dates.debut for c in conventions), default=periode.debut)
    windows = _until(periode, max(start, first_day(departement)))
    agenda = read_agenda(departement)
    found = completeness_over(db.session(), departement, windows, agenda)
    lines = found[-1]
    return CompletudeLue(
        periode=periode,
        echeance=agenda.campagne(periode).echeance,
        ensemble=_ensemble(lines),
        historique=tuple(PointCompletude(w, _ensemble(told)) for w, told in zip(windows, found, strict=True)),
        axes=_of_genre(completude.AXE, lines),
        indicateurs=_of_genre(completude.INDICATEUR, lines),
        signataires=tuple(sorted(_of_genre(completude.SIGNATAIRE, lines), key=_worst_first)),
    )


def completeness_over(
    session: Session, departement: str, windows: Sequence[Periode], agenda: Agenda
) -> list[tuple[LigneCompletude, ...]]:
    """What was owed, given, and given in time inside each window: worked out again where something moved alone.

    It is kept under what moves the conventions of the département: it is asked of all of them, never of some.
    """
    answers, conventions = read_answers(session, departement), read_conventions(session, departement)

    @cache
    def declarations() -> list[DeclarationLue]:
        """Asked when a window at least has to be worked out."""
        answers.prepare(windows)
        return _validated(session, departement, windows)

    told = partial(
        completude.told_over, declarations=declarations, departement=departement, agenda=agenda, grid=catalogue()
    )
    return [told(answers, window, conventions) for window in windows]


def _ensemble(lines: Iterable[LigneCompletude]) -> Completude:
    """The whole, where something was owed."""
    return next((Completude(*_numbers_of(line)) for line in lines if line.genre == ENSEMBLE), Completude())


def _numbers_of(line: LigneCompletude) -> tuple[int, int, int]:
    return line.dus, line.repondus, line.a_temps


def _until(last: Periode, start: date) -> list[Periode]:
    """Periods up to the last one, at most WINDOWS, none before the first convention or the first followed period."""
    windows = [last]
    while len(windows) < WINDOWS and windows[0].debut > start:
        windows.insert(0, windows[0].precedente)
    return windows


def _validated(session: Session, departement: str, windows: Sequence[Periode]) -> list[DeclarationLue]:
    """Validated declarations inside these windows, with when they were first sent; read again where one moved."""
    codes = sorted({p.code for w in windows for p in (w, *(w.parts("T") if w.genre == "S" else ()))})
    marks = marks_of(session, departement)
    lacking = [code for code in codes if forgotten(session, departement, ("validees", code), Subjects.of(code), marks)]
    read = _validated_rows(session, departement, lacking)

    def of_period(code: str) -> list[DeclarationLue]:
        return (read if code in read else _validated_rows(session, departement, [code]))[code]

    by_period = (
        kept(session, departement, ("validees", code), partial(of_period, code), Subjects.of(code), marks=marks)
        for code in codes
    )
    return [one for found in by_period for one in found]


def _validated_rows(session: Session, departement: str, codes: Sequence[str]) -> dict[str, list[DeclarationLue]]:
    asked = {"departement": departement, "codes": list(codes)}
    found: dict[str, list[DeclarationLue]] = {code: [] for code in codes}
    for key, convention, periode, sent in session.execute(_VALIDATED, asked) if codes else ():
        one = DeclarationLue(key, convention, periode, VALIDEE, None, None, premier_envoi_le=sent)
        found[periode].append(one)
    return found


def _of_genre(genre: str, lines: Iterable[LigneCompletude]) -> tuple[LigneCompletude, ...]:
    return tuple(line for line in lines if line.genre == genre)


def _worst_first(line: LigneCompletude) -> tuple[object, ...]:
    return Fraction(line.repondus, line.dus), Fraction(line.a_temps, line.dus), -line.dus, french_order(line.libelle)
