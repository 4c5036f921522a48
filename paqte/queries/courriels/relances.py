"""Who is reminded of what on a day, and who is not and why: one function for the forecast and for the sending.

A person gets one mail, with all that waits for her in all her conventions, wherever they are (R12).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import ANIMATEUR
from paqte.domain.saisie.textes import french_order
from paqte.domain.statuts.declarations import BROUILLON
from paqte.domain.statuts.pilotage import OUI
from paqte.models import ContactSignataire, Rattachement, Relance, Signataire, Utilisateur, db
from paqte.queries.comptes import ContactInvited, contacts_invited, given_there
from paqte.queries.declarations import EcheanceLue, coming_echeances, list_echeances
from paqte.queries.kept import Marks, marks_of
from paqte.queries.reglages import places_saying

# A step comes back at the next period: quarters are three months apart.
ONE_STEP = timedelta(days=30)
# Asked for by a référent, outside the steps of the calendar.
MANUELLE = "manuelle"

REPONDU, SUSPENDU, FERME, SANS_COMPTE, DEJA = "repondu", "suspendu", "ferme", "sans_compte", "deja"
RIEN = "rien"  # of a selection alone: a step of the calendar leaves out whoever owes nothing
MOTIFS: dict[str, str] = {
    SANS_COMPTE: "Personne n’a de compte : à appeler",
    SUSPENDU: "Relances suspendues",
    FERME: "Saisie fermée",
    DEJA: "Déjà relancé",
    REPONDU: "A répondu",
    RIEN: "Rien n’attend de réponse",
}


class SignataireRelance(NamedTuple):
    id: int
    nom: str
    departement: str
    suspendu_jusquau: date | None
    # Those of it that one person is given; None for all.
    conventions: frozenset[int] | None = None

    def is_paused(self, day: date) -> bool:
        return self.suspendu_jusquau is not None and self.suspendu_jusquau >= day


class DeclarationAwaited(NamedTuple):
    """One declaration that waits for its company."""

    signataire: SignataireRelance
    echeance: EcheanceLue

    @property
    def is_draft(self) -> bool:
        return self.echeance.etat == BROUILLON


class Addressee(NamedTuple):
    """A person, and all that waits for her, what was due first coming first."""

    utilisateur_id: int
    nom: str
    courriel: str
    attendus: tuple[DeclarationAwaited, ...]
    is_shadow: bool = False

    @property
    def entreprises(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(a.signataire.nom for a in self.attendus))


class ContactToCall(NamedTuple):
    nom: str
    telephone: str


class SignataireSpared(NamedTuple):
    """A signatory that owes the period and gets no mail; `jour` ends its pause, or was the last one to answer."""

    signataire_id: int
    signataire: str
    motif: str
    jour: date | None = None
    contacts: tuple[ContactToCall, ...] = ()


class Prevision(NamedTuple):
    destinataires: tuple[Addressee, ...]
    ecartes: tuple[SignataireSpared, ...]


class _Personnes(NamedTuple):
    """The signatories that a forecast is about, the accounts of each, and all that these people hold."""

    own: Mapping[int, SignataireRelance]
    accounts: Mapping[int, list[ContactInvited]]
    theirs: Mapping[int, Mapping[int, SignataireRelance]]


@dataclass(slots=True)
class PrevisionShared:
    """What the steps of one page read once: they follow each other, and nothing is written between."""

    personnes: _Personnes | None = None
    contacts: dict[int, tuple[ContactToCall, ...]] = field(default_factory=dict)
    marks: dict[str, Marks] = field(default_factory=dict)

    def people(self, departement: str) -> _Personnes:
        if self.personnes is None:
            self.personnes = _people(departement, None, None)
        return self.personnes

    def echeances(self, departement: str, day: date, periode: Periode) -> Mapping[int, Sequence[EcheanceLue]]:
        if departement not in self.marks:
            self.marks[departement] = marks_of(db.session(), departement)
        return coming_echeances(departement, day, periode, marks=self.marks[departement])

    def to_call(self, signataires: Sequence[int]) -> Mapping[int, tuple[ContactToCall, ...]]:
        lacking = [key for key in signataires if key not in self.contacts]
        if lacking:
            self.contacts |= dict.fromkeys(lacking, ()) | contacts_to_call(lacking)
        return self.contacts


def forecast(
    *,
    departement: str,
    periode: Periode | None,
    etape: str,
    day: date,
    signataires: Collection[int] | None = None,
    personne: int | None = None,
    deja: Collection[int] = (),
    but: int = 0,
    is_shown: bool = False,
    readings: PrevisionShared | None = None,
) -> Prevision:
    """Who gets a mail on this civil day for what the département's signatories owe of a period, and who does not.

    `periode` None is whatever waits. `signataires` and `personne` narrow it; `deja` are accounts written to that day
    by a step that comes before; `but` is a mail that waits to leave, no reminder of that day yet. `is_shown`,
    as the département is told: what another one awaits of a person, or wrote to her, is its own matter (R30).
    `readings`, given by a page to each of its steps, holds what they owe once read; accounts are read anew. A sending
    gives none.
    A constant number of statements, whatever their number, a département of the people.
    """
    own, accounts, theirs = readings.people(departement) if readings else _people(departement, signataires, personne)
    known = {**own, **{key: s for given in theirs.values() for key, s in given.items()}}
    waiting = _coming(known, day, periode, readings) if readings and periode else _echeances(known, day)
    done = frozenset(deja) | reminded(theirs, departement, etape, day, but=but, is_own=is_shown)
    wanted, left, alone = _sorted_out(own, waiting, accounts, periode, day)
    contacts = (readings or PrevisionShared()).to_call(alone) if personne is None else {}
    left += [SignataireSpared(key, own[key].nom, SANS_COMPTE, None, contacts.get(key, ())) for key in alone]
    people: dict[int, ContactInvited] = {c.utilisateur_id: c for concerned in wanted.values() for c in concerned}
    written = [c for key, c in sorted(people.items()) if key not in done]
    told = {c.utilisateur_id for c in written}
    shown = {key: _own_of(given, departement) for key, given in theirs.items()} if is_shown else theirs
    left += [
        SignataireSpared(key, own[key].nom, DEJA)
        for key, concerned in wanted.items()
        if told.isdisjoint(c.utilisateur_id for c in concerned)
    ]
    return Prevision(
        tuple(
            Addressee(
                c.utilisateur_id, c.nom, c.courriel, _waiting_for(shown[c.utilisateur_id], waiting, day), c.is_shadow
            )
            for c in written
        ),
        tuple(sorted(left, key=lambda e: (list(MOTIFS).index(e.motif), french_order(e.signataire)))),
    )


def _sorted_out(
    own: Mapping[int, SignataireRelance],
    echeances: Mapping[int, Sequence[EcheanceLue]],
    accounts: Mapping[int, list[ContactInvited]],
    periode: Periode | None,
    day: date,
) -> tuple[dict[int, list[ContactInvited]], list[SignataireSpared], list[int]]:
    """Whom to write to by signatory, those not written about with the reason, and those where nobody has an account."""
    wanted: dict[int, list[ContactInvited]] = {}
    alone: list[int] = []
    left: list[SignataireSpared] = []
    for key, signataire in own.items():
        owed = [e for e in echeances.get(key, ()) if periode in (None, e.periode) and e.is_owed and e.is_open]
        reason = _reason(signataire, owed, day)
        if reason is not None:
            left.append(reason)
        elif waits := {e.convention_id for e in owed if e.is_waiting}:
            concerned = [c for c in accounts.get(key, ()) if c.conventions is None or c.conventions & waits]
            if concerned:
                wanted[key] = concerned
            else:
                alone.append(key)
    return wanted, left, alone


def _reason(signataire: SignataireRelance, owed: Sequence[EcheanceLue], day: date) -> SignataireSpared | None:
    """Why nothing is written to this signatory; None when something waits, or when nothing is owed."""
    if not owed:
        return None
    if not any(e.is_waiting for e in owed):
        shut = next((e for e in owed if e.is_closed), None)
        motif, jour = (FERME, shut.fermeture) if shut else (REPONDU, None)
        return SignataireSpared(signataire.id, signataire.nom, motif, jour)
    if signataire.is_paused(day):
        return SignataireSpared(signataire.id, signataire.nom, SUSPENDU, signataire.suspendu_jusquau)
    return None


def _waiting_for(
    signataires: Mapping[int, SignataireRelance], echeances: Mapping[int, Sequence[EcheanceLue]], day: date
) -> tuple[DeclarationAwaited, ...]:
    found = [
        DeclarationAwaited(s, e)
        for key, s in signataires.items()
        if not s.is_paused(day)
        for e in echeances.get(key, ())
        if e.is_waiting and e.is_owed and (s.conventions is None or e.convention_id in s.conventions)
    ]
    return tuple(sorted(found, key=lambda a: (a.echeance.limite, a.signataire.nom, a.echeance.convention)))


def _own_of(signataires: Mapping[int, SignataireRelance], departement: str) -> dict[int, SignataireRelance]:
    return {key: one for key, one in signataires.items() if one.departement == departement}


_COLUMNS = (Signataire.id, Signataire.nom, Signataire.departement_code, Signataire.relances_suspendues_jusquau)


def _signatories(departement: str, only: Collection[int] | None) -> dict[int, SignataireRelance]:
    query = select(*_COLUMNS).where(Signataire.departement_code == departement)
    query = query.order_by(Signataire.recherche, Signataire.id)
    if only is not None:
        query = query.where(Signataire.id.in_(only))
    return {row[0]: SignataireRelance(*row) for row in db.session.execute(query)}


def _signatories_of(
    people: Collection[int], writes_to_animateurs: Callable[[str], bool]
) -> dict[int, dict[int, SignataireRelance]]:
    """Everything given to these people, in every département that has them reminded."""
    if not people:
        return {}
    query = (
        select(Rattachement.utilisateur_id, Utilisateur.role, Rattachement.convention_id, *_COLUMNS)
        .join(Signataire, Signataire.id == Rattachement.signataire_id)
        .join(Utilisateur, Utilisateur.id == Rattachement.utilisateur_id)
        .where(Rattachement.utilisateur_id.in_(people), Rattachement.is_suspendu.is_(False))
        .order_by(Signataire.recherche, Signataire.id, Rattachement.id)
    )
    found: defaultdict[int, dict[int, SignataireRelance]] = defaultdict(dict)
    for person, role, convention, key, nom, departement, paused in db.session.execute(query):
        if role == ANIMATEUR and not writes_to_animateurs(departement):
            continue
        before = found[person].get(key)
        held = given_there(convention, before.conventions if before else frozenset())
        found[person][key] = SignataireRelance(key, nom, departement, paused, held)
    return dict(found)


def _people(departement: str, signataires: Collection[int] | None, personne: int | None) -> _Personnes:
    own = _signatories(departement, signataires if personne is None else _given_to(personne))
    writes = places_saying("relances_animateurs", OUI)
    reached = [key for key, one in own.items() if writes(one.departement)]
    accounts = contacts_invited(db.session(), own, personne=personne, with_animateurs=reached)
    people = {c.utilisateur_id for given in accounts.values() for c in given}
    return _Personnes(own, accounts, _signatories_of(people, writes))


def _coming(
    signataires: Mapping[int, SignataireRelance], day: date, periode: Periode, readings: PrevisionShared
) -> dict[int, Sequence[EcheanceLue]]:
    """The same as a page foresees it, from what is kept: what is sent and of another period matters to no step."""
    places = {s.departement for s in signataires.values()}
    owed = {place: readings.echeances(place, day, periode) for place in places}
    return {key: owed[s.departement].get(key, ()) for key, s in signataires.items()}


def _echeances(signataires: Mapping[int, SignataireRelance], day: date) -> dict[int, Sequence[EcheanceLue]]:
    """What each owes, by signatory."""
    by_departement: defaultdict[str, list[int]] = defaultdict(list)
    for key, signataire in signataires.items():
        by_departement[signataire.departement].append(key)
    found: defaultdict[int, list[EcheanceLue]] = defaultdict(list)
    for departement, keys in by_departement.items():
        for echeance in list_echeances(keys, departement, day):
            found[echeance.signataire_id].append(echeance)
    return dict(found)


def reminded(
    people: Collection[int], departement: str, etape: str, day: date, *, but: int = 0, is_own: bool = False
) -> frozenset[int]:
    """Those written to on that day, or for this very step: a task taken up again after midnight repeats nothing.

    `is_own`: by this département alone, a mail put off to a later day included.
    """
    if not people:
        return frozenset()
    r = Relance
    same_step = (r.departement_code == departement) & (r.etape == etape) & (r.jour > day - ONE_STEP) & (r.jour <= day)
    that_day = (r.departement_code == departement) & (r.jour >= day) if is_own else r.jour == day
    already = that_day if etape == MANUELLE else that_day | same_step
    return frozenset(
        db.session.scalars(select(r.utilisateur_id).where(r.utilisateur_id.in_(people), already, r.courriel_id != but))
    )


def _given_to(personne: int) -> list[int]:
    query = select(Rattachement.signataire_id).where(Rattachement.utilisateur_id == personne)
    return list(db.session.scalars(query))


def contacts_to_call(signataires: Sequence[int]) -> dict[int, tuple[ContactToCall, ...]]:
    """The contacts of each of these, in the order of the card."""
    c = ContactSignataire
    query = select(c.signataire_id, c.nom, c.telephone).where(c.signataire_id.in_(signataires)).order_by(c.id)
    found: dict[int, tuple[ContactToCall, ...]] = {}
    for key, nom, telephone in db.session.execute(query):
        found[key] = (*found.get(key, ()), ContactToCall(nom, telephone))
    return found
