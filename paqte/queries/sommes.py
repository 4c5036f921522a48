"""The validated answers of a département and their sums, read where they are kept, else made from the seals (R20).

A sum serves under the mark of what it was made from, in this process or in the base; under another it is made anew.
Those of a past year hold all that came before it: a page costs the same after three years or after ten.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple, TypeVar

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.empreinte import rules_digest
from paqte.domain.consolidation import Consolidation, Fait, consolidate
from paqte.domain.declarations.sceau import Sceau, read_facts
from paqte.domain.declarations.scelles import FaitsLus, SommePeriode, facts_again, sum_again
from paqte.domain.sommes import Answers, in_order, read_sums, write_sums
from paqte.domain.statuts.conventions import CHARTE
from paqte.domain.statuts.declarations import VALIDEE
from paqte.models import Convention, Declaration, KeptConsolidation
from paqte.models.mouvement import DATES, LIENS, SIGNES
from paqte.queries.kept import Subjects, forgotten, kept, made_again, marks_of, standing_of

T = TypeVar("T")
# The years that windows look at one by one: that of the document and the one before.
RECENT = 2
UNTIL = ".."
SUM, FACTS = "somme", "faits"
# After the last that a code can say.
EVERY_PERIOD = Subjects.of(before="a")
# Put together once: that costs more than what they ask.
_PLACE: BindParameter[str] = bindparam("departement")
_VALIDATED = (Declaration.departement_code == _PLACE, Declaration.etat == VALIDEE)
_PERIODS = select(Declaration.periode).where(*_VALIDATED).distinct()
_SEALS = (
    select(Convention.signataire_id, Declaration.convention_id, Declaration.id, Declaration.periode, Declaration.sceau)
    .join(Convention, Convention.id == Declaration.convention_id)
    .where(*_VALIDATED, Convention.dispositif != CHARTE, Declaration.periode.in_(bindparam("codes", expanding=True)))
    # What an edition freezes is in this order: the same answers, the same bytes.
    .order_by(Declaration.id)
)
_SUMS = (
    select(KeptConsolidation.fenetre, KeptConsolidation.etat, KeptConsolidation.contenu)
    .where(KeptConsolidation.departement_code == _PLACE)
    .order_by(KeptConsolidation.fenetre, KeptConsolidation.departement_code)
)


class ConsolidationMade(NamedTuple):
    """A sum as the base keeps it: its window, the mark of what it was made from, its bytes."""

    fenetre: str
    etat: str
    contenu: bytes


def read_answers(session: Session, departement: str) -> Answers:
    """Every validated answer of the département; nothing is read before it is asked for, but which periods have some.

    A charter is not a PAQTE convention: its figures stay out (R7).
    """
    source = _Source(session, departement)
    return Answers(source, source.codes)


class _Source:
    """The answers of one département at one moment."""

    def __init__(self, session: Session, departement: str) -> None:
        self._session, self._departement = session, departement
        # Asked first: what is made then is at least as new.
        self._marks = marks_of(session, departement)
        periods = partial(_declared_periods, session, departement)
        self.codes: Sequence[str] = kept(session, departement, "periodes", periods, EVERY_PERIOD, marks=self._marks)
        self._seals: dict[str, list[Sceau]] = {}

    def facts(self, codes: Collection[str]) -> Sequence[Fait]:
        self.read([code for code in codes if self._lacks((FACTS, code), code)])
        return in_order(fait for code in codes for fait in self._facts_of(code))

    def _facts_of(self, code: str) -> Sequence[Fait]:
        def found() -> Sequence[Fait]:
            self.read((code,))
            read: dict[int, FaitsLus] = self.again(
                (FACTS, code), partial(facts_again, self._departement, self._seals[code])
            )
            return tuple(fait for one in read.values() for fait in one.faits)

        return self._keep((FACTS, code), code, found)

    def again(self, subject: Hashable, make: Callable[[T | None], T]) -> T:
        return made_again(self._session, self._departement, subject, make)

    def keep_each(self, subject: Hashable, codes: Collection[str], make: Callable[[Sequence[Fait]], T]) -> dict[str, T]:
        lacking = [code for code in codes if self._lacks((subject, code), code)]
        self.read(lacking)
        return {code: self._keep((subject, code), code, partial(self._of_facts, code, make)) for code in codes}

    def _of_facts(self, code: str, make: Callable[[Sequence[Fait]], T]) -> T:
        return make(self.facts((code,)))

    def prepare(self, codes: Collection[str]) -> None:
        self._found(codes)

    def sums(self, codes: Collection[str]) -> Sequence[Consolidation]:
        return list(self._found(list(_windows(set(codes), self.codes))).values())

    def keep(self, subject: Hashable, codes: Collection[str], make: Callable[[], T]) -> T:
        scope = Subjects.of(SIGNES, DATES, LIENS, *codes)
        return kept(self._session, self._departement, ("sommes", subject), make, scope, marks=self._marks)

    def stored(self, window: str) -> str:
        """The mark under which the sum of a window is kept in the base."""
        return f"{self.state(window)} {rules_digest().hex()}"

    def state(self, window: str) -> str:
        count, marks = standing_of(self._marks, scope_of(window))
        return f"{count} {marks}"

    def anew(self, window: str) -> Consolidation:
        """The sum of a window made from the seals alone."""
        return consolidate(self.facts(codes_of(window, self.codes)))

    def _found(self, windows: Collection[str]) -> dict[str, Consolidation]:
        """From this process, else from the base in one statement, else from the seals in another."""
        lacking = [window for window in windows if self._lacks((SUM, window), window)]
        rows = stored_sums(self._session, self._departement, lacking)
        told = {row.fenetre: row.contenu for row in rows if row.etat == self.stored(row.fenetre)}
        self.read([code for window in lacking if window not in told for code in codes_of(window, self.codes)])
        return {window: self._keep((SUM, window), window, partial(self._made, window, told)) for window in windows}

    def _made(self, window: str, told: Mapping[str, bytes]) -> Consolidation:
        if window in told:
            return _unpacked(self._departement, told[window])
        if window.startswith(UNTIL):
            return self.anew(window)
        # Read already, unless the shelf had it when it was looked for and lost it since.
        self.read((window,))
        found: SommePeriode = self.again(
            ("periode", window), partial(sum_again, self._departement, self._seals[window])
        )
        return found.whole

    def read(self, codes: Collection[str]) -> None:
        """Read the seals of these periods that were not yet, in one statement."""
        lacking = [code for code in codes if code not in self._seals]
        for code in lacking:
            self._seals[code] = []
        for one in _seals_of(self._session, self._departement, lacking):
            self._seals[one.periode].append(one)

    def _lacks(self, subject: Hashable, window: str) -> bool:
        return forgotten(self._session, self._departement, subject, scope_of(window), self._marks)

    def _keep(self, subject: Hashable, window: str, make: Callable[[], T]) -> T:
        return kept(self._session, self._departement, subject, make, scope_of(window), marks=self._marks)


def _declared_periods(session: Session, departement: str) -> tuple[str, ...]:
    """Those of which at least one declaration is validated."""
    return tuple(sorted(session.scalars(_PERIODS, {"departement": departement})))


def facts_of(session: Session, departement: str, codes: Collection[str]) -> tuple[Fait, ...]:
    """Every validated answer of the département for these declared periods, in one statement.

    A charter is not a PAQTE convention: its figures stay out (R7).
    """
    return tuple(read_facts(departement, _seals_of(session, departement, codes)))


def _seals_of(session: Session, departement: str, codes: Collection[str]) -> list[Sceau]:
    if not codes:
        return []
    asked = {"departement": departement, "codes": list(codes)}
    return [Sceau._make(row) for row in session.execute(_SEALS, asked)]


def stale_sums(session: Session, departement: str) -> Iterator[ConsolidationMade]:
    """The sums that the base should keep and does not, or keeps under another mark, made from the seals."""
    source = _Source(session, departement)
    s = KeptConsolidation
    query = select(s.fenetre, s.etat).where(s.departement_code == departement)
    known = dict(session.execute(query).all())
    etats = {window: source.stored(window) for window in _to_keep(source.codes)}
    for window, one in _anew(source, [w for w, etat in etats.items() if known.get(w) != etat]):
        yield ConsolidationMade(window, etats[window], _packed(one))


def wrong_sums(session: Session, departement: str) -> list[str]:
    """Windows whose sum, kept under the mark of the present, is not what the seals add up to."""
    source = _Source(session, departement)
    rows = stored_sums(session, departement, None)
    told = {row.fenetre: row.contenu for row in rows if row.etat == source.stored(row.fenetre)}
    return [window for window, one in _anew(source, list(told)) if told[window] != _packed(one)]


def _anew(source: _Source, windows: Collection[str]) -> Iterator[tuple[str, Consolidation]]:
    """These sums made from the seals, each period being consolidated once."""
    asked = set(windows)
    running = Consolidation()
    is_running = any(window.startswith(UNTIL) for window in asked)
    source.read(source.codes if is_running else asked)
    for year, codes in groupby(source.codes, key=lambda code: code[:4]):
        for code in codes:
            if code in asked or is_running:
                one = source.anew(code)
                running = running.merge(one) if is_running else running
                if code in asked:
                    yield code, one
        if f"{UNTIL}{year}" in asked:
            yield f"{UNTIL}{year}", running
    # What is kept of a period that nobody declared any more.
    yield from ((window, Consolidation()) for window in asked - {*source.codes, *_year_ends(source.codes)})


def stored_sums(session: Session, departement: str, windows: Collection[str] | None) -> Iterable[ConsolidationMade]:
    """What the base keeps for these windows, or for all."""
    if windows is not None and not windows:
        return []
    query, asked = _SUMS, {"departement": departement}
    if windows is not None:
        query = query.where(KeptConsolidation.fenetre.in_(windows))
    return [ConsolidationMade._make(row) for row in session.execute(query, asked)]


def scope_of(window: str) -> Subjects:
    """What the sum of a window is made from: its declarations, and whose they are."""
    if window.startswith(UNTIL):
        return Subjects.of(LIENS, before=f"{int(window.removeprefix(UNTIL)) + 1:04d}")
    return Subjects.of(LIENS, window)


def codes_of(window: str, known: Iterable[str]) -> list[str]:
    """The declared periods, of those known, that the sum of a window holds."""
    return [code for code in known if scope_of(window).holds(code)]


def _windows(asked: set[str], known: Sequence[str]) -> Iterator[str]:
    """The fewest sums that make these periods: all the first years together, then each period."""
    whole: defaultdict[str, set[str]] = defaultdict(set)
    for code in known:
        whole[code[:4]].add(code)
    last = max((int(code[:4]) for code in asked), default=0)
    until = ""
    for year in sorted(whole):
        if int(year) > last - RECENT or not whole[year] <= asked:
            break
        until = year
    if until:
        yield f"{UNTIL}{until}"
    yield from (code for code in sorted(asked) if code[:4] > until)


def _to_keep(known: Sequence[str]) -> Iterator[str]:
    """Every declared period, and every year that ended before the last ones."""
    last = max((int(code[:4]) for code in known), default=0)
    yield from known
    yield from (window for window in _year_ends(known) if int(window.removeprefix(UNTIL)) <= last - RECENT)


def _year_ends(known: Iterable[str]) -> list[str]:
    return [f"{UNTIL}{year}" for year in sorted({code[:4] for code in known})]


def _packed(one: Consolidation) -> bytes:
    return zlib.compress(write_sums(one).encode("ascii"), 6)


def _unpacked(departement: str, octets: bytes) -> Consolidation:
    return read_sums(departement, zlib.decompress(octets).decode("ascii"))
