"""Free commitments: each on a line of its own, its values as they were told, never summed (R5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan, EngagementLu
from paqte.domain.assemblage.grille import attentes, mentions
from paqte.domain.assemblage.grille.indicateurs import AVANT_CONVENTION, RIEN_DU, declarants, figure_or
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import Fait
from paqte.domain.conventions.engagements import lacking_years
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.saisie.nombres import written
from paqte.domain.statuts.declarations import MANQUANTE, NEANT


def free_line(c: ConventionLue, e: EngagementLu, donnees: DonneesBilan, grid: Catalogue) -> LigneIndicateur:
    """A free commitment: its own values as told, never summed (R5)."""
    i = grid.indicateurs[e.indicateur]
    given_in = [
        (window, _free_answers(donnees, window, grid).get(e.id, ()))
        for window in (donnees.periode, donnees.periode.precedente, donnees.periode.un_an_avant)
    ]
    now, before, year_before = (Chiffre(None, _periods_told(c, i, mine, window, e.unite)) for window, mine in given_in)
    owed = {a.cle.engagement: a.codes for a in attentes.over([c], donnees.periode, {i.code: i})}
    dues = owed.get(e.id, frozenset[str]())
    given = {f.periode: f.reponse for f in given_in[0][1] if f.reponse != MANQUANTE}
    lacking = lacking_years(e.annees, c.dates.debut, c.dates.dernier_jour, i)
    return LigneIndicateur(
        axe=i.axe,
        code=i.code,
        libelle=f"{e.libelle or i.libelle} ({c.nom})",
        unite=e.unite,
        genre=i.genre,
        est_dont=False,
        reference=figure_or(e.reference, "sans référence"),
        cible=figure_or(e.cible, "sans objectif"),
        realise=now,
        precedent=before,
        un_an_avant=year_before,
        cumul=Chiffre(None, "non sommable"),
        taux=Chiffre(None, "non sommable"),
        sans_cible=Chiffre(None, "non sommable"),
        repondu=int(bool(dues) and dues <= given.keys()),
        du=int(bool(dues)),
        neants=int(bool(given) and set(given.values()) == {NEANT}),
        mention=mentions.partial_target(lacking) if lacking else "",
        nature=c.nature,
    )


def _free_answers(donnees: DonneesBilan, window: Periode, grid: Catalogue) -> Mapping[int, Sequence[Fait]]:
    """What was answered to each free commitment inside a window, by engagement."""

    def found() -> Mapping[int, Sequence[Fait]]:
        free = {i.code for i in grid.indicateurs.values() if i.traits.is_free}
        asked = {e.id for c in donnees.conventions for e in c.engagements if e.indicateur in free}
        given: defaultdict[int, list[Fait]] = defaultdict(list)
        for fait in donnees.answers.inside(window):
            if fait.engagement in asked:
                given[fait.engagement].append(fait)
        return dict(given)

    return donnees.answers.keep("libres", window, found)


def _periods_told(c: ConventionLue, i: Indicateur, mine: Sequence[Fait], window: Periode, unite: str) -> str:
    """Values of a free commitment one after another: "T1 : 3 repas ; T2 : néant"; else why there is none (R13).

    Of a period that nobody asked of it, before it began for instance, nothing is said to be missing.
    """
    asked = {p.code for p in c.suivi.followed(window) if i.is_valid_during(p.debut, p.fin)}
    faits = [f for f in mine if f.reponse != MANQUANTE or f.periode in asked]
    if faits:
        return " ; ".join(f"{f.periode[5:]} : {_value(f, unite)}" for f in sorted(faits, key=lambda f: f.periode))
    if attentes.is_semestriel(c, window, {i.code: i}):
        return declarants(1)
    if asked:
        return "aucune réponse"
    return AVANT_CONVENTION if window.fin <= c.dates.debut else RIEN_DU


def _value(fait: Fait, unite: str) -> str:
    if fait.reponse == NEANT:
        return "néant"
    return "sans réponse" if fait.valeur is None else f"{written(Decimal(fait.valeur))} {unite}".strip()
