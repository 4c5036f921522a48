"""The next steps of the calendar with who would be reminded, and the ledger of what was sent (R12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from paqte.domain.acteurs import Acteur
from paqte.domain.campagnes import OUVERTURE, RELANCE, campagne, travail_libelle
from paqte.domain.conventions import SEMESTRE, TRIMESTRE
from paqte.domain.periodes import Periode, local_date
from paqte.models import Convention, Courriel, Relance, RelanceLigne, Signataire, Utilisateur, db
from paqte.queries.perimetre import readable, require_readable_departement
from paqte.queries.reglages import delays, read_settings
from paqte.queries.relances import MANUELLE, Prevision, forecast

AHEAD = timedelta(days=60)
PER_PAGE = 50


class EtapePrevue(NamedTuple):
    """A step to come: its day, its code and what people call it, the period it is about, who would be written to."""

    jour: date
    code: str
    libelle: str
    periode: Periode
    prevision: Prevision


class EnvoiLu(NamedTuple):
    """One mail of the ledger, with the state it is in now; `objets` are « signataire, période »."""

    jour: date
    etape: str
    nom: str
    courriel: str
    courriel_etat: str
    objets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registre:
    """One page of the ledger, the latest first."""

    envois: tuple[EnvoiLu, ...]
    total: int


def coming_reminders(
    *, actor: Acteur, departement: str, now: datetime, periode: Periode | None = None
) -> list[EtapePrevue]:
    """The steps of the next sixty days, or those still to come of one period, each with who would get what.

    Of two steps on one day the second writes to nobody the first did. NotFound for another's département.
    """
    require_readable_departement(actor, departement)
    today, found = local_date(now, departement), []
    written: dict[date, set[int]] = {}
    for day, code, one in sorted(_steps(departement, today, periode), key=lambda step: (step[0], step[2].fin)):
        told = written.setdefault(day, set())
        prevision = forecast(departement=departement, periode=one, etape=code, day=day, deja=told)
        told |= {person.utilisateur_id for person in prevision.destinataires}
        found.append(EtapePrevue(day, code, travail_libelle(code), one, prevision))
    return found


def next_step(departement: str, today: date) -> tuple[date, str, Periode] | None:
    """The next step, today's included: its day, its code, its period."""
    return min(_steps(departement, today, None), key=lambda step: (step[0], step[2].fin), default=None)


def read_ledger(*, actor: Acteur, page: int = 1, signataire_id: int | None = None) -> Registre:
    """What was sent, fifty a page, of the actor's département; of one signatory when asked. Three statements."""
    r = Relance
    mine = [readable(r, actor)]
    if signataire_id is not None:
        about = (
            select(RelanceLigne.relance_id)
            .join(Convention, Convention.id == RelanceLigne.convention_id)
            .where(Convention.signataire_id == signataire_id)
        )
        mine.append(r.id.in_(about))
    query = (
        select(r.id, r.jour, r.etape, Utilisateur.nom, Utilisateur.courriel, Courriel.etat)
        .join(Utilisateur, Utilisateur.id == r.utilisateur_id)
        .join(Courriel, Courriel.id == r.courriel_id)
        .where(*mine)
        .order_by(r.jour.desc(), r.id.desc())
    )
    rows = db.session.execute(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    objets = _objects([row.id for row in rows])
    total = db.session.scalar(select(func.count()).select_from(r).where(*mine)) or 0
    return Registre(tuple(EnvoiLu(*row[1:], objets.get(row.id, ())) for row in rows), total)


def step_label(code: str) -> str:
    """What people call a step of the ledger."""
    return "À votre demande" if code == MANUELLE else travail_libelle(code)


def _steps(departement: str, today: date, periode: Periode | None) -> Iterator[tuple[date, str, Periode]]:
    delais = delays(read_settings(departement))
    until = today + AHEAD if periode is None else date.max
    for one in [periode] if periode else _periodes(today):
        for code, day in campagne(one, delais).taches().items():
            if code.startswith((OUVERTURE, RELANCE)) and today <= day <= until:
                yield day, code, one


def _periodes(today: date) -> Iterator[Periode]:
    """Those whose dates may fall in the next days: a year back and the present ones."""
    for genre in (TRIMESTRE, SEMESTRE):
        one = Periode.containing(today, genre)
        for _ in range(5 if genre == TRIMESTRE else 3):
            yield one
            one = one.precedente


def _objects(relances: list[int]) -> dict[int, tuple[str, ...]]:
    query = (
        select(RelanceLigne.relance_id, Signataire.nom, RelanceLigne.periode)
        .join(Convention, Convention.id == RelanceLigne.convention_id)
        .join(Signataire, Signataire.id == Convention.signataire_id)
        .where(RelanceLigne.relance_id.in_(relances))
        .order_by(RelanceLigne.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for key, nom, periode in db.session.execute(query):
        found[key] = (*found.get(key, ()), f"{nom}, {Periode.from_code(periode).libelle}")
    return found
