"""Answered over owed, and answered in time over owed, as DHIS2 defines completeness and timeliness.

An answer is a number or a confirmed zero (R13) in a declaration that is validated: what DHIS2 calls a complete data
set. It is in time when the declaration was first sent, in the legal time of the département, no later than the day
answers are due (R12). A correction that follows, asked for or not, makes nobody late: whoever answered in time did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, partial
from typing import NamedTuple

from paqte.domain.assemblage.donnees import ConventionLue, DeclarationLue
from paqte.domain.assemblage.grille.indicateurs import owed_over
from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.chiffres import Chiffre, share
from paqte.domain.consolidation import Cle, Consolidation, Part
from paqte.domain.declarations.completude import Completude, CompletudeCounted, completeness, completeness_again
from paqte.domain.documents.lignes.lignes import AXE, ENSEMBLE, INDICATEUR, SIGNATAIRE, LigneCompletude
from paqte.domain.fusions import ConsolidationKept, sift_again
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.saisie.textes import french_order
from paqte.domain.sommes import Answers


class CompletudeParts(NamedTuple):
    """What was owed and given over a window, and of it what was given in time: two consolidations, which merge."""

    reponses: Consolidation
    a_temps: Consolidation

    def merge(self, other: CompletudeParts) -> CompletudeParts:
        """Both together, as of two départements (R20)."""
        return CompletudeParts(self.reponses.merge(other.reponses), self.a_temps.merge(other.a_temps))

    @property
    def ensemble(self) -> Completude:
        """Everything owed, in one count."""
        return completeness(self.reponses, self.a_temps, lambda code, cle: (ENSEMBLE,)).get(ENSEMBLE, Completude())


class _CompletudeMade(NamedTuple):
    grid: Catalogue
    counts: CompletudeCounted[tuple[str, str]]


def told_over(
    answers: Answers,
    window: Periode,
    conventions: Iterable[ConventionLue],
    *,
    declarations: Callable[[], Iterable[DeclarationLue]],
    departement: str,
    agenda: Agenda,
    grid: Catalogue,
) -> tuple[LigneCompletude, ...]:
    """The lines of a window, kept with what the answers add up to; `declarations` are at least those of the window."""
    given = tuple(conventions)

    def timely(code: str) -> frozenset[int]:
        return in_time([d for d in declarations() if d.periode == code], given, departement, agenda)

    def told() -> tuple[LigneCompletude, ...]:
        by_period = (
            answers.keep("ponctuelles", Periode.from_code(code), partial(timely, code))
            for code in answers.codes_in(window)
        )
        parts = over(given, answers, window, frozenset().union(*by_period), grid)

        def count(former: _CompletudeMade | None) -> _CompletudeMade:
            known = former.counts if former and former.grid is grid else None
            return _CompletudeMade(grid, completeness_again(*parts, lambda code, cle: _groups(code, cle, grid), known))

        counts = answers.again(("comptes", window), count).counts.groupes
        return _lines(counts, {c.signataire_id: c.nom for c in given}, grid)

    return answers.keep("completude", window, told)


def over(
    conventions: Iterable[ConventionLue],
    answers: Answers,
    window: Periode,
    punctual: frozenset[int],
    grid: Catalogue,
) -> CompletudeParts:
    """What was owed and given inside the window; `punctual` holds the declarations sent in time.

    What was answered and nobody owed counts nowhere: it makes up for nothing that is missing (R13).
    """
    given = list(conventions)
    owing = _followed(answers, given, window)
    codes = [code for code in answers.codes_in(window) if code in owing]
    owed = [_sifted(answers, ("conventions", code), answers.one(code), owing[code], _is_of) for code in codes]
    # Of a period, in which each part is what one declaration answers.
    timely = [
        _sifted(answers, ("declarations", window, code), one, punctual, _is_told_by)
        for code, one in zip(codes, owed, strict=True)
    ]
    dues = owed_over(answers, given, window, grid)
    return CompletudeParts(answers.merged(("dus", window), (dues, *owed)), answers.merged(("a_temps", window), timely))


def _followed(answers: Answers, conventions: Iterable[ConventionLue], window: Periode) -> dict[str, frozenset[int]]:
    """Keys of the conventions asked of each period inside the window, whatever is answered."""

    def followed() -> dict[str, frozenset[int]]:
        asked: defaultdict[str, set[int]] = defaultdict(set)
        for c in conventions:
            for p in c.suivi.followed(window):
                asked[p.code].add(c.id)
        return {code: frozenset(keys) for code, keys in asked.items()}

    return answers.outside(None).keep(("suivies", window), None, followed)


def _is_of(cle: Cle, _part: Part, conventions: frozenset[int]) -> bool:
    return cle.convention in conventions


def _is_told_by(_cle: Cle, part: Part, declarations: frozenset[int]) -> bool:
    return part.declarations <= declarations


def _sifted(
    answers: Answers,
    subject: Hashable,
    one: Consolidation,
    those: frozenset[int],
    holds: Callable[[Cle, Part, frozenset[int]], bool],
) -> Consolidation:
    """The parts that `holds` keeps; the very same as before when neither they nor `those` moved."""

    def sift(former: ConsolidationKept | None) -> ConsolidationKept:
        return sift_again(one, those, holds, former)

    return answers.again(("retenues", subject), sift).found


def in_time(
    declarations: Iterable[DeclarationLue], conventions: Iterable[ConventionLue], departement: str, agenda: Agenda
) -> frozenset[int]:
    """The declarations first sent no later than the day answers are due, in the legal time of the département (R12).

    That of a period asked late counts from the day it was asked (R42).
    """
    late = {c.id: c.suivi for c in conventions if c.anterieures}

    @cache
    def due(code: str, depuis: date | None) -> date:
        return agenda.campagne(Periode.from_code(code), depuis).echeance

    def since(d: DeclarationLue) -> date | None:
        suivi = late.get(d.convention_id)
        return suivi.since(Periode.from_code(d.periode)) if suivi else None

    return frozenset(
        d.id
        for d in declarations
        if d.premier_envoi_le and local_date(d.premier_envoi_le, departement) <= due(d.periode, since(d))
    )


def lines(counted: CompletudeParts, names: Mapping[int, str], grid: Catalogue) -> tuple[LigneCompletude, ...]:
    """The whole, then each axis, indicator and signatory that owed something; () when nothing was owed.

    `names` gives the name of each signatory, by key.
    """
    return _lines(completeness(*counted, lambda code, cle: _groups(code, cle, grid)), names, grid)


def _lines(
    found: Mapping[tuple[str, str], Completude], names: Mapping[int, str], grid: Catalogue
) -> tuple[LigneCompletude, ...]:
    return tuple(
        LigneCompletude(genre, code, label, *found[genre, code], *_rates(found[genre, code]))
        for genre, code, label in _labels(names, grid)
        if (genre, code) in found
    )


def _groups(code: str, cle: Cle, grid: Catalogue) -> tuple[tuple[str, str], ...]:
    axe = grid.indicateurs[code].axe
    return (ENSEMBLE, ""), (AXE, axe), (INDICATEUR, code), (SIGNATAIRE, str(cle.signataire))


def _labels(names: Mapping[int, str], grid: Catalogue) -> Iterator[tuple[str, str, str]]:
    yield ENSEMBLE, "", "Toutes les réponses"
    yield from ((AXE, axe.code, axe.libelle) for axe in grid.axes.values())
    yield from ((INDICATEUR, i.code, i.libelle) for i in grid.indicateurs.values())
    for key, name in sorted(names.items(), key=lambda item: (french_order(item[1]), item[0])):
        yield SIGNATAIRE, str(key), name


def _rates(count: Completude) -> tuple[Chiffre, Chiffre]:
    return share(count.repondus, count.dus), share(count.a_temps, count.dus)
