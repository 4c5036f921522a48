"""What the pages of a territory show alike of a semester and of a quarter of the plan: words, results, map, awaited."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

from paqte.domain.assemblage.nation import Nation
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import DOCUMENTS, somme_of
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
from paqte.ops import clock
from paqte.queries.editions.nation import BilanAwaited, last_editions, list_awaited, names_of_departements
from paqte.services.editions.national import consolidate_in_time
from paqte.web.affichage.carte import Tile
from paqte.web.socle.session import actor

PRODUIT, RECU, RETARD, ATTENDU, RIEN = "produit", "recu", "retard", "attendu", "rien"
# What a document may not tell, by how the page calls it: its département is then named beside the sum.
MUETS = {
    "objectifs": "objectifs",
    "thematiques": "thematiques",
    "natures": "natures",
    "delais": "a_temps",
    "sirens": "sirens",
}


class PeriodeTold(NamedTuple):
    """How a page speaks of its periods, and of the document that they are made of."""

    entreprises: str
    colonne: str
    periodes: str
    cette: str
    document: str
    documents: str
    son: str
    leurs: str
    aucun: str


MOTS = {
    SEMESTRE: PeriodeTold(
        "Entreprises signataires",
        "Semestre",
        "semestres",
        "ce semestre",
        "bilan",
        "bilans",
        "son bilan",
        "leurs bilans",
        "aucun bilan",
    ),
    TRIMESTRE: PeriodeTold(
        "Entreprises engagées",
        "Trimestre",
        "trimestres",
        "ce trimestre",
        "export",
        "exports",
        "son export",
        "leurs exports",
        "aucun export",
    ),
}


def map_words(periode: Periode) -> dict[str, tuple[str, str]]:
    """What the map says of a département, and the sign that says it without a colour."""
    court = DOCUMENTS[somme_of(periode.genre).de].court
    return {
        PRODUIT: (f"{court} produit", "✓"),
        RECU: ("Reçu en classeur", "R"),
        RETARD: ("En retard", "!"),
        ATTENDU: ("Attendu", "…"),
        RIEN: ("Rien d’attendu", ""),
    }


def told_of_territory(periode: Periode) -> dict[str, Any]:
    """What both pages are given: the sum, what it is compared with, its départements, those that are awaited."""
    in_time = consolidate_in_time(actor=actor(), periode=periode)
    nation = in_time.present
    compared = (
        ("Précédent", periode.precedente, in_time.before),
        ("Un an avant", periode.un_an_avant, in_time.year_ago),
    )
    awaited = list_awaited(actor=actor(), periode=periode, now=clock.now())
    axes, words = catalogue().axes, map_words(periode)
    issued = last_editions(actor=actor(), periode=periode, genre=somme_of(periode.genre).de)
    return {
        "periode": periode,
        "mots": MOTS[periode.genre],
        "nation": nation,
        "autrefois": [(one, len(then.parts)) for _, one, then in compared],
        "colonnes": [(titre, then.chiffres) for titre, _, then in compared if then.parts],
        "inegaux": in_time.not_alike,
        "axes": [(axes[code].libelle, list(lines)) for code, lines in groupby(nation.lignes, key=lambda one: one.axe)],
        "editions": {e.id: e for e in issued},
        "attendus": awaited,
        "tuiles": _tiles(nation, awaited, words),
        "sur_la_carte": words,
        **{f"muets_{name}": nation.silent_on(subject) for name, subject in MUETS.items()},
    }


def _tiles(nation: Nation, awaited: list[BilanAwaited], words: dict[str, tuple[str, str]]) -> list[Tile]:
    said = {p.departement: RECU if p.recue else PRODUIT for p in nation.parts}
    late = {one.departement.code: RETARD if one.departement.is_late else ATTENDU for one in awaited}
    names = names_of_departements(actor=actor())
    states = {code: said.get(code) or late.get(code) or RIEN for code in names}
    return [Tile(code, nom, states[code], words[states[code]][1]) for code, nom in names.items()]
