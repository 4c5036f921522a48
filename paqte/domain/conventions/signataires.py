"""A signatory's sheet, said once: a line a column, which form, page, list, journal and import all follow.

A new column is a line of `SignataireTyped`, the column of the base with its migration, and its field in the form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_type_hints

from paqte.domain.saisie.identifiants import read_siren_or_siret
from paqte.domain.saisie.nombres import written
from paqte.domain.saisie.saisies import as_typed
from paqte.domain.saisie.textes import clean_line, clean_lines
from paqte.domain.statuts.conventions import CATEGORIES, NATURES

# A line of text, several lines, a whole number, a day, a box to tick. A column with `choix` holds one of its codes.
LIGNE, LIGNES, ENTIER, JOUR, CASE = "ligne", "lignes", "entier", "jour", "case"
# The groups of the form.
IDENTITE, LIEU, NOTES = "Identité", "Lieu", "Notes"
MAX_ENTIER = 9_999_999
_NAF = re.compile(r"([0-9]{2})\.?([0-9]{2}[A-Z])", re.ASCII)
_POSTCODE = re.compile(r"[0-9]{5}", re.ASCII)


def _read_name(text: str) -> str:
    if not text:
        raise ValueError("Écrivez le nom sous lequel le signataire est connu.")
    return text


def _read_naf(text: str) -> str:
    naf = _NAF.fullmatch(text.upper().replace(" ", ""))
    if text and naf is None:
        raise ValueError("Un code NAF s’écrit comme 62.01Z : quatre chiffres et une lettre.")
    return f"{naf[1]}.{naf[2]}" if naf else ""


def _read_postcode(text: str) -> str:
    if text and not _POSTCODE.fullmatch(text):
        raise ValueError("Cinq chiffres.")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class ColonneSignataire:
    """A column of the sheet: how people call it, what it holds, where it is shown, which columns of a tracker fill it.

    `lit` gives the stored spelling of a text, or ValueError with what to say; `refus` is said of a code out of `choix`
    or of a number out of all measure. `noms` are the headings that trackers give it besides its title, without case nor
    accents, parted by commas: with none, no tracker fills it. It has its line on the page when `fiche`, its column in
    the exported list when `liste`. The journal tells every change of it.
    """

    titre: str
    champ: str = ""
    genre: str = LIGNE
    groupe: str = IDENTITE
    longueur: int = 200
    choix: Mapping[str, str] | None = None
    lit: Callable[[str], str] | None = None
    refus: str = ""
    noms: str = ""
    fiche: bool = True
    liste: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """`noms`, one by one."""
        return tuple(self.noms.split(", ")) if self.noms else ()

    def read(self, typed: Any) -> Any:
        """What is kept of what was typed; ValueError with the sentence to show."""
        if self.genre in (JOUR, CASE):
            return typed
        if self.genre == ENTIER:
            if not 0 <= (typed or 0) <= MAX_ENTIER:
                raise ValueError(self.refus or "Ce nombre est hors de toute mesure.")
            return typed
        if self.choix is not None:
            if typed not in self.choix:
                raise ValueError(self.refus or "Choisissez une réponse dans la liste.")
            return typed
        text = (clean_lines if self.genre == LIGNES else clean_line)(typed)[0]
        kept = self.lit(text) if self.lit else text
        if len(kept) > self.longueur:
            raise ValueError(f"Ce texte est trop long : {written(self.longueur)} caractères au plus.")
        return kept

    def told(self, sheet: object) -> str:
        """What people read of it: a word of its list, « oui », « 1 250 »; '' when nothing is known."""
        value = getattr(sheet, self.champ)
        return self.choix.get(value, "") if self.choix is not None else as_typed(value)

    @property
    def dans_une_phrase(self) -> str:
        """Its title within a sentence: « code NAF », but « SIRET ou SIREN »."""
        return self.titre if self.titre[:2].isupper() else self.titre[0].lower() + self.titre[1:]


@dataclass(frozen=True, slots=True)
class SignataireTyped:
    """A signatory as typed, a line a column. `identifiant` is a SIRET or a bare SIREN (R3, R24)."""

    identifiant: Annotated[
        str,
        ColonneSignataire(
            titre="SIRET ou SIREN",
            lit=read_siren_or_siret,
            noms="siret, siren, siret ou siren, siren ou siret, n siret, numero siret, n de siret, n siren, "
            "identifiant, siret siren",
            fiche=False,
            liste=True,
        ),
    ]
    nom: Annotated[
        str,
        ColonneSignataire(
            titre="Nom",
            lit=_read_name,
            noms="nom, raison sociale, entreprise, signataire, structure, denomination, nom de l entreprise, "
            "entreprises, societe, nom du signataire, nom de la structure, etablissement, denomination sociale",
            fiche=False,
            liste=True,
        ),
    ]
    nature: Annotated[
        str,
        ColonneSignataire(
            titre="Nature",
            choix=NATURES,
            refus="Choisissez une nature dans la liste.",
            noms="nature, type de structure, type, statut juridique",
            fiche=False,
            liste=True,
        ),
    ]
    categorie: Annotated[
        str,
        ColonneSignataire(
            titre="Catégorie",
            choix=CATEGORIES,
            refus="Choisissez une catégorie dans la liste.",
            noms="taille, categorie, categorie d entreprise, taille de l entreprise",
            liste=True,
        ),
    ] = ""
    effectif: Annotated[
        int | None,
        ColonneSignataire(
            titre="Effectif",
            genre=ENTIER,
            refus="Cet effectif est hors de toute mesure.",
            noms="effectif, effectifs, nb salaries, nombre de salaries, salaries",
        ),
    ] = None
    naf: Annotated[
        str,
        ColonneSignataire(titre="Code NAF", lit=_read_naf, noms="naf, code naf, ape, code ape", fiche=False),
    ] = ""
    secteur: Annotated[
        str,
        ColonneSignataire(titre="Secteur", noms="secteur, secteur d activite, activite, branche, domaine"),
    ] = ""
    adresse: Annotated[
        str,
        ColonneSignataire(titre="Adresse", groupe=LIEU, longueur=300, noms="adresse, adresse postale, rue", liste=True),
    ] = ""
    code_postal: Annotated[
        str,
        ColonneSignataire(
            titre="Code postal", groupe=LIEU, lit=_read_postcode, noms="code postal, cp", fiche=False, liste=True
        ),
    ] = ""
    commune: Annotated[
        str,
        ColonneSignataire(
            titre="Commune", groupe=LIEU, longueur=100, noms="commune, ville, localite", fiche=False, liste=True
        ),
    ] = ""
    is_partial_diffusion: Annotated[bool, ColonneSignataire(titre="Diffusion partielle", genre=CASE, groupe=LIEU)] = (
        False
    )
    is_covered_nationally: Annotated[
        bool, ColonneSignataire(titre="Couvert par une convention nationale", genre=CASE)
    ] = False
    notes: Annotated[
        str,
        ColonneSignataire(
            titre="Notes",
            genre=LIGNES,
            groupe=NOTES,
            longueur=4_000,
            noms="notes, note, observations, remarques, commentaires",
            fiche=False,
        ),
    ] = ""


@dataclass(frozen=True, slots=True)
class ContactTyped:
    """A professional contact (R30), as typed or as kept; `id` None for a new one."""

    nom: str = ""
    fonction: str = ""
    courriel: str = ""
    telephone: str = ""
    id: int | None = None

    @property
    def is_blank(self) -> bool:
        return not (self.nom or self.fonction or self.courriel or self.telephone)


# In the order of the lines of SignataireTyped.
COLONNES: tuple[ColonneSignataire, ...] = tuple(
    replace(colonne, champ=champ)
    for champ, hint in get_type_hints(SignataireTyped, include_extras=True).items()
    for colonne in hint.__metadata__
)


def identity(row: object) -> dict[str, Any]:
    """What a row of the base, or a page, says of each column."""
    return {colonne.champ: getattr(row, colonne.champ) for colonne in COLONNES}
