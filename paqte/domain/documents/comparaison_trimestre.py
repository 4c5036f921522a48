"""How two comptes rendus of a quarter are compared: their tables, what names each row, what its cells are made from."""

from __future__ import annotations

from collections.abc import Iterable

from paqte.domain.assemblage.completude import INDICATEUR
from paqte.domain.comptes import COMPTES_AUTRES, TITRES_AUTRES
from paqte.domain.documents.bilan import titled
from paqte.domain.documents.comparaison import DECLARATION, TOUT, Cause, Comparaison
from paqte.domain.documents.comparaison_bilan import free_codes, valuing
from paqte.domain.documents.compte_rendu import DonneeTrimestre, IndicateurTrimestre, ThematiqueTrimestre
from paqte.domain.periodes import Periode

# Not compared: what says which edition this is, what is told of the edition before, and what repeats other figures.
NOT_COMPARED: dict[str, str] = {
    "departement": "two départements are not compared",
    "periode": "what is compared across periods is the figures",
    "periode_libelle": "repeats the period",
    "edition": "its number",
    "genere_le": "its moment",
    "corrections": "told of the edition before",
    "regles": "told of the edition before",
    "notes": "repeat the grid and the signatories",
    "diffusion": "only whole editions are compared",
}
# Former quarters are closed to the answers an edition keeps: these columns have other causes.
# Counts made from answers.
_OF_ANSWERS = frozenset({"actives", "validees", *(c.actifs for c in COMPTES_AUTRES.values())})
_BEFORE = frozenset({"precedent", "un_an_avant"})
_ANSWERS = {"repondu": "Réponses reçues", "du": "Réponses dues", "semestriels": "Déclarants semestriels"}


def _of_indicator(row: IndicateurTrimestre, colonne: str) -> Iterable[Cause]:
    return () if colonne in _BEFORE else ((INDICATEUR, row.code),)


def _of_theme(row: ThematiqueTrimestre, colonne: str) -> Iterable[Cause]:
    return valuing(row.code) if colonne == "valorise" else ((INDICATEUR, row.mesure),)


def _of_value(row: DonneeTrimestre, colonne: str) -> Iterable[Cause]:
    return ((DECLARATION, (row.convention, Periode.from_code(row.periode).libelle)),)


COMPTE_RENDU: tuple[Comparaison, ...] = (
    Comparaison("", "Export", {"departement_nom": "Département", "prefecture": "Préfecture"}),
    Comparaison("versions", "Versions", {"catalogue": "Catalogue", "gabarit": "Gabarit"}),
    Comparaison("", "Analyse", {"efficacite": "Efficacité des actions", "propositions": "Propositions"}),
    Comparaison(
        "comptes",
        "Synthèse",
        {
            "engagees": "Entreprises engagées",
            "nouvelles": "Nouvelles entreprises",
            "actives": "Entreprises actives",
            "club": "Club",
            "paqte": "Entreprises du PAQTE",
            "plan_10000": "Plan « 10 000 entreprises »",
            "reseaux": "Réseaux",
            "employeurs_publics": "Employeurs publics",
            "associations": "Associations",
            "chartes_a_transformer": "Chartes à transformer",
            "attendues": "Déclarations attendues",
            "validees": "Déclarations validées",
            "semestriels": "Déclarants semestriels",
            **TITRES_AUTRES,
        },
        causes=lambda row, colonne: ((TOUT, ""),) if colonne in _OF_ANSWERS else (),
    ),
    Comparaison(
        "entreprises",
        "Entreprises",
        {
            "nom": "Signataire",
            "identifiant": "SIREN ou SIRET",
            "nature": "Nature",
            "categorie": "Catégorie",
            "commune": "Commune",
            "dispositifs": "Dispositifs",
            "axes": "Axes",
            "thematiques": "Thématiques",
            "debut": "Début",
            "fin": "Fin",
            "etat": "État",
            "rythme": "Rythme",
            "is_nouvelle": "Nouvelle",
            "is_active": "Active",
            "is_club": "Club",
            "declaration": "Déclaration du trimestre",
            "dus": "Réponses dues",
            "repondus": "Réponses reçues",
            "neants": "Zéros confirmés",
            "manquants": "Observations",
        },
        cle=lambda e: e.convention,
        ligne=lambda e: f"{e.convention}, {e.nom}",
    ),
    Comparaison(
        "indicateurs",
        "Axes PAQTE",
        {
            "axe": "Axe",
            "libelle": "Indicateur",
            "unite": "Unité",
            "cible": "Objectif",
            "trimestre": "Réalisé au trimestre",
            "precedent": "Trimestre précédent",
            "un_an_avant": "Même trimestre un an avant",
            "cumul": "Depuis le début",
            "taux": "Taux de réalisation",
            "neants": "Zéros confirmés",
            **_ANSWERS,
            "mention": "Observations",
        },
        cle=lambda i: (i.code, i.libelle if i.code in free_codes() else "", i.nature),
        ligne=lambda i: f"{i.code}, {i.titre}",
        parts=frozenset({"taux"}),
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
            "trimestre": "Réalisé au trimestre",
            "cumul": "Depuis le début",
            **_ANSWERS,
            "valorise": "Valorisé depuis le PAQTE",
            "mention": "Observations",
        },
        cle=lambda t: (t.mesure, t.nature),
        ligne=lambda t: f"{t.code}, {t.titre} ({t.unite})",
        causes=_of_theme,
    ),
    Comparaison(
        "progres",
        "Thématiques",
        {"taux": "% de la prévision"},
        cle=lambda p: (p.mesure, p.nature),
        ligne=lambda p: titled(p.mesure, p.nature),
        parts=frozenset({"taux"}),
        causes=lambda row, colonne: ((INDICATEUR, row.mesure),),
    ),
    Comparaison(
        "donnees",
        "Données",
        {
            "identifiant": "SIRET",
            "signataire": "Signataire",
            "dispositif": "Dispositif",
            "axe": "Axe",
            "thematique": "Thématique",
            "unite": "Unité",
            "valeur": "Valeur",
            "numerateur": "Numérateur",
            "denominateur": "Dénominateur",
            "etat_lu": "État",
        },
        cle=lambda d: (d.convention, d.indicateur, d.libelle, d.periode),
        ligne=lambda d: f"{d.convention}, {d.signataire}, {d.indicateur}, {d.periode}",
        causes=_of_value,
    ),
)
