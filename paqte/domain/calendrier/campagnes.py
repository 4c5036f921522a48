"""The dates of a campaign: from the settings of a département to what happens on which day (R12).

A setting counts days after the last day of the period, reminders days before (−) or after the day answers are due.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.statuts.conventions import SEMESTRE

OUVERTURE = "ouverture"
LECTURE = "lecture"
BILAN = "bilan"
EXPORT = "export"
RELANCE = "relance"
# What a person reads of a task; a reminder says its day too.
TRAVAUX: dict[str, str] = {
    OUVERTURE: "Ouverture de la saisie",
    RELANCE: "Relance",
    LECTURE: "Lecture du référent",
    BILAN: "Bilan semestriel",
    EXPORT: "Export trimestriel",
}
# How a département says that it wants none, where a blank means « as the nation does ».
JAMAIS, AUCUNE = "jamais", "aucune"
MOST_DAYS = 8
FARTHEST_RELANCE, FARTHEST_PREAVIS = 90, 365


@dataclass(frozen=True, slots=True)
class Delais:
    """The settings of a département in days. `fermeture` None: companies may always answer."""

    ouverture: int
    echeance: int
    relances: tuple[int, ...]
    fermeture: int | None
    lecture: int
    bilan: int
    export: int

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Delais:
        """From the settings as the base keeps them (domain.pilotage.REGLAGES)."""
        closing = values["fermeture_delai_jours"]
        return cls(
            ouverture=int(values["declaration_ouverture_jours"]),
            echeance=int(values["declaration_delai_jours"]),
            relances=read_relances(values["relances_jours"]),
            fermeture=int(closing) if closing not in ("", JAMAIS) else None,
            lecture=int(values["lecture_jours"]),
            bilan=int(values["bilan_delai_jours"]),
            export=int(values["export_delai_jours"]),
        )


@dataclass(frozen=True, slots=True)
class Campagne:
    """What happens for one period; `relances` are (days from the due day, day), oldest first.

    `publication` is the day of the bilan (a semester) or of the export (a quarter); `lecture` begins the time the
    référent has to read before it.
    """

    periode: Periode
    ouverture: date
    echeance: date
    relances: tuple[tuple[int, date], ...]
    fermeture: date | None
    lecture: date
    publication: date

    @property
    def is_semestre(self) -> bool:
        return self.periode.genre == SEMESTRE

    def is_closed_to_companies(self, day: date) -> bool:
        """Whether an answer that was never sent can no longer be by the company alone."""
        return self.fermeture is not None and day > self.fermeture

    def taches(self) -> dict[str, date]:
        """Every task of the campaign and its day, by code; a reminder that would precede the opening is left out.

        The second and fourth quarters end with a semester: its reading serves both.
        """
        planned = {OUVERTURE: self.ouverture}
        planned |= {relance_code(days): day for days, day in self.relances if day > self.ouverture}
        if self.is_semestre or self.periode.numero % 2:
            planned[LECTURE] = self.lecture
        planned[BILAN if self.is_semestre else EXPORT] = self.publication
        return planned


def campagne(periode: Periode, delais: Delais) -> Campagne:
    """The campaign of a quarter or a semester."""
    last = periode.dernier_jour
    due = last + timedelta(days=delais.echeance)
    published = last + timedelta(days=delais.bilan if periode.genre == SEMESTRE else delais.export)
    return Campagne(
        periode=periode,
        ouverture=periode.fin + timedelta(days=delais.ouverture),
        echeance=due,
        relances=tuple((days, due + timedelta(days=days)) for days in delais.relances),
        fermeture=None if delais.fermeture is None else last + timedelta(days=delais.fermeture),
        lecture=max(periode.fin, published - timedelta(days=delais.lecture)),
        publication=published,
    )


def relance_code(days: int) -> str:
    """Code of the task of a reminder: "relance-15", "relance+3"."""
    return f"{RELANCE}{days:+d}"


def travail_libelle(code: str) -> str:
    """What people read of a task: « Relance J−15 », « Bilan semestriel »."""
    kind = RELANCE if code.startswith(RELANCE) else code
    day = code.removeprefix(RELANCE).replace("-", "−") if kind == RELANCE else ""
    return f"{TRAVAUX.get(kind, code)}{f' J{day}' if day else ''}"


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
