"""The sum of a territory, région or nation, said once: its tables, what names their rows (R19, R20).

Each total stands beside one row a département, of the very same columns, and each département beside the edition or
the file that it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from paqte.domain.colonnes import BRUT, DATE, ENTIER, NOMBRE, OBSERVATIONS, POURCENT, TEXTE, Colonne
from paqte.domain.documents.commun.canonique import Frozen
from paqte.domain.documents.lignes.lignes import LigneEcart, Versions
from paqte.domain.documents.lignes.tables import VERSIONS, Comparaison
from paqte.domain.secret import DIFFUSIONS, INTERNE
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE

# What the workbook calls the figure of the period.
REALISE = {SEMESTRE: "Réalisé au semestre", TRIMESTRE: "Réalisé au trimestre"}


@dataclass(frozen=True, slots=True)
class TotalTerritoire:
    """One thing said of the whole."""

    quoi: str
    valeur: str | int


@dataclass(frozen=True, slots=True)
class LigneTerritoire:
    """An indicator over a territory; with `departement`, what that one brings to it.

    Figures as they are read (a share is in percent, R33), then the exact numbers by which they add up; `mention` says
    why there is none (R13).
    """

    axe: str
    code: str
    titre: str
    unite: str
    nature: str
    realise: Decimal | None
    objectif: Decimal | None
    taux: Decimal | None
    repondu: int
    du: int
    neants: int
    mention: str
    diffusion: str
    numerateur: Decimal | None
    denominateur: Decimal | None
    realise_vise: Decimal | None
    vise: Decimal | None
    poids_vise: Decimal | None
    departement: str = ""
    nom: str = ""


@dataclass(frozen=True, slots=True)
class ThematiqueTerritoire:
    """A measure of a thématique over a territory; with `departement`, what that one brings to it (R8)."""

    code: str
    titre: str
    unite: str
    nature: str
    entreprises: int
    prevision: Decimal | None
    realise: Decimal | None
    cumul: Decimal | None
    repondu: int
    du: int
    mention: str
    diffusion: str
    departement: str = ""
    nom: str = ""


@dataclass(frozen=True, slots=True)
class ContexteTerritoire:
    """An element of context of one département, which never adds up; `edition` says which edition tells it."""

    departement: str
    nom: str
    libelle: str
    valeur: Decimal | None
    unite: str
    date: str
    source: str
    mention: str
    edition: int


@dataclass(frozen=True, slots=True)
class TextTerritoire:
    """A text of one département, with the edition that says it."""

    departement: str
    nom: str
    sujet: str
    titre: str
    signataire: str
    date: str
    texte: str
    document: str
    periode: str
    edition: int
    diffusion: str


@dataclass(frozen=True, slots=True)
class PartTerritoire:
    """What one département counts, and the edition or the workbook received that all its figures come from."""

    departement: str
    nom: str
    entreprises: int
    autres: int
    reseaux: int | None
    employeurs_publics: int | None
    associations: int | None
    dus: int
    repondus: int
    a_temps: int | None
    edition: int | None
    fichier: str
    controle: str
    empreinte: str
    empreinte_fichier: str


def _figures_told(rythme: str) -> tuple[Colonne, ...]:
    aimed = (Colonne("objectif", "Objectif", NOMBRE), Colonne("taux", "Taux de réalisation", POURCENT))
    exact = (
        Colonne("realise_vise", "Réalisé avec objectif", BRUT),
        Colonne("vise", "Visé", BRUT),
        Colonne("poids_vise", "Poids de l’objectif", BRUT),
    )
    return (
        Colonne("realise", REALISE[rythme], NOMBRE),
        *aimed,
        Colonne("repondu", "Réponses reçues", ENTIER, largeur=10),
        Colonne("du", "Réponses attendues", ENTIER, largeur=10),
        Colonne("neants", "Zéros confirmés", ENTIER, largeur=10),
        Colonne("mention", "Observations", OBSERVATIONS, largeur=30),
        Colonne("diffusion", "Diffusion", valeur=lambda row: DIFFUSIONS[row.diffusion], comparee=False),
        Colonne("numerateur", "Numérateur", BRUT),
        Colonne("denominateur", "Dénominateur", BRUT),
        *exact,
    )


def _measured(rythme: str) -> tuple[Colonne, ...]:
    return (
        Colonne("entreprises", "Entreprises engagées", ENTIER),
        Colonne("prevision", "Prévision", NOMBRE),
        Colonne("realise", REALISE[rythme], NOMBRE),
        Colonne("cumul", "Depuis le début", NOMBRE),
        Colonne("repondu", "Réponses reçues", ENTIER, largeur=10),
        Colonne("du", "Réponses attendues", ENTIER, largeur=10),
        Colonne("mention", "Observations", OBSERVATIONS, largeur=30),
        Colonne("diffusion", "Diffusion", valeur=lambda row: DIFFUSIONS[row.diffusion], comparee=False),
    )


_LIEU = (
    Colonne("departement", "Département", comparee=False),
    Colonne("nom", "Nom", largeur=20, comparee=False),
)
_UNITE = Colonne("unite", "Unité", comparee=False)
_INDICATEUR = (
    Colonne("code", "Code", largeur=7, comparee=False),
    Colonne("titre", "Indicateur", largeur=46, comparee=False),
    _UNITE,
)
_THEMATIQUE = (
    Colonne("code", "Code", largeur=7, comparee=False),
    Colonne("titre", "Thématique", largeur=52, comparee=False),
    _UNITE,
)
_CONTEXTE = (
    *_LIEU,
    Colonne("libelle", "Élément", largeur=44),
    Colonne("valeur", "Chiffre", NOMBRE),
    Colonne("unite", "Unité"),
    Colonne("date", "Date", DATE),
    Colonne("source", "Source", largeur=26),
    Colonne("mention", "Observations", OBSERVATIONS, largeur=30),
    Colonne("edition", "Édition", ENTIER, comparee=False),
)
_TEXTES = (
    *_LIEU,
    Colonne("sujet", "Sujet", largeur=18, comparee=False),
    Colonne("titre", "Action", largeur=26),
    Colonne("signataire", "Signataire", largeur=24),
    Colonne("date", "Date de l’action", DATE),
    Colonne("texte", "Texte", largeur=80),
    Colonne("document", "Document", largeur=16, comparee=False),
    Colonne("periode", "Période", comparee=False),
    Colonne("edition", "Édition", ENTIER, comparee=False),
    Colonne("diffusion", "Diffusion", valeur=lambda row: DIFFUSIONS[row.diffusion], comparee=False),
)
_PARTS = (
    *_LIEU,
    Colonne("entreprises", "Entreprises", ENTIER),
    Colonne("autres", "Autres signataires", ENTIER),
    Colonne("reseaux", "Réseaux", ENTIER),
    Colonne("employeurs_publics", "Employeurs publics", ENTIER),
    Colonne("associations", "Associations", ENTIER),
    Colonne("dus", "Réponses attendues", ENTIER, largeur=10),
    Colonne("repondus", "Réponses reçues", ENTIER, largeur=10),
    Colonne("a_temps", "Dont à temps", ENTIER),
    Colonne("edition", "Édition", ENTIER),
    Colonne("fichier", "Fichier", largeur=34),
    Colonne("controle", "Contrôle", largeur=24),
    Colonne("empreinte", "Empreinte du bilan"),
    Colonne("empreinte_fichier", "Empreinte du fichier"),
)
_ECARTS = (
    Colonne("tableau", "Feuille", largeur=20, comparee=False),
    Colonne("ligne", "Ligne", largeur=46, comparee=False),
    Colonne("colonne", "Colonne", largeur=24, comparee=False),
    Colonne("avant", "Avant", largeur=30, comparee=False),
    Colonne("apres", "Après", largeur=30, comparee=False),
)


_OF_CONTEXT = Comparaison(
    "contexte",
    "Contexte",
    _CONTEXTE,
    cle=lambda c: (c.departement, c.libelle),
    ligne=lambda c: f"{c.nom} ({c.departement}), {c.libelle}",
)


_OF_TEXTS = Comparaison(
    "textes",
    "Textes et actions",
    _TEXTES,
    cle=lambda t: (t.departement, t.sujet, t.document, t.periode, t.date, t.signataire, t.titre),
    ligne=lambda t: f"{t.nom} ({t.departement}), {t.sujet}{f', {t.titre}' if t.titre else ''}",
)
_OF_PARTS = Comparaison(
    "departements",
    "Départements",
    _PARTS,
    cle=lambda p: p.departement,
    ligne=lambda p: f"{p.nom} ({p.departement})",
)
_OF_WHOLE = Comparaison(
    "ensemble",
    "Ensemble",
    (
        Colonne("quoi", "Quoi", TEXTE, largeur=36, comparee=False),
        Colonne("valeur", "Valeur", BRUT, largeur=68),
    ),
    cle=lambda t: t.quoi,
    ligne=lambda t: t.quoi,
)


def _tables(rythme: str) -> tuple[Comparaison, ...]:
    figures, measured = _figures_told(rythme), _measured(rythme)
    return (
        VERSIONS,
        _OF_WHOLE,
        Comparaison(
            "indicateurs",
            "Indicateurs",
            (Colonne("axe", "Axe", comparee=False), *_INDICATEUR, *figures),
            cle=lambda i: (i.code, i.nature),
            ligne=lambda i: f"{i.code}, {i.titre}",
        ),
        Comparaison(
            "detail",
            "Détail",
            (*_INDICATEUR, *_LIEU, *figures),
            cle=lambda i: (i.code, i.nature, i.departement),
            ligne=lambda i: f"{i.code}, {i.titre}, {i.nom} ({i.departement})",
        ),
        Comparaison(
            "thematiques",
            "Thématiques",
            (*_THEMATIQUE, *measured),
            cle=lambda t: (t.code, t.unite, t.nature),
            ligne=lambda t: f"{t.code}, {t.titre} ({t.unite})",
        ),
        Comparaison(
            "thematiques_detail",
            "Thématiques, détail",
            (*_THEMATIQUE, *_LIEU, *measured),
            cle=lambda t: (t.code, t.unite, t.nature, t.departement),
            ligne=lambda t: f"{t.code}, {t.titre} ({t.unite}), {t.nom} ({t.departement})",
        ),
        *(() if rythme == TRIMESTRE else (_OF_CONTEXT,)),
        _OF_TEXTS,
        _OF_PARTS,
        Comparaison("ecarts", "Changements", _ECARTS),
    )


# Told of the edition before, not compared.
NOT_COMPARED = frozenset({"ecarts"})


@dataclass(frozen=True, slots=True)
class SommeTerritoire(Frozen):
    """The sum of the last document of each département of a territory, for one period.

    `territoire` is its code (domain.editions.territoires), `edition` 0 where it bears no number; `empreinte` is the
    same for the same figures of the same editions and files, whoever adds them up. Whole unless `diffusion` says
    publishable; `mention` says to whom it may go.
    """

    tables: ClassVar[tuple[Comparaison, ...]] = ()
    depuis: ClassVar[Mapping[str, str]] = {}
    # The columns after the last one that is printed are exact numbers, or hashes.
    imprimees: ClassVar[tuple[str, ...]] = ("Diffusion", "Contrôle")

    territoire: str
    territoire_nom: str
    periode: str
    periode_libelle: str
    edition: int
    genere_le: str
    versions: Versions
    empreinte: str
    mention: str
    diffusion: str = INTERNE
    ensemble: tuple[TotalTerritoire, ...] = ()
    indicateurs: tuple[LigneTerritoire, ...] = ()
    detail: tuple[LigneTerritoire, ...] = ()
    thematiques: tuple[ThematiqueTerritoire, ...] = ()
    thematiques_detail: tuple[ThematiqueTerritoire, ...] = ()
    contexte: tuple[ContexteTerritoire, ...] = ()
    textes: tuple[TextTerritoire, ...] = ()
    departements: tuple[PartTerritoire, ...] = ()
    ecarts: tuple[LigneEcart, ...] = ()


@dataclass(frozen=True, slots=True)
class SommeSemestre(SommeTerritoire):
    """That of the bilans of a semester."""

    tables: ClassVar[tuple[Comparaison, ...]] = _tables(SEMESTRE)


@dataclass(frozen=True, slots=True)
class SommeTrimestre(SommeTerritoire):
    """That of the comptes rendus of a quarter of the plan."""

    tables: ClassVar[tuple[Comparaison, ...]] = _tables(TRIMESTRE)


@dataclass(frozen=True, slots=True)
class GenreSomme:
    """A kind of sum: of which document of the registry, made by which task, how it is named in sentences and files."""

    code: str
    de: str
    rythme: str
    travail: str
    fichier: str
    titre: str
    du: str
    document: type[SommeTerritoire]
