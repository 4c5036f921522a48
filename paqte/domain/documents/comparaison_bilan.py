"""How two bilans are compared: their tables, what names each row, what each cell is made from (R19)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from paqte.domain.assemblage.completude import ENSEMBLE, GENRES, INDICATEUR
from paqte.domain.catalogue import catalogue
from paqte.domain.comptes import TITRES_AUTRES
from paqte.domain.documents.bilan import (
    LigneCompletude,
    LigneIndicateur,
    LigneReponse,
    LigneSignataire,
    LigneThematique,
)
from paqte.domain.documents.comparaison import DECLARATION, TOUT, Cause, Comparaison

# Not compared: what says which edition this is, what is told of the edition before, and what repeats other figures.
NOT_COMPARED: dict[str, str] = {
    "departement": "two départements are not compared",
    "periode": "what is compared across periods is the figures",
    "periode_libelle": "repeats the period",
    "edition": "its number",
    "genere_le": "its moment",
    "corrections": "told of the edition before",
    "ecarts": "told of the edition before",
    "regles": "told of the edition before",
    "notes": "repeat the grid and the signatories",
    "axes": "repeat the rates of the indicators",
    "diffusion": "only whole editions are compared",
}
# Former semesters are closed to the answers an edition keeps: these columns have other causes.
_BEFORE = frozenset({"reference", "precedent", "un_an_avant", "sans_cible"})
_FIGURES = {
    "semestre": "Réalisé au semestre",
    "precedent": "Semestre précédent",
    "un_an_avant": "Même semestre un an avant",
    "cumul": "Depuis le début",
}
_ANSWERS = {"repondu": "Réponses reçues", "du": "Réponses dues"}


def _of_indicator(row: LigneIndicateur, colonne: str) -> Iterable[Cause]:
    return () if colonne in _BEFORE else ((INDICATEUR, row.code),)


def _of_theme(row: LigneThematique, colonne: str) -> Iterable[Cause]:
    if colonne == "valorise":
        return valuing(row.code)
    return ((INDICATEUR, m.code) for m in catalogue().measures_of(row.code) if m.unite == row.unite)


def valuing(thematique: str) -> Iterable[Cause]:
    """What is valued beside a thématique is made from the indicators that feed it (R10)."""
    return ((INDICATEUR, i.code) for i in catalogue().valuing(thematique))


def _of_completeness(row: LigneCompletude, colonne: str) -> Iterable[Cause]:
    return ((TOUT, ""),) if row.genre == ENSEMBLE else ((row.genre, row.code),)


def _of_signatory(row: LigneSignataire) -> str:
    return f"{row.convention}, {row.nom}"


def _of_answer(row: LigneReponse) -> str:
    return f"{row.convention}, {row.signataire}, {row.periode}"


@cache
def free_codes() -> frozenset[str]:
    """Codes shared by several lines: free commitments, each on its own line (R5)."""
    return frozenset(i.code for i in catalogue().indicateurs.values() if i.traits.is_free)


BILAN: tuple[Comparaison, ...] = (
    Comparaison("", "Bilan", {"departement_nom": "Département", "prefecture": "Préfecture"}),
    Comparaison("versions", "Versions", {"catalogue": "Catalogue", "gabarit": "Gabarit"}),
    Comparaison(
        "referents",
        "Référents",
        {"nom": "Nom", "fonction": "Fonction", "courriel": "Courriel", "telephone": "Téléphone"},
        cle=lambda r: r.nom,
        ligne=lambda r: r.nom,
    ),
    Comparaison(
        "",
        "Pilotage",
        {
            "organisation": "Organisation retenue",
            "strategie": "Stratégie définie",
            "obstacles": "Obstacles rencontrés",
        },
    ),
    Comparaison(
        "comptes",
        "Nombre de signataires",
        {
            "entreprises": "Entreprises signataires",
            "reseaux": "Réseaux",
            "employeurs_publics": "Employeurs publics",
            "associations": "Associations",
            "nouvelles_entreprises": "Nouvelles entreprises",
            "chartes_a_transformer": "Chartes à transformer",
            "a_renouveler": "À renouveler",
            "plan_10000": "Plan « 10 000 entreprises »",
            "club": "Club",
            "actives": "Entreprises actives",
            "couvertes_au_national": "Couvertes par une convention nationale",
            **TITRES_AUTRES,
        },
    ),
    Comparaison(
        "signataires",
        "Signataires",
        {
            "nom": "Signataire",
            "identifiant": "SIREN ou SIRET",
            "nature": "Nature",
            "categorie": "Catégorie",
            "commune": "Commune",
            "axes": "Axes",
            "cosignataire": "Cosignataire",
            "signee_le": "Signée le",
            "debut": "Début",
            "fin": "Fin",
            "etat": "État",
            "dispositifs": "Dispositifs",
            "remarques": "Remarques",
        },
        cle=lambda s: (s.convention, s.signataire_id),
        ligne=_of_signatory,
    ),
    Comparaison(
        "partenaires",
        "Partenaires",
        {"nature": "Nature", "role": "Rôle"},
        cle=lambda p: p.nom,
        ligne=lambda p: p.nom,
    ),
    Comparaison(
        "indicateurs",
        "Indicateurs",
        {
            "axe": "Axe",
            "libelle": "Indicateur",
            "unite": "Unité",
            "reference": "Référence",
            "cible": "Objectif",
            **_FIGURES,
            "taux": "Taux de réalisation",
            "sans_cible": "Part sans objectif",
            **_ANSWERS,
            "neants": "Zéros confirmés",
            "mention": "Observations",
        },
        cle=lambda i: (i.code, i.libelle if i.code in free_codes() else "", i.nature),
        ligne=lambda i: f"{i.code}, {i.titre}",
        parts=frozenset({"taux", "sans_cible"}),
        causes=_of_indicator,
    ),
    Comparaison(
        "thematiques",
        "Thématiques",
        {
            "libelle": "Thématique",
            "transversale": "Transversale",
            "entreprises": "Entreprises engagées",
            "prevision": "Prévision",
            "semestre": _FIGURES["semestre"],
            "cumul": _FIGURES["cumul"],
            **_ANSWERS,
            "valorise": "Valorisé depuis le PAQTE",
            "mention": "Observations",
        },
        cle=lambda t: (t.code, t.unite, t.nature),
        ligne=lambda t: f"{t.code}, {t.titre} ({t.unite})",
        causes=_of_theme,
    ),
    Comparaison(
        "actions",
        "Actions",
        {"axe": "Axe", "texte": "Description", "lieu": "Lieu", "beneficiaires": "Bénéficiaires"},
        cle=lambda a: (a.date, a.signataire, a.titre),
        ligne=lambda a: a.titre,
    ),
    Comparaison(
        "contexte",
        "Contexte",
        {
            "libelle": "Élément",
            "valeur": "Valeur",
            "unite": "Unité",
            "date": "Date",
            "precision": "Précision",
            "source": "Source",
            "note": "Observations",
        },
        cle=lambda c: c.code,
        ligne=lambda c: c.libelle,
    ),
    Comparaison(
        "evolution",
        "Évolution",
        {"entreprises": "Entreprises", "autres": "Autres signataires"},
        cle=lambda p: p.periode,
        ligne=lambda p: p.periode,
    ),
    Comparaison(
        "avertissements",
        "Avertissements",
        {"commentaire": "Commentaire du déclarant"},
        cle=lambda a: (a.signataire, a.periode, a.indicateur, a.message),
        ligne=lambda a: f"{a.signataire}, {a.periode}, {a.indicateur} : {a.message}",
    ),
    Comparaison(
        "provenance",
        "Provenance",
        {"libelle": "Réponses validées", "nombre": "Nombre", "total": "Sur", "pourcent": "Part"},
        cle=lambda p: p.code,
        ligne=lambda p: p.libelle,
        parts=frozenset({"pourcent"}),
        causes=lambda row, colonne: ((TOUT, ""),),
    ),
    Comparaison(
        "completude",
        "Complétude",
        {
            "libelle": "Libellé",
            "dus": "Dues",
            "repondus": "Validées",
            "a_temps": "Dont à temps",
            "completude": "Complétude",
            "ponctualite": "Ponctualité",
        },
        cle=lambda c: (c.genre, c.code),
        ligne=lambda c: f"{GENRES[c.genre]} : {c.libelle}",
        parts=frozenset({"completude", "ponctualite"}),
        causes=_of_completeness,
    ),
    Comparaison(
        "reponses",
        "Réponses",
        {
            "signataire": "Signataire",
            "etat": "État",
            "transmise_le": "Transmise le",
            "validee_le": "Validée le",
            "dus": "Dus",
            "repondus": "Répondus",
            "neants": "Zéros confirmés",
            "manquants": "Manquants",
        },
        cle=lambda r: (r.convention, r.periode),
        ligne=_of_answer,
        causes=lambda row, colonne: ((DECLARATION, (row.convention, row.periode)),),
    ),
)
