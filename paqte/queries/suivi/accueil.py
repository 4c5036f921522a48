"""What a référent has to do next, in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, func, select

from paqte.domain.assemblage.donnees import ConventionLue
from paqte.domain.assemblage.tableaux.signataires import by_nature, paqte_of
from paqte.domain.attendus import Echeance, echeance
from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.calendrier.planification import is_proposed
from paqte.domain.conventions.rubriques import RubriqueLue
from paqte.domain.declarations.completude import Completude
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import (
    A_RENOUVELER,
    CHARTE,
    EN_VIGUEUR,
    ENTREPRISE,
    PROJET,
    SIGNEE,
    etat,
    is_to_complete,
)
from paqte.domain.statuts.declarations import TRANSMISE, VALIDEE
from paqte.models import Action, Convention, Declaration, Edition, Referent, db
from paqte.models.mouvement import DATES, RESTE, SIGNES
from paqte.queries.comptes import soon_erased
from paqte.queries.conventions import complete_since, count_findings, first_day, read_apart
from paqte.queries.courriels import RelanceSoon, count_paused, near_reminder
from paqte.queries.declarations import completeness_of, count_waiting
from paqte.queries.editions import EditionAwaited, EditionOvertaken, editions_to_send_again, overtaken_editions
from paqte.queries.kept import Subjects, kept, looking
from paqte.queries.perimetre import own_departement
from paqte.queries.pilotage import StepsDone, read_first_steps, read_rubriques
from paqte.queries.planificateur import count_failed
from paqte.queries.reglages import read_agenda

# Put together once: that costs more than what they ask, at each look after a declaration moved.
_PLACE: BindParameter[str] = bindparam("departement")
_STATES = select(Declaration.convention_id, Declaration.periode, Declaration.etat).where(
    Declaration.departement_code == _PLACE, Declaration.periode.in_(bindparam("codes", expanding=True))
)
_SENT = (
    select(func.count())
    .select_from(Declaration)
    .join(Convention, Convention.id == Declaration.convention_id)
    .where(Declaration.departement_code == _PLACE, Declaration.etat == TRANSMISE, Convention.dispositif != CHARTE)
)


class ConventionFlagged(NamedTuple):
    """A convention that asks for something; `jour` is the date that matters."""

    id: int
    numero: str
    signataire: str
    jour: date


class PeriodeIncomplete(NamedTuple):
    """Declarations of a closed period that have not come: neither sent nor validated.

    All the `en_retard` ones are late since `depuis` at least; of those still to come, the first is due on `dues_le`.
    A quarter is due before its semester, what was asked late after it (R42): each has its own day.
    """

    periode: Periode
    declarations: int
    en_retard: int
    depuis: date | None
    dues_le: date | None


# By window, what each convention owes in it, by key, as if nobody had begun.
Dues = Mapping[Periode, tuple[tuple[int, Echeance], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFound:
    """What depends on the day, on what was signed and on the dates asked, whatever is declared.

    `entreprises` and `autres_signataires` are bound by a PAQTE convention today, a SIREN once (R2, R3).
    """

    semestre: Periode
    is_semestre_owed: bool
    is_semestre_proposed: bool
    declarations_dues_le: date
    bilan_du_le: date
    entreprises: int
    autres_signataires: int
    conventions: int
    a_renouveler: tuple[ConventionFlagged, ...]
    projets: tuple[ConventionFlagged, ...]
    chartes: tuple[ConventionFlagged, ...]
    a_completer: tuple[ConventionFlagged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeSigned(HomeFound):
    """The same with what is owed, from which declarations are counted."""

    dues: Dues


class _HomeBeside(NamedTuple):
    """What depends on the day and on what documents tell beside declarations, whatever is declared."""

    dernieres_editions: int
    actions_a_relire: int
    textes: tuple[RubriqueLue, ...]
    is_referent_missing: bool
    suspendues: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeKept(HomeFound):
    """What depends on nothing but the day and the rows that documents read: the same as long as none moves.

    Counts are declarations of the last closed semester unless said.

    `attentes` speak of that semester and of the quarter closed since, when there is one (R11).
    """

    dernieres_editions: int
    attendues: int
    validees: int
    a_valider: int
    attentes: tuple[PeriodeIncomplete, ...]
    actions_a_relire: int
    textes: tuple[RubriqueLue, ...]
    is_referent_missing: bool
    suspendues: int

    @property
    def rubriques_vides(self) -> tuple[str, ...]:
        """Headings of the bilan in view that say nothing."""
        return tuple(t.titre for t in self.textes if not t.texte.strip())

    @property
    def textes_repris(self) -> tuple[str, ...]:
        """Headings of a bilan not yet produced that say what a former one said, confirmed by nobody (R36)."""
        is_awaited = self.is_semestre_owed and not self.dernieres_editions
        return tuple(t.titre for t in self.textes if t.is_repris) if is_awaited else ()

    @property
    def is_empty(self) -> bool:
        """Nothing has been entered yet."""
        return self.conventions == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(HomeKept):
    """What the home page shows: that, and what is read again at each look."""

    signalees: int
    completude: Completude
    taches_en_echec: int
    depassees: tuple[EditionOvertaken, ...]
    a_transmettre: tuple[EditionAwaited, ...]
    relance: RelanceSoon | None
    effacements: int
    constats: int
    pas: StepsDone


def home(*, actor: Acteur, now: datetime) -> HomePage:
    """The home page of a référent. Refused for whoever has no département."""
    departement = own_departement(actor)
    today = local_date(now, departement)
    session = db.session()

    def found() -> HomeKept:
        return _home_kept(departement, today, actor=actor)

    with looking(session, departement):
        standing = kept(session, departement, ("accueil", today), found)
        return HomePage(
            **{field.name: getattr(standing, field.name) for field in fields(standing)},
            completude=completeness_of(departement, last_closed(today, "S")),
            signalees=count_waiting(actor=actor),
            taches_en_echec=count_failed(actor=actor),
            depassees=overtaken_editions(departement),
            a_transmettre=tuple(editions_to_send_again(actor=actor)),
            relance=near_reminder(departement, today),
            effacements=len(soon_erased(actor=actor, now=now)),
            constats=count_findings(departement),
            pas=read_first_steps(departement),
        )


def _home_kept(departement: str, today: date, *, actor: Acteur) -> HomeKept:
    semestre = last_closed(today, "S")

    def signed() -> HomeSigned:
        return _home_signed(departement, today)

    def told() -> _HomeBeside:
        return _HomeBeside(
            dernieres_editions=_editions(departement, semestre),
            actions_a_relire=_actions_to_read(departement),
            textes=read_rubriques(actor=actor, departement=departement, periode=semestre),
            is_referent_missing=not _has_referent(departement),
            suspendues=count_paused(departement, today),
        )

    session, scope = db.session(), Subjects.of(SIGNES, DATES)
    standing = kept(session, departement, ("accueil", "signe", today), signed, scope)
    beside = kept(session, departement, ("accueil", "dit", today), told, Subjects.of(SIGNES, RESTE))
    owed = _where_they_stand(standing.dues, _states_by_convention(departement, standing.dues))
    return HomeKept(
        **{field.name: getattr(standing, field.name) for field in fields(standing) if field.name != "dues"},
        **beside._asdict(),
        attendues=len(owed[semestre]),
        validees=[e.etat for e in owed[semestre]].count(VALIDEE),
        a_valider=_to_validate(departement),
        attentes=tuple(_awaited(owed)),
    )


def _home_signed(departement: str, today: date) -> HomeSigned:
    semestre = last_closed(today, "S")
    conventions, chartes = read_apart(db.session(), departement)
    first, agenda = first_day(departement), read_agenda(departement)
    by_state = {c.id: etat(c.dates, today) for c in conventions}
    natures = by_nature(c for c in paqte_of(conventions) if by_state[c.id] in EN_VIGUEUR)
    return HomeSigned(
        semestre=semestre,
        is_semestre_owed=semestre.debut >= first,
        is_semestre_proposed=is_proposed(semestre, complete_since(departement), today),
        declarations_dues_le=agenda.campagne(semestre).echeance,
        bilan_du_le=agenda.campagne(semestre).publications[DOCUMENTS[BILAN].travail],
        entreprises=natures.pop(ENTREPRISE, 0),
        autres_signataires=sum(natures.values()),
        conventions=len(conventions) + len(chartes),
        a_renouveler=_signalled(conventions, by_state, A_RENOUVELER),
        projets=_signalled(conventions, by_state, PROJET),
        chartes=tuple(_signal(c) for c in chartes if c.dates.statut == SIGNEE and not c.dates.is_renewed),
        a_completer=tuple(_signal(c) for c in conventions if _lacks(c, by_state[c.id])),
        dues=_dues(conventions, agenda, today),
    )


def _dues(conventions: tuple[ConventionLue, ...], agenda: Agenda, today: date) -> Dues:
    """What is owed in the last closed semester and, when it is later, in the last closed quarter."""
    semestre, trimestre = last_closed(today, "S"), last_closed(today, "T")
    closed = (semestre,) if semestre.contains(trimestre) else (semestre, trimestre)
    grid = catalogue()
    # Of hundreds that are owed, a handful tell different things: each of these is one object.
    alike: dict[tuple[object, ...], Echeance] = {}

    def inside(c: ConventionLue, window: Periode) -> Iterator[tuple[int, Echeance]]:
        for periode in c.suivi.owed(window, grid):
            e = echeance(c.suivi, periode, None, agenda=agenda, today=today, grid=grid)
            yield c.id, alike.setdefault((id(e.dates), e.etat, e.is_owed, e.is_covered), e)

    return {window: tuple(one for c in conventions for one in inside(c, window)) for window in closed}


def _where_they_stand(dues: Dues, states: Mapping[int, Mapping[str, str]]) -> dict[Periode, list[Echeance]]:
    """The same, each with the state of its declaration when somebody opened it."""
    made: dict[tuple[int, str], Echeance] = {}

    def standing(convention: int, e: Echeance) -> Echeance:
        state = states.get(convention, {}).get(e.periode.code)
        if state is None:
            return e
        found = made.get((id(e), state))
        if found is None:
            found = made[id(e), state] = replace(e, etat=state)
        return found

    return {window: [standing(key, e) for key, e in owed] for window, owed in dues.items()}


def _awaited(owed: Mapping[Periode, list[Echeance]]) -> Iterator[PeriodeIncomplete]:
    for window, found in owed.items():
        missing = [e for e in found if e.is_missing]
        late = [e.limite for e in missing if e.is_late]
        coming = [e.limite for e in missing if e.limite >= e.today]
        if missing:
            yield PeriodeIncomplete(window, len(missing), len(late), max(late, default=None), min(coming, default=None))


def _states_by_convention(departement: str, windows: Iterable[Periode]) -> dict[int, dict[str, str]]:
    """State of each declaration of these semesters or quarters, by key of convention, then code of period."""
    codes = sorted({code for window in windows for code in window.declared()})
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for convention, periode, state in db.session.execute(_STATES, {"departement": departement, "codes": codes}):
        found[convention][periode] = state
    return dict(found)


def _to_validate(departement: str) -> int:
    """Declarations sent, of any period; a charte has none that counts (R7)."""
    return db.session.scalar(_SENT, {"departement": departement}) or 0


def _signalled(
    conventions: tuple[ConventionLue, ...], by_state: dict[int, str], wanted: str
) -> tuple[ConventionFlagged, ...]:
    found = [c for c in conventions if by_state[c.id] == wanted]
    return tuple(_signal(c) for c in sorted(found, key=lambda c: c.dates.effective_end))


def _lacks(c: ConventionLue, state: str) -> bool:
    return is_to_complete(c.dispositif, state, has_engagement=bool(c.engagements))


def _signal(c: ConventionLue) -> ConventionFlagged:
    return ConventionFlagged(c.id, c.numero, c.nom, c.dates.effective_end)


def _editions(departement: str, semestre: Periode) -> int:
    query = select(func.count()).where(Edition.departement_code == departement, Edition.periode == semestre.code)
    return db.session.scalar(query) or 0


def _actions_to_read(departement: str) -> int:
    query = select(func.count()).where(Action.departement_code == departement, Action.is_proofread.is_(False))
    return db.session.scalar(query) or 0


def _has_referent(departement: str) -> bool:
    return db.session.scalar(select(Referent.id).where(Referent.departement_code == departement).limit(1)) is not None
