"""The rows of the compte rendu of a quarter: what an edition freezes, a page, a workbook and a CSV are made from.

Of the same stuff as the bilan (lignes.py): a figure that is absent carries its reason (R13), and whoever answers
for a whole semester is told so, never counted as zero (R11).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from paqte.domain.chiffres import Chiffre
from paqte.domain.indicateurs.genres import QUOTIENTS
from paqte.domain.secret import MASQUE, PETIT
from paqte.domain.statuts.declarations import NEANT, NOMBRE

# The state of one value.
SANS_REPONSE = "sans_reponse"
NON_VALIDEE = "non_validee"
NON_TRANSMISE = "non_transmise"
SEMESTRIEL = "semestriel"
NON_RETENUE = "non_retenue"
MOINS_DE_CINQ = "moins_de_5"
MASQUEE = "masquee"
ETATS_DONNEE: dict[str, str] = {
    NOMBRE: "Renseigné",
    NEANT: "Zéro confirmé",
    **{how.etat: f"Renseigné, {how.infime}" for how in QUOTIENTS},
    SANS_REPONSE: "Sans réponse",
    NON_VALIDEE: "Transmise, non validée",
    NON_TRANSMISE: "Non transmise",
    SEMESTRIEL: "Déclarant semestriel",
    NON_RETENUE: "Renseigné, non retenu : compté une fois par signataire",
    MOINS_DE_CINQ: f"{PETIT} (secret statistique)",
    MASQUEE: MASQUE.capitalize(),
}

# Those of a figure that its rounding would tell as zero (R33).
ETATS_INFIMES = frozenset(how.etat for how in QUOTIENTS)


@dataclass(frozen=True, slots=True)
class ComptesTrimestre:
    """How many are bound at least one day of the quarter. A SIREN counts once (R2, R3).

    `engagees` are in the PAQTE or in the plan « 10 000 entreprises », `club` in both (R9). `attendues` and
    `validees` are the declarations of the quarter; `semestriels` signatories answer for the semester instead (R11).
    `nouvelles` and `actives` are of the enterprises; those of the other kinds have counts of their own, None in an
    edition of before (R34).
    """

    engagees: int = 0
    nouvelles: int = 0
    actives: int = 0
    club: int = 0
    paqte: int = 0
    plan_10000: int = 0
    reseaux: int = 0
    employeurs_publics: int = 0
    associations: int = 0
    chartes_a_transformer: int = 0
    attendues: int = 0
    validees: int = 0
    semestriels: int = 0
    nouveaux_reseaux: int | None = None
    actifs_reseaux: int | None = None
    nouveaux_employeurs_publics: int | None = None
    actifs_employeurs_publics: int | None = None
    nouvelles_associations: int | None = None
    actives_associations: int | None = None


@dataclass(frozen=True, slots=True)
class EntrepriseTrimestre:
    """One convention in force at least one day of the quarter; `nature` tells the other signatories apart (R2).

    `dus`, `repondus` and `neants` are absent for whoever owes nothing in the quarter (R13).
    """

    convention: str
    nom: str
    identifiant: str
    nature: str
    categorie: str
    commune: str
    dispositifs: str
    axes: str
    thematiques: str
    debut: str
    fin: str
    etat: str
    rythme: str
    is_nouvelle: bool
    is_active: bool
    is_club: bool
    declaration: str
    dus: int | None = None
    repondus: int | None = None
    neants: int | None = None
    manquants: str = ""


@dataclass(frozen=True, slots=True)
class PointThematique:
    """One bar of the chart of the thématiques: achieved since the start in percent of what was forecast (R22)."""

    mesure: str
    taux: Chiffre
    nature: str = ""


@dataclass(frozen=True, slots=True)
class DonneeTrimestre:
    """One value: what one engagement answered for one period, or why there is nothing (R13).

    A stock or a yes is said once a signatory: an answer that another one replaces is kept, and its state says that no
    figure counts it (R32). `valeur` of a ratio is in percent, from its two numbers (R14). `etat` is a code of
    ETATS_DONNEE; `nature` one of signatories, "" in an edition of before (R38).
    """

    identifiant: str
    signataire: str
    convention: str
    dispositif: str
    axe: str
    thematique: str
    indicateur: str
    libelle: str
    unite: str
    periode: str
    etat: str
    valeur: Decimal | None = None
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None
    nature: str = ""

    @property
    def etat_lu(self) -> str:
        """The state as people read it."""
        return ETATS_DONNEE[self.etat]
