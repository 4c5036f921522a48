"""The tables of the sheets that detail the bilan: one table a sheet, then Qualité and `_meta`."""

from __future__ import annotations

from operator import attrgetter

from paqte.domain.assemblage.completude import GENRES, INDICATEUR
from paqte.domain.assemblage.provenance import JUSTIFICATIF
from paqte.domain.chiffres import share
from paqte.domain.colonnes import DATE, ENTIER, NOMBRE, OBSERVATIONS, POURCENT, TEXTE, Colonne
from paqte.domain.documents import libelles
from paqte.domain.documents.bilan import LigneCompletude, PartProvenance
from paqte.reporting.classeurs import valeurs
from paqte.reporting.classeurs.communs import META_TABLEAU, cleanings, corrections, reading_notes
from paqte.reporting.remplissage.format import META, UNITES, Tableau

BILAN = "Bilan"
SIGNATAIRES = "Signataires"
INDICATEURS = "Indicateurs"
THEMATIQUES = "Thématiques"
ACTIONS = "Actions"
CONTEXTE = "Contexte"
QUALITE = "Qualité"
FEUILLES = (BILAN, SIGNATAIRES, INDICATEURS, THEMATIQUES, ACTIONS, CONTEXTE, QUALITE, META)


def _crossing(part: PartProvenance) -> str:
    return "parmi toutes les réponses ci-dessus" if part.code == JUSTIFICATIF else ""


def _lacking(line: LigneCompletude) -> str:
    lacking = line.dus - line.repondus
    return f"{lacking} manque{'nt' if lacking > 1 else ''}" if lacking else ""


TABLEAUX_DETAIL: tuple[Tableau, ...] = (
    Tableau(
        "t_signataires",
        SIGNATAIRES,
        attrgetter("signataires"),
        (
            Colonne("Convention", 10, TEXTE, attrgetter("convention")),
            Colonne("Signataire", 24, TEXTE, attrgetter("nom")),
            Colonne("SIREN ou SIRET", 15.5, TEXTE, attrgetter("identifiant")),
            Colonne("Nature", 12, TEXTE, lambda s: libelles.nature(s.nature)),
            Colonne("Catégorie", 12, TEXTE, lambda s: libelles.category(s.categorie)),
            Colonne("Commune", 14, TEXTE, attrgetter("commune")),
            Colonne("Axes", 14, TEXTE, attrgetter("axes")),
            Colonne("Cosignataire", 13, TEXTE, attrgetter("cosignataire")),
            Colonne("Signée le", 10.5, DATE, attrgetter("signee_le")),
            Colonne("Début", 10.5, DATE, attrgetter("debut")),
            Colonne("Fin", 10.5, DATE, attrgetter("fin")),
            Colonne("État", 11, TEXTE, lambda s: libelles.convention_state(s.etat)),
            Colonne("Dispositifs", 16, TEXTE, attrgetter("dispositifs")),
            Colonne("Remarques", 20, TEXTE, attrgetter("remarques")),
        ),
        "Néant : aucun signataire sur la période.",
    ),
    Tableau(
        "t_indicateurs",
        INDICATEURS,
        attrgetter("indicateurs"),
        (
            Colonne("Axe", 11, TEXTE, lambda i: libelles.axe_label(i.axe)),
            Colonne("Code", 6, TEXTE, attrgetter("code")),
            Colonne("Indicateur", 32, TEXTE, libelles.indicator_label),
            Colonne("Unité", 11, TEXTE, attrgetter("unite")),
            Colonne("Référence", 12, NOMBRE, attrgetter("reference")),
            Colonne("Objectif", 12, NOMBRE, attrgetter("cible")),
            Colonne("Réalisé au semestre", 12, NOMBRE, attrgetter("semestre")),
            Colonne("Semestre précédent", 12, NOMBRE, attrgetter("precedent")),
            Colonne("Même semestre un an avant", 12, NOMBRE, attrgetter("un_an_avant")),
            Colonne("Depuis le début", 12.5, NOMBRE, attrgetter("cumul")),
            Colonne("Taux de réalisation", 10, POURCENT, attrgetter("taux")),
            Colonne("Part sans objectif", 9, POURCENT, attrgetter("sans_cible")),
            Colonne("Réponses reçues", 9, ENTIER, attrgetter("repondu")),
            Colonne("Réponses dues", 9, ENTIER, attrgetter("du")),
            Colonne("Zéros confirmés", 9.5, ENTIER, attrgetter("neants")),
            Colonne("Observations", 28, OBSERVATIONS, attrgetter("mention")),
        ),
        "Néant : aucun indicateur engagé sur la période.",
        UNITES,
    ),
    Tableau(
        "t_thematiques",
        THEMATIQUES,
        attrgetter("thematiques"),
        (
            Colonne("Code", 6, TEXTE, attrgetter("code")),
            Colonne("Thématique", 40, TEXTE, attrgetter("titre")),
            Colonne("Transversale", 12, TEXTE, lambda t: "oui" if t.transversale else "non"),
            Colonne("Unité", 11, TEXTE, attrgetter("unite")),
            Colonne("Entreprises engagées", 10.5, ENTIER, attrgetter("entreprises")),
            Colonne("Prévision", 12, NOMBRE, attrgetter("prevision")),
            Colonne("Réalisé au semestre", 12, NOMBRE, attrgetter("semestre")),
            Colonne("Depuis le début", 12, NOMBRE, attrgetter("cumul")),
            Colonne("Réponses reçues", 9, ENTIER, attrgetter("repondu")),
            Colonne("Réponses dues", 9, ENTIER, attrgetter("du")),
            Colonne("Valorisé depuis le PAQTE", 22, TEXTE, attrgetter("valorise")),
            Colonne("Observations", 24, OBSERVATIONS, attrgetter("mention")),
        ),
        "Néant : aucune thématique.",
        UNITES,
    ),
    Tableau(
        "t_actions",
        ACTIONS,
        attrgetter("actions"),
        (
            Colonne("Date", 10.5, DATE, attrgetter("date")),
            Colonne("Signataire", 20, TEXTE, attrgetter("signataire")),
            Colonne("Axe", 12, TEXTE, lambda a: libelles.axe_label(a.axe)),
            Colonne("Titre", 22, TEXTE, attrgetter("titre")),
            Colonne("Description", 70, TEXTE, attrgetter("texte")),
            Colonne("Lieu", 14, TEXTE, attrgetter("lieu")),
            Colonne("Bénéficiaires", 12, NOMBRE, attrgetter("beneficiaires")),
            Colonne("Observations", 16, OBSERVATIONS, lambda a: ""),
        ),
        "Néant : aucune action n’est rapportée pour la période.",
    ),
    Tableau(
        "t_contexte",
        CONTEXTE,
        attrgetter("contexte"),
        (
            Colonne("Code", 12, TEXTE, attrgetter("code")),
            Colonne("Élément", 40, TEXTE, attrgetter("libelle")),
            Colonne("Valeur", 13, NOMBRE, attrgetter("valeur")),
            Colonne("Unité", 14, TEXTE, attrgetter("unite")),
            Colonne("Date", 11, DATE, attrgetter("date")),
            Colonne("Précision", 22, TEXTE, attrgetter("precision")),
            Colonne("Source", 26, TEXTE, attrgetter("source")),
            Colonne("Observations", 30, OBSERVATIONS, attrgetter("note")),
        ),
        "Aucun élément de contexte n’est renseigné.",
        UNITES,
    ),
    Tableau(
        "t_reponses",
        QUALITE,
        attrgetter("reponses"),
        (
            Colonne("Signataire", 7, TEXTE, attrgetter("signataire")),
            Colonne("Convention", 3, TEXTE, attrgetter("convention")),
            Colonne("Période", 4, TEXTE, lambda r: libelles.period_label(r.periode)),
            Colonne("État", 3, TEXTE, lambda r: libelles.declaration_state(r.etat)),
            Colonne("Transmise le", 3, DATE, attrgetter("transmise_le")),
            Colonne("Validée le", 3, DATE, attrgetter("validee_le")),
            Colonne("Dus", 2, ENTIER, attrgetter("dus")),
            Colonne("Répondus", 3, ENTIER, attrgetter("repondus")),
            Colonne("Zéros confirmés", 3, ENTIER, attrgetter("neants")),
            Colonne("Manquants", 5, TEXTE, attrgetter("manquants")),
        ),
        "Néant : aucune déclaration n’était due sur la période.",
        intitule="Réponses",
    ),
    Tableau(
        "t_avertissements",
        QUALITE,
        attrgetter("avertissements"),
        (
            Colonne("Signataire", 7, TEXTE, attrgetter("signataire")),
            Colonne("Période", 4, TEXTE, lambda a: libelles.period_label(a.periode)),
            Colonne("Indicateur", 6, TEXTE, attrgetter("indicateur")),
            Colonne("Avertissement", 10, TEXTE, attrgetter("message")),
            Colonne("Commentaire du déclarant", 9, TEXTE, attrgetter("commentaire")),
        ),
        "Néant : aucun avertissement.",
        intitule="Avertissements",
    ),
    corrections(QUALITE),
    Tableau(
        "t_ecarts",
        QUALITE,
        attrgetter("ecarts"),
        (
            Colonne("Tableau", 5, TEXTE, attrgetter("tableau")),
            Colonne("Ligne", 9, TEXTE, attrgetter("ligne")),
            Colonne("Colonne", 5, TEXTE, attrgetter("colonne")),
            Colonne("Avant", 4, TEXTE, attrgetter("avant")),
            Colonne("Après", 4, TEXTE, attrgetter("apres")),
            Colonne("Déclarations en cause", 9, TEXTE, attrgetter("declarations")),
        ),
        "Néant : aucune case n’a changé depuis l’édition précédente, ou c’est la première.",
        intitule="Écarts",
    ),
    Tableau(
        "t_provenance",
        QUALITE,
        attrgetter("provenance"),
        (
            Colonne("Réponses validées", 16, TEXTE, lambda p: valeurs.capitalized(p.libelle)),
            Colonne("Nombre", 4, ENTIER, attrgetter("nombre")),
            Colonne("Sur", 4, ENTIER, attrgetter("total")),
            Colonne("Part", 4, POURCENT, lambda p: share(p.nombre, p.total)),
            Colonne("Observations", 8, OBSERVATIONS, _crossing),
        ),
        "Néant : aucune réponse n’est validée.",
        intitule="Provenance",
    ),
    Tableau(
        "t_completude",
        QUALITE,
        attrgetter("completude"),
        (
            Colonne("De", 4, TEXTE, lambda c: GENRES[c.genre]),
            Colonne("Code", 3, TEXTE, lambda c: c.code if c.genre == INDICATEUR else ""),
            Colonne("Libellé", 10, TEXTE, attrgetter("libelle")),
            Colonne("Dues", 3, ENTIER, attrgetter("dus")),
            Colonne("Validées", 3, ENTIER, attrgetter("repondus")),
            Colonne("Dont à temps", 3, ENTIER, attrgetter("a_temps")),
            Colonne("Complétude", 3, POURCENT, attrgetter("completude")),
            Colonne("Ponctualité", 3, POURCENT, attrgetter("ponctualite")),
            Colonne("Observations", 4, OBSERVATIONS, _lacking),
        ),
        "Néant : aucune réponse n’était due sur la période.",
        intitule="Complétude",
    ),
    reading_notes(QUALITE),
    cleanings(QUALITE),
    META_TABLEAU,
)
