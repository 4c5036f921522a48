"""The workbook of the quarterly export, sheet by sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import NamedTuple

from paqte.domain.assemblage.trimestre import NEANT
from paqte.domain.chiffres import Chiffre
from paqte.domain.colonnes import BRUT, DATE, ENTIER, NOMBRE, OBSERVATIONS, POURCENT, RAPPORT, TEXTE, Colonne
from paqte.domain.documents import libelles, registre
from paqte.domain.documents.bilan import is_of_entreprises
from paqte.domain.documents.compte_rendu import CompteRendu, EntrepriseTrimestre, ThematiqueTrimestre
from paqte.reporting.classeurs import valeurs
from paqte.reporting.classeurs.communs import META_TABLEAU, cleanings, corrections, meta_fields, reading_notes
from paqte.reporting.classeurs.donnees import DONNEES, TABLEAU_DONNEES, pieces
from paqte.reporting.remplissage.format import GABARITS, META, UNITES, Champ, Format, Tableau, flow

SYNTHESE = "Synthèse"
THEMATIQUES = "Thématiques"
ENTREPRISES = "Entreprises"
AXES = "Axes PAQTE"
ANALYSE = "Analyse"
FEUILLES = (SYNTHESE, THEMATIQUES, ENTREPRISES, AXES, ANALYSE, DONNEES, META)

SANS_ANALYSE = "Non renseignée : le référent n’a pas encore saisi ce texte."
SANS_PROPOSITION = "Non renseignées : le référent n’a pas encore saisi ce texte."


def _is_entreprise(row: EntrepriseTrimestre) -> bool:
    return libelles.is_entreprise(row.nature)


def _signataires(is_kept: Callable[[EntrepriseTrimestre], bool]) -> Callable[[CompteRendu], list[EntrepriseTrimestre]]:
    return lambda document: [row for row in document.entreprises if is_kept(row)]


def _yes(name: str) -> Callable[[EntrepriseTrimestre], str]:
    getter = attrgetter(name)
    return lambda row: "oui" if getter(row) else "non"


def _missing(row: EntrepriseTrimestre) -> str:
    return f"Sans réponse : {row.manquants}" if row.manquants else ""


class _Thematique(NamedTuple):
    """A thématique as its sheet shows it: `libelle` tells apart the two measures of one, `taux` the share achieved."""

    ligne: ThematiqueTrimestre
    libelle: str
    taux: Chiffre

    @property
    def unite(self) -> str:
        return self.ligne.unite


def _thematiques(document: CompteRendu) -> Iterator[_Thematique]:
    """An edition of before the shares were kept says none."""
    rates = {(p.mesure, p.nature): p.taux for p in document.progres}
    units = Counter(code for code, _ in {(t.code, t.unite) for t in document.thematiques})
    # The enterprises first: they are what the chart shows (R38).
    for t in sorted(document.thematiques, key=lambda t: not is_of_entreprises(t.nature)):
        label = f"{t.titre} ({t.unite})" if units[t.code] > 1 else t.titre
        yield _Thematique(t, label, rates.get((t.mesure, t.nature), Chiffre(None, "n.d.")))


_ENTREPRISE = (
    Colonne("Signataire", 26, TEXTE, attrgetter("nom")),
    Colonne("SIREN ou SIRET", 15.5, TEXTE, attrgetter("identifiant")),
    Colonne("Nature", 11, TEXTE, attrgetter("nature")),
    Colonne("Catégorie", 10, TEXTE, lambda e: libelles.short_category(e.categorie)),
    Colonne("Commune", 13, TEXTE, attrgetter("commune")),
    Colonne("Convention", 11, TEXTE, attrgetter("convention")),
    Colonne("Dispositifs", 13, TEXTE, attrgetter("dispositifs")),
    Colonne("Axes", 14, TEXTE, attrgetter("axes")),
    Colonne("Thématiques", 11, TEXTE, attrgetter("thematiques")),
    Colonne("Début", 10.5, DATE, attrgetter("debut")),
    Colonne("Fin", 10.5, DATE, attrgetter("fin")),
    Colonne("État", 11, TEXTE, attrgetter("etat")),
    Colonne("Nouvelle", 8.5, TEXTE, _yes("is_nouvelle")),
    Colonne("Active", 7, TEXTE, _yes("is_active")),
    Colonne("Club", 6, TEXTE, _yes("is_club")),
    Colonne("Rythme", 11, TEXTE, attrgetter("rythme")),
    Colonne("Déclaration du trimestre", 13, TEXTE, attrgetter("declaration")),
    Colonne("Réponses dues", 9, BRUT, attrgetter("dus")),
    Colonne("Réponses reçues", 9, BRUT, attrgetter("repondus")),
    Colonne("Zéros confirmés", 9.5, BRUT, attrgetter("neants")),
    Colonne("Observations", 18, TEXTE, _missing),
)

TABLEAUX: tuple[Tableau, ...] = (
    flow("t_neant", SYNTHESE, "Néant", lambda c: NEANT if c.is_neant else "", None),
    Tableau(
        "t_axes_synthese",
        SYNTHESE,
        lambda c: [i for i in c.indicateurs if i.is_engaged],
        (
            Colonne("Axe", 4, TEXTE, lambda i: libelles.axe_label(i.axe)),
            Colonne("Indicateur", 11, TEXTE, libelles.label_and_unit),
            Colonne("Réalisé au trimestre", 4, NOMBRE, attrgetter("trimestre")),
            Colonne("Depuis le début", 4, NOMBRE, attrgetter("cumul")),
            Colonne("% de l’objectif", 3, POURCENT, attrgetter("taux")),
            Colonne("Réponses", 3, RAPPORT, lambda i: f"{i.repondu} / {i.du}"),
            Colonne("Observations", 7, OBSERVATIONS, attrgetter("mention")),
        ),
        "Néant : aucun engagement PAQTE sur le trimestre.",
        UNITES,
        intitule="Axes du PAQTE",
    ),
    Tableau(
        "t_thematiques",
        THEMATIQUES,
        _thematiques,
        (
            Colonne("Code", 6, TEXTE, attrgetter("ligne.code")),
            Colonne("Thématique", 40, TEXTE, attrgetter("libelle")),
            Colonne("Transversale", 11, TEXTE, lambda t: "oui" if t.ligne.transversale else "non"),
            Colonne("Unité", 12, TEXTE, attrgetter("unite")),
            Colonne("Entreprises engagées", 10.5, ENTIER, attrgetter("ligne.entreprises")),
            Colonne("Prévision", 11, NOMBRE, attrgetter("ligne.prevision")),
            Colonne("Réalisé au trimestre", 11, NOMBRE, attrgetter("ligne.trimestre")),
            Colonne("Depuis le début", 11, NOMBRE, attrgetter("ligne.cumul")),
            Colonne("% de la prévision", 9, POURCENT, attrgetter("taux")),
            Colonne("Réponses reçues", 9, ENTIER, attrgetter("ligne.repondu")),
            Colonne("Réponses dues", 9, ENTIER, attrgetter("ligne.du")),
            Colonne("Déclarants semestriels", 10.5, ENTIER, attrgetter("ligne.semestriels")),
            Colonne("Valorisé depuis le PAQTE", 20, TEXTE, attrgetter("ligne.valorise")),
            Colonne("Observations", 24, OBSERVATIONS, attrgetter("ligne.mention")),
        ),
        "Néant : aucune thématique.",
        UNITES,
        trace=lambda t: is_of_entreprises(t.ligne.nature),
    ),
    Tableau(
        "t_entreprises",
        ENTREPRISES,
        _signataires(_is_entreprise),
        _ENTREPRISE,
        "Néant : aucune entreprise engagée sur le trimestre.",
        intitule="Entreprises",
    ),
    Tableau(
        "t_autres_signataires",
        ENTREPRISES,
        _signataires(lambda row: not _is_entreprise(row)),
        _ENTREPRISE,
        "Néant : aucun autre signataire sur le trimestre.",
        intitule="Autres signataires",
    ),
    Tableau(
        "t_indicateurs",
        AXES,
        attrgetter("indicateurs"),
        (
            Colonne("Axe", 12, TEXTE, lambda i: libelles.axe_label(i.axe)),
            Colonne("Code", 6, TEXTE, attrgetter("code")),
            Colonne("Indicateur", 34, TEXTE, libelles.indicator_label),
            Colonne("Unité", 12, TEXTE, attrgetter("unite")),
            Colonne("Objectif", 11, NOMBRE, attrgetter("cible")),
            Colonne("Réalisé au trimestre", 11, NOMBRE, attrgetter("trimestre")),
            Colonne("Trimestre précédent", 11, NOMBRE, attrgetter("precedent")),
            Colonne("Même trimestre un an avant", 12, NOMBRE, attrgetter("un_an_avant")),
            Colonne("Depuis le début", 11, NOMBRE, attrgetter("cumul")),
            Colonne("Taux de réalisation", 10, POURCENT, attrgetter("taux")),
            Colonne("Réponses reçues", 9, ENTIER, attrgetter("repondu")),
            Colonne("Réponses dues", 9, ENTIER, attrgetter("du")),
            Colonne("Zéros confirmés", 9.5, ENTIER, attrgetter("neants")),
            Colonne("Déclarants semestriels", 11, ENTIER, attrgetter("semestriels")),
            Colonne("Observations", 30, OBSERVATIONS, attrgetter("mention")),
        ),
        "Néant : aucun indicateur engagé sur le trimestre.",
        UNITES,
    ),
    flow("t_efficacite", ANALYSE, "Analyse de l’efficacité", attrgetter("efficacite"), SANS_ANALYSE),
    flow("t_propositions", ANALYSE, "Propositions", attrgetter("propositions"), SANS_PROPOSITION),
    corrections(ANALYSE),
    reading_notes(ANALYSE),
    cleanings(ANALYSE),
    TABLEAU_DONNEES,
    META_TABLEAU,
)


MARQUE = "paqte-export-trimestriel"


def _count(nom: str, champ: str) -> Champ:
    return Champ(nom, SYNTHESE, attrgetter(f"comptes.{champ}"), ENTIER)


def _phrase(compte_rendu: CompteRendu) -> str:
    """Who owed a declaration of the quarter, who gave it, and who answers otherwise (R11, R13)."""
    counts = compte_rendu.comptes
    if counts.attendues:
        said = f"{counts.validees} déclaration{_s(counts.validees)} validée{_s(counts.validees)} sur "
        said += f"{counts.attendues} attendue{_s(counts.attendues)}"
    else:
        said = "Aucune déclaration n’était attendue"
    others = counts.semestriels
    return f"{said} au titre du {compte_rendu.periode_libelle}" + (
        f" ; {others} déclarant{_s(others)} semestriel{_s(others)}, compté{_s(others)} à part." if others else "."
    )


def _s(count: int) -> str:
    return "s" if count > 1 else ""


CHAMPS: tuple[Champ, ...] = (
    Champ("b_bandeau", SYNTHESE, lambda c: f"Export trimestriel du PAQTE · {valeurs.subtitle(c)}"),
    Champ("b_prefecture", SYNTHESE, valeurs.prefecture),
    Champ("b_departement", SYNTHESE, valeurs.place),
    Champ("b_periode", SYNTHESE, attrgetter("periode_libelle")),
    Champ("b_dates", SYNTHESE, lambda c: valeurs.period_dates(c.periode)),
    Champ("b_edition", SYNTHESE, valeurs.edition_phrase),
    Champ("b_phrase", SYNTHESE, _phrase),
    _count("b_engagees", "engagees"),
    _count("b_nouvelles", "nouvelles"),
    _count("b_actives", "actives"),
    _count("b_club", "club"),
    _count("b_paqte", "paqte"),
    _count("b_plan_10000", "plan_10000"),
    _count("b_reseaux", "reseaux"),
    _count("b_employeurs_publics", "employeurs_publics"),
    _count("b_associations", "associations"),
    _count("b_chartes", "chartes_a_transformer"),
    _count("b_semestriels", "semestriels"),
    Champ("b_thematiques", THEMATIQUES, valeurs.subtitle),
    Champ("b_entreprises", ENTREPRISES, valeurs.subtitle),
    Champ("b_axes", AXES, valeurs.subtitle),
    Champ("b_analyse", ANALYSE, valeurs.subtitle),
    Champ("b_donnees", DONNEES, valeurs.subtitle),
    *meta_fields(MARQUE),
)

GENRE = registre.DOCUMENTS[registre.COMPTE_RENDU]

FORMAT_TRIMESTRE = Format(
    genre=GENRE.gabarit,
    marque=MARQUE,
    nom="l’export trimestriel",
    un="un export trimestriel du PAQTE",
    fichier=GENRE.fichier,
    feuilles=FEUILLES,
    champs=CHAMPS,
    tableaux=TABLEAUX,
    gabarit=GABARITS / "export_trimestriel.xlsx",
    pieces=pieces,
)
