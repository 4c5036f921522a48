"""The campaigns of a département: a date that is over stays what it was, the others follow the settings (R12, R37)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from paqte.domain.calendrier.campagnes import Campagne, Delais, campagne, first_reading
from paqte.domain.calendrier.periodes import Periode, periodes_between
from paqte.domain.statuts.conventions import RYTHMES


class DatesScellees(NamedTuple):
    """The dates of a campaign that settings move no more.

    `fermeture` and `publications` are kept once the whole campaign is over: until then they follow the settings.
    """

    ouverture: date
    echeance: date
    fermeture: date | None
    publications: Mapping[str, date]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Agenda:
    """The settings of a département in days, and the dates kept of its former campaigns, by code of period."""

    delais: Delais
    scellees: Mapping[str, DatesScellees] = field(default_factory=dict)
    _known: dict[tuple[Periode, date | None], Campagne] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def campagne(self, periode: Periode, depuis: date | None = None) -> Campagne:
        """The campaign of a quarter or a semester.

        `depuis` is the day on which a period already past was asked of a convention typed late: its dates count from
        that day as others count from the last day of the period (R42).
        """
        found = self._known.get((periode, depuis))
        if found is None:
            found = self._known[periode, depuis] = self._worked_out(periode, depuis)
        return found

    def _worked_out(self, periode: Periode, depuis: date | None) -> Campagne:
        one = campagne(periode, self.delais)
        kept = self.scellees.get(periode.code)
        if kept is not None:
            one = self._kept(one, kept)
        return one if depuis is None else _counted_from(one, depuis)

    def _kept(self, one: Campagne, kept: DatesScellees) -> Campagne:
        moved = kept.echeance - one.echeance
        one = replace(
            one,
            ouverture=kept.ouverture,
            echeance=kept.echeance,
            relances=tuple((days, day + moved) for days, day in one.relances),
        )
        if not kept.is_over:
            return one
        days = {**one.publications, **kept.publications}
        reading = first_reading(one.periode, days, self.delais)
        return replace(one, fermeture=kept.fermeture, publications=days, lecture=reading)

    def under(self, delais: Delais) -> Agenda:
        """The same past under other settings."""
        return Agenda(delais, self.scellees)

    def holding(self, more: Mapping[str, DatesScellees], less: Collection[str] = ()) -> Agenda:
        """The same settings with more dates kept, and some no longer."""
        kept = {**self.scellees, **more}
        return Agenda(self.delais, {code: dates for code, dates in kept.items() if code not in less})


class Deplacement(NamedTuple):
    """A date of a campaign that a change of settings moves: what it is, of which period, from when to when.

    `avant` or `apres` None: there was, or is, no such date.
    """

    libelle: str
    periode: Periode
    avant: date | None
    apres: date | None


def told(moved: Deplacement) -> str:
    """A date that moves, as a person reads it: « échéance du 4e trimestre 2026 : 10/01/2027 au lieu de 20/01/2027 »."""
    avant, apres = (f"{day:%d/%m/%Y}" if day else "aucune" for day in (moved.avant, moved.apres))
    return f"{moved.libelle} {moved.periode.du_libelle} : {apres} au lieu de {avant}"


def followed(first: str | None, day: date, rythmes: Iterable[str] = tuple(RYTHMES)) -> Iterator[Periode]:
    """Quarters, then semesters, or the periods of these genres, from the first followed to that of the day.

    None without a first one; a year of which only a part is followed is not (R42).
    """
    if first is not None:
        start = Periode.from_code(first).debut
        for genre in rythmes:
            yield from (p for p in periodes_between(start, day, genre) if p.debut >= start)


def to_seal(agenda: Agenda, periodes: Iterable[Periode], today: date) -> dict[str, DatesScellees]:
    """The dates to keep from now on: of campaigns whose due day is over, and of those that ended since (R37)."""
    found = {}
    for periode in periodes:
        one, kept = agenda.campagne(periode), agenda.scellees.get(periode.code)
        now = sealed(one, is_over=today > _last_day(one))
        if today > one.echeance and (kept is None or kept.is_over != now.is_over) and not (kept and kept.is_over):
            found[periode.code] = now
    return found


def spared(former: Agenda, delais: Delais, periodes: Iterable[Periode], today: date) -> dict[str, DatesScellees]:
    """The campaigns under way that keep their due date, since under the new settings it would be over already.

    Nobody becomes late, overnight, for what she had days left to answer (R37).
    """
    wanted = former.under(delais)
    return {
        p.code: sealed(former.campagne(p), is_over=False)
        for p in periodes
        if former.campagne(p).echeance >= today > wanted.campagne(p).echeance and p.is_closed(today)
    }


def released(former: Agenda, delais: Delais, today: date) -> frozenset[str]:
    """The campaigns spared before whose due date the new settings no longer put in the past: they follow them again."""
    return frozenset(
        code
        for code, kept in former.scellees.items()
        if kept.echeance >= today and campagne(Periode.from_code(code), delais).echeance >= today
    )


def moves(
    former: Agenda, present: Agenda, periodes: Iterable[Periode], documents: Mapping[str, str]
) -> tuple[Deplacement, ...]:
    """What a change of settings moves in these campaigns, by date then period.

    `documents` says what each task produces: "du bilan".
    """
    found = []
    for periode in periodes:
        old, new = former.campagne(periode), present.campagne(periode)
        typing = (
            ("ouverture de la saisie", old.ouverture, new.ouverture),
            ("échéance", old.echeance, new.echeance),
            ("fermeture de la saisie", old.fermeture, new.fermeture),
        )
        published = (
            (f"production {documents[travail]}", day, new.publications.get(travail))
            for travail, day in old.publications.items()
        )
        for label, before, after in (*(typing if old.is_typed else ()), *published):
            if before != after:
                found.append(Deplacement(label, periode, before, after))
    return tuple(found)


def sealed(one: Campagne, *, is_over: bool) -> DatesScellees:
    """The dates of a campaign as they are kept."""
    return DatesScellees(one.ouverture, one.echeance, one.fermeture, one.publications, is_over)


def _last_day(one: Campagne) -> date:
    return max(day for day in (one.echeance, one.fermeture, *one.publications.values()) if day is not None)


def _counted_from(one: Campagne, depuis: date) -> Campagne:
    late = depuis - one.periode.dernier_jour
    return replace(
        one,
        echeance=one.echeance + late,
        relances=tuple((days, day + late) for days, day in one.relances),
        fermeture=None if one.fermeture is None else one.fermeture + late,
    )
