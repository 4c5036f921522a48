"""The calendar of a département: every date of its campaigns and of the ends of its conventions (R4, R12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.calendrier.campagnes import (
    LECTURE,
    OUVERTURE,
    RELANCE,
    Campagne,
    read_preavis,
    task_kind,
)
from paqte.domain.calendrier.flux import DateTold
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.documents.reglages import travail_libelle
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.rencontres import GENRES
from paqte.domain.statuts.taches import FAITE
from paqte.models import Departement, Tache, db
from paqte.queries.comptes import soon_erased
from paqte.queries.conventions import ConventionEnding, RencontreDated, ending, meeting_days
from paqte.queries.perimetre import own_departement
from paqte.queries.reglages import read_agenda, read_settings

# Dates that nobody does anything on: the scheduler has no task for them.
ECHEANCE, FERMETURE, PREAVIS, FIN, EFFACEMENT = "echeance", "fermeture", "preavis", "fin", "effacement"
RENCONTRE = "rencontre"
LIBELLES: dict[str, str] = {
    ECHEANCE: "Échéance des réponses",
    FERMETURE: "Fermeture de la saisie aux entreprises",
    FIN: "Fin de convention",
    EFFACEMENT: "Effacement de contacts",
}


class Milestone(NamedTuple):
    """One thing that falls on a day. `etat` is that of its task, '' when it has none.

    `periodes` are those it concerns, `conventions` those that end, `personnes` the signatories whose contacts go (R30);
    `message` is what the task came to; `rencontre` the meeting that stands on that day, or that set it.
    """

    jour: date
    code: str
    libelle: str
    etat: str
    message: str
    periodes: tuple[Periode, ...] = ()
    conventions: tuple[ConventionEnding, ...] = ()
    personnes: tuple[str, ...] = ()
    rencontre: RencontreDated | None = None


class Month(NamedTuple):
    """A month, by its first day, and what falls in it."""

    debut: date
    jalons: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True)
class YearPage:
    """The year of a département; `jalons` are in the order of their days."""

    today: date
    campagnes: tuple[Campagne, ...]
    jalons: tuple[Milestone, ...]

    @property
    def passes(self) -> tuple[Month, ...]:
        """Months that are over."""
        return tuple(m for m in _by_month(self.jalons) if m.debut < self.today.replace(day=1))

    @property
    def mois(self) -> tuple[Month, ...]:
        """The present month and the next ones; the present one is there even when nothing falls in it."""
        this = self.today.replace(day=1)
        coming = tuple(m for m in _by_month(self.jalons) if m.debut >= this)
        return coming if coming and coming[0].debut == this else (Month(this, ()), *coming)

    @property
    def prochain(self) -> Milestone | None:
        """What comes next, today included, that is not done yet."""
        return next((j for j in self.jalons if j.jour >= self.today and j.etat != FAITE), None)


def read_calendar(*, actor: Acteur, now: datetime) -> YearPage:
    """The last, present and next quarters and semesters, the ends of conventions in that time, contacts soon erased,
    meetings.

    A constant number of statements. Refused for whoever has no département.
    """
    departement = own_departement(actor)
    today, settings = local_date(now, departement), read_settings(departement)
    first = db.session.scalar(select(Departement.premier_semestre).where(Departement.code == departement))
    agenda = read_agenda(departement)
    campagnes = tuple(agenda.campagne(p) for p in _periodes(today, first, agenda.delais.rythmes))
    tasks = _tasks(departement, [c.periode.code for c in campagnes])
    days = [day for c in campagnes for day in (c.ouverture, *c.publications.values(), c.echeance)]
    window = min(days, default=today), max(days, default=today + timedelta(days=366))
    notices = read_preavis(settings["preavis_jours"].valeur)
    jalons = (
        *_campaign_days(campagnes, tasks),
        *_ends(departement, window, notices),
        *_erasures(actor, now, today),
        *_meetings(actor, departement, window),
    )
    return YearPage(today, campagnes, tuple(sorted(jalons, key=lambda j: (j.jour, _rank_of_day(j.code)))))


def read_dates(*, actor: Acteur, now: datetime) -> tuple[DateTold, ...]:
    """The same dates as a program of calendars is told them, one by one: what mails do by themselves is left out.

    Names of companies alone: no note, no subject of a meeting, nobody's name leaves (R30).
    """
    year = read_calendar(actor=actor, now=now)
    return tuple(one for jalon in year.jalons for one in _dates_of(jalon))


def _dates_of(jalon: Milestone) -> Iterator[DateTold]:
    if jalon.rencontre is not None:
        yield _met_on(jalon, jalon.rencontre)
    elif jalon.conventions:
        yield _ended_on(jalon, jalon.conventions)
    elif task_kind(jalon.code) != RELANCE:
        for periode in jalon.periodes:
            yield DateTold(f"{jalon.code}-{periode.code}", jalon.jour, f"{jalon.libelle} : {periode.libelle}")


def _met_on(jalon: Milestone, met: RencontreDated) -> DateTold:
    title = f"{jalon.libelle} : {met.avec}" if met.avec else jalon.libelle
    key = f"rencontre-{met.rencontre_id}" + ("-suite" if met.is_next else "")
    told = "\n".join(met.signataires) if len(met.signataires) > 1 else ""
    return DateTold(key, jalon.jour, title, told, RENCONTRE, met.rencontre_id)


def _ended_on(jalon: Milestone, conventions: tuple[ConventionEnding, ...]) -> DateTold:
    """One date for all that end on a day: its key is that day, and how long before it stands."""
    key = f"{jalon.code}-{conventions[0].fin:%Y%m%d}-{(conventions[0].fin - jalon.jour).days}"
    told = "\n".join(f"{c.signataire}, {c.numero}" for c in conventions)
    only = conventions[0]
    if len(conventions) > 1:
        return DateTold(key, jalon.jour, f"{jalon.libelle} : {len(conventions)} conventions", told)
    return DateTold(key, jalon.jour, f"{jalon.libelle} : {only.signataire}", told, "convention", only.id)


def _periodes(today: date, first: str | None, rythmes: tuple[str, ...]) -> Iterator[Periode]:
    """The last closed, the present and the next period of each kind, since the préfecture uses PAQTE."""
    if first is None:
        return
    for genre in rythmes:
        present = Periode.containing(today, genre)
        for periode in (present.precedente, present, present.suivante):
            if periode.debut >= Periode.from_code(first).debut:
                yield periode


def _tasks(departement: str, periodes: list[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """State and message of each task, by (code, period code)."""
    t = Tache
    query = select(t.travail, t.periode, t.etat, t.message)
    rows = db.session.execute(query.where(t.departement_code == departement, t.periode.in_(periodes)))
    return {(travail, periode): (etat, message) for travail, periode, etat, message in rows}


def _campaign_days(
    campagnes: tuple[Campagne, ...], tasks: Mapping[tuple[str, str], tuple[str, str]]
) -> Iterator[Milestone]:
    """What falls on the same day and stands in the same state is told once, for all its periods."""
    told: dict[tuple[date, str, str, str], list[Periode]] = {}
    for one in campagnes:
        dated = {**one.taches(), **({ECHEANCE: one.echeance} if one.is_typed else {})}
        if one.is_typed and one.fermeture is not None:
            dated[FERMETURE] = one.fermeture
        for code, day in dated.items():
            state = tasks.get((code, one.periode.code), ("", ""))
            told.setdefault((day, code, *state), []).append(one.periode)
    for (day, code, etat, message), periodes in told.items():
        yield Milestone(day, code, LIBELLES.get(code) or travail_libelle(code), etat, message, tuple(periodes))


def _ends(departement: str, window: tuple[date, date], notices: tuple[int, ...]) -> Iterator[Milestone]:
    """Ends of conventions inside the window, and the days on which they come near."""
    first, last = window
    met: dict[tuple[date, int], list[ConventionEnding]] = {}
    for c in ending(departement=departement, first=first, last=last + timedelta(days=max(notices, default=0))):
        for days in (0, *notices):
            day = c.fin - timedelta(days=days)
            if first <= day <= last:
                met.setdefault((day, days), []).append(c)
    for (day, days), conventions in met.items():
        soon = f"{LIBELLES[FIN]} dans {days} jours, le {day + timedelta(days=days):%d/%m/%Y}"
        code, label = (PREAVIS, soon) if days else (FIN, LIBELLES[FIN])
        yield Milestone(day, code, label, "", "", conventions=tuple(conventions))


def _erasures(actor: Acteur, now: datetime, today: date) -> Iterator[Milestone]:
    """The days on which contacts go; one whose day is over goes at the next run."""
    told: dict[date, dict[str, None]] = {}
    for one in soon_erased(actor=actor, now=now):
        told.setdefault(max(one.efface_le, today), {})[one.signataire] = None
    for day, signataires in told.items():
        yield Milestone(day, EFFACEMENT, LIBELLES[EFFACEMENT], "", "", personnes=tuple(signataires))


def _meetings(actor: Acteur, departement: str, window: tuple[date, date]) -> Iterator[Milestone]:
    """Those of that time, and every one still to come: a date that somebody set is never out of sight."""
    for one in meeting_days(actor=actor, departement=departement):
        if window[0] <= one.jour:
            label = f"{GENRES[one.genre]} : date suivante" if one.is_next else GENRES[one.genre]
            yield Milestone(one.jour, RENCONTRE, label, "", "", rencontre=one)


def _rank_of_day(code: str) -> int:
    """What comes first on a day."""
    documents = (genre.travail for genre in DOCUMENTS.values())
    order = (OUVERTURE, RELANCE, ECHEANCE, FERMETURE, LECTURE, *documents, RENCONTRE, FIN, PREAVIS, EFFACEMENT)
    return order.index(task_kind(code))


def _by_month(jalons: tuple[Milestone, ...]) -> Iterator[Month]:
    months: dict[date, list[Milestone]] = {}
    for jalon in jalons:
        months.setdefault(jalon.jour.replace(day=1), []).append(jalon)
    return (Month(month, tuple(found)) for month, found in sorted(months.items()))
