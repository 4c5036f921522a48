"""What signatories owe, as the base has it: one read for their page, the référent's list, reminders (R11, R12, R42)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from paqte.domain.attendus import Echeance, Suivi, echeance_row, periods_told
from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import Catalogue, catalogue
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.domain.statuts.conventions import CHARTE, PROJET, Dates
from paqte.domain.statuts.declarations import A_COMPLETER, NEVER_SENT, SENT
from paqte.models import Convention, Declaration, Engagement, Retour, Signataire, db
from paqte.models.mouvement import LIENS, SIGNES
from paqte.queries.conventions import first_day, is_renewed, read_former
from paqte.queries.kept import Marks, State, Subjects, kept, made_again, standing_of
from paqte.queries.perimetre import readable
from paqte.queries.reglages import read_agenda


class ConventionSigned(NamedTuple):
    id: int
    signataire_id: int
    signataire: str
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


class DeclarationFound(NamedTuple):
    """A declaration that somebody opened."""

    id: int
    etat: str
    transmise_le: datetime | None
    validee_le: datetime | None
    is_on_behalf: bool


class ConventionAsked(NamedTuple):
    """A convention with what tells what it owes, its engagements by key and its declarations by code of period."""

    convention: ConventionSigned
    suivi: Suivi
    engages: Mapping[int, str]
    declarees: Mapping[str, DeclarationFound]

    @property
    def etats(self) -> dict[str, str]:
        """State of each declaration, by code of period."""
        return {code: one.etat for code, one in self.declarees.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class EcheanceLue(Echeance):
    """One declaration of a convention; `questions` are what the référent asked and still waits for."""

    signee: ConventionSigned
    declaree: DeclarationFound | None
    questions: tuple[str, ...] = ()

    @property
    def signataire_id(self) -> int:
        return self.signee.signataire_id

    @property
    def convention_id(self) -> int:
        return self.signee.id

    @property
    def convention(self) -> str:
        """Its number."""
        return self.signee.numero

    @property
    def declaration_id(self) -> int | None:
        return self.declaree.id if self.declaree else None

    @property
    def transmise_le(self) -> datetime | None:
        return self.declaree.transmise_le if self.declaree else None

    @property
    def validee_le(self) -> datetime | None:
        return self.declaree.validee_le if self.declaree else None


class ConventionsFound(NamedTuple):
    """What signatories of one département owe, read once: days may be asked of it as long as nothing is written."""

    agenda: Agenda
    followed: Sequence[ConventionAsked]
    asked: Mapping[int, tuple[str, ...]]

    def on(self, today: date, only: Periode | None = None) -> Iterator[EcheanceLue]:
        """As list_echeances says, on that civil day; with `only`, of what was sent that period alone."""
        for one in self.followed:
            yield from echeances_of(one, self.agenda, today, asked=self.asked, only=only)


def read_followed(
    departement: str, *conditions: ColumnElement[bool], actor: Acteur, codes: Collection[str] | None = None
) -> list[ConventionAsked]:
    """The conventions of a département that meet these conditions, oldest first; a charte owes nothing (R7).

    Their declarations of the periods of `codes`, or all. Five statements, whatever their number.
    """
    wanted = (*conditions, *_owing(departement))
    declared = read_declared(*wanted, actor=actor, codes=codes)
    return [ConventionAsked(*one, declared.get(one[0].id, {})) for one in _followed(departement, *wanted, actor=actor)]


def read_all_followed(departement: str, codes: Collection[str] | None = None) -> list[ConventionAsked]:
    """The same of every convention of the département, for whoever reads all of it.

    What each owes is kept until something that was signed moves, its declarations are read anew. Two statements then.
    """
    declared = read_declared(*_owing(departement), actor=PLANIFICATEUR, codes=codes)
    return [ConventionAsked(*one, declared.get(one[0].id, {})) for one in _kept_followed(departement)]


def _kept_followed(departement: str, marks: Marks | None = None) -> list[_Followed]:
    def followed() -> list[_Followed]:
        return list(_followed(departement, *_owing(departement), actor=PLANIFICATEUR))

    return kept(db.session(), departement, "suivis", followed, Subjects.of(SIGNES), marks=marks)


_Followed = tuple[ConventionSigned, Suivi, Mapping[int, str]]


def _owing(departement: str) -> tuple[ColumnElement[bool], ...]:
    return Convention.departement_code == departement, Convention.dispositif != CHARTE


def _followed(departement: str, *wanted: ColumnElement[bool], actor: Acteur) -> Iterator[_Followed]:
    first, former = first_day(departement), read_former(*wanted, readable(Convention, actor))
    engaged = _engaged(*wanted, actor=actor)
    for c in _signed(*wanted, actor=actor):
        promised = engaged.get(c.id, {})
        yield c, Suivi(c.dates, c.rythme, tuple(promised.values()), first, former.get(c.id, {})), promised


def echeances_of(
    one: ConventionAsked,
    agenda: Agenda,
    today: date,
    windows: Sequence[Periode] | None = None,
    *,
    asked: Mapping[int, tuple[str, ...]] | None = None,
    only: Periode | None = None,
) -> Iterator[EcheanceLue]:
    """What it owes or began, as domain.attendus.echeances says; `asked` gives questions by key of declaration.

    With `only`, of what was sent that period alone: the others ask nothing of anybody.
    """
    suivi, grid = one.suivi, catalogue()
    for periode in periods_told(suivi, one.declarees, today=today, grid=grid, windows=windows):
        known = one.declarees.get(periode.code)
        if only is None or periode == only or known is None or known.etat not in SENT:
            yield EcheanceLue(
                *echeance_row(suivi, periode, known.etat if known else None, agenda=agenda, today=today, grid=grid),
                signee=one.convention, declaree=known, questions=(asked or {}).get(known.id, ()) if known else (),
            )  # fmt: skip


def list_echeances(
    signataires: Sequence[int], departement: str, today: date, *, actor: Acteur = PLANIFICATEUR
) -> Iterator[EcheanceLue]:
    """Every declaration these signatories owe until the one that opens next (R11, R12); a charte owes nothing (R7).

    Eight statements, whatever their number; `today` is a civil day of the département, a coming one for a forecast.
    A page says for whom: an animateur may have some of their conventions only. Without an actor, as a reminder sees it.
    """
    yield from read_attendus(signataires, departement, actor=actor).on(today)


def read_attendus(signataires: Sequence[int], departement: str, *, actor: Acteur = PLANIFICATEUR) -> ConventionsFound:
    """What `list_echeances` reads, to be asked of several days. Eight statements."""
    theirs = (Convention.signataire_id.in_(signataires), Convention.statut != PROJET)
    agenda, followed = read_agenda(departement), read_followed(departement, *theirs, actor=actor)
    asked = _asked([d.id for one in followed for d in one.declarees.values() if d.etat == A_COMPLETER])
    return ConventionsFound(agenda, followed, asked)


def coming_echeances(
    departement: str, today: date, periode: Periode, *, marks: Marks
) -> Mapping[int, Sequence[EcheanceLue]]:
    """What every signatory of a département owes on a coming day, by key: what it has to do, and that period (R12).

    For pages alone, which ask again of many days: kept as long as no row that documents read moves. Questions are not
    read, nor when a draft was typed. `marks` are the département's, read just before.
    What each convention owes is worked out again where one of its declarations, or what was signed, moved.
    """
    session = db.session()

    def found() -> ConventionsFound:
        former_of = partial(_followed_again, departement, marks)
        followed = made_again(session, departement, "declarees", former_of).followed
        signed = [one for one in followed if one.convention.statut != PROJET]
        return ConventionsFound(read_agenda(departement), signed, asked={})

    def by_signatory() -> Mapping[int, Sequence[EcheanceLue]]:
        conventions = kept(session, departement, "attendus", found, marks=marks)
        asked = partial(_echeances_again, conventions, today, periode)
        theirs: defaultdict[int, list[EcheanceLue]] = defaultdict(list)
        for key, one in made_again(session, departement, ("echeances", today, periode.code), asked).by_convention:
            theirs[key].extend(one)
        return dict(theirs)

    return kept(session, departement, ("echeances", today, periode.code), by_signatory, marks=marks)


class _DeclarationsMade(NamedTuple):
    """Declarations by period, then by convention, beside the state of each period as they were read."""

    etats: dict[str, State]
    by_period: dict[str, dict[int, DeclarationFound]]


class _ConventionsMade(NamedTuple):
    declared: _DeclarationsMade
    followed: Sequence[ConventionAsked]


def _followed_again(departement: str, marks: Marks, former: _ConventionsMade | None) -> _ConventionsMade:
    """Every convention that owes; one of which nothing moved is the very one of before."""
    declared = _declared_again(departement, marks, former.declared if former else None)
    known = {one.convention.id: one for one in former.followed} if former else {}

    def asked(signed: ConventionSigned, suivi: Suivi, promised: Mapping[int, str]) -> ConventionAsked:
        its = {code: found[signed.id] for code, found in declared.by_period.items() if signed.id in found}
        had = known.get(signed.id)
        if had is not None and had.suivi is suivi and had.declarees == its:
            return had
        return ConventionAsked(signed, suivi, promised, dict(sorted(its.items(), key=lambda one: one[1].id)))

    return _ConventionsMade(declared, [asked(*one) for one in _kept_followed(departement, marks)])


def _declared_again(departement: str, marks: Marks, former: _DeclarationsMade | None) -> _DeclarationsMade:
    """Every declaration of the département, those of the periods that moved alone being read again."""
    d = Declaration
    codes = db.session.scalars(select(d.periode).where(d.departement_code == departement).distinct())
    etats = {code: standing_of(marks, Subjects.of(SIGNES, LIENS, code)) for code in sorted(codes)}
    known = former.by_period if former else {}
    stands = [code for code, etat in etats.items() if former is not None and former.etats.get(code) == etat]
    by_period = {code: known[code] if code in stands else {} for code in etats}
    lacking = [code for code in etats if code not in stands]
    read = read_declared(*_owing(departement), actor=PLANIFICATEUR, codes=lacking) if lacking else {}
    for convention, theirs in read.items():
        for code, one in theirs.items():
            by_period[code][convention] = one
    return _DeclarationsMade(etats, by_period)


class _EcheancesMade(NamedTuple):
    """What each convention owes on a day, by signatory, beside what it was worked out from."""

    agenda: Agenda
    grid: Catalogue
    followed: Sequence[ConventionAsked]
    by_convention: Sequence[tuple[int, Sequence[EcheanceLue]]]


def _echeances_again(
    found: ConventionsFound, today: date, periode: Periode, former: _EcheancesMade | None
) -> _EcheancesMade:
    """What these conventions owe on a day; that of a convention of which nothing moved stands."""
    grid, known = catalogue(), {}
    if former is not None and former.agenda == found.agenda and former.grid is grid:
        known = {id(one): told for one, told in zip(former.followed, former.by_convention, strict=True)}

    def told(one: ConventionAsked) -> tuple[int, Sequence[EcheanceLue]]:
        owed = echeances_of(one, found.agenda, today, asked=found.asked, only=periode)
        return known.get(id(one)) or (one.convention.signataire_id, tuple(owed))

    return _EcheancesMade(found.agenda, grid, found.followed, [told(one) for one in found.followed])


def signed_conventions(signataires: Sequence[int], *, actor: Acteur = PLANIFICATEUR) -> list[ConventionSigned]:
    """Signed conventions of signatories within one's reach, oldest first: a projet is the préfecture's own work."""
    return _signed(Convention.signataire_id.in_(signataires), Convention.statut != PROJET, actor=actor)


def closed_on(*, convention_id: int, departement: str, periode: Periode, etat: str, today: date) -> date | None:
    """The last day on which a company could answer, once it is over and the answer was never sent; else None."""
    depuis = read_former(Convention.id == convention_id).get(convention_id, {}).get(periode.code)
    one = read_agenda(departement).campagne(periode, depuis)
    return one.fermeture if etat in NEVER_SENT and one.is_closed_to_companies(today) else None


def opens_on(*, departement: str, periode: Periode, etat: str, today: date) -> date | None:
    """The day from which an answer that was never sent may be, while that day is to come; else None (R12)."""
    opening = read_agenda(departement).campagne(periode).ouverture
    return opening if etat in NEVER_SENT and today < opening else None


def _signed(*conditions: ColumnElement[bool], actor: Acteur) -> list[ConventionSigned]:
    c = Convention
    query = (
        select(
            c.id, c.signataire_id, Signataire.nom, c.numero, c.dispositif, c.rythme, c.statut, c.debut, c.fin,
            c.resiliee_le, is_renewed().label("is_renewed"),
        )
        .join(Signataire, Signataire.id == c.signataire_id)
        .where(*conditions, readable(c, actor))
        .order_by(c.debut, c.id)
    )  # fmt: skip
    return [ConventionSigned._make(row) for row in db.session.execute(query)]


def _engaged(*conditions: ColumnElement[bool], actor: Acteur) -> dict[int, dict[int, str]]:
    """Indicator of each engagement, by convention then engagement."""
    query = select(Engagement.convention_id, Engagement.id, Engagement.indicateur)
    query = query.join(Convention, Convention.id == Engagement.convention_id)
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for convention, key, code in db.session.execute(
        query.where(*conditions, readable(Convention, actor)).order_by(Engagement.id)
    ):
        found[convention][key] = code
    return dict(found)


def read_declared(
    *conditions: ColumnElement[bool], actor: Acteur, codes: Collection[str] | None = None
) -> dict[int, dict[str, DeclarationFound]]:
    """Declarations that the actor reads, by convention then code of period."""
    d = Declaration
    query = select(d.convention_id, d.periode, d.id, d.etat, d.transmise_le, d.validee_le, d.is_on_behalf)
    query = query.join(Convention, Convention.id == d.convention_id).where(*conditions, readable(d, actor))
    if codes is not None:
        query = query.where(d.periode.in_(codes))
    found: defaultdict[int, dict[str, DeclarationFound]] = defaultdict(dict)
    for convention, periode, *row in db.session.execute(query.order_by(d.id)):
        found[convention][periode] = DeclarationFound._make(row)
    return dict(found)


def _asked(declarations: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Questions that still wait, with who asks them, by key of declaration."""
    query = (
        select(Retour.declaration_id, Retour.commentaire, Retour.par)
        .where(Retour.declaration_id.in_(declarations), Retour.is_answered.is_(False))
        .order_by(Retour.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for key, text, author in db.session.execute(query):
        found[key] = (*found.get(key, ()), f"{author} : {text}")
    return found
