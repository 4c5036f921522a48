"""What the register of companies says of an establishment, whoever read it there (R3, R24, R27, R30)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from paqte.domain.saisie.textes import searchable
from paqte.domain.statuts.conventions import ASSOCIATION, EMPLOYEUR_PUBLIC, ENTREPRISE, RESEAU

# Head-counts by code of Sirene: from, to (INSEE, tranches d'effectif).
TRANCHES: dict[str, str] = {
    "NN": "sans salarié",
    "00": "sans salarié",
    "01": "1 ou 2 salariés",
    "02": "3 à 5 salariés",
    "03": "6 à 9 salariés",
    "11": "10 à 19 salariés",
    "12": "20 à 49 salariés",
    "21": "50 à 99 salariés",
    "22": "100 à 199 salariés",
    "31": "200 à 249 salariés",
    "32": "250 à 499 salariés",
    "41": "500 à 999 salariés",
    "42": "1 000 à 1 999 salariés",
    "51": "2 000 à 4 999 salariés",
    "52": "5 000 à 9 999 salariés",
    "53": "10 000 salariés et plus",
}
# Size classes that Sirene gives; a microentreprise is inside PME there (R27).
SIRENE_CATEGORIES = frozenset({"PME", "ETI", "GE"})
# What the register writes where it may not say.
_WITHHELD = re.compile(r"\[N(?:ON[- ]?DIFFUSIBLE|D)\]", re.IGNORECASE)
_SMALL_WORDS = """
sa sas sasu sarl eurl sci snc scop scic gie ei eirl selarl association assoc ste societe ets etablissements
le la les de du des d l et en a au aux
"""
_LEGAL_FORMS = frozenset(_SMALL_WORDS.split())


@dataclass(frozen=True, slots=True)
class EtablissementLu:
    """An establishment of the register; '' and None are what it does not say.

    `nom` is that of the legal unit, `enseigne` what is written over the door. `categorie` is PME, ETI, GE or ''.
    `tranche` is the code of Sirene: it never becomes a head-count (R27).
    """

    siret: str
    nom: str
    enseigne: str = ""
    adresse: str = ""
    code_postal: str = ""
    commune: str = ""
    departement: str = ""
    naf: str = ""
    nature: str = ENTREPRISE
    categorie: str = ""
    tranche: str = ""
    is_ouvert: bool = True
    ferme_le: date | None = None
    is_diffusible: bool = True
    is_siege: bool = False

    @property
    def siren(self) -> str:
        return self.siret[:9]

    @property
    def effectif_libelle(self) -> str:
        """« 20 à 49 salariés », '' when it is not known."""
        return TRANCHES.get(self.tranche, "")


def nature_of(nature_juridique: str, *, is_association: bool = False, is_public: bool = False) -> str:
    """The kind of signatory that a legal category (INSEE, four digits) most often is: proposed, never imposed (R2)."""
    if is_public or nature_juridique.startswith("7"):
        return EMPLOYEUR_PUBLIC
    if is_association or nature_juridique.startswith(("92", "93")):
        return ASSOCIATION
    return RESEAU if nature_juridique.startswith("84") else ENTREPRISE


def street_of(adresse: str, code_postal: str, commune: str) -> str:
    """An address given in one string, without the post code and the commune that end it."""
    cut = adresse.rfind(f" {code_postal} ") if code_postal else -1
    if cut < 0 and code_postal and adresse.startswith(f"{code_postal} "):
        return ""
    if cut >= 0:
        return adresse[:cut].strip(" ,")
    return adresse.removesuffix(commune).strip(" ,") if commune else adresse


def departement_of(code_commune: str, code_postal: str = "") -> str:
    """The département of a commune (INSEE code); by its post code when that is all there is, but for Corsica."""
    code = code_commune or ("" if code_postal.startswith("20") else code_postal)
    return code[: 3 if code.startswith(("97", "98")) else 2]


def said(text: str) -> str:
    """The text, '' where the register says that it may not tell."""
    return "" if _WITHHELD.search(text) else text


def is_same_name(one: str, other: str) -> bool:
    """Whether two names may be the same structure's: a word in common beside legal forms and small words.

    A référent names a shop as people know it; the register names the company behind.
    """
    words, others = _words(one), _words(other)
    return not words or not others or bool(words & others)


def _words(name: str) -> set[str]:
    return set(searchable(name).replace("(", " ").replace(")", " ").split()) - _LEGAL_FORMS
