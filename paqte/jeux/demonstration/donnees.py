"""The demonstration as its files tell it, with its dates counted from the last closed semester."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from paqte.domain.calendrier.periodes import Periode, last_closed, time_zone
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import PAQTE, SEMESTRE, TRIMESTRE, add_years

HERE = Path(__file__).parent
DEPARTEMENT = "41"
TERM = 3
# How long after the end of the semester its bilan is made, then made again.
BILAN_AFTER, BILAN_AGAIN_AFTER = timedelta(days=31), timedelta(days=76)
Answer = str | int | bool | Decimal


@dataclass(frozen=True, slots=True)
class ConventionTold:
    """A convention of the file; months and days are counted as its first lines say."""

    debut: int | None = None
    is_recent: bool = False
    fin_dans: int | None = None
    duree_annees: int = TERM
    dispositif: str = PAQTE
    rythme: str = "T"
    cosignataire: str = ""
    is_in_plan_10000: bool = False
    is_renewed: bool = False
    resiliee: int | None = None
    motif: str = ""
    en_attente: str = ""
    engagements: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reponses: Mapping[str, list[Answer]] = field(default_factory=dict)
    suivant: Mapping[str, Answer] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    explications: Mapping[str, str] = field(default_factory=dict)

    def told(self, indicateur: str, rank: int) -> list[Answer]:
        """The answers to an indicator up to that period; 1 is the quarter after the semester, "" where none is told."""
        answers = self.reponses.get(indicateur, [])
        return [*answers, self.suivant.get(indicateur, "")] if rank > 0 else list(answers[: rank or None])


@dataclass(frozen=True, slots=True)
class SignataireTold:
    """A signatory of the file and its conventions, oldest first."""

    cle: str
    nom: str
    nature: str
    categorie: str = ""
    naf: str = ""
    secteur: str = ""
    effectif: int | None = None
    adresse: str = ""
    code_postal: str = ""
    commune: str = ""
    notes: str = ""
    is_partial_diffusion: bool = False
    is_covered_nationally: bool = False
    contact: tuple[str, ...] = ()
    conventions: tuple[ConventionTold, ...] = ()


@dataclass(frozen=True, slots=True)
class DepartementTold:
    """Another département: what became of its bilan, its référent, its texts, its signatories from a rank of SIREN."""

    code: str
    suite: str
    referent: tuple[str, str, str]
    rubriques: Mapping[str, str]
    rang: int
    signataires: tuple[SignataireTold, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """What did not go smoothly with one declaration."""

    signataire: str
    trimestre: int
    genre: str
    jours: int = 0
    motif: str = ""
    questions: Mapping[str, str] = field(default_factory=dict)
    reponses: Mapping[str, Answer] = field(default_factory=dict)

    def is_after_bilan(self, periode: Periode, semestre: Periode) -> bool:
        """Whether the bilan of the semester was made before it happened."""
        return periode.fin + timedelta(days=self.jours) > semestre.fin + BILAN_AFTER


@dataclass(frozen=True, slots=True)
class PieceTold:
    """A piece of evidence beside one answer: its title, and its lines as (what, value)."""

    signataire: str
    trimestre: int
    indicateur: str
    nom: str
    titre: str
    lignes: list[list[str]]


@dataclass(frozen=True, slots=True)
class StoryDates:
    """Where the story stands: the last closed semester and today's date."""

    semestre: Periode
    today: date

    @property
    def trimestre(self) -> Periode:
        """The last quarter that is over: after the semester, or its second one."""
        return last_closed(self.today, TRIMESTRE)

    def month(self, offset: int) -> date:
        """First day of a month counted from the first of the semester."""
        rank = self.semestre.debut.year * 12 + self.semestre.debut.month - 1 + offset
        return date(rank // 12, rank % 12 + 1, 1)

    def month_end(self, offset: int) -> date:
        """Last day of a month counted from the last of the semester."""
        return self.month(offset + 6) - timedelta(days=1)

    def term(self, convention: ConventionTold) -> tuple[date, date]:
        """First and last day of a convention."""
        if convention.fin_dans is not None:
            debut = add_years(self.today + timedelta(days=convention.fin_dans + 1), -convention.duree_annees)
        elif convention.is_recent:
            debut = self.trimestre.debut
        else:
            debut = self.month(convention.debut or 0)
        return debut, add_years(debut, convention.duree_annees) - timedelta(days=1)

    def periods(self, rythme: str) -> list[Periode]:
        """The quarters or semesters of the four semesters told, in order."""
        count = 4 if rythme == SEMESTRE else 8
        found = [self.semestre.parts(rythme)[-1]]
        while len(found) < count:
            found.insert(0, found[0].precedente)
        return found


@dataclass(frozen=True, slots=True)
class Story:
    """The référente, where the story stands, and the present moment, which nothing told comes after.

    `base_url` is the public address that mails lead to; "" writes to nobody.
    """

    actor: Acteur
    calendrier: StoryDates
    now: datetime
    base_url: str = ""
    departement: str = DEPARTEMENT

    def moment(self, day: date) -> datetime:
        """Ten in the morning of that day there."""
        return min(datetime.combine(day, time(10), time_zone(self.departement)), self.now)


@cache
def signataires() -> tuple[SignataireTold, ...]:
    """The signatories, in the order of the file."""
    return tuple(_signataire(raw) for raw in _toml("signataires.toml")["signataire"])


@cache
def voisins() -> tuple[DepartementTold, ...]:
    """The other départements, in the order of the file; their invented SIREN follow those of the Loir-et-Cher."""
    found, rang = [], len(signataires())
    for raw in _toml("nation.toml")["departement"]:
        contes = tuple(_signataire(one) for one in raw.pop("signataire"))
        found.append(DepartementTold(**{**raw, "referent": tuple(raw["referent"])}, rang=rang, signataires=contes))
        rang += len(contes)
    return tuple(found)


@cache
def incidents() -> tuple[Incident, ...]:
    """What happened to some declarations: late, sent back, corrected, warned of."""
    return tuple(Incident(**raw) for raw in _toml("signataires.toml")["incident"])


@cache
def pieces() -> tuple[PieceTold, ...]:
    """The evidence that companies hand in beside an answer."""
    return tuple(PieceTold(**raw) for raw in _toml("signataires.toml")["piece"])


@cache
def pilotage() -> dict[str, Any]:
    """Référents, texts, partners and context figures, as the file gives them."""
    return _toml("pilotage.toml")


@cache
def actions() -> list[dict[str, Any]]:
    """The concrete actions, as the file gives them."""
    found: list[dict[str, Any]] = _toml("actions.toml")["action"]
    return found


@cache
def rencontres() -> list[dict[str, Any]]:
    """The meetings of the préfecture, as the file gives them."""
    found: list[dict[str, Any]] = _toml("rencontres.toml")["rencontre"]
    return found


@cache
def prospects() -> list[dict[str, Any]]:
    """The companies that signed nothing yet, as the file gives them."""
    found: list[dict[str, Any]] = _toml("prospects.toml")["prospect"]
    return found


@cache
def colonnes() -> list[dict[str, Any]]:
    """The columns that the préfecture keeps of its own tracker, as the file gives them."""
    found: list[dict[str, Any]] = _toml("colonnes.toml")["colonne"]
    return found


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"), parse_float=Decimal)


def _signataire(raw: dict[str, Any]) -> SignataireTold:
    conventions = tuple(ConventionTold(**convention) for convention in raw.pop("convention"))
    return SignataireTold(**{**raw, "contact": tuple(raw.get("contact", ()))}, conventions=conventions)
