"""What a bilan is made from, as the base gives it: plain rows, no sums yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from paqte.domain.attendus import Suivi
from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.campagnes import Delais
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Cle, Fait
from paqte.domain.documents.lignes.lignes import Contact, LignePartenaire
from paqte.domain.sommes import Answers
from paqte.domain.statuts.conventions import CHARTE, ENTREPRISE, PAQTE, PLAN_10000, PROJET, Dates
from paqte.domain.statuts.pilotage import REGLAGES_SAISIE

# No document is produced from it.
SHIPPED = Agenda(Delais.read({cle: shipped for cle, (shipped, _) in REGLAGES_SAISIE.items()}))


@dataclass(frozen=True, slots=True)
class EngagementLu:
    """An engagement and its target over the whole term (annual ones already put together).

    `annees` are the convention years that have a target of their own, `cibles` these targets, none when it is for the
    whole term.
    """

    id: int
    indicateur: str
    libelle: str
    unite: str
    reference: Decimal | None
    cible: Decimal | None
    annees: tuple[int, ...] = ()
    cibles: tuple[Decimal, ...] = ()

    @property
    def par_annee(self) -> dict[int, Decimal]:
        """The target of each convention year that has one."""
        return dict(zip(self.annees, self.cibles, strict=True))


@dataclass(frozen=True, slots=True)
class ConventionLue:
    """A convention with its signatory and engagements; `depuis` and `anterieures` as in domain.attendus.Suivi.

    `suivie_le` is the first day of the signed convention that follows it, None while there is none.
    """

    id: int
    numero: str
    departement: str
    dispositif: str
    is_in_plan_10000: bool
    dates: Dates
    rythme: str
    signee_le: date | None
    cosignataire: str
    signataire_id: int
    siren: str
    identifiant: str
    nom: str
    nature: str
    categorie: str
    commune: str
    is_covered_nationally: bool
    remarques: str = ""
    is_partial_diffusion: bool = False
    engagements: tuple[EngagementLu, ...] = ()
    depuis: date = date.min
    anterieures: Mapping[str, date | None] = field(default_factory=dict)
    suivie_le: date | None = None
    suivi: Suivi = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """`suivi` tells what it owes (R41, R42)."""
        promised = tuple(e.indicateur for e in self.engagements)
        suivi = Suivi(self.dates, self.rythme, promised, self.depuis, self.anterieures)
        object.__setattr__(self, "suivi", suivi)

    @property
    def is_paqte(self) -> bool:
        return self.dispositif == PAQTE

    @property
    def is_charte(self) -> bool:
        return self.dispositif == CHARTE

    @property
    def is_plan(self) -> bool:
        """Engaged in the plan 10 000, alone or beside a PAQTE convention (R8, R9); a charte never is (R7)."""
        return not self.is_charte and (self.dispositif == PLAN_10000 or self.is_in_plan_10000)

    @property
    def is_entreprise(self) -> bool:
        return self.nature == ENTREPRISE

    def binds_in(self, window: Periode) -> bool:
        """Signed, and in force at least one day of the window."""
        return self.dates.statut != PROJET and window.overlaps(self.dates.debut, self.dates.effective_end)

    def cle(self, engagement: EngagementLu) -> Cle:
        return Cle(self.departement, self.signataire_id, self.id, engagement.id)


@dataclass(frozen=True, slots=True)
class DeclarationLue:
    id: int
    convention_id: int
    periode: str
    etat: str
    transmise_le: datetime | None
    validee_le: datetime | None
    motif_reouverture: str = ""
    premier_envoi_le: datetime | None = None


@dataclass(frozen=True, slots=True)
class AvertissementLu:
    convention_id: int
    periode: str
    indicateur: str
    message: str
    commentaire: str


@dataclass(frozen=True, slots=True)
class ActionLue:
    date: date
    signataire: str
    axe: str
    titre: str
    texte: str
    lieu: str
    beneficiaires: int | None


@dataclass(frozen=True, slots=True)
class ChiffreLu:
    code: str
    valeur: Decimal
    date: date
    precision: str
    source: str


@dataclass(frozen=True, slots=True)
class OrigineLue:
    """How many validated answers of the period were typed this way."""

    is_on_behalf: bool
    origine: str
    has_evidence: bool
    nombre: int


@dataclass(frozen=True, slots=True)
class DonneesBilan:
    """Everything one bilan needs. `faits` holds every validated answer up to the end of the period.

    `conventions` are those that promise something; `chartes` are only listed, and no figure ever sees them (R7): a
    charte given among the conventions is put there, its answers left out.
    """

    departement: str
    departement_nom: str
    prefecture: str
    periode: Periode
    referents: tuple[Contact, ...] = ()
    rubriques: Mapping[str, str] = field(default_factory=dict)
    partenaires: tuple[LignePartenaire, ...] = ()
    conventions: tuple[ConventionLue, ...] = ()
    chartes: tuple[ConventionLue, ...] = ()
    declarations: tuple[DeclarationLue, ...] = ()
    faits: Answers | tuple[Fait, ...] = ()
    avertissements: tuple[AvertissementLu, ...] = ()
    actions: tuple[ActionLue, ...] = ()
    chiffres: tuple[ChiffreLu, ...] = ()
    origines: tuple[OrigineLue, ...] = ()
    agenda: Agenda = SHIPPED

    @property
    def answers(self) -> Answers:
        """The validated answers, period by period."""
        return self.faits if isinstance(self.faits, Answers) else Answers.of(self.faits)

    def __post_init__(self) -> None:
        chartes = tuple(c for c in self.conventions if c.is_charte)
        if chartes:
            gone = {c.id for c in chartes}
            object.__setattr__(self, "conventions", tuple(c for c in self.conventions if c.id not in gone))
            object.__setattr__(self, "chartes", self.chartes + chartes)
            object.__setattr__(self, "faits", tuple(f for f in self.faits if f.convention not in gone))
        object.__setattr__(self, "faits", self.answers)

    @property
    def in_force(self) -> tuple[ConventionLue, ...]:
        """Conventions that bind at least one day of the period, of the PAQTE or of the plan."""
        return tuple(c for c in self.conventions if c.binds_in(self.periode))

    @property
    def chartes_in_force(self) -> tuple[ConventionLue, ...]:
        """Chartes of at least one day of the period, still to transform at its end (R7)."""
        bound = (c for c in self.chartes if c.binds_in(self.periode))
        return tuple(c for c in bound if c.suivie_le is None or c.suivie_le >= self.periode.fin)

    @property
    def committed(self) -> frozenset[str]:
        """Indicators to which a signed convention, ended ones included, ever committed somebody."""
        signed = (c for c in self.conventions if c.dates.statut != PROJET)
        return frozenset(e.indicateur for c in signed for e in c.engagements)
