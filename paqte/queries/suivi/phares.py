"""The results of a period in one look, from the sums that are kept: no answer is read anew (R20)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from paqte.domain.assemblage import phares
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.phares import Headlines, YearHeadline
from paqte.domain.assemblage.tableaux.club import ClubListed, Repartition, break_down, club
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ANIMATEUR, Acteur
from paqte.models import db
from paqte.queries.comptes import SignataireGiven, list_access
from paqte.queries.conventions import read_apart
from paqte.queries.kept import kept, looking
from paqte.queries.perimetre import require_readable_departement
from paqte.queries.sommes import read_answers


def read_headlines(*, actor: Acteur, departement: str, periode: Periode) -> Headlines:
    """The headline figures of a département for a period. NotFound for another's."""
    require_readable_departement(actor, departement)
    session = db.session()

    rows = _rows(departement, periode)
    return kept(session, departement, ("phares", periode.code), lambda: phares.headlines(rows(), catalogue()))


class HomeHeadlines(NamedTuple):
    """The headline figures of a period and, by indicator, those of the civil year in course with what it promises."""

    phares: Headlines
    annee: Periode
    chiffres: Mapping[str, YearHeadline]


def read_results(*, actor: Acteur, departement: str, periode: Periode, today: date) -> HomeHeadlines:
    """The same with the year in which `today` lies, in no more looks at what moved. NotFound for another's."""
    require_readable_departement(actor, departement)
    session, annee = db.session(), Periode(today.year, "A", 1)
    rows = _rows(departement, annee)
    with looking(session, departement):
        told = kept(session, departement, ("annee", annee.code), lambda: phares.year_so_far(rows(), catalogue()))
        return HomeHeadlines(read_headlines(actor=actor, departement=departement, periode=periode), annee, told)


class ClubPage(NamedTuple):
    """The enterprises of the club, and the names of the animateurs of each by SIREN."""

    entreprises: tuple[ClubListed, ...]
    animateurs: Mapping[str, tuple[str, ...]]

    @property
    def actives(self) -> int:
        """How many answered something other than zero (R9, R34)."""
        return sum(one.is_active for one in self.entreprises)


def read_club(*, actor: Acteur, departement: str, periode: Periode) -> ClubPage:
    """The club of a département in a period (R9). NotFound for another's."""
    require_readable_departement(actor, departement)
    rows = _rows(departement, periode)
    found = kept(db.session(), departement, ("club", periode.code), lambda: club(rows(), catalogue()))
    given = [one for one in list_access(actor=actor) if one.role == ANIMATEUR and one.is_active]
    named: dict[str, tuple[str, ...]] = {}
    for one in found:
        mine = (a.nom for a in given if any(_helps(s, one) for s in a.signataires))
        named[one.siren] = tuple(dict.fromkeys(mine))
    return ClubPage(found, named)


def read_breakdown(*, actor: Acteur, departement: str, periode: Periode, par: str) -> Repartition:
    """The headline figures of a period by size, commune, EPCI or nature (R20). NotFound for another's."""
    require_readable_departement(actor, departement)
    rows = _rows(departement, periode)
    subject = ("repartition", par, periode.code)
    return kept(db.session(), departement, subject, lambda: break_down(rows(), catalogue(), par))


def _helps(given: SignataireGiven, one: ClubListed) -> bool:
    """Whether an animateur who has this has something of the enterprise: it whole, or one of its conventions."""
    if not given.conventions:
        return given.id in one.signataires
    return any(c.id in one.conventions for c in given.conventions)


def _rows(departement: str, periode: Periode) -> Callable[[], DonneesBilan]:
    """What figures are made from, read when it is asked for."""

    def read() -> DonneesBilan:
        session = db.session()
        conventions, chartes = read_apart(session, departement)
        answers = read_answers(session, departement).until(periode)
        return DonneesBilan(departement, "", "", periode, conventions=conventions, chartes=chartes, faits=answers)

    return read
