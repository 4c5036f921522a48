"""The life of a convention: dates, states, renewal (R1–R7)."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

DUREE_ANNEES = 3
PREAVIS_JOURS = 180

# What is stored (R4): running states follow from the dates and are never stored.
PROJET = "projet"
SIGNEE = "signee"
RESILIEE = "resiliee"
STATUTS: dict[str, str] = {PROJET: "Projet", SIGNEE: "Signée", RESILIEE: "Résiliée"}

TRANSITIONS: dict[tuple[str, str], str] = {
    (PROJET, "signer"): SIGNEE,
    (SIGNEE, "resilier"): RESILIEE,
}

A_VENIR = "a_venir"
EN_COURS = "en_cours"
A_RENOUVELER = "a_renouveler"
ECHUE = "echue"
RENOUVELEE = "renouvelee"
ETATS: dict[str, str] = {
    PROJET: "Projet",
    A_VENIR: "Signée, à venir",
    EN_COURS: "En cours",
    A_RENOUVELER: "À renouveler",
    ECHUE: "Échue",
    RENOUVELEE: "Renouvelée",
    RESILIEE: "Résiliée",
}
EN_VIGUEUR = frozenset({EN_COURS, A_RENOUVELER})

PAQTE = "paqte"
CHARTE = "charte"
PLAN_10000 = "plan_10000"
DISPOSITIFS: dict[str, str] = {
    PAQTE: "Convention PAQTE",
    CHARTE: "Charte « Entreprises et quartiers »",
    PLAN_10000: "Adhésion au plan « 10 000 entreprises »",
}

ENTREPRISE = "entreprise"
RESEAU = "reseau"
EMPLOYEUR_PUBLIC = "employeur_public"
ASSOCIATION = "association"
NATURES: dict[str, str] = {
    ENTREPRISE: "Entreprise",
    RESEAU: "Réseau d’entreprises",
    EMPLOYEUR_PUBLIC: "Employeur public",
    ASSOCIATION: "Association",
}

CATEGORIES: dict[str, str] = {
    "": "Non précisée",
    "TPE": "TPE (microentreprise)",
    "PME": "PME",
    "ETI": "ETI",
    "GE": "Grande entreprise",
}
PARTIAL_SIZES = frozenset({"TPE", "PME"})

TRIMESTRE = "T"
SEMESTRE = "S"
ANNEE = "A"
RYTHMES: dict[str, str] = {TRIMESTRE: "Chaque trimestre", SEMESTRE: "Chaque semestre"}


def add_years(day: date, years: int) -> date:
    """Same day some years later; 29 February becomes 1 March, so that a term ends on 28 February (R1)."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)


def fin_triennale(debut: date) -> date:
    """Last day of a three-year convention: start + 3 years − 1 day (R1)."""
    return add_years(debut, DUREE_ANNEES) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates a running state follows from; `dernier_jour` is inside."""

    statut: str
    debut: date
    dernier_jour: date
    resiliee_le: date | None = None
    is_renewed: bool = False

    @property
    def effective_end(self) -> date:
        """Last day in force, an early end included."""
        if self.statut == RESILIEE and self.resiliee_le:
            return min(self.dernier_jour, self.resiliee_le)
        return self.dernier_jour


def etat(dates: Dates, day: date) -> str:
    """State on a civil day (R4): one of ETATS. A renewed convention runs until its own end."""
    if dates.statut == PROJET:
        return PROJET
    if dates.statut == RESILIEE and day > dates.effective_end:
        return RESILIEE
    if day < dates.debut:
        return A_VENIR
    if day > dates.dernier_jour:
        return RENOUVELEE if dates.is_renewed else ECHUE
    if dates.is_renewed:
        return EN_COURS
    soon = day >= dates.dernier_jour - timedelta(days=PREAVIS_JOURS)
    return A_RENOUVELER if soon and dates.statut == SIGNEE else EN_COURS


def is_to_complete(dispositif: str, state: str, *, has_engagement: bool) -> bool:
    """Whether a convention that binds, or soon will, promises nothing: it owes nothing until it does (R41).

    `state` is its state of the day; a charte promises nothing of its own (R7).
    """
    return dispositif != CHARTE and state in (A_VENIR, EN_COURS, A_RENOUVELER) and not has_engagement


def is_in_force(dates: Dates, day: date) -> bool:
    """Whether the convention binds on that day."""
    return dates.statut != PROJET and dates.debut <= day <= dates.effective_end


def reached(fin: date, today: date, thresholds: Collection[int]) -> int | None:
    """The nearest threshold, in days before its end, that a convention has reached; None before the first, and once
    it is over.

    After days off only that one is told: a mail about the 180 days makes no sense when 80 are left.
    """
    left = (fin - today).days
    return min((days for days in thresholds if 0 <= left <= days), default=None)


def years_of(debut: date, dernier_jour: date) -> int:
    """How many convention years, begun ones included: annual objectives are numbered from 1."""
    years = 1
    while add_years(debut, years) <= dernier_jour:
        years += 1
    return years


def year_reached(debut: date, dernier_jour: date, day: date) -> int:
    """The convention year in which a day lies, from 1: the first one before the term, the last one after it.

    A period that the term ends inside of is of the last year, though its own end would begin another (R6).
    """
    return years_of(debut, min(max(debut, day), dernier_jour))


def date_warnings(debut: date, dernier_jour: date, signee_le: date | None) -> list[str]:
    """Sentences on dates that are allowed but unusual (R1)."""
    warnings = []
    if dernier_jour != fin_triennale(debut):
        usual = fin_triennale(debut).strftime("%d/%m/%Y")
        warnings.append(f"Une convention PAQTE dure trois ans : la fin attendue est le {usual}.")
    if signee_le and signee_le > debut:
        warnings.append("La signature est postérieure au début : vérifiez que c’est bien voulu.")
    return warnings


def date_errors(debut: date | None, dernier_jour: date | None) -> dict[str, str]:
    """Errors by field."""
    if debut is None:
        return {"debut": "Indiquez la date de début, par exemple 01/01/2026."}
    if dernier_jour is not None and dernier_jour < debut:
        return {"fin": "La fin précède le début : vérifiez les deux dates."}
    if not 2010 <= debut.year <= 2100:
        return {"debut": "Cette année est hors du temps du PAQTE : vérifiez la date."}
    if dernier_jour is not None and dernier_jour > add_years(debut, 10):
        return {"fin": "Plus de dix ans séparent la fin du début : vérifiez les deux dates."}
    return {}
