"""Civil quarters, semesters and years, in the legal time of a département (R11, R12)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from paqte.domain.saisie.nombres import shown
from paqte.domain.saisie.textes import searchable

_MONTHS = {"T": 3, "S": 6, "A": 12}
_COUNT = {"T": 4, "S": 2, "A": 1}
_CODE = re.compile(r"(\d{4})(?:-(T[1-4]|S[12]))?", re.ASCII)
# Codes people or addresses give; a little narrower than what a period can be, so that neighbours always exist.
FIRST_YEAR, LAST_YEAR = 1950, 2200
# As people write them in their own tables: « S1 2026 », « 2026 s1 », « 1S2026 », « 1er semestre 2026 ».
_TYPED = (
    re.compile(r"(?P<genre>[ts])(?P<numero>[1-4])[ /-]?(?P<annee>\d{4})", re.ASCII),
    re.compile(r"(?P<annee>\d{4})[ /-]?(?P<genre>[ts])(?P<numero>[1-4])", re.ASCII),
    re.compile(r"(?P<numero>[1-4])(?P<genre>[ts])[ /-]?(?P<annee>\d{4})", re.ASCII),
    re.compile(r"(?P<numero>[1-4])(?:er|e|eme|nd|d)? (?P<genre>[ts])(?:ri|e)mestre (?:de )?(?P<annee>\d{4})", re.ASCII),
    re.compile(r"(?P<genre>[ts])(?:ri|e)mestre (?P<numero>[1-4]) (?:de )?(?P<annee>\d{4})", re.ASCII),
    re.compile(r"(?:annee )?(?P<annee>\d{4})", re.ASCII),
)
_RANKS = {"premier": "1er", "deuxieme": "2e", "second": "2e", "troisieme": "3e", "quatrieme": "4e"}
_ORDINAL = {1: "1er", 2: "2e", 3: "3e", 4: "4e"}
_NOUN = {"T": "trimestre", "S": "semestre"}

# Legal time where it is not that of Paris (R12). Every other département keeps Europe/Paris.
FUSEAUX: dict[str, str] = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/Guadeloupe",
    "978": "America/Guadeloupe",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


def time_zone(departement: str) -> ZoneInfo:
    """Time zone whose civil dates count for this département code (R12)."""
    return ZoneInfo(FUSEAUX.get(departement, "Europe/Paris"))


def local_date(moment: datetime, departement: str) -> date:
    """Civil date of an aware `moment` in the legal time of `departement` (R12)."""
    return moment.astimezone(time_zone(departement)).date()


def read_period(text: str) -> Periode:
    """A period as people write it: 2026-S1, « S1 2026 », « 1S2026 », « 3e trimestre 2026 », « 2026 ».

    ValueError with a French sentence for anything else: a day lies in a quarter and in a semester, so it names none.
    """
    # The name of a period holds none of the marks that a search leaves out but the dash, kept as a space.
    # Its digits are those of a keyboard: what only looks like one is no figure either in a count (R16).
    is_plain = all(c.isascii() for c in text if c.isdigit())
    typed = searchable(text) if is_plain else ""
    for word, rank in _RANKS.items():
        typed = typed.replace(f"{word} ", f"{rank} ") if typed.startswith(word) else typed
    for spelling in _TYPED:
        if (found := spelling.fullmatch(typed)) is None:
            continue
        parts = found.groupdict()
        genre, numero = (parts.get("genre") or "a").upper(), int(parts.get("numero") or 1)
        if FIRST_YEAR <= int(parts["annee"]) <= LAST_YEAR and numero <= _COUNT[genre]:
            return Periode(int(parts["annee"]), genre, numero)
    raise ValueError(
        f"« {shown(text.strip())} » n’est pas une période : écrivez par exemple 2026-S1 (semestre) ou 2026-T3 "
        "(trimestre)."
    )


@dataclass(frozen=True, slots=True)
class Periode:
    """A civil quarter (genre "T"), semester ("S") or year ("A"); days run in [debut, fin) (R12)."""

    annee: int
    genre: str
    numero: int
    # Asked thousands of times a page: written once. `debut` is the first day, inside, `fin` the first day after.
    debut: date = field(init=False, repr=False, compare=False)
    fin: date = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.genre not in _MONTHS or not 1 <= self.numero <= _COUNT[self.genre]:
            raise ValueError(f"période impossible : {self.annee}-{self.genre}{self.numero}")
        if not 1900 <= self.annee <= 2999:
            raise ValueError(f"année hors bornes : {self.annee}")
        months = self.numero * _MONTHS[self.genre]
        object.__setattr__(self, "debut", date(self.annee, months - _MONTHS[self.genre] + 1, 1))
        object.__setattr__(self, "fin", date(self.annee + months // 12, months % 12 + 1, 1))

    @classmethod
    def from_code(cls, code: str) -> Periode:
        """Read "2026-S1", "2026-T3" or "2026"; ValueError with a French sentence otherwise."""
        found = _of_code(code)
        if found is None:
            raise ValueError(f"« {shown(code)} » n’est pas une période : écrivez par exemple 2026-S1 ou 2026-T3.")
        return found

    @classmethod
    def containing(cls, day: date, genre: str) -> Periode:
        """The period of that genre in which `day` lies."""
        return cls(day.year, genre, (day.month - 1) // _MONTHS[genre] + 1)

    @property
    def code(self) -> str:
        """Stored code, short ASCII: "2026-S1"."""
        return f"{self.annee}" if self.genre == "A" else f"{self.annee}-{self.genre}{self.numero}"

    @property
    def libelle(self) -> str:
        """What people read: "1er semestre 2026"."""
        if self.genre == "A":
            return f"année {self.annee}"
        return f"{_ORDINAL[self.numero]} {_NOUN[self.genre]} {self.annee}"

    @property
    def court(self) -> str:
        """What stands over a narrow column or under a drawing: "S1 2026", "T3 2026"."""
        return f"{self.annee}" if self.genre == "A" else f"{self.genre}{self.numero} {self.annee}"

    @property
    def le_libelle(self) -> str:
        """ "le 1er semestre 2026", "l’année 2026"."""
        return f"l’{self.libelle}" if self.genre == "A" else f"le {self.libelle}"

    @property
    def du_libelle(self) -> str:
        """ "du 1er semestre 2026", "de l’année 2026"."""
        return f"de l’{self.libelle}" if self.genre == "A" else f"du {self.libelle}"

    @property
    def au_libelle(self) -> str:
        """ "au 1er semestre 2026", "à l’année 2026"."""
        return f"à l’{self.libelle}" if self.genre == "A" else f"au {self.libelle}"

    @property
    def dernier_jour(self) -> date:
        """Last day, inside."""
        return self.fin - timedelta(days=1)

    @property
    def suivante(self) -> Periode:
        return self._shifted(1)

    @property
    def precedente(self) -> Periode:
        return self._shifted(-1)

    @property
    def un_an_avant(self) -> Periode:
        return Periode(self.annee - 1, self.genre, self.numero)

    def _shifted(self, steps: int) -> Periode:
        rank = self.annee * _COUNT[self.genre] + self.numero - 1 + steps
        annee, numero = divmod(rank, _COUNT[self.genre])
        return Periode(annee, self.genre, numero + 1)

    def contains(self, other: Periode) -> bool:
        """Whether `other` lies wholly inside (R11)."""
        return self.debut <= other.debut and other.fin <= self.fin

    def overlaps(self, debut: date, dernier_jour: date) -> bool:
        """Whether at least one day of [debut, dernier_jour], both inside, is in the period."""
        return debut < self.fin and dernier_jour >= self.debut

    def parts(self, genre: str) -> tuple[Periode, ...]:
        """The periods of a smaller or equal genre that make this one, in order."""
        first = Periode.containing(self.debut, genre)
        return tuple(p for p in _from(first, self.fin) if self.contains(p))

    def declared(self) -> tuple[str, ...]:
        """Codes of the semesters and quarters that it holds, itself included: what may be declared in it (R11)."""
        return tuple(part.code for genre in ("S", "T") for part in self.parts(genre))

    def bounds(self, departement: str) -> tuple[datetime, datetime]:
        """Half-open interval [start, end) as UTC moments in the legal time of the département (R12)."""
        zone = time_zone(departement)
        start = datetime.combine(self.debut, time.min, zone).astimezone(UTC)
        end = datetime.combine(self.fin, time.min, zone).astimezone(UTC)
        return start, end

    def is_closed(self, day: date) -> bool:
        """Whether the period is over on that civil day."""
        return day >= self.fin


@lru_cache(4096)
def _of_code(code: str) -> Periode | None:
    match = _CODE.fullmatch(code)
    if not match or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return None
    part = match[2] or "A1"
    return Periode(int(match[1]), part[0], int(part[1]))


def _from(first: Periode, end: date) -> Iterator[Periode]:
    current = first
    while current.debut < end:
        yield current
        current = current.suivante


def periodes_between(debut: date, dernier_jour: date, genre: str) -> tuple[Periode, ...]:
    """Every period of that genre having at least one day in [debut, dernier_jour], in order."""
    if dernier_jour < debut:
        return ()
    return tuple(_from(Periode.containing(debut, genre), dernier_jour + timedelta(days=1)))


def last_closed(day: date, genre: str) -> Periode:
    """The last period of that genre that is over on `day`."""
    return Periode.containing(day, genre).precedente
