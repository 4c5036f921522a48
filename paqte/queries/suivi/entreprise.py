"""What a company sees of itself: what is due and when, what was sent back and why, its référent (R5, R12, R18)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.documents.lignes.lignes import Contact
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import etat
from paqte.domain.statuts.declarations import A_COMPLETER, NEVER_SENT
from paqte.models import Departement, Referent, Signataire, db
from paqte.queries.declarations import ConventionSigned, EcheanceLue, list_echeances, signed_conventions
from paqte.queries.perimetre import read, readable
from paqte.queries.suivi.entreprise_chiffres import EngagementAchieved, achieved


class SignataireFollowed(NamedTuple):
    """A signatory in the list of whoever follows several, and how many of its declarations wait for an answer."""

    id: int
    nom: str
    commune: str
    departement: str
    a_faire: int


class ConventionFollowed(NamedTuple):
    """A convention with its running state, its last day, and what is achieved against each objective."""

    id: int
    numero: str
    dispositif: str
    etat: str
    debut: date
    fin: date
    engagements: int
    realises: tuple[EngagementAchieved, ...]


@dataclass(frozen=True, slots=True)
class EntreprisePage:
    """The page of one signatory."""

    signataire_id: int
    signataire: str
    departement: str
    territoire: str
    conventions: tuple[ConventionFollowed, ...]
    echeances: tuple[EcheanceLue, ...]
    referents: tuple[Contact, ...]

    @property
    def a_faire(self) -> tuple[EcheanceLue, ...]:
        """What waits for the company: questions first, then what was due longest ago."""
        waiting = [e for e in self.echeances if e.is_waiting]
        return tuple(sorted(waiting, key=lambda e: (e.etat != A_COMPLETER, e.limite)))

    @property
    def commencees(self) -> tuple[EcheanceLue, ...]:
        """Drafts of periods that nobody asked for, latest first: they stay in sight and are nothing to do (R42)."""
        begun = [e for e in self.echeances if e.declaration_id and e.etat in NEVER_SENT]
        begun = [e for e in begun if not (e.is_owed or e.is_closed)]
        return tuple(sorted(begun, key=lambda e: e.periode.fin, reverse=True))

    @property
    def fermees(self) -> tuple[EcheanceLue, ...]:
        """What the company can no longer answer alone, latest first."""
        shut = [e for e in self.echeances if e.is_closed]
        return tuple(sorted(shut, key=lambda e: e.periode.fin, reverse=True))

    @property
    def transmises(self) -> tuple[EcheanceLue, ...]:
        """What was sent, latest first."""
        sent = [e for e in self.echeances if e.is_sent]
        return tuple(sorted(sent, key=lambda e: e.periode.fin, reverse=True))

    @property
    def en_cours(self) -> tuple[EcheanceLue, ...]:
        """What may be prepared while its period runs, and sent once it is over (R12)."""
        return tuple(e for e in self.echeances if e.is_running)

    @property
    def prochaine(self) -> EcheanceLue | None:
        """The next declaration that will open."""
        return min((e for e in self.echeances if not e.is_open), key=lambda e: e.ouverture, default=None)


def list_followed(*, actor: Acteur, now: datetime) -> list[SignataireFollowed]:
    """The signatories given to this actor, by name; a constant number of statements a département."""
    query = select(Signataire.id, Signataire.nom, Signataire.commune, Signataire.departement_code)
    rows = db.session.execute(
        query.where(readable(Signataire, actor)).order_by(Signataire.recherche, Signataire.id)
    ).all()
    by_departement: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_departement[row.departement_code].append(row.id)
    waiting: defaultdict[int, int] = defaultdict(int)
    for departement, keys in by_departement.items():
        for e in list_echeances(keys, departement, local_date(now, departement), actor=actor):
            waiting[e.signataire_id] += e.is_waiting
    return [SignataireFollowed(*row, waiting[row.id]) for row in rows]


def read_espace(*, actor: Acteur, signataire_id: int, now: datetime) -> EntreprisePage:
    """The page of a signatory; NotFound alike for one that does not exist and for another's."""
    s = read(db.session(), Signataire, signataire_id, actor, "Cette entreprise")
    place = db.session.get_one(Departement, s.departement_code)
    today = local_date(now, s.departement_code)
    rows = signed_conventions([s.id], actor=actor)
    realises = achieved(s.departement_code, [c.id for c in rows], today)
    return EntreprisePage(
        signataire_id=s.id,
        signataire=s.nom,
        departement=s.departement_code,
        territoire=f"{place.nom} ({place.code})",
        conventions=tuple(_followed(c, today, realises.get(c.id, ())) for c in reversed(rows)),
        echeances=tuple(list_echeances([s.id], s.departement_code, today, actor=actor)),
        referents=_referents(s.departement_code),
    )


def _followed(c: ConventionSigned, today: date, realises: tuple[EngagementAchieved, ...]) -> ConventionFollowed:
    state, end = etat(c.dates, today), c.dates.effective_end
    return ConventionFollowed(c.id, c.numero, c.dispositif, state, c.debut, end, len(realises), realises)


def _referents(departement: str) -> tuple[Contact, ...]:
    r = Referent
    query = select(r.nom, r.fonction, r.courriel, r.telephone).where(r.departement_code == departement)
    return tuple(Contact(*row) for row in db.session.execute(query.order_by(r.rang, r.id)))


def name_of_followed(*, actor: Acteur, signataire_id: int) -> str:
    """The name of a signatory; NotFound alike for one that does not exist and for another's."""
    return read(db.session(), Signataire, signataire_id, actor, "Cette entreprise").nom


def first_referent(departement: str) -> str:
    """Name and function of the département's first référent, '' when none is named."""
    first = next(iter(_referents(departement)), None)
    return ", ".join(filter(None, (first.nom, first.fonction))) if first else ""
