"""Answered over owed, and answered in time over owed, as DHIS2 defines completeness and timeliness.

An answer is a number or a confirmed zero (R13) in a declaration that is validated: what DHIS2 calls a complete data
set. It is in time when the declaration was first sent, in the legal time of the département, no later than the day
answers are due (R12). A correction that follows, asked for or not, makes nobody late: whoever answered in time did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from paqte.domain.assemblage.donnees import ConventionLue, DeclarationLue
from paqte.domain.assemblage.grille.indicateurs import owed_over
from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.chiffres import Chiffre, share
from paqte.domain.consolidation import Cle, Consolidation, merge_all
from paqte.domain.declarations.completude import Completude, completeness
from paqte.domain.documents.lignes.lignes import AXE, ENSEMBLE, INDICATEUR, SIGNATAIRE, LigneCompletude
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

    def told() -> tuple[LigneCompletude, ...]:
        punctual = in_time(declarations(), given, departement, agenda)
        counted = over(given, answers, window, punctual, grid)
        return lines(counted, {c.signataire_id: c.nom for c in given}, grid)

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
    owing: defaultdict[str, set[int]] = defaultdict(set)
    for c in given:
        for p in c.suivi.followed(window):
            owing[p.code].add(c.id)
    owed = [_of_conventions(answers.one(code), owing[code]) for code in answers.codes_in(window) if code in owing]
    whole = merge_all((owed_over(answers, given, window, grid), *owed))
    return CompletudeParts(whole, merge_all(_of_declarations(one, punctual) for one in owed))


def _of_conventions(one: Consolidation, those: Collection[int]) -> Consolidation:
    return Consolidation(
        {code: {cle: part for cle, part in mine.items() if cle.convention in those} for code, mine in one.parts.items()}
    )


def _of_declarations(one: Consolidation, those: frozenset[int]) -> Consolidation:
    """Of a period, in which each part is what one declaration answers."""
    return Consolidation(
        {
            code: {cle: part for cle, part in mine.items() if part.declarations <= those}
            for code, mine in one.parts.items()
        }
    )


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
    found = completeness(counted.reponses, counted.a_temps, lambda code, cle: _groups(code, cle, grid))
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
