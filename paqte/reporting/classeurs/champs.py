"""The named cells of the workbook as data: name, sheet, format, and where the value comes from."""

from __future__ import annotations

from operator import attrgetter

from paqte.domain.documents.bilan import Bilan
from paqte.reporting.classeurs import valeurs
from paqte.reporting.remplissage.colonnes import (
    ACTIONS,
    BILAN,
    CONTEXTE,
    ENTIER,
    INDICATEURS,
    QUALITE,
    SIGNATAIRES,
    THEMATIQUES,
)
from paqte.reporting.remplissage.format import Champ, meta_fields

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


def _count(nom: str, champ: str) -> Champ:
    return Champ(nom, BILAN, attrgetter(f"comptes.{champ}"), ENTIER)


CHAMPS: tuple[Champ, ...] = (
    Champ("b_bandeau", BILAN, lambda b: f"Bilan semestriel du PAQTE · {valeurs.subtitle(b)}"),
    Champ("b_prefecture", BILAN, valeurs.prefecture),
    Champ("b_departement", BILAN, valeurs.place),
    Champ("b_periode", BILAN, attrgetter("periode_libelle")),
    Champ("b_dates", BILAN, lambda b: valeurs.period_dates(b.periode)),
    Champ("b_edition", BILAN, valeurs.edition_phrase),
    Champ("b_phrase_signataires", BILAN, _counts_phrase),
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
    Champ("b_signataires", SIGNATAIRES, valeurs.subtitle),
    Champ("b_indicateurs", INDICATEURS, valeurs.subtitle),
    Champ("b_thematiques", THEMATIQUES, valeurs.subtitle),
    Champ("b_actions", ACTIONS, valeurs.subtitle),
    Champ("b_contexte", CONTEXTE, valeurs.subtitle),
    Champ("b_qualite", QUALITE, valeurs.subtitle),
    *meta_fields(MARQUE),
)
