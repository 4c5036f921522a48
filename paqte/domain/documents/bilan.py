"""The six-monthly bilan, said once: its tables, what names their rows, what each cell is made from (R19).

A new column is a field of its row (lignes.py) and a line of its table here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import share
from paqte.domain.colonnes import DATE, ENTIER, NOMBRE, OBSERVATIONS, POURCENT, Colonne
from paqte.domain.declarations.controles import fact_of
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.lignes import libelles
from paqte.domain.documents.lignes.lignes import (
    GENRES,
    INDICATEUR,
    ComptesSignataires,
    Contact,
    LigneAction,
    LigneAvertissement,
    LigneCompletude,
    LigneContexte,
    LigneEcart,
    LigneIndicateur,
    LignePartenaire,
    LigneReponse,
    LigneSignataire,
    LigneThematique,
    PartProvenance,
    PointAxe,
    PointSignataires,
)
from paqte.domain.documents.lignes.tables import (
    AUTRES_NATURES,
    DECLARATION,
    DEUX_NOMBRES,
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
    of_completeness,
    valuing,
)
from paqte.domain.indicateurs.catalogue import catalogue

NOT_COMPARED: dict[str, str] = {
    **NEVER_COMPARED,
    "ecarts": "told of the edition before",
    "axes": "repeat the rates of the indicators",
}
# Former semesters are closed to the answers an edition keeps: these columns have other causes.
_BEFORE = frozenset({"reference", "precedent", "un_an_avant", "sans_cible"})


def _of_indicator(row: LigneIndicateur, colonne: str) -> Iterable[Cause]:
    return () if colonne in _BEFORE else ((INDICATEUR, row.code),)


def _of_theme(row: LigneThematique, colonne: str) -> Iterable[Cause]:
    if colonne == "valorise":
        return valuing(row.code)
    return ((INDICATEUR, m.code) for m in catalogue().measures_of(row.code) if m.unite == row.unite)


def _period(row: LigneReponse | LigneAvertissement) -> str:
    return libelles.period_label(row.periode)


def _short_period(point: PointSignataires) -> str:
    """Under a drawing each has the width of its bars: a spreadsheet would cut a longer name inside a word."""
    return Periode.from_code(point.periode).court


TABLES: tuple[Comparaison, ...] = (
    Comparaison(
        "",
        "Bilan",
        LIEU,
    ),
    VERSIONS,
    Comparaison(
        "referents",
        "Référents",
        (
            Colonne("nom", "Nom", largeur=0),
            Colonne("fonction", "Fonction", largeur=0),
            Colonne("courriel", "Courriel", largeur=0),
            Colonne("telephone", "Téléphone", largeur=0),
        ),
        cle=lambda r: r.nom,
        ligne=lambda r: r.nom,
    ),
    Comparaison(
        "",
        "Pilotage",
        (
            Colonne("organisation", "Organisation retenue", largeur=0),
            Colonne("strategie", "Stratégie définie", largeur=0),
            Colonne("obstacles", "Obstacles rencontrés", largeur=0),
        ),
    ),
    Comparaison(
        "comptes",
        "Nombre de signataires",
        (
            Colonne("entreprises", "Entreprises signataires", ENTIER, largeur=0),
            Colonne("reseaux", "Réseaux", ENTIER, largeur=0),
            Colonne("employeurs_publics", "Employeurs publics", ENTIER, largeur=0),
            Colonne("associations", "Associations", ENTIER, largeur=0),
            Colonne("nouvelles_entreprises", "Nouvelles entreprises", ENTIER, largeur=0),
            Colonne("chartes_a_transformer", "Chartes à transformer", ENTIER, largeur=0),
            Colonne("a_renouveler", "À renouveler", ENTIER, largeur=0),
            Colonne("plan_10000", "Plan « 10 000 entreprises »", ENTIER, largeur=0),
            Colonne("club", "Club", ENTIER, largeur=0),
            Colonne("actives", "Entreprises actives", ENTIER, largeur=0),
            Colonne("couvertes_au_national", "Couvertes par une convention nationale", ENTIER, largeur=0),
            *AUTRES_NATURES,
        ),
    ),
    Comparaison(
        "signataires",
        "Signataires",
        (
            Colonne("convention", "Convention", largeur=10, comparee=False),
            Colonne("nom", "Signataire", largeur=24),
            Colonne("identifiant", "SIREN ou SIRET", largeur=15.5),
            Colonne("nature", "Nature", largeur=12, mot=libelles.nature),
            Colonne("categorie", "Catégorie", largeur=12, mot=libelles.category),
            Colonne("commune", "Commune", largeur=14),
            Colonne("axes", "Axes", largeur=14),
            Colonne("cosignataire", "Cosignataire", largeur=13),
            Colonne("signee_le", "Signée le", DATE, largeur=10.5),
            Colonne("debut", "Début", DATE, largeur=10.5),
            Colonne("fin", "Fin", DATE, largeur=10.5),
            Colonne("etat", "État", largeur=11, mot=libelles.convention_state),
            Colonne("dispositifs", "Dispositifs", largeur=16),
            Colonne("remarques", "Remarques", largeur=20),
        ),
        cle=lambda s: (s.convention, s.signataire_id),
        ligne=lambda s: f"{s.convention}, {s.nom}",
    ),
    Comparaison(
        "partenaires",
        "Partenaires",
        (
            Colonne("nature", "Nature", largeur=0),
            Colonne("role", "Rôle", largeur=0),
        ),
        cle=lambda p: p.nom,
        ligne=lambda p: p.nom,
    ),
    Comparaison(
        "indicateurs",
        "Indicateurs",
        (
            Colonne("axe", "Axe", largeur=11, mot=libelles.axe_label),
            Colonne("code", "Code", largeur=6, comparee=False),
            Colonne("libelle", "Indicateur", largeur=32, valeur=libelles.indicator_label),
            Colonne("unite", "Unité", largeur=11),
            Colonne("reference", "Référence", NOMBRE, largeur=12),
            Colonne("cible", "Objectif", NOMBRE, largeur=12),
            Colonne("realise", "Réalisé au semestre", NOMBRE, cle="semestre"),
            Colonne("precedent", "Semestre précédent", NOMBRE, largeur=12),
            Colonne("un_an_avant", "Même semestre un an avant", NOMBRE, largeur=12),
            Colonne("cumul", "Depuis le début", NOMBRE, largeur=12.5),
            Colonne("taux", "Taux de réalisation", POURCENT, largeur=10),
            Colonne("sans_cible", "Part sans objectif", POURCENT, largeur=9),
            *REPONSES,
            Colonne("neants", "Zéros confirmés", ENTIER, largeur=9.5),
            Colonne("mention", "Observations", OBSERVATIONS, largeur=28),
            NATURE,
            *DEUX_NOMBRES,
            *OBJECTIF_EXACT,
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
            Colonne("libelle", "Thématique", largeur=40, valeur=lambda t: t.titre),
            Colonne("transversale", "Transversale", largeur=12, valeur=lambda t: libelles.yes(t.transversale)),
            Colonne("unite", "Unité", largeur=11, comparee=False),
            Colonne("entreprises", "Entreprises engagées", ENTIER, largeur=10.5),
            Colonne("prevision", "Prévision", NOMBRE, largeur=12),
            Colonne("realise", "Réalisé au semestre", NOMBRE, cle="semestre"),
            Colonne("cumul", "Depuis le début", NOMBRE, largeur=12),
            *REPONSES,
            Colonne("valorise", "Valorisé depuis le PAQTE", largeur=22),
            Colonne("mention", "Observations", OBSERVATIONS, PREMIERE, largeur=24),
            NATURE,
        ),
        cle=lambda t: (t.code, t.unite, t.nature),
        ligne=lambda t: f"{t.code}, {t.titre} ({t.unite})",
        causes=_of_theme,
    ),
    Comparaison(
        "actions",
        "Actions",
        (
            Colonne("date", "Date", DATE, largeur=10.5, comparee=False),
            Colonne("signataire", "Signataire", largeur=20, comparee=False),
            Colonne("axe", "Axe", largeur=12, mot=libelles.axe_label),
            Colonne("titre", "Titre", largeur=22, comparee=False),
            Colonne("texte", "Description", largeur=70),
            Colonne("lieu", "Lieu", largeur=14),
            Colonne("beneficiaires", "Bénéficiaires", NOMBRE, largeur=12),
            Colonne("", "Observations", OBSERVATIONS, largeur=16, valeur=lambda a: "", comparee=False),
        ),
        cle=lambda a: (a.date, a.signataire, a.titre),
        ligne=lambda a: a.titre,
    ),
    Comparaison(
        "contexte",
        "Contexte",
        (
            Colonne("code", "Code", largeur=12, comparee=False),
            Colonne("libelle", "Élément", largeur=40),
            Colonne("valeur", "Valeur", NOMBRE, largeur=13),
            Colonne("unite", "Unité", largeur=14),
            Colonne("date", "Date", DATE, largeur=11),
            Colonne("precision", "Précision", largeur=22),
            Colonne("source", "Source", largeur=26),
            Colonne("note", "Observations", OBSERVATIONS, largeur=30),
        ),
        cle=lambda c: c.code,
        ligne=lambda c: c.libelle,
    ),
    Comparaison(
        "evolution",
        "Évolution",
        (
            Colonne(
                "periode",
                "Semestre",
                largeur=16,
                valeur=_short_period,
                comparee=False,
            ),
            Colonne("entreprises", "Entreprises", ENTIER, largeur=10),
            Colonne("autres", "Autres signataires", ENTIER, largeur=10),
        ),
        cle=lambda p: p.periode,
        ligne=lambda p: p.periode,
    ),
    Comparaison(
        "avertissements",
        "Avertissements",
        (
            Colonne("signataire", "Signataire", largeur=7, comparee=False),
            Colonne(
                "periode",
                "Période",
                largeur=4,
                valeur=_period,
                comparee=False,
            ),
            Colonne("indicateur", "Indicateur", largeur=6, comparee=False),
            Colonne("message", "Avertissement", largeur=10, comparee=False),
            Colonne("commentaire", "Commentaire du déclarant", largeur=9),
        ),
        cle=lambda a: (a.signataire, a.periode, a.indicateur, fact_of(a.message)),
        ligne=lambda a: f"{a.signataire}, {a.periode}, {a.indicateur} : {a.message}",
    ),
    Comparaison(
        "provenance",
        "Provenance",
        (
            Colonne("libelle", "Réponses validées", largeur=16, valeur=lambda p: libelles.capitalized(p.libelle)),
            Colonne("nombre", "Nombre", ENTIER, largeur=4),
            Colonne("total", "Sur", ENTIER, largeur=4),
            Colonne("pourcent", "Part", POURCENT, largeur=4, valeur=lambda p: share(p.nombre, p.total)),
            Colonne(
                "", "Observations", OBSERVATIONS, largeur=8, valeur=lambda p: libelles.crossing(p.code), comparee=False
            ),
        ),
        cle=lambda p: p.code,
        ligne=lambda p: p.libelle,
        causes=lambda row, colonne: ((TOUT, ""),),
    ),
    Comparaison(
        "completude",
        "Taux de réponse",
        (
            Colonne("genre", "De", largeur=4, valeur=lambda c: GENRES[c.genre], comparee=False),
            Colonne(
                "code",
                "Code",
                largeur=3,
                valeur=lambda c: c.code if c.genre == INDICATEUR else "",
                comparee=False,
            ),
            Colonne("libelle", "Libellé", largeur=9),
            Colonne("dus", "Attendues", ENTIER, largeur=3, ancien="Dues"),
            Colonne("repondus", "Validées", ENTIER, largeur=3),
            Colonne("a_temps", "Dont à temps", ENTIER, largeur=3),
            Colonne("completude", "Taux de réponse", POURCENT, largeur=3, ancien="Complétude"),
            Colonne("ponctualite", "Réponses dans les délais", POURCENT, largeur=3, ancien="Ponctualité"),
            Colonne(
                "",
                "Observations",
                OBSERVATIONS,
                largeur=5,
                valeur=lambda c: libelles.lacking(c.dus - c.repondus),
                comparee=False,
            ),
        ),
        cle=lambda c: (c.genre, c.code),
        ligne=lambda c: f"{GENRES[c.genre]} : {c.libelle}",
        causes=of_completeness,
    ),
    Comparaison(
        "reponses",
        "Réponses",
        (
            Colonne("signataire", "Signataire", largeur=7),
            Colonne("convention", "Convention", largeur=3, comparee=False),
            Colonne(
                "periode",
                "Période",
                largeur=4,
                valeur=_period,
                comparee=False,
            ),
            Colonne("etat", "État", largeur=3, mot=libelles.declaration_state),
            Colonne("transmise_le", "Transmise le", DATE, largeur=3),
            Colonne("validee_le", "Validée le", DATE, largeur=3),
            Colonne("dus", "Attendus", ENTIER, largeur=2, ancien="Dus"),
            Colonne("repondus", "Répondus", ENTIER, largeur=3),
            Colonne("neants", "Zéros confirmés", ENTIER, largeur=3),
            Colonne("manquants", "Manquants", largeur=5),
        ),
        cle=lambda r: (r.convention, r.periode),
        ligne=lambda r: f"{r.convention}, {r.signataire}, {r.periode}",
        causes=lambda row, colonne: ((DECLARATION, (row.convention, row.periode)),),
    ),
)


NO_COUNT = ComptesSignataires()


@dataclass(frozen=True, slots=True)
class Bilan(Document):
    """The six-monthly bilan of one département (bilan_cget.md, part A), whole unless `diffusion` says publishable.

    `regles` says which rules changed since the edition before, when cells did (R19).
    """

    tables: ClassVar[tuple[Comparaison, ...]] = TABLES
    depuis: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("provenance", "completude", "ecarts", "diffusion", "regles"), PREMIERE
    )

    referents: tuple[Contact, ...] = ()
    organisation: str = ""
    strategie: str = ""
    obstacles: str = ""
    comptes: ComptesSignataires = NO_COUNT
    signataires: tuple[LigneSignataire, ...] = ()
    partenaires: tuple[LignePartenaire, ...] = ()
    indicateurs: tuple[LigneIndicateur, ...] = ()
    thematiques: tuple[LigneThematique, ...] = ()
    actions: tuple[LigneAction, ...] = ()
    contexte: tuple[LigneContexte, ...] = ()
    reponses: tuple[LigneReponse, ...] = ()
    avertissements: tuple[LigneAvertissement, ...] = ()
    axes: tuple[PointAxe, ...] = ()
    evolution: tuple[PointSignataires, ...] = ()
    provenance: tuple[PartProvenance, ...] = ()
    completude: tuple[LigneCompletude, ...] = ()
    ecarts: tuple[LigneEcart, ...] = ()

    @property
    def is_neant(self) -> bool:
        """A département with no signatory: its bilan is valid and says so."""
        return not self.signataires
