"""What a département owes over a period: a line for each declaration, typed or not (R5, R11, R13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select

from paqte.domain.acteurs import Acteur
from paqte.domain.agenda import Agenda
from paqte.domain.attendus import Suivi, owed_indicators
from paqte.domain.catalogue import Catalogue, catalogue
from paqte.domain.conventions import CHARTE, PROJET, SEMESTRE, TRIMESTRE, Dates
from paqte.domain.declarations import A_COMPLETER, A_SAISIR, BROUILLON, MANQUANTE, NEVER_SENT, TRANSMISE, VALIDEE
from paqte.domain.periodes import Periode, local_date
from paqte.models import Convention, Declaration, Engagement, Realisation, Signataire, db
from paqte.queries.conventions import first_day, read_former
from paqte.queries.perimetre import readable, require_readable_departement
from paqte.queries.reglages import read_agenda

SENT = frozenset({TRANSMISE, VALIDEE})
# What the référent does next, by state; the order is that of a list sorted by urgency.
SUITES: dict[str, str] = {
    TRANSMISE: "Lire et valider",
    A_COMPLETER: "Compléter",
    BROUILLON: "Terminer la saisie",
    A_SAISIR: "Saisir",
    VALIDEE: "Consulter",
}


@dataclass(frozen=True, slots=True)
class DeclarationAttendue:
    """One declaration a convention owes. `declaration_id` is None while nobody opened it.

    `dus` and `repondus` count engagements; `is_owed` is False for one typed although the convention owes nothing.
    """

    convention_id: int
    convention: str
    signataire_id: int
    signataire: str
    rythme: str
    periode: Periode
    etat: str
    declaration_id: int | None
    dus: int
    repondus: int
    ouverture: date
    echeance: date
    is_open: bool
    is_late: bool
    is_owed: bool
    transmise_le: datetime | None
    validee_le: datetime | None
    is_on_behalf: bool

    @property
    def manquants(self) -> int:
        return self.dus - self.repondus

    @property
    def suite(self) -> str:
        """What to do next, in two words."""
        return SUITES[self.etat] if self.is_open or self.etat != A_SAISIR else ""


@dataclass(frozen=True, slots=True)
class Attendues:
    """Everything owed; `semestriels` counts the conventions that declare by semester inside a lone quarter (R11)."""

    lignes: tuple[DeclarationAttendue, ...]
    semestriels: int

    def counts(self) -> dict[str, int]:
        """How many lines in each state."""
        counted = dict.fromkeys(SUITES, 0)
        for ligne in self.lignes:
            counted[ligne.etat] += 1
        return counted


class _Convention(NamedTuple):
    id: int
    numero: str
    rythme: str
    statut: str
    debut: date
    fin: date
    resiliee_le: date | None
    signataire_id: int
    signataire: str

    @property
    def dates(self) -> Dates:
        return Dates(self.statut, self.debut, self.fin, self.resiliee_le)

    def is_in_force(self, window: Periode) -> bool:
        """At least one day of it."""
        return window.overlaps(self.debut, self.dates.effective_end)


class _Declaree(NamedTuple):
    id: int
    convention_id: int
    periode: str
    etat: str
    transmise_le: datetime | None
    validee_le: datetime | None
    is_on_behalf: bool


def owed_declarations(*, actor: Acteur, departement: str, periodes: Sequence[Periode], now: datetime) -> Attendues:
    """Each declaration owed inside these periods, by name of signatory. Eight statements, whatever the size.

    `periodes` are quarters, semesters or years that do not overlap. NotFound when the département is not the
    actor's to read.
    """
    require_readable_departement(actor, departement)
    codes = [p.code for window in periodes for genre in _genres(window) for p in window.parts(genre)]
    conventions = _conventions(actor, departement, periodes, codes)
    declared = _declared(actor, departement, codes)
    owing = _Owing(
        _engaged(actor, departement),
        _answered(actor, departement, codes),
        catalogue(),
        first_day(departement),
        read_former(Convention.departement_code == departement),
    )
    agenda, today = read_agenda(departement), local_date(now, departement)
    lignes = [
        ligne
        for c in conventions
        for ligne in _lines(c, periodes, declared.get(c.id, {}), owing, agenda=agenda, today=today)
    ]
    too_long = [c for c in conventions if any(_is_longer(c, owing, p) for p in periodes)]
    return Attendues(tuple(lignes), len(too_long))


class _Owing(NamedTuple):
    """Engagements by convention, answered ones by declaration; since when the département follows, what was over."""

    engaged: Mapping[int, Mapping[int, str]]
    answered: Mapping[int, frozenset[int]]
    grid: Catalogue
    depuis: date
    anterieures: Mapping[int, Mapping[str, date | None]]

    def suivi(self, c: _Convention) -> Suivi:
        """What tells what a convention owes (R41, R42)."""
        promised = tuple(self.engaged.get(c.id, {}).values())
        return Suivi(c.dates, c.rythme, promised, self.depuis, self.anterieures.get(c.id, {}))

    def counted(self, convention: int, periode: Periode, declaration: int | None) -> tuple[int, int]:
        """How many engagements owe an answer, and how many of those have one (R13)."""
        engaged = self.engaged.get(convention, {})
        counting = set(owed_indicators(engaged.values(), periode, self.grid))
        owed = {key for key, code in engaged.items() if code in counting}
        return len(owed), len(owed & self.answered.get(declaration or 0, frozenset()))


def _is_longer(c: _Convention, owing: _Owing, window: Periode) -> bool:
    """Whether a semester declarant is in force in a lone quarter: it owes its semester, and nothing here (R11)."""
    if window.genre != TRIMESTRE or c.rythme != SEMESTRE or not c.is_in_force(window):
        return False
    return bool(owing.suivi(c).owed(Periode.containing(window.debut, SEMESTRE), owing.grid))


def _genres(periode: Periode) -> tuple[str, ...]:
    return ("T",) if periode.genre == "T" else ("S", "T")


def _lines(
    c: _Convention,
    periodes: Sequence[Periode],
    declared: Mapping[str, _Declaree],
    owing: _Owing,
    *,
    agenda: Agenda,
    today: date,
) -> Iterable[DeclarationAttendue]:
    suivi = owing.suivi(c)
    owed = [p for window in periodes for p in suivi.owed(window, owing.grid)]
    unexpected = [Periode.from_code(code) for code in declared if Periode.from_code(code) not in owed]
    for periode in sorted((*owed, *unexpected), key=lambda p: p.fin):
        row = declared.get(periode.code)
        key, etat = (row.id, row.etat) if row else (None, A_SAISIR)
        dus, repondus = owing.counted(c.id, periode, key)
        dates, is_owed = agenda.campagne(periode, suivi.since(periode)), periode in owed
        yield DeclarationAttendue(
            convention_id=c.id,
            convention=c.numero,
            signataire_id=c.signataire_id,
            signataire=c.signataire,
            rythme=c.rythme,
            periode=periode,
            etat=etat,
            declaration_id=key,
            dus=dus,
            repondus=repondus,
            ouverture=dates.ouverture,
            echeance=dates.echeance,
            is_open=today >= dates.ouverture,
            is_late=is_owed and etat in NEVER_SENT and today > dates.echeance,
            is_owed=is_owed,
            transmise_le=row.transmise_le if row else None,
            validee_le=row.validee_le if row else None,
            is_on_behalf=bool(row and row.is_on_behalf),
        )


def _conventions(actor: Acteur, departement: str, periodes: Sequence[Periode], codes: list[str]) -> list[_Convention]:
    """Conventions that bind in these periods, or that declared in them all the same."""
    declaring = select(Declaration.convention_id).where(
        Declaration.departement_code == departement, Declaration.periode.in_(codes)
    )
    first, last = min(p.debut for p in periodes), max(p.fin for p in periodes)
    binding = (Convention.statut != PROJET) & (Convention.debut < last) & (Convention.fin >= first)
    query = (
        select(
            Convention.id,
            Convention.numero,
            Convention.rythme,
            Convention.statut,
            Convention.debut,
            Convention.fin,
            Convention.resiliee_le,
            Convention.signataire_id,
            Signataire.nom,
        )
        .join(Signataire, Signataire.id == Convention.signataire_id)
        .where(*_inside(actor, departement), or_(binding, Convention.id.in_(declaring)))
    )
    found = [_Convention._make(row) for row in db.session.execute(query)]
    return sorted(found, key=lambda c: (c.signataire.casefold(), c.numero))


def _inside(actor: Acteur, departement: str) -> tuple[ColumnElement[bool], ...]:
    """A charte owes nothing: it is to be transformed first (R7)."""
    return (
        readable(Convention, actor),
        Convention.departement_code == departement,
        Convention.dispositif != CHARTE,
    )


def _engaged(actor: Acteur, departement: str) -> dict[int, dict[int, str]]:
    query = (
        select(Engagement.convention_id, Engagement.id, Engagement.indicateur)
        .join(Convention, Convention.id == Engagement.convention_id)
        .where(*_inside(actor, departement))
    )
    engaged: dict[int, dict[int, str]] = {}
    for convention, engagement, indicateur in db.session.execute(query):
        engaged.setdefault(convention, {})[engagement] = indicateur
    return engaged


def _declared(actor: Acteur, departement: str, codes: list[str]) -> dict[int, dict[str, _Declaree]]:
    query = select(
        Declaration.id,
        Declaration.convention_id,
        Declaration.periode,
        Declaration.etat,
        Declaration.transmise_le,
        Declaration.validee_le,
        Declaration.is_on_behalf,
    ).where(readable(Declaration, actor), Declaration.departement_code == departement, Declaration.periode.in_(codes))
    declared: dict[int, dict[str, _Declaree]] = {}
    for row in map(_Declaree._make, db.session.execute(query)):
        declared.setdefault(row.convention_id, {})[row.periode] = row
    return declared


def _answered(actor: Acteur, departement: str, codes: list[str]) -> dict[int, frozenset[int]]:
    query = (
        select(Realisation.declaration_id, Realisation.engagement_id)
        .join(Declaration, Declaration.id == Realisation.declaration_id)
        .where(
            readable(Declaration, actor),
            Declaration.departement_code == departement,
            Declaration.periode.in_(codes),
            Realisation.reponse != MANQUANTE,
        )
    )
    answered: dict[int, set[int]] = {}
    for declaration, engagement in db.session.execute(query):
        answered.setdefault(declaration, set()).add(engagement)
    return {key: frozenset(found) for key, found in answered.items()}
