"""The workbook of the quarterly export, sheet by sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

from paqte.domain.assemblage.trimestre import NEANT
from paqte.domain.chiffres import Chiffre
from paqte.domain.colonnes import ENTIER, NOMBRE, OBSERVATIONS, POURCENT, RAPPORT, TEXTE, Colonne
from paqte.domain.documents import registre
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes import libelles
from paqte.domain.documents.lignes.lignes import LigneThematique, is_of_entreprises
from paqte.domain.documents.lignes.lignes_trimestre import EntrepriseTrimestre
from paqte.reporting.classeurs import valeurs
from paqte.reporting.classeurs.communs import META_TABLEAU, cleanings, corrections, meta_fields, reading_notes
from paqte.reporting.classeurs.donnees import DONNEES, TABLEAU_DONNEES, pieces
from paqte.reporting.remplissage.plan.format import GABARITS, META, UNITES, Format, NamedCell, Table, flow

SYNTHESE = "Synthèse"
THEMATIQUES = "Thématiques"
ENTREPRISES = "Entreprises"
AUTRES = "Autres signataires"
AXES = "Axes PAQTE"
ANALYSE = "Analyse"
FEUILLES = (SYNTHESE, THEMATIQUES, ENTREPRISES, AUTRES, AXES, ANALYSE, DONNEES, META)

SANS_ANALYSE = "Non renseignée : le référent n’a pas encore saisi ce texte."
SANS_PROPOSITION = "Non renseignées : le référent n’a pas encore saisi ce texte."


def _is_entreprise(row: EntrepriseTrimestre) -> bool:
    return libelles.is_entreprise(row.nature)


def _signataires(is_kept: Callable[[EntrepriseTrimestre], bool]) -> Callable[[CompteRendu], list[EntrepriseTrimestre]]:
    return lambda document: [row for row in document.entreprises if is_kept(row)]


class _Thematique(NamedTuple):
    """A thématique as its sheet shows it: `libelle` tells apart the two measures of one, `taux` the share achieved."""

    ligne: LigneThematique
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


def columns_of(champ: str) -> tuple[Colonne, ...]:
    """The columns of the sheet that details a table of the compte rendu, as the document says them."""
    return next(table.montrees for table in CompteRendu.tables if table.champ == champ)


def _thematique_columns() -> Iterator[Colonne]:
    """Those of the table, with the share achieved after what was achieved since the start."""
    for column in columns_of("thematiques"):
        yield replace(column, valeur=partial(_of_line, column))
        if column.champ == "cumul":
            yield replace(columns_of("progres")[0], valeur=attrgetter("taux"))


def _of_line(column: Colonne, row: _Thematique) -> Any:
    return row.libelle if column.champ == "libelle" else column.of(row.ligne)


def _chart_note(document: CompteRendu) -> Iterator[str]:
    """A sheet of data bears no sentence of its own: why it has no chart is said among the notes (R13)."""
    rates = [t.taux.valeur for t in _thematiques(document) if is_of_entreprises(t.ligne.nature)]
    known = [rate for rate in rates if rate is not None]
    if rates and not any(known):
        why = "tous les taux sont à 0\u00a0%" if known else "aucun taux n’est calculé"
        yield f"Thématiques\u00a0: pas de graphique, {why}."


_ENTREPRISE = columns_of("entreprises")

TABLEAUX: tuple[Table, ...] = (
    flow("t_neant", SYNTHESE, "Néant", lambda c: NEANT if c.is_neant else "", None),
    Table(
        "t_axes_synthese",
        SYNTHESE,
        lambda c: [i for i in c.indicateurs if i.is_engaged],
        (
            Colonne("", "Axe", TEXTE, largeur=4, valeur=lambda i: libelles.axe_label(i.axe)),
            Colonne("", "Indicateur", TEXTE, largeur=11, valeur=libelles.label_and_unit),
            Colonne("realise", "Réalisé au trimestre", NOMBRE, largeur=4),
            Colonne("cumul", "Depuis le début", NOMBRE, largeur=4),
            Colonne("taux", "% de l’objectif", POURCENT, largeur=3),
            Colonne("", "Réponses", RAPPORT, largeur=3, valeur=lambda i: f"{i.repondu} / {i.du}"),
            Colonne("mention", "Observations", OBSERVATIONS, largeur=7),
        ),
        "Néant : aucun engagement PAQTE sur le trimestre.",
        UNITES,
        intitule="Axes du PAQTE",
    ),
    Table(
        "t_thematiques",
        THEMATIQUES,
        _thematiques,
        tuple(_thematique_columns()),
        "Néant : aucune thématique.",
        UNITES,
        trace=lambda t: is_of_entreprises(t.ligne.nature),
        liste="Thematiques",
    ),
    Table(
        "t_entreprises",
        ENTREPRISES,
        _signataires(_is_entreprise),
        _ENTREPRISE,
        "Néant : aucune entreprise engagée sur le trimestre.",
        intitule="Entreprises",
        liste="Entreprises",
    ),
    Table(
        "t_autres_signataires",
        AUTRES,
        _signataires(lambda row: not _is_entreprise(row)),
        _ENTREPRISE,
        "Néant : aucun autre signataire sur le trimestre.",
        intitule="Autres signataires",
        liste="Autres_signataires",
        ancienne=ENTREPRISES,
    ),
    Table(
        "t_indicateurs",
        AXES,
        attrgetter("indicateurs"),
        columns_of("indicateurs"),
        "Néant : aucun indicateur engagé sur le trimestre.",
        UNITES,
        liste="Axes",
    ),
    flow("t_efficacite", ANALYSE, "Analyse de l’efficacité", attrgetter("efficacite"), SANS_ANALYSE),
    flow("t_propositions", ANALYSE, "Propositions", attrgetter("propositions"), SANS_PROPOSITION),
    corrections(ANALYSE),
    reading_notes(ANALYSE, _chart_note),
    cleanings(ANALYSE),
    TABLEAU_DONNEES,
    META_TABLEAU,
)


def _count(nom: str, champ: str) -> NamedCell:
    return NamedCell(nom, SYNTHESE, attrgetter(f"comptes.{champ}"), ENTIER)


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


GENRE = registre.DOCUMENTS[registre.COMPTE_RENDU]

CHAMPS: tuple[NamedCell, ...] = (
    NamedCell("b_bandeau", SYNTHESE, lambda c: f"Export trimestriel du PAQTE · {valeurs.subtitle(c)}"),
    NamedCell("b_prefecture", SYNTHESE, valeurs.prefecture),
    NamedCell("b_departement", SYNTHESE, valeurs.place),
    NamedCell("b_periode", SYNTHESE, attrgetter("periode_libelle")),
    NamedCell("b_dates", SYNTHESE, lambda c: valeurs.period_dates(c.periode)),
    NamedCell("b_edition", SYNTHESE, valeurs.edition_phrase),
    NamedCell("b_phrase", SYNTHESE, _phrase),
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
    NamedCell("b_thematiques", THEMATIQUES, valeurs.subtitle, is_former=True),
    NamedCell("b_entreprises", ENTREPRISES, valeurs.subtitle, is_former=True),
    NamedCell("b_axes", AXES, valeurs.subtitle, is_former=True),
    NamedCell("b_analyse", ANALYSE, valeurs.subtitle),
    NamedCell("b_donnees", DONNEES, valeurs.subtitle, is_former=True),
    *meta_fields(GENRE.marque),
)

FORMAT = Format(
    genre=GENRE.gabarit,
    marque=GENRE.marque,
    nom="l’export trimestriel",
    un="un export trimestriel du PAQTE",
    fichier=GENRE.fichier,
    feuilles=FEUILLES,
    champs=CHAMPS,
    tableaux=TABLEAUX,
    gabarit=GABARITS / "export_trimestriel.xlsx",
    pieces=pieces,
)
