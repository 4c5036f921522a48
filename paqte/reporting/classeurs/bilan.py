"""The workbook of the six-monthly bilan, format of the CGET: the sheet Bilan, what a préfet reads, then its details.

Widths of the sheet Bilan are steps of the grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from paqte.domain.colonnes import ENTIER, OBSERVATIONS, POURCENT, RAPPORT, TEXTE, Colonne
from paqte.domain.documents import registre
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes import libelles
from paqte.domain.documents.lignes.lignes import (
    LigneAction,
    LigneContexte,
    LigneIndicateur,
    LigneSignataire,
    is_of_entreprises,
)
from paqte.reporting.classeurs import valeurs
from paqte.reporting.classeurs.bilan_detail import (
    ACTIONS,
    BILAN,
    CONTEXTE,
    FEUILLES,
    INDICATEURS,
    QUALITE,
    SIGNATAIRES,
    TABLEAUX_DETAIL,
    THEMATIQUES,
    on_grid,
)
from paqte.reporting.classeurs.communs import meta_fields
from paqte.reporting.ooxml.sheets.values import number_text
from paqte.reporting.remplissage.plan.format import GABARITS, PAS, UNITES, Format, NamedCell, Table, flow, paragraphs

# Each axis has its own table, hence its own chart. The last one also takes axes that the template does not know.
AXES = ("SENSIBILISER", "FORMER", "RECRUTER", "ACHETER", "AUTRE")


# Examples are printed, and forty long ones must not make a book: characters of text for each of them, on average, and
# for all of them at least and at most.
EXAMPLE_ROOM, LEAST_ROOM, MOST_ROOM = 400, 6_000, 16_000
_MORE = "… (texte entier : feuille « Actions »)"


class ActionRow(NamedTuple):
    """A row of the concrete examples. `modele` is "titre", "mention" or "texte"."""

    modele: str
    texte: str


def _is_charte(s: LigneSignataire) -> bool:
    """A charte « Entreprises et quartiers » still in force is listed apart, to be transformed (R7)."""
    return s.dispositifs.startswith("Charte")


def _entreprises(bilan: Bilan) -> Iterator[LigneSignataire]:
    return (s for s in bilan.signataires if libelles.is_entreprise(s.nature) and not _is_charte(s))


def _others(bilan: Bilan) -> Iterator[LigneSignataire]:
    return (s for s in bilan.signataires if not libelles.is_entreprise(s.nature) and not _is_charte(s))


def _term(s: LigneSignataire) -> str:
    return f"{valeurs.short_date(s.debut)} – {valeurs.short_date(s.fin)}" if s.debut or s.fin else ""


def _axes(s: LigneSignataire) -> str:
    """The axes of a signatory on one line of the page: who is engaged in all four needs no list."""
    labels = [libelles.axe_label(code) for code in AXES[:-1]]
    return "Les quatre axes" if s.axes == ", ".join(labels) else s.axes


def _of_axe(code: str) -> Callable[[Bilan], list[LigneIndicateur]]:
    def belongs(indicateur: LigneIndicateur) -> bool:
        axe = libelles.axe_code(indicateur.axe)
        return (axe if axe in AXES else AXES[-1]) == code

    # The enterprises first: they are what the chart of the axis shows (R38).
    return lambda bilan: sorted(filter(belongs, bilan.indicateurs), key=lambda i: not is_of_entreprises(i.nature))


def _is_traced(row: LigneIndicateur) -> bool:
    return is_of_entreprises(row.nature)


def _answers(row: Any) -> str:
    return f"{row.repondu} / {row.du}"


def _examples(bilan: Bilan) -> Iterator[ActionRow]:
    share = _share_of_room([len(action.texte) for action in bilan.actions])
    for action in bilan.actions:
        yield ActionRow("titre", action.titre)
        yield ActionRow("mention", _circumstances(action))
        yield from (ActionRow("texte", p) for p in paragraphs(_shortened(action.texte, share)))


def _share_of_room(lengths: Sequence[int]) -> int:
    """How many characters each text may have so that all hold in the room: short ones leave theirs to the others."""
    room = min(max(EXAMPLE_ROOM * len(lengths), LEAST_ROOM), MOST_ROOM)
    for rank, length in enumerate(sorted(lengths)):
        share = room // (len(lengths) - rank)
        if length > share:
            return share
        room -= length
    return max(lengths, default=0)


def _shortened(text: str, most: int) -> str:
    """The text, or its beginning to the end of a word: the sheet Actions has it whole."""
    if len(text) <= most:
        return text
    kept = text[: max(most - len(_MORE), 0)]
    return f"{kept.rsplit(maxsplit=1)[0] if ' ' in kept else kept}{_MORE}"


def _circumstances(action: LigneAction) -> str:
    count = action.beneficiaires.valeur
    plural = "s" if count is not None and count >= 2 else ""
    who = "" if count is None else f"{number_text(count)} bénéficiaire{plural}"
    axe = libelles.axe_label(action.axe)
    return " · ".join(p for p in (action.signataire, axe, valeurs.short_date(action.date), action.lieu, who) if p)


def _provenance(element: LigneContexte) -> str:
    return " ; ".join(p for p in (element.precision, element.source, element.note) if p)


SENTENCE_NEANT = "Néant : aucune convention PAQTE n’était en vigueur dans le département sur la période."

_CATEGORIE = Colonne("", "Catégorie", TEXTE, largeur=3, valeur=lambda s: libelles.short_category(s.categorie))
_INDICATEUR = (
    *on_grid("indicateurs", code=2),
    Colonne("", "Indicateur", TEXTE, largeur=9, valeur=libelles.label_and_unit),
    *on_grid("indicateurs", cible=4, realise=4, cumul=4),
    Colonne("taux", "% de l’objectif", POURCENT, largeur=3),
    Colonne("", "Réponses", RAPPORT, largeur=3, valeur=_answers),
    *on_grid("indicateurs", mention=7),
)
_AXES = tuple(
    Table(
        f"t_axe_{code.lower()}",
        BILAN,
        _of_axe(code),
        _INDICATEUR,
        "Néant : aucun engagement de cet axe sur la période.",
        UNITES,
        intitule=f"Résultats, axe {libelles.axe_label(code)}",
        trace=_is_traced,
    )
    for code in AXES
)

TABLEAUX_BILAN: tuple[Table, ...] = (
    flow("t_neant", BILAN, "Néant", lambda b: SENTENCE_NEANT if b.is_neant else "", None),
    Table(
        "t_referents",
        BILAN,
        attrgetter("referents"),
        on_grid("referents", nom=9, fonction=12, courriel=9, telephone=6),
        "Aucun référent n’est renseigné.",
        intitule="Référents",
    ),
    flow("t_organisation", BILAN, "Organisation retenue", attrgetter("organisation"), "Non renseignée."),
    Table(
        "t_entreprises",
        BILAN,
        _entreprises,
        (
            Colonne("nom", "Entreprise", TEXTE, largeur=10),
            *on_grid("signataires", commune=5),
            _CATEGORIE,
            Colonne("axes", "Axes", TEXTE, largeur=8, valeur=_axes),
            Colonne("", "Convention", TEXTE, largeur=7, valeur=_term),
            *on_grid("signataires", etat=3),
        ),
        "Néant : aucune entreprise signataire sur la période.",
        intitule="Entreprises signataires",
    ),
    Table(
        "t_autres_signataires",
        BILAN,
        _others,
        (
            *on_grid("signataires", nom=9, commune=5, nature=5),
            Colonne("axes", "Axes", TEXTE, largeur=7, valeur=_axes),
            Colonne("", "Convention", TEXTE, largeur=7, valeur=_term),
            *on_grid("signataires", etat=3),
        ),
        "Néant : aucun autre signataire sur la période.",
        intitule="Autres signataires",
    ),
    Table(
        "t_chartes",
        BILAN,
        lambda b: (s for s in b.signataires if _is_charte(s)),
        (
            *on_grid("signataires", nom=11, commune=5),
            _CATEGORIE,
            *on_grid("signataires", nature=7),
            Colonne("", "Charte", TEXTE, largeur=7, valeur=_term),
            *on_grid("signataires", etat=3),
        ),
        "Néant : aucune charte à transformer.",
        intitule="Chartes à transformer",
    ),
    Table(
        "t_evolution",
        BILAN,
        attrgetter("evolution"),
        # The chart stands beside.
        on_grid("evolution", periode=6, entreprises=4, autres=5),
        "Néant : aucune convention enregistrée.",
        intitule="Évolution",
    ),
    Table(
        "t_partenaires",
        BILAN,
        attrgetter("partenaires"),
        (
            Colonne("nom", "Partenaire", TEXTE, largeur=12),
            *on_grid("partenaires", nature=8),
            Colonne("role", "Rôle dans le déploiement", TEXTE, largeur=16),
        ),
        "Néant : aucun partenaire n’est renseigné.",
        intitule="Partenaires",
    ),
    *_AXES,
    Table(
        "t_exemples",
        BILAN,
        _examples,
        (Colonne("texte", "", TEXTE, largeur=PAS),),
        "Néant : aucune action n’est rapportée pour la période.",
        ("texte", "titre", "mention"),
        attrgetter("modele"),
        entete=False,
        intitule="Exemples d’actions",
    ),
    Table(
        "t_elements",
        BILAN,
        attrgetter("contexte"),
        (
            *on_grid("contexte", libelle=12, valeur=5, unite=5, date=4),
            Colonne("", "Précisions et source", OBSERVATIONS, largeur=10, valeur=_provenance),
        ),
        "Aucun élément de contexte n’est renseigné.",
        UNITES,
        intitule="Éléments de contexte",
    ),
    flow("t_strategie", BILAN, "Stratégie définie", attrgetter("strategie"), "Non renseignée."),
    flow("t_obstacles", BILAN, "Obstacles rencontrés", attrgetter("obstacles"), "Non renseignés."),
)


# Written in `_meta`, so that a reader knows one of our workbooks from any other.
MARQUE = "paqte-bilan-semestriel"


def _counts_phrase(bilan: Bilan) -> str:
    counts, year = bilan.comptes, bilan.periode_libelle
    if bilan.is_neant:
        return f"Aucune entreprise signataire au titre du {year}."
    plural = "s" if counts.entreprises >= 2 else ""
    new = counts.nouvelles_entreprises
    more = "" if not new else f", dont {new} nouvelle{'s' if new >= 2 else ''} sur la période"
    return f"{counts.entreprises} entreprise{plural} signataire{plural}{more}."


def _count(nom: str, champ: str) -> NamedCell:
    return NamedCell(nom, BILAN, attrgetter(f"comptes.{champ}"), ENTIER)


GENRE = registre.DOCUMENTS[registre.BILAN]

CHAMPS: tuple[NamedCell, ...] = (
    NamedCell("b_bandeau", BILAN, lambda b: f"Bilan semestriel du PAQTE · {valeurs.subtitle(b)}"),
    NamedCell("b_prefecture", BILAN, valeurs.prefecture),
    NamedCell("b_departement", BILAN, valeurs.place),
    NamedCell("b_periode", BILAN, attrgetter("periode_libelle")),
    NamedCell("b_dates", BILAN, lambda b: valeurs.period_dates(b.periode)),
    NamedCell("b_edition", BILAN, valeurs.edition_phrase),
    NamedCell("b_phrase_signataires", BILAN, _counts_phrase),
    _count("b_entreprises", "entreprises"),
    _count("b_reseaux", "reseaux"),
    _count("b_employeurs_publics", "employeurs_publics"),
    _count("b_associations", "associations"),
    _count("b_nouvelles", "nouvelles_entreprises"),
    _count("b_actives", "actives"),
    _count("b_a_renouveler", "a_renouveler"),
    _count("b_chartes", "chartes_a_transformer"),
    _count("b_plan_10000", "plan_10000"),
    _count("b_club", "club"),
    _count("b_nationales", "couvertes_au_national"),
    NamedCell("b_signataires", SIGNATAIRES, valeurs.subtitle, is_former=True),
    NamedCell("b_indicateurs", INDICATEURS, valeurs.subtitle, is_former=True),
    NamedCell("b_thematiques", THEMATIQUES, valeurs.subtitle, is_former=True),
    NamedCell("b_actions", ACTIONS, valeurs.subtitle, is_former=True),
    NamedCell("b_contexte", CONTEXTE, valeurs.subtitle, is_former=True),
    NamedCell("b_qualite", QUALITE, valeurs.subtitle),
    *meta_fields(GENRE.marque),
)

FORMAT = Format(
    genre=GENRE.gabarit,
    marque=GENRE.marque,
    nom="le bilan",
    un="un bilan du PAQTE",
    fichier=GENRE.fichier,
    feuilles=FEUILLES,
    champs=CHAMPS,
    tableaux=(*TABLEAUX_BILAN, *TABLEAUX_DETAIL),
    gabarit=GABARITS / "bilan_semestriel.xlsx",
)
