"""What a département owes over a period: a line for each declaration, typed or not (R5, R11, R13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from paqte.domain.attendus import is_semester_declarant, owed_indicators
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import french_order
from paqte.domain.statuts.conventions import PROJET
from paqte.domain.statuts.declarations import (
    A_COMPLETER,
    A_SAISIR,
    BROUILLON,
    NEVER_SENT,
    TRANSMISE,
    VALIDEE,
)
from paqte.models import Convention, Declaration, db
from paqte.models.mouvement import DATES, LIENS, RESTE, SIGNES
from paqte.queries.conventions import first_day
from paqte.queries.declarations.attendus import (
    ConventionAsked,
    ConventionSigned,
    EcheanceLue,
    echeances_of,
    read_all_followed,
    read_declared,
    read_followed,
)
from paqte.queries.kept import Subjects, kept
from paqte.queries.perimetre import readable, reads_whole, require_readable_departement
from paqte.queries.reglages import read_agenda
from paqte.queries.reponses import read_answered

# What the référent does next, by state; the order is that of a list sorted by urgency.
SUITES: dict[str, str] = {
    TRANSMISE: "Lire et valider",
    A_COMPLETER: "Corriger",
    BROUILLON: "Terminer la saisie",
    A_SAISIR: "Saisir",
    VALIDEE: "Consulter",
}
# Who must act on a line, in the order of the list: the référent, then the company, then the référent again.
A_VALIDER, A_RELANCER, INCOMPLETE, COMPLETE, SANS_SUITE = "a_valider", "a_relancer", "incomplete", "complete", "aucune"
GROUPES: dict[str, str] = {
    A_VALIDER: "À valider par vous",
    A_RELANCER: "À relancer",
    INCOMPLETE: "Validées mais incomplètes",
    COMPLETE: "Validées et complètes",
    SANS_SUITE: "Rien à faire pour l’instant",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationOwed(EcheanceLue):
    """One line of the list: `dus` engagements ask something in its period, `repondus` of them are answered (R13).

    `manquantes` are the codes of the indicators without an answer.
    """

    dus: int
    repondus: int
    manquantes: tuple[str, ...] = ()

    @property
    def signataire(self) -> str:
        return self.signee.signataire

    @property
    def is_on_behalf(self) -> bool:
        return self.declaree is not None and self.declaree.is_on_behalf

    @property
    def manquants(self) -> int:
        return self.dus - self.repondus

    @property
    def groupe(self) -> str:
        """Who must act next, of GROUPES; what is not expected, or not open yet, asks nothing of anybody."""
        if self.etat == TRANSMISE:
            return A_VALIDER
        if self.etat == VALIDEE:
            return INCOMPLETE if self.manquants else COMPLETE
        return A_RELANCER if self.is_open and (self.is_owed or self.etat == A_COMPLETER) else SANS_SUITE

    @property
    def libelles_manquants(self) -> list[str]:
        """What has no answer, as people read it, each once."""
        known = catalogue().indicateurs
        return list(dict.fromkeys(known[code].libelle for code in self.manquantes))

    @property
    def suite(self) -> str:
        """What to do next, in two words."""
        return SUITES[self.etat] if self.is_open or self.declaration_id else ""


@dataclass(frozen=True, slots=True)
class DeclarationsOwed:
    """Everything owed; `semestriels` counts the conventions that declare by semester inside a lone quarter (R11)."""

    lignes: tuple[DeclarationOwed, ...]
    semestriels: int

    def counts(self) -> dict[str, int]:
        """How many lines in each state."""
        counted = dict.fromkeys(SUITES, 0)
        for ligne in self.lignes:
            counted[ligne.etat] += 1
        return counted

    def by_group(self) -> dict[str, list[DeclarationOwed]]:
        """The lines by who must act, groups without a line included."""
        found: dict[str, list[DeclarationOwed]] = {code: [] for code in GROUPES}
        for ligne in self.lignes:
            found[ligne.groupe].append(ligne)
        return found


def owed_declarations(
    *, actor: Acteur, departement: str, periodes: Sequence[Periode], now: datetime
) -> DeclarationsOwed:
    """Each declaration owed inside these periods, by name of signatory. Nine statements, whatever the size.

    `periodes` are quarters, semesters or years that do not overlap. NotFound when the département is not the
    actor's to read. What is sent is kept until a row that tells of it moves; drafts, which move no mark, are read anew.
    """
    require_readable_departement(actor, departement)
    today = local_date(now, departement)
    codes = [p.code for window in periodes for genre in _genres(window) for p in window.parts(genre)]

    def found() -> _DeclarationsFound:
        return _read_owed(departement, periodes, codes, today, actor=actor)

    if not reads_whole(actor):
        return found().owed
    subject = ("declarations", today, tuple(p.code for p in periodes))
    scope = Subjects.of(SIGNES, DATES, LIENS, RESTE, *codes)
    return _with_drafts(kept(db.session(), departement, subject, found, scope), departement, codes, actor=actor)


class _DeclarationsFound(NamedTuple):
    """The lines, and what each is made from."""

    owed: DeclarationsOwed
    made_from: tuple[tuple[ConventionAsked, EcheanceLue], ...]


def _read_owed(
    departement: str, periodes: Sequence[Periode], codes: Sequence[str], today: date, *, actor: Acteur
) -> _DeclarationsFound:
    if reads_whole(actor):
        first, last = min(p.debut for p in periodes), max(p.fin for p in periodes)
        everyone = read_all_followed(departement, codes)
        followed = [one for one in everyone if one.declarees or _binds(one.convention, first, last)]
    else:
        followed = read_followed(departement, _binding(departement, periodes, codes), actor=actor, codes=codes)
    answered, agenda = _answered(actor, departement, codes), read_agenda(departement)
    made_from = tuple(
        (one, e)
        for one in sorted(followed, key=lambda f: (french_order(f.convention.signataire), f.convention.numero))
        for e in sorted(echeances_of(one, agenda, today, periodes), key=lambda e: e.periode.fin)
    )
    too_long = [one for one in followed if any(is_semester_declarant(one.suivi, p, catalogue()) for p in periodes)]
    lignes = tuple(_owed_line(one, e, answered) for one, e in made_from)
    return _DeclarationsFound(DeclarationsOwed(lignes, len(too_long)), made_from)


def _with_drafts(
    found: _DeclarationsFound, departement: str, codes: Sequence[str], *, actor: Acteur
) -> DeclarationsOwed:
    """The same with what is being typed as it is now."""
    drafts = [e.declaree.id for _, e in found.made_from if e.declaree and e.etat in NEVER_SENT]
    if not drafts:
        return found.owed
    theirs = Declaration.id.in_(drafts)
    declared = {d.id: d for one in read_declared(theirs, actor=actor).values() for d in one.values()}
    answered = _answered(actor, departement, codes, theirs)
    lignes = (
        _owed_line(one, replace(e, declaree=declared[e.declaree.id]), answered)
        if e.declaree and e.declaree.id in declared
        else line
        for line, (one, e) in zip(found.owed.lignes, found.made_from, strict=True)
    )
    return DeclarationsOwed(tuple(lignes), found.owed.semestriels)


def first_listed_year(departement: str, today: date) -> int:
    """The year of the oldest period that the département follows or that was declared in it, this one at most."""
    oldest = select(func.min(Declaration.periode)).where(Declaration.departement_code == departement)
    declared, followed = db.session.scalar(oldest), first_day(departement)
    years = [int(declared[:4])] if declared else []
    return min([today.year, *years, *([followed.year] if followed > date.min else [])])


def _genres(periode: Periode) -> tuple[str, ...]:
    return ("T",) if periode.genre == "T" else ("S", "T")


def _binds(c: ConventionSigned, first: date, last: date) -> bool:
    return c.statut != PROJET and c.debut < last and c.fin >= first


def _binding(departement: str, periodes: Sequence[Periode], codes: Sequence[str]) -> ColumnElement[bool]:
    """Keeps the conventions that bind in these periods, and those that declared in them all the same."""
    c, d = Convention, Declaration
    declaring = select(d.convention_id).where(d.departement_code == departement, d.periode.in_(codes))
    first, last = min(p.debut for p in periodes), max(p.fin for p in periodes)
    binding = (c.statut != PROJET) & (c.debut < last) & (c.fin >= first)
    return or_(binding, c.id.in_(declaring))


def _owed_line(one: ConventionAsked, e: EcheanceLue, answered: Mapping[int, frozenset[int]]) -> DeclarationOwed:
    counting = set(owed_indicators(one.engages.values(), e.periode, catalogue()))
    owed = {key for key, code in one.engages.items() if code in counting}
    given = answered.get(e.declaration_id or 0, frozenset())
    return DeclarationOwed(
        e.dates, e.etat, e.is_owed, e.is_covered, e.today,
        signee=e.signee, declaree=e.declaree,
        dus=len(owed), repondus=len(owed & given),
        manquantes=tuple(code for key, code in one.engages.items() if key in owed - given),
    )  # fmt: skip


def _answered(
    actor: Acteur, departement: str, codes: Sequence[str], *wanted: ColumnElement[bool]
) -> dict[int, frozenset[int]]:
    d = Declaration
    here = (d.departement_code == departement, d.periode.in_(codes))
    return read_answered(db.session(), readable(d, actor), *here, *wanted)
