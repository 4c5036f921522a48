"""The compte rendu of a quarter, said once: its tables, what names their rows, what each cell is made from (R19).

A new column is a field of its row (lignes_trimestre.py) and a line of its table here; one of the rows of data, a line
of donnees.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.colonnes import BRUT, DATE, ENTIER, NOMBRE, OBSERVATIONS, POURCENT, Colonne
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.lignes import libelles
from paqte.domain.documents.lignes.comptes import COMPTES_AUTRES
from paqte.domain.documents.lignes.donnees import DONNEES
from paqte.domain.documents.lignes.lignes import INDICATEUR, LigneIndicateur, LigneThematique, titled
from paqte.domain.documents.lignes.lignes_trimestre import (
    ComptesTrimestre,
    DonneeTrimestre,
    EntrepriseTrimestre,
    PointThematique,
)
from paqte.domain.documents.lignes.tables import (
    AUTRES_NATURES,
    DECLARATION,
    LIEU,
    NATURE,
    NEVER_COMPARED,
    OBJECTIF_EXACT,
    PREMIERE,
    REPONSES,
    TOUT,
    VERSIONS,
    Cause,
    Comparaison,
    free_codes,
    valuing,
)

NOT_COMPARED = NEVER_COMPARED
# Former quarters are closed to the answers an edition keeps: these columns have other causes.
# Counts made from answers.
_OF_ANSWERS = frozenset({"actives", "validees", *(c.actifs for c in COMPTES_AUTRES.values())})
_BEFORE = frozenset({"precedent", "un_an_avant"})


def _of_indicator(row: LigneIndicateur, colonne: str) -> Iterable[Cause]:
    return () if colonne in _BEFORE else ((INDICATEUR, row.code),)


def _of_theme(row: LigneThematique, colonne: str) -> Iterable[Cause]:
    return valuing(row.code) if colonne == "valorise" else ((INDICATEUR, row.mesure),)


def _of_value(row: DonneeTrimestre, colonne: str) -> Iterable[Cause]:
    return ((DECLARATION, (row.convention, Periode.from_code(row.periode).libelle)),)


def _missing(row: EntrepriseTrimestre) -> str:
    return f"Sans réponse : {row.manquants}" if row.manquants else ""


TABLES: tuple[Comparaison, ...] = (
    Comparaison(
        "",
        "Export",
        LIEU,
    ),
    VERSIONS,
    Comparaison(
        "",
        "Analyse",
        (
            Colonne("efficacite", "Efficacité des actions", largeur=0),
            Colonne("propositions", "Propositions", largeur=0),
        ),
    ),
    Comparaison(
        "comptes",
        "Synthèse",
        (
            Colonne("engagees", "Entreprises engagées", ENTIER, largeur=0),
            Colonne("nouvelles", "Nouvelles entreprises", ENTIER, largeur=0),
            Colonne("actives", "Entreprises actives", ENTIER, largeur=0),
            Colonne("club", "Club", ENTIER, largeur=0),
            Colonne("paqte", "Entreprises du PAQTE", ENTIER, largeur=0),
            Colonne("plan_10000", "Plan « 10 000 entreprises »", ENTIER, largeur=0),
            Colonne("reseaux", "Réseaux", ENTIER, largeur=0),
            Colonne("employeurs_publics", "Employeurs publics", ENTIER, largeur=0),
            Colonne("associations", "Associations", ENTIER, largeur=0),
            Colonne("chartes_a_transformer", "Chartes à transformer", ENTIER, largeur=0),
            Colonne("attendues", "Déclarations attendues", ENTIER, largeur=0),
            Colonne("validees", "Déclarations validées", ENTIER, largeur=0),
            Colonne("semestriels", "Déclarants semestriels", ENTIER, largeur=0),
            *AUTRES_NATURES,
        ),
        causes=lambda row, colonne: ((TOUT, ""),) if colonne in _OF_ANSWERS else (),
    ),
    Comparaison(
        "entreprises",
        "Entreprises",
        (
            Colonne("nom", "Signataire", largeur=26),
            Colonne("identifiant", "SIREN ou SIRET", largeur=15.5),
            Colonne("nature", "Nature", largeur=11),
            Colonne("categorie", "Catégorie", largeur=10, mot=libelles.short_category),
            Colonne("commune", "Commune", largeur=13),
            Colonne("convention", "Convention", largeur=11, comparee=False),
            Colonne("dispositifs", "Dispositifs", largeur=13),
            Colonne("axes", "Axes", largeur=14),
            Colonne("thematiques", "Thématiques", largeur=11),
            Colonne("debut", "Début", DATE, largeur=10.5),
            Colonne("fin", "Fin", DATE, largeur=10.5),
            Colonne("etat", "État", largeur=11),
            Colonne("is_nouvelle", "Nouvelle", largeur=8.5, valeur=lambda e: libelles.yes(e.is_nouvelle)),
            Colonne("is_active", "Active", largeur=7, valeur=lambda e: libelles.yes(e.is_active)),
            Colonne("is_club", "Club", largeur=6, valeur=lambda e: libelles.yes(e.is_club)),
            Colonne("rythme", "Rythme", largeur=11),
            Colonne(
                "declaration",
                "Déclaration du trimestre",
                largeur=13,
                mot=libelles.declaration_state,
            ),
            Colonne("dus", "Réponses attendues", BRUT, largeur=9, ancien="Réponses dues"),
            Colonne("repondus", "Réponses reçues", BRUT, largeur=9),
            Colonne("neants", "Zéros confirmés", BRUT, largeur=9.5),
            Colonne("manquants", "Observations", largeur=18, valeur=_missing),
        ),
        cle=lambda e: e.convention,
        ligne=lambda e: f"{e.convention}, {e.nom}",
    ),
    Comparaison(
        "indicateurs",
        "Axes PAQTE",
        (
            Colonne("axe", "Axe", largeur=12, mot=libelles.axe_label),
            Colonne("code", "Code", largeur=6, comparee=False),
            Colonne("libelle", "Indicateur", largeur=34, valeur=libelles.indicator_label),
            Colonne("unite", "Unité", largeur=12),
            Colonne("cible", "Objectif", NOMBRE, largeur=11),
            Colonne("realise", "Réalisé au trimestre", NOMBRE, largeur=11, cle="trimestre"),
            Colonne("precedent", "Trimestre précédent", NOMBRE, largeur=11),
            Colonne("un_an_avant", "Même trimestre un an avant", NOMBRE, largeur=12),
            Colonne("cumul", "Depuis le début", NOMBRE, largeur=11),
            Colonne("taux", "Taux de réalisation", POURCENT, largeur=10),
            *REPONSES,
            Colonne("neants", "Zéros confirmés", ENTIER, largeur=9.5),
            Colonne("semestriels", "Déclarants semestriels", ENTIER, largeur=11),
            Colonne("mention", "Observations", OBSERVATIONS, largeur=30),
            NATURE,
            # Kept for the sums of territories: its sheet does not show them, and no change of theirs alone is told.
            *(replace(one, largeur=0, comparee=False) for one in OBJECTIF_EXACT),
        ),
        cle=lambda i: (i.code, i.libelle if i.code in free_codes() else "", i.nature),
        ligne=lambda i: f"{i.code}, {i.titre}",
        causes=_of_indicator,
    ),
    Comparaison(
        "thematiques",
        "Thématiques",
        (
            Colonne("code", "Code", largeur=6, comparee=False),
            Colonne("libelle", "Thématique", largeur=40),
            Colonne("transversale", "Transversale", largeur=11, valeur=lambda t: libelles.yes(t.transversale)),
            Colonne("unite", "Unité", largeur=12, comparee=False),
            Colonne("entreprises", "Entreprises engagées", ENTIER, largeur=10.5),
            Colonne("prevision", "Prévision", NOMBRE, largeur=11),
            Colonne("realise", "Réalisé au trimestre", NOMBRE, largeur=11, cle="trimestre"),
            Colonne("cumul", "Depuis le début", NOMBRE, largeur=11),
            *REPONSES,
            Colonne("semestriels", "Déclarants semestriels", ENTIER, largeur=10.5),
            Colonne("mesure", "Mesure", largeur=0, comparee=False),
            Colonne("valorise", "Valorisé depuis le PAQTE", largeur=20),
            Colonne("mention", "Observations", OBSERVATIONS, PREMIERE, largeur=24),
            NATURE,
        ),
        cle=lambda t: (t.mesure, t.nature),
        ligne=lambda t: f"{t.code}, {t.titre} ({t.unite})",
        causes=_of_theme,
    ),
    Comparaison(
        "progres",
        "Thématiques",
        (
            Colonne("taux", "% de la prévision", POURCENT, largeur=9),
            NATURE,
        ),
        cle=lambda p: (p.mesure, p.nature),
        ligne=lambda p: titled(p.mesure, p.nature),
        causes=lambda row, colonne: ((INDICATEUR, row.mesure),),
    ),
    Comparaison(
        "donnees",
        "Données",
        DONNEES,
        cle=lambda d: (d.convention, d.indicateur, d.libelle, d.periode),
        ligne=lambda d: f"{d.convention}, {d.signataire}, {d.indicateur}, {d.periode}",
        causes=_of_value,
    ),
)


NO_COUNT = ComptesTrimestre()


@dataclass(frozen=True, slots=True)
class CompteRendu(Document):
    """The quarterly account of one département (bilan_cget.md, part B), whole unless `diffusion` says publishable.

    `regles` says which rules changed since the edition before, when cells did (R19).
    """

    tables: ClassVar[tuple[Comparaison, ...]] = TABLES
    depuis: ClassVar[Mapping[str, str]] = dict.fromkeys(("diffusion", "progres", "regles"), PREMIERE)

    comptes: ComptesTrimestre = NO_COUNT
    entreprises: tuple[EntrepriseTrimestre, ...] = ()
    indicateurs: tuple[LigneIndicateur, ...] = ()
    thematiques: tuple[LigneThematique, ...] = ()
    efficacite: str = ""
    propositions: str = ""
    donnees: tuple[DonneeTrimestre, ...] = ()
    progres: tuple[PointThematique, ...] = ()

    @property
    def is_neant(self) -> bool:
        """A département where nobody is engaged: its compte rendu is valid and says so."""
        return not self.entreprises
