"""Validated answers by declared period, and what they add up to: each period consolidated once, windows merged (R20).

What a period brought changes only when one of its declarations does. Whoever gives the answers may keep their sums,
and what is worked out from them, as long as nothing they were made from has moved.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Cle, Consolidation, Fait, Last, Number, Part, Whose, consolidate, merge_all
from paqte.domain.fusions import Merged, merge_again

T = TypeVar("T")
_BY_DECLARATION = attrgetter("declaration")


class AnswerSource(Protocol):
    """Where answers come from. `codes` are the declared periods that have some."""

    @property
    def codes(self) -> Sequence[str]: ...

    def facts(self, codes: Collection[str]) -> Sequence[Fait]:
        """The answers of these periods, in order of declaration."""

    def sums(self, codes: Collection[str]) -> Sequence[Consolidation]:
        """Consolidations whose merge is that of these periods."""

    def prepare(self, codes: Collection[str]) -> None:
        """Have the sum of each of these periods ready, read all at once."""

    def again(self, subject: Hashable, make: Callable[[T | None], T]) -> T:
        """What `make` gives of what it gave before, None when that is not there: it sees by itself what still holds."""

    def keep(self, subject: Hashable, codes: Collection[str], make: Callable[[], T]) -> T:
        """What `make` gives, the same as long as conventions, dates, grid and the answers of these periods stand."""

    def keep_each(self, subject: Hashable, codes: Collection[str], make: Callable[[Sequence[Fait]], T]) -> dict[str, T]:
        """The same of the answers of each period alone."""


class Given:
    """Answers that are all there; nothing made from them is kept."""

    def __init__(self, faits: Iterable[Fait]) -> None:
        self._faits = tuple(faits)
        self._by_period: defaultdict[str, list[Fait]] = defaultdict(list)
        for fait in self._faits:
            self._by_period[fait.periode].append(fait)

    @property
    def codes(self) -> Sequence[str]:
        return tuple(self._by_period)

    def facts(self, codes: Collection[str]) -> Sequence[Fait]:
        return tuple(f for f in self._faits if f.periode in codes)

    def sums(self, codes: Collection[str]) -> Sequence[Consolidation]:
        return [consolidate(self._by_period[code]) for code in codes]

    def prepare(self, codes: Collection[str]) -> None:
        """All is there."""

    def again(self, subject: Hashable, make: Callable[[T | None], T]) -> T:
        return make(None)

    def keep(self, subject: Hashable, codes: Collection[str], make: Callable[[], T]) -> T:
        return make()

    def keep_each(self, subject: Hashable, codes: Collection[str], make: Callable[[Sequence[Fait]], T]) -> dict[str, T]:
        return {code: make(self._by_period[code]) for code in codes}


class Answers:
    """Every validated answer until a day, of all signatories or of those of one `nature`; iterating gives them all."""

    def __init__(
        self, source: AnswerSource, codes: Sequence[str], nature: str = "", is_kept: Callable[[int], bool] | None = None
    ) -> None:
        self._source, self.codes = source, tuple(codes)
        self._nature, self._is_kept = nature, is_kept

    @classmethod
    def of(cls, faits: Iterable[Fait]) -> Answers:
        """These very answers."""
        given = Given(faits)
        return cls(given, given.codes)

    def __iter__(self) -> Iterator[Fait]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Answers | tuple) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def _all(self) -> Sequence[Fait]:
        return self._mine(self._source.facts(self.codes))

    def codes_in(self, window: Periode | None) -> tuple[str, ...]:
        """The declared periods that lie wholly inside the window; all without one (R11)."""
        return self.codes if window is None else tuple(c for c in self.codes if window.contains(Periode.from_code(c)))

    def inside(self, window: Periode) -> Sequence[Fait]:
        """The answers whose period lies wholly inside the window (R11)."""
        return self._mine(self._source.facts(self.codes_in(window)))

    def until(self, window: Periode) -> Answers:
        """Those whose period ends at the latest with the window."""
        codes = [code for code in self.codes if Periode.from_code(code).fin <= window.fin]
        return Answers(self._source, codes, self._nature, self._is_kept)

    def outside(self, window: Periode | None) -> Answers:
        """Those of the periods that the window does not hold; none at all without a window."""
        inside = self.codes_in(window)
        return Answers(self._source, [c for c in self.codes if c not in inside], self._nature, self._is_kept)

    def of_nature(self, nature: str, is_kept: Callable[[int], bool]) -> Answers:
        """Those of the signatories that `is_kept` keeps, by key: the ones of that nature."""
        return Answers(self._source, self.codes, nature, is_kept)

    def over(self, window: Periode | None) -> Consolidation:
        """What the answers of a window add up to, or all of them: the merge of what each period brings."""
        codes = self.codes_in(window)
        found = self._source.sums(codes)
        return self.merged(("sommes", codes), [_narrowed(one, self._is_kept) for one in found])

    def merged(self, subject: Hashable, given: Iterable[Consolidation]) -> Consolidation:
        """The merge of these; `subject` says of what, so that the one made before may spare work."""
        now = tuple(given)

        def merge(former: Merged | None) -> Merged:
            return merge_again(now, former)

        return self.again(("fusion", subject), merge).whole

    def again(self, subject: Hashable, make: Callable[[T | None], T]) -> T:
        """What `make` gives of what it gave before, if that is still there: it sees by itself what still holds."""
        return self._source.again((subject, self._nature), make)

    def prepare(self, windows: Iterable[Periode]) -> None:
        """Have the sums of several windows read in as many statements as those of one."""
        self._source.prepare(sorted({code for window in windows for code in self.codes_in(window)}))

    def one(self, code: str) -> Consolidation:
        """The same of one declared period: a part an answer."""
        return _narrowed(merge_all(self._source.sums((code,))), self._is_kept)

    def keep(self, subject: Hashable, window: Periode | None, make: Callable[[], T]) -> T:
        """What `make` gives; it must depend on conventions, dates, the grid and the answers of the window alone.

        The conventions are all those of the département, or all those of the nature of these answers: never some.
        """
        return self._source.keep((subject, self._nature, window), self.codes_in(window), make)

    def each(self, subject: Hashable, make: Callable[[Sequence[Fait]], T]) -> dict[str, T]:
        """What `make` gives of the answers of each declared period, by code; it must depend on them alone."""
        if self._is_kept is not None:
            return {code: make(self._mine(self._source.facts((code,)))) for code in self.codes}
        return self._source.keep_each(subject, self.codes, make)

    def _mine(self, faits: Sequence[Fait]) -> Sequence[Fait]:
        is_kept = self._is_kept
        return faits if is_kept is None else [f for f in faits if is_kept(f.signataire)]


def in_order(faits: Iterable[Fait]) -> tuple[Fait, ...]:
    """By declaration: the order in which an edition freezes them, the same answers giving the same bytes."""
    return tuple(sorted(faits, key=_BY_DECLARATION))


def whose(consolidation: Consolidation, codes: Collection[str]) -> Iterator[Whose]:
    """Who answered these indicators, whatever the convention."""
    for code, parts in consolidation.parts.items():
        if code in codes:
            for cle in parts:
                yield cle.departement, cle.signataire, code


def whose_fact(fait: Fait) -> Whose:
    """Who gave an answer, whatever the convention."""
    return fait.departement, fait.signataire, fait.indicateur


def standing(consolidation: Consolidation, sortis: Collection[Whose]) -> Consolidation:
    """The same, less the last values of those whom no convention binds any more (R32)."""
    if not sortis:
        return consolidation
    parts = dict(consolidation.parts)
    for code in {code for _, _, code in sortis}.intersection(parts):
        parts[code] = {cle: _stood(part, (*cle[:2], code), sortis) for cle, part in parts[code].items()}
    return Consolidation(parts)


def _stood(part: Part, who: Whose, sortis: Collection[Whose]) -> Part:
    return part._replace(derniere=None) if part.derniere is not None and who in sortis else part


def _narrowed(one: Consolidation, is_kept: Callable[[int], bool] | None) -> Consolidation:
    if is_kept is None:
        return one
    parts = {code: {k: p for k, p in mine.items() if is_kept(k.signataire)} for code, mine in one.parts.items()}
    return Consolidation({code: mine for code, mine in parts.items() if mine})


def write_sums(one: Consolidation) -> str:
    """What answers alone add up to, in one text: the same sums give the same text."""
    return json.dumps(
        {
            code: [_letters_of(cle, part) for cle, part in sorted(parts.items(), key=lambda item: item[0])]
            for code, parts in sorted(one.parts.items())
        },
        separators=(",", ":"),
    )


def read_sums(departement: str, text: str) -> Consolidation:
    """The consolidation that such a text tells."""
    told: Mapping[str, Any] = json.loads(text)
    return Consolidation({code: dict(_part_of(departement, row) for row in rows) for code, rows in told.items()})


def _letters_of(cle: Cle, part: Part) -> list[Any]:
    last = part.derniere
    return [
        *cle[1:], part.repondues, part.neants, *map(_in_letters, (part.somme, part.numerateur, part.denominateur)),
        [last.fin, _in_letters(last.valeur), last.declaration] if last else None,
        sorted(part.declarations), sorted(part.donnees),
    ]  # fmt: skip


def _part_of(departement: str, row: list[Any]) -> tuple[Cle, Part]:
    signataire, convention, engagement, repondues, neants, somme, upper, lower, last, declarations, donnees = row
    part = Part(
        0, repondues, neants, _out_of_letters(somme), _out_of_letters(upper), _out_of_letters(lower),
        Last(last[0], _out_of_letters(last[1]), last[2]) if last else None,
        declarations=frozenset(declarations), donnees=frozenset(donnees),
    )  # fmt: skip
    return Cle(departement, signataire, convention, engagement), part


def _in_letters(value: Number | None) -> int | str | None:
    """Whole numbers as they are, others in letters: a float would not keep every sum."""
    return str(value) if isinstance(value, Decimal) else value


def _out_of_letters(value: Any) -> Any:
    """The number again; a whole one, or nothing, is as it was."""
    return Decimal(value) if isinstance(value, str) else value
