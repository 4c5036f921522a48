"""The dates of a campaign: from the settings of a département to what happens on which day (R12).

A setting counts days after the last day of the period, reminders days before (−) or after the day answers are due.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from paqte.domain.calendrier.jours import working_day
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.statuts.conventions import RYTHMES, SEMESTRE

OUVERTURE = "ouverture"
LECTURE = "lecture"
RELANCE = "relance"
# What a référent is sent while the bilan of a semester is awaited.
RAPPEL = "rappel"
# The tasks that send mails, as a person reads them; every other one produces the document that bears its code.
COURRIELS: dict[str, str] = {
    OUVERTURE: "Ouverture de la saisie",
    RELANCE: "Relance",
    LECTURE: "Lecture du référent",
}
# How a département says that it wants none, where a blank means « as the nation does ».
JAMAIS, AUCUNE = "jamais", "aucune"
MOST_DAYS = 8
FARTHEST_RELANCE, FARTHEST_PREAVIS = 90, 365


class DelaiDocument(NamedTuple):
    """The task that produces a document, the genre of its periods, its days after the period, since which period."""

    travail: str
    rythme: str
    jours: int
    depuis: str = ""

    def makes(self, periode: Periode) -> bool:
        """Whether it is owed for that period."""
        is_since = not self.depuis or periode.debut >= Periode.from_code(self.depuis).debut
        return periode.genre == self.rythme and is_since


@dataclass(frozen=True, slots=True)
class Delais:
    """The settings of a département in days. `fermeture` None: companies may always answer.

    `publications` are those of the documents, in the order in which people read them.
    """

    ouverture: int
    echeance: int
    relances: tuple[int, ...]
    fermeture: int | None
    lecture: int
    publications: tuple[DelaiDocument, ...] = ()
    # Whose days off count; None where no date is moved for one.
    territoire: str | None = None

    @property
    def rythmes(self) -> tuple[str, ...]:
        """The genres of the periods that have dates: those of declarations, then any other of a document."""
        return tuple(dict.fromkeys((*RYTHMES, *(p.rythme for p in self.publications))))

    @classmethod
    def read(cls, values: Mapping[str, str], documents: Iterable[DelaiDocument] = ()) -> Delais:
        """From the settings as the base keeps them; each of the documents takes its days from its own."""
        closing = values["fermeture_delai_jours"]
        return cls(
            ouverture=int(values["declaration_ouverture_jours"]),
            echeance=int(values["declaration_delai_jours"]),
            relances=read_relances(values["relances_jours"]),
            fermeture=int(closing) if closing not in ("", JAMAIS) else None,
            lecture=int(values["lecture_jours"]),
            publications=tuple(d._replace(jours=int(values[delay_setting(d.travail)])) for d in documents),
        )


@dataclass(frozen=True, slots=True)
class Campagne:
    """What happens for one period; `relances` are (days from the due day, day), oldest first.

    `publications` are the days of its documents, by the task that produces each; `lecture` begins the time the référent
    has to read before the first. Nobody types anything for a year: its documents alone have dates.
    """

    periode: Periode
    ouverture: date
    echeance: date
    relances: tuple[tuple[int, date], ...]
    fermeture: date | None
    lecture: date
    publications: Mapping[str, date]
    territoire: str | None = None

    @property
    def is_typed(self) -> bool:
        """Whether declarations are made for such a period."""
        return self.periode.genre in RYTHMES

    def is_closed_to_companies(self, day: date) -> bool:
        """Whether an answer that was never sent can no longer be by the company alone."""
        return self.fermeture is not None and day > self.fermeture

    def taches(self) -> dict[str, date]:
        """Every task of the campaign and its day, by code; a reminder that would precede the opening is left out.

        Mails leave on working days: one that falls on a day off leaves on the next.

        The second and fourth quarters end with a semester: its reading serves both.
        """
        planned: dict[str, date] = {}
        if self.is_typed:
            planned[OUVERTURE] = on_working_day(self.ouverture, self.territoire)
            days = ((relance_code(n), day) for n, day in self.relances if day > self.ouverture)
            planned |= {code: on_working_day(day, self.territoire) for code, day in days}
            if self.publications and (self.periode.genre == SEMESTRE or self.periode.numero % 2):
                planned[LECTURE] = on_working_day(self.lecture, self.territoire)
        return {**planned, **self.publications}


def campagne(periode: Periode, delais: Delais) -> Campagne:
    """The campaign of a period."""
    last = periode.dernier_jour
    due = last + timedelta(days=delais.echeance)
    published = {d.travail: last + timedelta(days=d.jours) for d in delais.publications if d.makes(periode)}
    return Campagne(
        periode=periode,
        ouverture=periode.fin + timedelta(days=delais.ouverture),
        echeance=due,
        relances=tuple((days, due + timedelta(days=days)) for days in delais.relances),
        fermeture=None if delais.fermeture is None else last + timedelta(days=delais.fermeture),
        lecture=first_reading(periode, published, delais),
        publications=published,
        territoire=delais.territoire,
    )


def on_working_day(day: date, territoire: str | None) -> date:
    """That day, or the first working one after it there; itself without a territory."""
    return day if territoire is None else working_day(day, territoire)


def first_reading(periode: Periode, publications: Mapping[str, date], delais: Delais) -> date:
    """The day on which the référent begins to read, before the first document is produced."""
    first = min(publications.values(), default=periode.fin)
    return max(periode.fin, first - timedelta(days=delais.lecture))


def delay_setting(travail: str) -> str:
    """The setting that says how many days after its period a document is produced."""
    return f"{travail}_delai_jours"


def relance_code(days: int) -> str:
    """Code of the task of a reminder: "relance-15", "relance+3"."""
    return f"{RELANCE}{days:+d}"


def reprise_code(travail: str, days: int) -> str:
    """Code of the task that makes a sum again so many days after its own: "somme_bilans+30"."""
    return f"{travail}{days:+d}"


def rappel_code(days: int, periode: Periode) -> str:
    """Step of the reminders of a bilan that is awaited, in the ledger: "rappel+3 2026-S1"."""
    return f"{RAPPEL}{days:+d} {periode.code}"


def task_kind(code: str) -> str:
    """What a task does: "relance" for any reminder, its own code for another, less the days it is away from."""
    return re.split(r"[-+](?=[0-9]+$)", code, maxsplit=1)[0]


def is_document(travail: str) -> bool:
    """Whether a task produces a document; the others send mails."""
    return task_kind(travail) not in COURRIELS


def read_relances(text: str) -> tuple[int, ...]:
    """Days of reminders from « -15, -3, 3, 10 », in order, each once; « aucune » is none.

    ValueError says what is expected.
    """
    expected = f"Écrivez des jours de −{FARTHEST_RELANCE} à {FARTHEST_RELANCE}, séparés par des virgules : -15, 3."
    return _days(text, r"[+-]?[0-9]{1,3}", range(-FARTHEST_RELANCE, FARTHEST_RELANCE + 1), expected)


def read_preavis(text: str) -> tuple[int, ...]:
    """Days before the end of a convention from « 180, 90, 30 », the nearest first, each once; « aucune » is none."""
    expected = f"Écrivez des jours de 1 à {FARTHEST_PREAVIS}, séparés par des virgules : 180, 90, 30."
    return _days(text, r"[0-9]{1,3}", range(1, FARTHEST_PREAVIS + 1), expected)


def _days(text: str, spelling: str, allowed: range, expected: str) -> tuple[int, ...]:
    parts = [part for part in re.split(r"[,;\s]+", text.replace("−", "-")) if part]
    if [part.lower() for part in parts] == [AUCUNE]:
        return ()
    if any(not re.fullmatch(spelling, part, re.ASCII) or int(part) not in allowed for part in parts):
        raise ValueError(expected)
    found = {int(part) for part in parts}
    if len(found) > MOST_DAYS:
        raise ValueError(f"Donnez {MOST_DAYS} jours au plus.")
    return tuple(sorted(found))


def refuse_disorder(delais: Delais) -> dict[str, str]:
    """What is wrong with the settings taken together, by setting; empty when they follow one another."""
    errors = {}
    if delais.echeance < delais.ouverture + 1:
        errors["declaration_delai_jours"] = "L’échéance doit suivre l’ouverture de la saisie."
    if delais.fermeture is not None and delais.fermeture < delais.echeance:
        errors["fermeture_delai_jours"] = "La saisie ne peut pas se fermer avant l’échéance."
    return errors
