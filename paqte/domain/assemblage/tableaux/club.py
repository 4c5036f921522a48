"""The club: enterprises in both dispositifs, what each forecast and achieved; results broken down (R8, R9, R20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan
from paqte.domain.assemblage.grille.indicateurs import Fenetres, aim, chiffre, windows
from paqte.domain.assemblage.tableaux.signataires import active, paqte_of
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import Cle, Part, total
from paqte.domain.conventions.objectifs import achievement
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.saisie.textes import french_order
from paqte.domain.statuts.conventions import CATEGORIES, NATURES, PROJET

SANS_PREVISION, SANS_REPONSE = "sans prévision", "aucune réponse depuis le début"
INCONNU = "Non renseigné"
# What results may be broken down by: a column of the signatory's last PAQTE convention, and how people call it.
PAR: dict[str, str] = {
    "categorie": "Taille",
    "commune": "Commune",
    "cosignataire": "EPCI cosignataire",
    "nature": "Nature",
}
WORDS: dict[str, Mapping[str, str]] = {"categorie": {**CATEGORIES, "": INCONNU}, "nature": NATURES}


class ThematiqueTold(NamedTuple):
    """One measure of a thématique for one enterprise: forecast over the term, achieved since the start (R8b)."""

    code: str
    libelle: str
    unite: str
    prevision: Chiffre
    realise: Chiffre


class ClubListed(NamedTuple):
    """An enterprise of the club; `signataires` and `conventions` are the keys of its SIREN's, in force."""

    siren: str
    nom: str
    commune: str
    categorie: str
    signataires: tuple[int, ...]
    conventions: tuple[int, ...]
    is_active: bool
    mesures: tuple[ThematiqueTold, ...]

    @property
    def thematiques(self) -> tuple[str, ...]:
        """Codes, each once, in the order of the grid."""
        return tuple(dict.fromkeys(one.code for one in self.mesures))


class RepartitionRow(NamedTuple):
    """A group and its figures, in the order of the columns."""

    libelle: str
    chiffres: tuple[Chiffre, ...]


class Repartition(NamedTuple):
    """Figures of a period by group; `ensemble` are those of the bilan, all natures, to which each column adds up."""

    par: str
    colonnes: tuple[Indicateur, ...]
    lignes: tuple[RepartitionRow, ...]
    ensemble: tuple[Chiffre, ...]


def club(donnees: DonneesBilan, grid: Catalogue) -> tuple[ClubListed, ...]:
    """The enterprises of the club in the period, by name; a SIREN counts once (R3)."""
    companies = [c for c in donnees.in_force if c.is_entreprise]
    both = {c.siren for c in paqte_of(companies)} & {c.siren for c in companies if c.is_plan}
    alive, fenetres = active(donnees), windows(donnees, grid)
    by_siren: defaultdict[str, list[ConventionLue]] = defaultdict(list)
    for c in sorted(companies, key=lambda c: (c.dates.debut, c.id)):
        if c.siren in both:
            by_siren[c.siren].append(c)
    told = [_enterprise(siren, own, siren in alive, fenetres, grid) for siren, own in by_siren.items()]
    return tuple(sorted(told, key=lambda one: (french_order(one.nom), one.siren)))


def _enterprise(
    siren: str, own: list[ConventionLue], is_active: bool, fenetres: Fenetres, grid: Catalogue
) -> ClubListed:
    last = own[-1]
    return ClubListed(
        siren=siren,
        nom=last.nom,
        commune=last.commune,
        categorie=last.categorie,
        signataires=tuple(dict.fromkeys(c.signataire_id for c in own)),
        conventions=tuple(c.id for c in own),
        is_active=is_active,
        mesures=tuple(_measures(own, fenetres, grid)),
    )


def _measures(own: list[ConventionLue], fenetres: Fenetres, grid: Catalogue) -> Iterator[ThematiqueTold]:
    """The plan's own measures that its conventions in force promise, in the order of the thématiques."""
    held, promised = {c.id for c in own}, {e.indicateur for c in own for e in c.engagements}
    for thematique in grid.thematiques.values():
        for i in grid.measures_of(thematique.code):
            if i.code in promised:
                parts = {cle: part for cle, part in fenetres.cumul.of(i.code).items() if cle.convention in held}
                yield ThematiqueTold(
                    thematique.code,
                    thematique.libelle,
                    i.unite,
                    aim(achievement(parts, i.genre), i, SANS_PREVISION),
                    _since_start(parts, i),
                )


def _since_start(parts: Mapping[Cle, Part], i: Indicateur) -> Chiffre:
    figure = total(parts, i.genre)
    return chiffre(figure, i, SANS_REPONSE) if figure.contributeurs else Chiffre(None, SANS_REPONSE)


def break_down(donnees: DonneesBilan, grid: Catalogue, par: str) -> Repartition:
    """The headline figures of the period by one of PAR, of every nature together (R38).

    Each signatory stands in one group, that of its last PAQTE convention: the groups add up to the bilan's total (R20).
    Quotients do not add, and have no column.
    """
    columns = tuple(i for i in grid.phares if i.is_summable and i.traits.quotient is None)
    groups, over = _group_of_each(donnees, par), windows(donnees, grid).periode
    rows: defaultdict[str, list[Chiffre]] = defaultdict(list)
    shown = sorted({groups.get(cle.signataire, INCONNU) for i in columns for cle in over.consolidation.of(i.code)})
    for i in columns:
        parts = over.consolidation.of(i.code)
        for label in shown:
            mine: dict[Cle, Part] = {c: p for c, p in parts.items() if groups.get(c.signataire, INCONNU) == label}
            rows[label].append(chiffre(total(mine, i.genre), i, "aucune réponse n’était due"))
    ordered = sorted(shown, key=lambda label: (label == INCONNU, _place_among(label, par), french_order(label)))
    told = tuple(RepartitionRow(label, tuple(rows[label])) for label in ordered)
    return Repartition(par, columns, told, tuple(over.chiffre(i) for i in columns))


def _group_of_each(donnees: DonneesBilan, par: str) -> dict[int, str]:
    """The group of each signatory, as people read it: that of its last convention of the PAQTE in the period.

    What is only prepared, what begins later, and an adhesion to the plan, which no EPCI signs, take nothing from it.
    """
    words, found = WORDS.get(par, {}), {}

    def place(c: ConventionLue) -> tuple[object, ...]:
        is_told = c.is_paqte and c.dates.statut != PROJET and c.dates.debut < donnees.periode.fin
        return is_told, c.dates.debut, c.id

    for c in sorted(donnees.conventions, key=place):
        value = str(getattr(c, par))
        found[c.signataire_id] = words.get(value, value) or INCONNU
    return found


def _place_among(label: str, par: str) -> int:
    """Codes of a list keep its order; names are sorted as names."""
    known = list(WORDS.get(par, {}).values())
    return known.index(label) if label in known else len(known)
