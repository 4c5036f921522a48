"""The kinds of indicator: how each is typed, checked, summed, shown and masked. A new kind is one entry of GENRES.

Everywhere else asks the entry of the indicator at hand, and names no kind. How parts add up is a row of
consolidation.SOMMES, which an entry names (R10, R13–R16, R23, R32).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.saisie.nombres import COMPTE, EUROS, POURCENTAGE, QUANTITE
from paqte.domain.statuts.declarations import NOMBRE

# How an answer is typed: one number, two (read as their quotient), or one word of a list.
UN_NOMBRE, DEUX_NOMBRES, CHOIX = "un_nombre", "deux_nombres", "choix"
# How parts add up (consolidation.SOMMES).
CUMUL, DERNIER, OUI, RAPPORT, AUCUNE = "cumul", "dernier", "oui", "rapport", "aucune"
NOMBRES = frozenset({COMPTE, QUANTITE, EUROS, POURCENTAGE})


@dataclass(frozen=True, slots=True)
class Quotient:
    """How two numbers are read as one figure: their quotient times `facteur`, rounded half up to `pas` (R14, R33).

    `infime` is said of one that is not zero and that its rounding would tell as zero; `etat` is its code in rows of
    data. `nom` is what several of them are called, `part` one of them, `consigne` what to type.
    """

    facteur: Decimal
    pas: Decimal
    infime: str
    etat: str
    nom: str
    part: str
    consigne: str


PERCENTAGE = Quotient(
    Decimal(100),
    Decimal("0.1"),
    "< 0,1\u00a0%",
    "infime",
    "pourcentage",
    "part",
    "Deux nombres : la partie, puis le total dont elle est prise.",
)
MEAN = Quotient(
    Decimal(1),
    Decimal("0.01"),
    "< 0,01",
    "moyenne_infime",
    "moyenne",
    "moyenne",
    "Deux nombres : la somme, puis le nombre sur lequel elle se répartit.",
)
QUOTIENTS = (PERCENTAGE, MEAN)


class Donnees(NamedTuple):
    """The numbers of one answer, as its kind checks them; `reponse` is one of domain.declarations.REPONSES."""

    reponse: str
    valeur: Decimal | None
    numerateur: Decimal | None
    denominateur: Decimal | None


class ConstatGenre(NamedTuple):
    """What is wrong with an answer: a code, the fact, and what the form asks for."""

    code: str
    message: str
    consigne: str = ""


def _no_fault(donnees: Donnees) -> ConstatGenre | None:
    return None


@dataclass(frozen=True, slots=True)
class GenreIndicateur:
    """One kind. Typed: `saisie`, and for a word `choix`, from what is kept to what is read; `is_dated` with its day.

    `is_free`: each convention names its own and its unit; `cibles` are the targets offered for a word.
    Two numbers are read by their `quotient`; the second is typed as `nombre_denominateur`, else as the first.
    Checked: `fault` finds what contradicts the kind; `nombres` are those that the grid may give it, else
    `refus_nombre`; `is_plain` says that it may be a « dont » of another, or repeat it; `is_comparable` that a jump from
    the period before is worth a question.
    Summed: `somme`; `is_said_once`, once a signatory whatever its conventions (R32); `adds_years`, the targets of the
    years make that of the term (R6). Shown: `unite_totale` is the unit of a total, when it is not that of an answer.
    Masked: `is_masked`, small numbers are hidden where they count persons under secret (R23).
    """

    code: str
    saisie: str = UN_NOMBRE
    choix: Mapping[str, str] = field(default_factory=dict)
    cibles: Mapping[str, str] = field(default_factory=dict)
    refus_choix: str = ""
    quotient: Quotient | None = None
    nombre_denominateur: str = ""
    is_dated: bool = False
    is_free: bool = False
    fault: Callable[[Donnees], ConstatGenre | None] = _no_fault
    nombres: frozenset[str] = NOMBRES - {POURCENTAGE}
    refus_nombre: str = "un pourcentage ne se somme pas : c’est un ratio"
    is_plain: bool = False
    is_comparable: bool = True
    somme: str = CUMUL
    is_said_once: bool = False
    adds_years: bool = False
    unite_totale: str = ""
    is_masked: bool = True

    def __post_init__(self) -> None:
        if self.is_pair != (self.quotient is not None):
            raise ValueError(f"{self.code} : deux nombres se lisent par leur quotient, et rien d’autre")

    @property
    def is_pair(self) -> bool:
        """Two numbers are typed, added up each, and read as their quotient (R14)."""
        return self.saisie == DEUX_NOMBRES

    @property
    def is_percent(self) -> bool:
        """Read in percent; so are its targets and references."""
        return self.quotient is PERCENTAGE

    @property
    def is_chosen(self) -> bool:
        """A word of a list: it has no unit of its own, and no « néant » beside it."""
        return self.saisie == CHOIX

    @property
    def is_summable(self) -> bool:
        return self.somme != AUCUNE

    @property
    def adds_over_time(self) -> bool:
        """Whether the figure of a long period is the sum of those of its parts."""
        return self.somme == CUMUL

    @property
    def choices_read(self) -> str:
        """What may be chosen, as one reads it: « Oui ou non »."""
        return " ou ".join(self.choix.values()).capitalize()

    def word(self, valeur: Decimal | int | None) -> str:
        """The word chosen, as a sentence bears it: « oui »."""
        kept = str(int(valeur or 0))
        return self.choix.get(kept, kept).lower()

    def fault_of(self, donnees: Donnees) -> ConstatGenre | None:
        """What contradicts the kind: of two numbers, first that one of them lacks or that nothing divides the other."""
        if self.quotient is None or donnees.reponse != NOMBRE:
            return self.fault(donnees)
        if donnees.numerateur is None or donnees.denominateur is None:
            message = f"Une {self.quotient.part} se donne en deux nombres."
            return ConstatGenre("ratio_incomplet", message, "Saisissez aussi l’autre.")
        found = self.fault(donnees)
        if found is None and donnees.numerateur and not donnees.denominateur:
            return ConstatGenre("denominateur_nul", "Le second nombre est nul.", "Vérifiez les deux nombres.")
        return found

    def takes(self, number: Decimal | None) -> bool:
        """Whether a number can be an answer or a target: of a word, one of those of its list."""
        return not self.is_chosen or number is None or str(number.normalize()) in self.choix

    def unit_of_total(self, unite: str) -> str:
        """The unit of a figure over several signatories."""
        return self.unite_totale or unite

    def unit_of_answer(self, unite: str) -> str:
        """The unit beside one answer or one target; none beside a word."""
        return "" if self.is_chosen else unite


def _yes_or_no(donnees: Donnees) -> ConstatGenre | None:
    if donnees.valeur in (None, 0, 1):
        return None
    return ConstatGenre("oui_ou_non", "La réponse est oui ou non.", "Saisissez 1 pour oui, 0 pour non.")


def _part_of_a_total(donnees: Donnees) -> ConstatGenre | None:
    if (donnees.numerateur or 0) > (donnees.denominateur or 0):
        return ConstatGenre("ratio_impossible", "La partie dépasse le total.", "Vérifiez les deux nombres.")
    return None


FLUX, STOCK, RATIO, OUI_NON, LIBRE = "flux", "stock", "ratio", "oui_non", "libre"
# What an indicator that the grid no longer knows is taken for: nothing is summed, targets are kept.
UNKNOWN = LIBRE
GENRES: dict[str, GenreIndicateur] = {
    genre.code: genre
    for genre in (
        GenreIndicateur(FLUX, is_plain=True, adds_years=True),
        GenreIndicateur(STOCK, is_plain=True, somme=DERNIER, is_said_once=True),
        GenreIndicateur(
            RATIO,
            saisie=DEUX_NOMBRES,
            quotient=PERCENTAGE,
            fault=_part_of_a_total,
            nombres=frozenset({POURCENTAGE}),
            refus_nombre="un ratio se lit en pourcentage",
            somme=RAPPORT,
        ),
        GenreIndicateur(
            OUI_NON,
            saisie=CHOIX,
            choix={"1": "Oui", "0": "Non"},
            cibles={"1": "À réaliser pendant la convention"},
            refus_choix="Répondez par oui ou par non.",
            is_dated=True,
            fault=_yes_or_no,
            nombres=frozenset({COMPTE}),
            refus_nombre="un oui ou non se compte",
            is_comparable=False,
            somme=OUI,
            is_said_once=True,
            unite_totale="signataires ayant répondu oui",
            is_masked=False,
        ),
        GenreIndicateur(LIBRE, is_free=True, nombres=NOMBRES, somme=AUCUNE, adds_years=True, is_masked=False),
    )
}


def genre_of(code: str) -> GenreIndicateur:
    """The kind of that code; KeyError for one that no entry bears."""
    return GENRES[code]
