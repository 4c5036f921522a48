"""The next steps of the calendar with who would be reminded, and the ledger of what was sent (R12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from paqte.domain.calendrier.campagnes import OUVERTURE, RELANCE, task_kind
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.reglages import travail_libelle
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
from paqte.models import Convention, Courriel, Relance, RelanceLigne, Signataire, Utilisateur, db
from paqte.models.mouvement import DATES, SIGNES
from paqte.queries.conventions import first_day
from paqte.queries.courriels.relances import (
    DEJA,
    MANUELLE,
    REPONDU,
    SANS_COMPTE,
    Prevision,
    PrevisionShared,
    SignataireSpared,
    forecast,
)
from paqte.queries.kept import Subjects, kept
from paqte.queries.perimetre import readable, require_readable_departement
from paqte.queries.reglages import read_agenda

AHEAD, SOON = timedelta(days=60), timedelta(days=3)
PER_PAGE = 50


class RelancePrevue(NamedTuple):
    """A step to come: its day, its code and what people call it, the period it is about, who would be written to."""

    jour: date
    code: str
    libelle: str
    periode: Periode
    prevision: Prevision

    @property
    def is_quiet(self) -> bool:
        """Nobody to write to."""
        return not self.prevision.destinataires


class RelanceSoon(NamedTuple):
    """A step that comes in `jours` days: how many companies it reminds, how many have nobody to write to."""

    jour: date
    jours: int
    libelle: str
    entreprises: int
    a_appeler: int


class RelanceSent(NamedTuple):
    """One mail of the ledger, with the state it is in now; `objets` are « signataire, période »."""

    jour: date
    etape: str
    nom: str
    courriel: str
    courriel_etat: str
    objets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page of the ledger, the latest first."""

    envois: tuple[RelanceSent, ...]
    total: int


def coming_reminders(
    *, actor: Acteur, departement: str, now: datetime, periode: Periode | None = None
) -> list[RelancePrevue]:
    """The steps of the next sixty days, or those still to come of one period, each with who would get what.

    Of two steps on one day the second writes to nobody the first did. NotFound for another's département.
    """
    require_readable_departement(actor, departement)
    today, found = local_date(now, departement), []
    written: dict[date, set[int]] = {}
    readings = PrevisionShared()
    for day, code, one in sorted(_steps(departement, today, periode), key=lambda step: (step[0], step[2].fin)):
        told = written.setdefault(day, set())
        prevision = forecast(
            departement=departement, periode=one, etape=code, day=day, deja=told, is_shown=True, readings=readings
        )
        told |= {person.utilisateur_id for person in prevision.destinataires}
        found.append(RelancePrevue(day, code, travail_libelle(code), one, prevision))
    return found


def left_out(etapes: Iterable[RelancePrevue]) -> list[SignataireSpared]:
    """Whom these steps leave without a mail though it owes an answer, each once whatever the number of steps."""
    found = (e for etape in etapes for e in etape.prevision.ecartes if e.motif not in (REPONDU, DEJA))
    return list({(e.signataire_id, e.motif): e for e in found}.values())


def near_reminder(departement: str, today: date) -> RelanceSoon | None:
    """The next step when it is at most three days away, all its periods together; None otherwise."""

    def coming() -> tuple[tuple[date, str, Periode], ...]:
        return tuple(step for step in _steps(departement, today, None) if today < step[0] <= today + SOON)

    # Neither answers nor mails move the dates.
    subject = ("etapes", today)
    steps = kept(db.session(), departement, subject, coming, Subjects.of(SIGNES, DATES))
    if not steps:
        return None
    day = min(step[0] for step in steps)
    read = PrevisionShared()
    found = [
        (c, forecast(departement=departement, periode=p, etape=c, day=d, is_shown=True, readings=read))
        for d, c, p in steps
        if d == day
    ]
    people = [person for _, one in found for person in one.destinataires]
    alone = {left.signataire_id for _, one in found for left in one.ecartes if left.motif == SANS_COMPTE}
    companies = {attendu.signataire.id for person in people for attendu in person.attendus}
    return RelanceSoon(day, (day - today).days, travail_libelle(found[0][0]), len(companies), len(alone))


def count_paused(departement: str, today: date) -> int:
    """How many signatories are sent no reminder on that day."""
    query = select(func.count()).where(
        Signataire.departement_code == departement, Signataire.relances_suspendues_jusquau >= today
    )
    return db.session.scalar(query) or 0


def read_ledger(*, actor: Acteur, page: int = 1, signataire_id: int | None = None) -> LedgerPage:
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
        select(r.id, r.jour, r.etape, Utilisateur.nom, Courriel.destinataire, Courriel.etat)
        .join(Utilisateur, Utilisateur.id == r.utilisateur_id)
        .join(Courriel, Courriel.id == r.courriel_id)
        .where(*mine)
        .order_by(r.jour.desc(), r.id.desc())
    )
    rows = db.session.execute(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    objets = _objects(actor, [row.id for row in rows])
    total = db.session.scalar(select(func.count()).select_from(r).where(*mine)) or 0
    return LedgerPage(tuple(RelanceSent(*row[1:], objets.get(row.id, ())) for row in rows), total)


def step_label(code: str) -> str:
    """What people call a step of the ledger."""
    return "À votre demande" if code == MANUELLE else travail_libelle(code)


def _steps(departement: str, today: date, periode: Periode | None) -> Iterator[tuple[date, str, Periode]]:
    agenda = read_agenda(departement)
    until = today + AHEAD if periode is None else date.max
    first = first_day(departement)
    for one in [p for p in ([periode] if periode else _periodes(today)) if p.debut >= first]:
        for code, day in agenda.campagne(one).taches().items():
            if task_kind(code) in (OUVERTURE, RELANCE) and today <= day <= until:
                yield day, code, one


def _periodes(today: date) -> Iterator[Periode]:
    """Those whose dates may fall in the next days: a year back and the present ones."""
    for genre in (TRIMESTRE, SEMESTRE):
        one = Periode.containing(today, genre)
        for _ in range(5 if genre == TRIMESTRE else 3):
            yield one
            one = one.precedente


def _objects(actor: Acteur, relances: list[int]) -> dict[int, tuple[str, ...]]:
    """What each told of that is the actor's to read: a mail tells a person of all that waits for her, everywhere."""
    if not relances:
        return {}
    query = (
        select(RelanceLigne.relance_id, Signataire.nom, RelanceLigne.periode)
        .join(Convention, Convention.id == RelanceLigne.convention_id)
        .join(Signataire, Signataire.id == Convention.signataire_id)
        .where(RelanceLigne.relance_id.in_(relances), readable(Convention, actor))
        .order_by(RelanceLigne.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for key, nom, periode in db.session.execute(query):
        found[key] = (*found.get(key, ()), f"{nom}, {Periode.from_code(periode).libelle}")
    return found
