"""The rows of a document: what an edition freezes, a page shows and a workbook is filled with.

Only texts, whole numbers, Decimals and dates as ISO texts, so that the same document always gives the
same canonical JSON, hence the same hash. A figure that is absent carries its reason (R13).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from paqte.domain.chiffres import Chiffre
from paqte.domain.statuts.conventions import ASSOCIATION, EMPLOYEUR_PUBLIC, ENTREPRISE, RESEAU

# No figure at all, and no reason.
RIEN = Chiffre()
# The part of provenance that crosses the others: answers with a piece of evidence.
JUSTIFICATIF = "justificatif"
# What a line of completeness is about.
ENSEMBLE, AXE, INDICATEUR, SIGNATAIRE = "ensemble", "axe", "indicateur", "signataire"
GENRES: dict[str, str] = {
    ENSEMBLE: "Ensemble",
    AXE: "Axe",
    INDICATEUR: "Indicateur",
    SIGNATAIRE: "Signataire",
}
# What a line of figures may cover besides one nature of signatories (R38).
ENSEMBLE_NATURES = "ensemble"
_OF_NATURE = {
    RESEAU: "réseaux",
    EMPLOYEUR_PUBLIC: "employeurs publics",
    ASSOCIATION: "associations",
    ENSEMBLE_NATURES: "Total, toutes natures",
}


def is_of_entreprises(nature: str) -> bool:
    """Whether a line stands among the results of the enterprises; one of before says all natures mixed (R38)."""
    return nature in ("", ENTREPRISE)


def titled(libelle: str, nature: str) -> str:
    """The label of a line with whose figures they are, unless they are the enterprises' (R38)."""
    whose = _OF_NATURE.get(nature, "")
    return f"{libelle} — {whose}" if whose else libelle


@dataclass(frozen=True, slots=True)
class Contact:
    nom: str
    fonction: str = ""
    courriel: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class ComptesSignataires:
    """How many signatories of each kind are bound at least one day of the period (R2, R3).

    `nouvelles_entreprises` and `actives` are of the enterprises; those of the other kinds have counts of their own,
    None in an edition of before (R34).
    """

    entreprises: int = 0
    reseaux: int = 0
    employeurs_publics: int = 0
    associations: int = 0
    nouvelles_entreprises: int = 0
    chartes_a_transformer: int = 0
    a_renouveler: int = 0
    plan_10000: int = 0
    club: int = 0
    actives: int = 0
    couvertes_au_national: int = 0
    nouveaux_reseaux: int | None = None
    actifs_reseaux: int | None = None
    nouveaux_employeurs_publics: int | None = None
    actifs_employeurs_publics: int | None = None
    nouvelles_associations: int | None = None
    actives_associations: int | None = None


@dataclass(frozen=True, slots=True)
class LigneSignataire:
    """One convention in force at least one day of the period. Identifiers stay text (R24)."""

    signataire_id: int
    convention: str
    nom: str
    identifiant: str
    nature: str
    categorie: str
    commune: str
    axes: str
    signee_le: str
    debut: str
    fin: str
    etat: str
    cosignataire: str = ""
    dispositifs: str = ""
    remarques: str = ""


@dataclass(frozen=True, slots=True)
class LignePartenaire:
    nom: str
    nature: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class LigneIndicateur:
    """One indicator of the grid over the département (R13, R14, R20, R22); its document says which columns it has.

    `unite` "%" means that figures are percentages, 0 to 100 with at most one decimal. `realise` is of the period.
    `taux` is achieved / target over the values having a target, in percent.
    `repondu` / `du` count signatories; `neants` counts those that confirmed zero, `semestriels` those that answer for
    the semester instead (R11). `nature` says of whom it is: a nature of signatories, all of them together, or "" in an
    edition of before, where all were mixed (R38). `numerateur` and `denominateur` are the exact numbers of a share or a
    mean of the period, by which it adds up (R33); the publishable version does not tell them.

    Nor does it tell those by which its target and its rate do: `realise_vise` over `vise` is the rate, both of what has
    a target, times the factor of a quotient; `poids_vise` are the denominators that the targets of a quotient weigh.
    """

    axe: str
    code: str
    libelle: str
    unite: str
    genre: str
    est_dont: bool
    reference: Chiffre = field(default=RIEN, kw_only=True)
    cible: Chiffre
    realise: Chiffre
    precedent: Chiffre
    un_an_avant: Chiffre
    cumul: Chiffre
    taux: Chiffre
    sans_cible: Chiffre = field(default=RIEN, kw_only=True)
    repondu: int
    du: int
    neants: int
    semestriels: int = field(default=0, kw_only=True)
    mention: str = ""
    nature: str = ""
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None
    realise_vise: Decimal | None = None
    vise: Decimal | None = None
    poids_vise: Decimal | None = None

    @property
    def titre(self) -> str:
        """Its label, with whose figures they are."""
        return titled(self.libelle, self.nature)

    @property
    def is_engaged(self) -> bool:
        """Whether somebody owes it, answers it for the semester, or answered it one day."""
        return bool(self.du or self.semestriels) or not (self.realise.is_missing and self.cumul.is_missing)


# The exact numbers of a line, where they are not told.
NOMBRES_TUS: dict[str, Any] = dict.fromkeys(("numerateur", "denominateur", "realise_vise", "vise", "poids_vise"))


@dataclass(frozen=True, slots=True)
class LigneThematique:
    """One measure of the 14 thématiques of the plan 10 000 (R8, R8b). `valorise` is beside, never added (R10).

    Its document says which columns it has: the bilan names no `mesure`, which its unit tells, nor any `semestriels`.
    """

    code: str
    libelle: str
    transversale: bool
    mesure: str = field(default="", kw_only=True)
    unite: str
    entreprises: int
    prevision: Chiffre
    realise: Chiffre
    cumul: Chiffre
    repondu: int
    du: int
    semestriels: int = field(default=0, kw_only=True)
    valorise: str = ""
    nature: str = ""
    mention: str = ""

    @property
    def titre(self) -> str:
        """Its label, with whose figures they are."""
        return titled(self.libelle, self.nature)


@dataclass(frozen=True, slots=True)
class LigneAction:
    date: str
    signataire: str
    axe: str
    titre: str
    texte: str
    lieu: str = ""
    beneficiaires: Chiffre = RIEN


@dataclass(frozen=True, slots=True)
class LigneContexte:
    """A context figure with its date, categories and source (R25, R26)."""

    code: str
    libelle: str
    valeur: Chiffre
    unite: str
    date: str
    precision: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LigneReponse:
    """Who owed what for one period, who answered and when (R13)."""

    signataire: str
    convention: str
    periode: str
    etat: str
    transmise_le: str
    validee_le: str
    dus: int
    repondus: int
    neants: int
    manquants: str = ""


@dataclass(frozen=True, slots=True)
class LigneAvertissement:
    signataire: str
    periode: str
    indicateur: str
    message: str
    commentaire: str = ""


@dataclass(frozen=True, slots=True)
class LigneCorrection:
    """What changed since the last edition of the same bilan (R19)."""

    signataire: str
    periode: str
    indicateur: str
    avant: str
    apres: str
    motif: str = ""


@dataclass(frozen=True, slots=True)
class PartProvenance:
    """How many of the `total` validated answers come from one origin; evidence crosses the others."""

    code: str
    libelle: str
    nombre: int
    total: int
    pourcent: Decimal


@dataclass(frozen=True, slots=True)
class LigneCompletude:
    """Answered over owed, and answered in time over owed, as DHIS2 defines completeness and timeliness.

    `genre` says of what: "ensemble", "axe", "indicateur" or "signataire"; `code` is its code there. Counts are
    answers; both rates are percentages, absent when nothing is owed (R13).
    """

    genre: str
    code: str
    libelle: str
    dus: int
    repondus: int
    a_temps: int
    completude: Chiffre
    ponctualite: Chiffre


@dataclass(frozen=True, slots=True)
class LigneEcart:
    """One cell that differs from the edition before, with the declarations that caused it (R19)."""

    tableau: str
    ligne: str
    colonne: str
    avant: str
    apres: str
    declarations: str = ""


@dataclass(frozen=True, slots=True)
class PointAxe:
    """One bar of the chart of an axis: achieved in percent of the target, None when there is no target."""

    axe: str
    code: str
    libelle: str
    taux: Chiffre


@dataclass(frozen=True, slots=True)
class PointSignataires:
    """Signatories in force at the end of a period."""

    periode: str
    entreprises: int
    autres: int


@dataclass(frozen=True, slots=True)
class Versions:
    """What an edition was made with; `regles` is the code of the rules that counted it, "" for one of before.

    `colonnes` says which columns it knows: those that exist since then, "" for an edition of before it was told.
    """

    catalogue: str
    gabarit: str
    regles: str = ""
    colonnes: str = ""
