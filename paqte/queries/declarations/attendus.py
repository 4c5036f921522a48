"""What signatories owe, from when it is typed and until when: the same for their page and for reminders (R11, R12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.acteurs import PLANIFICATEUR, Acteur
from paqte.domain.attendus import Suivi
from paqte.domain.campagnes import Campagne
from paqte.domain.catalogue import catalogue
from paqte.domain.conventions import CHARTE, PROJET, Dates
from paqte.domain.declarations import A_COMPLETER, A_SAISIR, NEVER_SENT, TRANSMISE, VALIDEE
from paqte.domain.periodes import Periode
from paqte.models import Convention, Declaration, Engagement, Retour, db
from paqte.queries.conventions import first_day, is_renewed, read_former
from paqte.queries.perimetre import readable
from paqte.queries.reglages import read_agenda

YEARS_AHEAD = 1
SENT = (TRANSMISE, VALIDEE)


class Echeance(NamedTuple):
    """One declaration of a convention: its state, from when it is typed and until when.

    `questions` are what the référent asked and still waits for; `is_late` says that its due date is over and that
    it was never sent: what was asked back, or opened again, makes nobody late who had answered (R18).
    `fermeture` is the last day on which the company could answer, None while none is set; `is_closed` says that it
    is over for an answer that was never sent. What nobody asked for is not owed, never late and never reminded, though
    it may have been begun (R41, R42).
    """

    signataire_id: int
    convention_id: int
    convention: str
    periode: Periode
    etat: str
    declaration_id: int | None
    ouverture: date
    limite: date
    fermeture: date | None
    is_open: bool
    is_late: bool
    is_closed: bool
    validee_le: datetime | None
    transmise_le: datetime | None
    questions: tuple[str, ...]
    is_owed: bool

    @property
    def is_waiting(self) -> bool:
        """Whether the company has something to do: what is owed, or what its référent asked back."""
        asked = self.is_owed or self.etat == A_COMPLETER
        return asked and self.is_open and not self.is_closed and self.etat not in SENT


class ConventionSignee(NamedTuple):
    id: int
    signataire_id: int
    numero: str
    dispositif: str
    rythme: str
    statut: str
    debut: date
    fin: date
    resiliee_le: date | None
    is_renewed: bool

    @property
    def dates(self) -> Dates:
        return Dates(self.statut, self.debut, self.fin, self.resiliee_le, self.is_renewed)


def signed_conventions(signataires: Sequence[int], *, actor: Acteur = PLANIFICATEUR) -> list[ConventionSignee]:
    """Signed conventions of signatories within one's reach, oldest first: a projet is the préfecture's own work."""
    c = Convention
    query = (
        select(
            c.id, c.signataire_id, c.numero, c.dispositif, c.rythme, c.statut, c.debut, c.fin, c.resiliee_le,
            is_renewed().label("is_renewed"),
        )
        .where(c.signataire_id.in_(signataires), c.statut != PROJET, readable(c, actor))
        .order_by(c.debut, c.id)
    )  # fmt: skip
    return [ConventionSignee._make(row) for row in db.session.execute(query)]


def list_echeances(
    signataires: Sequence[int], departement: str, today: date, *, actor: Acteur = PLANIFICATEUR
) -> Iterator[Echeance]:
    """Every declaration these signatories owe until the one that opens next (R11, R12); a charte owes nothing (R7).

    Eight statements, whatever their number; `today` is a civil day of the département, a coming one for a forecast.
    A page says for whom: an animateur may have some of their conventions only. Without an actor, as a reminder sees it.
    """
    agenda = read_agenda(departement)
    conventions = [c for c in signed_conventions(signataires, actor=actor) if c.dispositif != CHARTE]
    followed, declared = follow(conventions, departement), _declared([c.id for c in conventions])
    for c in conventions:
        told, suivi = declared[c.id], followed[c.id]
        owed = _periods(suivi, today)
        for periode in dict.fromkeys((*map(Periode.from_code, told), *owed)):
            dates = agenda.campagne(periode, suivi.since(periode))
            is_owed = periode in owed or bool(suivi.owed(periode, catalogue()))
            yield _echeance(c, dates, told.get(periode.code), is_owed=is_owed, today=today)


def closed_on(*, convention_id: int, departement: str, periode: Periode, etat: str, today: date) -> date | None:
    """The last day on which a company could answer, once it is over and the answer was never sent; else None."""
    depuis = read_former(Convention.id == convention_id).get(convention_id, {}).get(periode.code)
    one = read_agenda(departement).campagne(periode, depuis)
    return one.fermeture if etat in NEVER_SENT and one.is_closed_to_companies(today) else None


class _Declaree(NamedTuple):
    id: int
    etat: str
    transmise_le: datetime | None
    validee_le: datetime | None
    questions: tuple[str, ...]


def _echeance(c: ConventionSignee, dates: Campagne, known: _Declaree | None, *, is_owed: bool, today: date) -> Echeance:
    state = known.etat if known else A_SAISIR
    return Echeance(
        c.signataire_id, c.id, c.numero, dates.periode, state, known.id if known else None,
        dates.ouverture, dates.echeance, dates.fermeture,
        is_open=today >= dates.ouverture or known is not None,
        is_late=is_owed and today > dates.echeance and state in NEVER_SENT,
        is_closed=state in NEVER_SENT and dates.is_closed_to_companies(today),
        validee_le=known.validee_le if known else None,
        transmise_le=known.transmise_le if known else None,
        questions=known.questions if known else (),
        is_owed=is_owed,
    )  # fmt: skip


def follow(conventions: Sequence[ConventionSignee], departement: str) -> dict[int, Suivi]:
    """What tells what each owes (R41, R42)."""
    keys = [c.id for c in conventions]
    first, former = first_day(departement), read_former(Convention.id.in_(keys))
    promised: defaultdict[int, list[str]] = defaultdict(list)
    query = select(Engagement.convention_id, Engagement.indicateur).where(Engagement.convention_id.in_(keys))
    for key, code in db.session.execute(query):
        promised[key].append(code)
    return {c.id: Suivi(c.dates, c.rythme, tuple(promised[c.id]), first, former.get(c.id, {})) for c in conventions}


def _periods(suivi: Suivi, today: date) -> list[Periode]:
    """What is owed, until the period that opens next."""
    years = range(max(suivi.dates.debut, suivi.depuis).year, today.year + YEARS_AHEAD + 1)
    owed = [p for year in years for p in suivi.owed(Periode(year, "A", 1), catalogue())]
    closed = [p for p in owed if p.is_closed(today)]
    return closed + owed[len(closed) : len(closed) + 1]


def _declared(conventions: Sequence[int]) -> Mapping[int, dict[str, _Declaree]]:
    d = Declaration
    query = select(d.convention_id, d.periode, d.id, d.etat, d.transmise_le, d.validee_le)
    rows = db.session.execute(query.where(d.convention_id.in_(conventions))).all()
    asked = _asked([row.id for row in rows if row.etat == A_COMPLETER])
    found: defaultdict[int, dict[str, _Declaree]] = defaultdict(dict)
    for row in rows:
        found[row.convention_id][row.periode] = _Declaree(*row[2:], asked.get(row.id, ()))
    return found


def _asked(declarations: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Questions that still wait, with the label of the answer they are about."""
    query = (
        select(Retour.declaration_id, Retour.commentaire, Retour.par)
        .outerjoin(Engagement, Engagement.id == Retour.engagement_id)
        .where(Retour.declaration_id.in_(declarations), Retour.is_answered.is_(False))
        .order_by(Retour.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for key, text, author in db.session.execute(query):
        found[key] = (*found.get(key, ()), f"{author} : {text}")
    return found
