"""The named cells of the quarterly export as data."""

from __future__ import annotations

from operator import attrgetter

from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.reporting.classeurs import valeurs
from paqte.reporting.classeurs.compte_rendu import ANALYSE, AXES, ENTREPRISES, SYNTHESE, THEMATIQUES
from paqte.reporting.classeurs.donnees import DONNEES
from paqte.reporting.remplissage.colonnes import ENTIER
from paqte.reporting.remplissage.format import Champ, meta_fields

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
