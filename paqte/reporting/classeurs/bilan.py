"""The tables of the sheet Bilan, what a préfet reads. Widths are steps of the grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from paqte.domain.documents.bilan import (
    Bilan,
    LigneAction,
    LigneContexte,
    LigneIndicateur,
    LigneSignataire,
    is_of_entreprises,
)
from paqte.reporting.classeurs import valeurs
from paqte.reporting.remplissage.colonnes import (
    BILAN,
    DATE,
    ENTIER,
    NOMBRE,
    OBSERVATIONS,
    PAS,
    POURCENT,
    RAPPORT,
    TEXTE,
    UNITES,
    Colonne,
    Tableau,
    flow,
    paragraphs,
)

# Each axis has its own table, hence its own chart. The last one also takes axes that the template does not know.
AXES = ("SENSIBILISER", "FORMER", "RECRUTER", "ACHETER", "AUTRE")


class Exemple(NamedTuple):
    """A row of the concrete examples. `modele` is "titre", "mention" or "texte"."""

    modele: str
    texte: str


def _is_charte(s: LigneSignataire) -> bool:
    """A charte « Entreprises et quartiers » still in force is listed apart, to be transformed (R7)."""
    return s.dispositifs.startswith("Charte")


def _entreprises(bilan: Bilan) -> Iterator[LigneSignataire]:
    return (s for s in bilan.signataires if valeurs.is_entreprise(s.nature) and not _is_charte(s))


def _others(bilan: Bilan) -> Iterator[LigneSignataire]:
    return (s for s in bilan.signataires if not valeurs.is_entreprise(s.nature) and not _is_charte(s))


def _term(s: LigneSignataire) -> str:
    return f"{valeurs.short_date(s.debut)} – {valeurs.short_date(s.fin)}" if s.debut or s.fin else ""


def _of_axe(code: str) -> Callable[[Bilan], list[LigneIndicateur]]:
    def belongs(indicateur: LigneIndicateur) -> bool:
        axe = valeurs.axe_code(indicateur.axe)
        return (axe if axe in AXES else AXES[-1]) == code

    # The enterprises first: they are what the chart of the axis shows (R38).
    return lambda bilan: sorted(filter(belongs, bilan.indicateurs), key=lambda i: not is_of_entreprises(i.nature))


def _is_traced(row: LigneIndicateur) -> bool:
    return is_of_entreprises(row.nature)


def _answers(row: Any) -> str:
    return f"{row.repondu} / {row.du}"


def _examples(bilan: Bilan) -> Iterator[Exemple]:
    for action in bilan.actions:
        yield Exemple("titre", action.titre)
        yield Exemple("mention", _circumstances(action))
        yield from (Exemple("texte", p) for p in paragraphs(action.texte))


def _circumstances(action: LigneAction) -> str:
    count = action.beneficiaires.valeur
    plural = "s" if count is not None and count >= 2 else ""
    who = "" if count is None else f"{valeurs.number_text(count)} bénéficiaire{plural}"
    axe = valeurs.axe_label(action.axe)
    return " · ".join(p for p in (action.signataire, axe, valeurs.short_date(action.date), action.lieu, who) if p)


def _provenance(element: LigneContexte) -> str:
    return " ; ".join(p for p in (element.precision, element.source, element.note) if p)


SENTENCE_NEANT = "Néant : aucune convention PAQTE n’était en vigueur dans le département sur la période."

_INDICATEUR = (
    Colonne("Code", 2, TEXTE, attrgetter("code")),
    Colonne("Indicateur", 11, TEXTE, valeurs.label_and_unit),
    Colonne("Objectif", 4, NOMBRE, attrgetter("cible")),
    Colonne("Réalisé au semestre", 4, NOMBRE, attrgetter("semestre")),
    Colonne("Depuis le début", 4, NOMBRE, attrgetter("cumul")),
    Colonne("% de l’objectif", 3, POURCENT, attrgetter("taux")),
    Colonne("Réponses", 3, RAPPORT, _answers),
    Colonne("Observations", 5, OBSERVATIONS, attrgetter("mention")),
)
_AXES = tuple(
    Tableau(
        f"t_axe_{code.lower()}",
        BILAN,
        _of_axe(code),
        _INDICATEUR,
        "Néant : aucun engagement de cet axe sur la période.",
        UNITES,
        intitule=f"Résultats, axe {valeurs.axe_label(code)}",
        trace=_is_traced,
    )
    for code in AXES
)

TABLEAUX_BILAN: tuple[Tableau, ...] = (
    flow("t_neant", BILAN, "Néant", lambda b: SENTENCE_NEANT if b.is_neant else "", None),
    Tableau(
        "t_referents",
        BILAN,
        attrgetter("referents"),
        (
            Colonne("Nom", 9, TEXTE, attrgetter("nom")),
            Colonne("Fonction", 12, TEXTE, attrgetter("fonction")),
            Colonne("Courriel", 9, TEXTE, attrgetter("courriel")),
            Colonne("Téléphone", 6, TEXTE, attrgetter("telephone")),
        ),
        "Aucun référent n’est renseigné.",
        intitule="Référents",
    ),
    flow("t_organisation", BILAN, "Organisation retenue", attrgetter("organisation"), "Non renseignée."),
    Tableau(
        "t_entreprises",
        BILAN,
        _entreprises,
        (
            Colonne("Entreprise", 10, TEXTE, attrgetter("nom")),
            Colonne("Commune", 6, TEXTE, attrgetter("commune")),
            Colonne("Catégorie", 4, TEXTE, lambda s: valeurs.short_category(s.categorie)),
            Colonne("Axes", 7, TEXTE, attrgetter("axes")),
            Colonne("Convention", 5, TEXTE, _term),
            Colonne("État", 4, TEXTE, lambda s: valeurs.convention_state(s.etat)),
        ),
        "Néant : aucune entreprise signataire sur la période.",
        intitule="Entreprises signataires",
    ),
    Tableau(
        "t_autres_signataires",
        BILAN,
        _others,
        (
            Colonne("Signataire", 9, TEXTE, attrgetter("nom")),
            Colonne("Commune", 6, TEXTE, attrgetter("commune")),
            Colonne("Nature", 5, TEXTE, lambda s: valeurs.nature(s.nature)),
            Colonne("Axes", 7, TEXTE, attrgetter("axes")),
            Colonne("Convention", 5, TEXTE, _term),
            Colonne("État", 4, TEXTE, lambda s: valeurs.convention_state(s.etat)),
        ),
        "Néant : aucun autre signataire sur la période.",
        intitule="Autres signataires",
    ),
    Tableau(
        "t_chartes",
        BILAN,
        lambda b: (s for s in b.signataires if _is_charte(s)),
        (
            Colonne("Signataire", 10, TEXTE, attrgetter("nom")),
            Colonne("Commune", 6, TEXTE, attrgetter("commune")),
            Colonne("Catégorie", 4, TEXTE, lambda s: valeurs.short_category(s.categorie)),
            Colonne("Nature", 7, TEXTE, lambda s: valeurs.nature(s.nature)),
            Colonne("Charte", 5, TEXTE, _term),
            Colonne("État", 4, TEXTE, lambda s: valeurs.convention_state(s.etat)),
        ),
        "Néant : aucune charte à transformer.",
        intitule="Chartes à transformer",
    ),
    Tableau(
        "t_evolution",
        BILAN,
        attrgetter("evolution"),
        (
            Colonne("Semestre", 16, TEXTE, lambda p: valeurs.period_label(p.periode)),
            Colonne("Entreprises", 10, ENTIER, attrgetter("entreprises")),
            Colonne("Autres signataires", 10, ENTIER, attrgetter("autres")),
        ),
        "Néant : aucune convention enregistrée.",
        intitule="Évolution",
    ),
    Tableau(
        "t_partenaires",
        BILAN,
        attrgetter("partenaires"),
        (
            Colonne("Partenaire", 12, TEXTE, attrgetter("nom")),
            Colonne("Nature", 8, TEXTE, attrgetter("nature")),
            Colonne("Rôle dans le déploiement", 16, TEXTE, attrgetter("role")),
        ),
        "Néant : aucun partenaire n’est renseigné.",
        intitule="Partenaires",
    ),
    *_AXES,
    Tableau(
        "t_exemples",
        BILAN,
        _examples,
        (Colonne("", PAS, TEXTE, attrgetter("texte")),),
        "Néant : aucune action n’est rapportée pour la période.",
        ("texte", "titre", "mention"),
        attrgetter("modele"),
        entete=False,
        intitule="Exemples d’actions",
    ),
    Tableau(
        "t_elements",
        BILAN,
        attrgetter("contexte"),
        (
            Colonne("Élément", 12, TEXTE, attrgetter("libelle")),
            Colonne("Valeur", 5, NOMBRE, attrgetter("valeur")),
            Colonne("Unité", 5, TEXTE, attrgetter("unite")),
            Colonne("Date", 4, DATE, attrgetter("date")),
            Colonne("Précisions et source", 10, OBSERVATIONS, _provenance),
        ),
        "Aucun élément de contexte n’est renseigné.",
        UNITES,
        intitule="Éléments de contexte",
    ),
    flow("t_strategie", BILAN, "Stratégie définie", attrgetter("strategie"), "Non renseignée."),
    flow("t_obstacles", BILAN, "Obstacles rencontrés", attrgetter("obstacles"), "Non renseignés."),
)
