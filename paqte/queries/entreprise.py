"""What a company sees of itself: what is due and when, what was sent back and why, its référent (R5, R12, R18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.acteurs import Acteur
from paqte.domain.attendus import owed_periods
from paqte.domain.conventions import CHARTE, PROJET, Dates, etat
from paqte.domain.declarations import A_COMPLETER, A_SAISIR, BROUILLON, TRANSMISE, VALIDEE
from paqte.domain.periodes import Periode, local_date
from paqte.domain.pilotage import due_date
from paqte.models import Convention, Declaration, Departement, Engagement, Referent, Retour, Signataire, db
from paqte.queries.declarations import opening_date
from paqte.queries.entreprise_chiffres import Realise, achieved
from paqte.queries.etats import is_renewed
from paqte.queries.perimetre import read, readable
from paqte.queries.reglages import days, read_settings

YEARS_AHEAD = 1


class SignataireSuivi(NamedTuple):
    """A signatory in the list of whoever follows several, and how many of its declarations wait for an answer."""

    id: int
    nom: str
    commune: str
    departement: str
    a_faire: int


class Echeance(NamedTuple):
    """One declaration of a convention: its state, from when it is typed and until when.

    `questions` are what the référent asked and still waits for; `is_late` says that its due date is over.
    """

    convention_id: int
    convention: str
    periode: Periode
    etat: str
    declaration_id: int | None
    ouverture: date
    limite: date
    is_open: bool
    is_late: bool
    validee_le: datetime | None
    transmise_le: datetime | None
    questions: tuple[str, ...]


class ConventionSuivie(NamedTuple):
    """A convention with its running state, and what is achieved against each objective."""

    id: int
    numero: str
    dispositif: str
    etat: str
    debut: date
    fin: date
    engagements: int
    realises: tuple[Realise, ...]


class Coordonnees(NamedTuple):
    """A référent a company may call."""

    nom: str
    fonction: str
    courriel: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Espace:
    """The page of one signatory."""

    signataire_id: int
    signataire: str
    departement: str
    territoire: str
    conventions: tuple[ConventionSuivie, ...]
    echeances: tuple[Echeance, ...]
    referents: tuple[Coordonnees, ...]

    @property
    def a_faire(self) -> tuple[Echeance, ...]:
        """What waits for the company: questions first, then what was due longest ago."""
        waiting = [e for e in self.echeances if e.is_open and e.etat in (A_COMPLETER, BROUILLON, A_SAISIR)]
        return tuple(sorted(waiting, key=lambda e: (e.etat != A_COMPLETER, e.limite)))

    @property
    def transmises(self) -> tuple[Echeance, ...]:
        """What was sent, latest first."""
        sent = [e for e in self.echeances if e.etat in (TRANSMISE, VALIDEE)]
        return tuple(sorted(sent, key=lambda e: e.periode.fin, reverse=True))

    @property
    def prochaine(self) -> Echeance | None:
        """The next declaration that will open."""
        return min((e for e in self.echeances if not e.is_open), key=lambda e: e.ouverture, default=None)


def list_followed(*, actor: Acteur, now: datetime) -> list[SignataireSuivi]:
    """The signatories given to this actor, by name; a constant number of statements a département."""
    query = select(Signataire.id, Signataire.nom, Signataire.commune, Signataire.departement_code)
    rows = db.session.execute(query.where(readable(Signataire, actor)).order_by(Signataire.recherche)).all()
    by_departement: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_departement[row.departement_code].append(row.id)
    waiting: defaultdict[int, int] = defaultdict(int)
    for departement, keys in by_departement.items():
        owners = {c.id: c.signataire_id for c in _conventions(keys)}
        for e in _echeances(keys, departement, now):
            waiting[owners[e.convention_id]] += e.is_open and e.etat in (A_COMPLETER, BROUILLON, A_SAISIR)
    return [SignataireSuivi(*row, waiting[row.id]) for row in rows]


def read_espace(*, actor: Acteur, signataire_id: int, now: datetime) -> Espace:
    """The page of a signatory; NotFound alike for one that does not exist and for another's."""
    s = read(db.session(), Signataire, signataire_id, actor, "Cette entreprise")
    place = db.session.get_one(Departement, s.departement_code)
    today = local_date(now, s.departement_code)
    rows = _conventions([s.id])
    realises = achieved(s.departement_code, [c.id for c in rows], today)
    return Espace(
        signataire_id=s.id,
        signataire=s.nom,
        departement=s.departement_code,
        territoire=f"{place.nom} ({place.code})",
        conventions=tuple(_followed(c, today, realises.get(c.id, ())) for c in reversed(rows)),
        echeances=tuple(_echeances([s.id], s.departement_code, now)),
        referents=_referents(s.departement_code),
    )


class _Convention(NamedTuple):
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


def _conventions(signataires: Sequence[int]) -> list[_Convention]:
    """Signed conventions, oldest first: a projet is the préfecture's own work."""
    c = Convention
    query = (
        select(
            c.id, c.signataire_id, c.numero, c.dispositif, c.rythme, c.statut, c.debut, c.fin, c.resiliee_le,
            is_renewed().label("is_renewed"),
        )
        .where(c.signataire_id.in_(signataires), c.statut != PROJET)
        .order_by(c.debut, c.id)
    )  # fmt: skip
    return [_Convention._make(row) for row in db.session.execute(query)]


def _followed(c: _Convention, today: date, realises: tuple[Realise, ...]) -> ConventionSuivie:
    return ConventionSuivie(c.id, c.numero, c.dispositif, etat(c.dates, today), c.debut, c.fin, len(realises), realises)


def _echeances(signataires: Sequence[int], departement: str, now: datetime) -> Iterator[Echeance]:
    """Every declaration their conventions owe until the one that opens next (R11, R12); a charte owes nothing (R7)."""
    settings, today = read_settings(departement), local_date(now, departement)
    delays = days(settings, "declaration_ouverture_jours"), days(settings, "declaration_delai_jours")
    first = _first_day(departement)
    conventions = [c for c in _conventions(signataires) if c.dispositif != CHARTE]
    declared = _declared([c.id for c in conventions])
    for c in conventions:
        told = [Periode.from_code(code) for convention, code in declared if convention == c.id]
        for periode in dict.fromkeys((*told, *_periods(c, first, today))):
            known = declared.get((c.id, periode.code))
            opening, due = opening_date(periode, delays[0]), due_date(periode, delays[1])
            state = known.etat if known else A_SAISIR
            yield Echeance(
                c.id, c.numero, periode, state, known.id if known else None, opening, due,
                is_open=today >= opening or known is not None,
                is_late=today > due and state not in (TRANSMISE, VALIDEE),
                validee_le=known.validee_le if known else None,
                transmise_le=known.transmise_le if known else None,
                questions=known.questions if known else (),
            )  # fmt: skip


def _periods(c: _Convention, first: date, today: date) -> list[Periode]:
    years = range(max(c.debut, first, date(today.year - 4, 1, 1)).year, today.year + YEARS_AHEAD + 1)
    owed = [p for year in years for p in owed_periods(c.dates, c.rythme, Periode(year, "A", 1)) if p.debut >= first]
    closed = [p for p in owed if p.is_closed(today)]
    return closed + owed[len(closed) : len(closed) + 1]


def _first_day(departement: str) -> date:
    """Nothing is owed for the time before the préfecture used PAQTE."""
    first = db.session.scalar(select(Departement.premier_semestre).where(Departement.code == departement))
    return Periode.from_code(first).debut if first else date.min


class _Declaree(NamedTuple):
    id: int
    etat: str
    transmise_le: datetime | None
    validee_le: datetime | None
    questions: tuple[str, ...]


def _declared(conventions: Sequence[int]) -> dict[tuple[int, str], _Declaree]:
    d = Declaration
    query = select(d.convention_id, d.periode, d.id, d.etat, d.transmise_le, d.validee_le)
    rows = db.session.execute(query.where(d.convention_id.in_(conventions))).all()
    asked = _asked([row.id for row in rows if row.etat == A_COMPLETER])
    return {(row.convention_id, row.periode): _Declaree(*row[2:], asked.get(row.id, ())) for row in rows}


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


def _referents(departement: str) -> tuple[Coordonnees, ...]:
    r = Referent
    query = select(r.nom, r.fonction, r.courriel, r.telephone).where(r.departement_code == departement)
    return tuple(map(Coordonnees._make, db.session.execute(query.order_by(r.rang, r.id))))


def name_of_followed(*, actor: Acteur, signataire_id: int) -> str:
    """The name of a signatory; NotFound alike for one that does not exist and for another's."""
    return read(db.session(), Signataire, signataire_id, actor, "Cette entreprise").nom


def first_referent(departement: str) -> str:
    """Name and function of the département's first référent, '' when none is named."""
    first = next(iter(_referents(departement)), None)
    return ", ".join(filter(None, first[:2])) if first else ""
