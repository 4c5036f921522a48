"""The lines of the grid: each indicator over the département (R13, R14, R20–R22)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from paqte.domain.assemblage import attentes
from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan, EngagementLu
from paqte.domain.bilan import Chiffre, LigneIndicateur, PointAxe
from paqte.domain.catalogue import LIBRE, OUI_NON, RATIO, Catalogue, Indicateur
from paqte.domain.consolidation import Consolidation, Fait, Total, achievement, consolidate, inside, reference, total
from paqte.domain.conventions import PAQTE
from paqte.domain.declarations import MANQUANTE, NEANT
from paqte.domain.nombres import written
from paqte.domain.periodes import Periode

NON_ENGAGE = "aucun signataire ne s’y est engagé"


@dataclass(frozen=True, slots=True)
class Fenetres:
    """The same facts over the four windows of a bilan."""

    semestre: Consolidation
    precedent: Consolidation
    un_an_avant: Consolidation
    cumul: Consolidation


def windows(donnees: DonneesBilan, grid: Catalogue) -> Fenetres:
    """Each window consolidated once; the targets go with the figures since the start (R22)."""
    p = donnees.periode
    return Fenetres(
        semestre=_over(donnees, p, grid),
        precedent=_over(donnees, p.precedente, grid),
        un_an_avant=_over(donnees, p.un_an_avant, grid),
        cumul=consolidate(donnees.faits, attentes.targets(donnees.in_force, grid.indicateurs)),
    )


def _over(donnees: DonneesBilan, window: Periode, grid: Catalogue) -> Consolidation:
    return consolidate(inside(donnees.faits, window), attentes.over(donnees.conventions, window, grid.indicateurs))


def lines(donnees: DonneesBilan, fenetres: Fenetres, grid: Catalogue) -> tuple[LigneIndicateur, ...]:
    """Every indicator of the PAQTE grid, then each free commitment on a line of its own (R5)."""
    summed = [i for i in grid.of_dispositif(PAQTE) if i.is_summable]
    free = [
        _free_line(c, e, grid.indicateurs[e.indicateur], donnees)
        for c in donnees.in_force
        for e in c.engagements
        if e.indicateur in grid.indicateurs and grid.indicateurs[e.indicateur].genre == LIBRE
    ]
    return (*(_line(i, fenetres, donnees.periode) for i in summed), *free)


def points(given: tuple[LigneIndicateur, ...]) -> tuple[PointAxe, ...]:
    """What the chart of each axis shows: achieved in percent of the target."""
    return tuple(PointAxe(line.axe, line.code, line.libelle, line.taux) for line in given if line.genre != LIBRE)


def chiffre(figure: Total, indicateur: Indicateur) -> Chiffre:
    """The figure, or why there is none (R13)."""
    if figure.valeur is not None:
        return Chiffre(figure.valeur)
    if figure.contributeurs and indicateur.genre == RATIO:
        return Chiffre(None, "n.d. : dénominateur nul ou absent")
    if figure.contributeurs:
        return Chiffre(None, "n.d.")
    if figure.signataires_dus == 0:
        return Chiffre(None, NON_ENGAGE)
    return Chiffre(None, f"aucune réponse sur {figure.signataires_dus} attendue{_s(figure.signataires_dus)}")


def _line(i: Indicateur, fenetres: Fenetres, periode: Periode) -> LigneIndicateur:
    semestre = total(fenetres.semestre.of(i.code), i.genre)
    rate = achievement(fenetres.cumul.of(i.code), i.genre)
    return LigneIndicateur(
        axe=i.axe,
        code=i.code,
        libelle=i.libelle,
        unite="signataires ayant répondu oui" if i.genre == OUI_NON else i.unite,
        genre=i.genre,
        est_dont=bool(i.dont),
        reference=_or(reference(fenetres.cumul.of(i.code), i.genre), "sans référence"),
        cible=_or(rate.cible, "sans objectif"),
        semestre=chiffre(semestre, i),
        precedent=chiffre(total(fenetres.precedent.of(i.code), i.genre), i),
        un_an_avant=chiffre(total(fenetres.un_an_avant.of(i.code), i.genre), i),
        cumul=_since_start(fenetres, i),
        taux=_or(rate.taux, "sans objectif" if rate.cible is None else "n.d."),
        sans_cible=_or(rate.sans_cible, NON_ENGAGE),
        repondu=semestre.signataires_repondants,
        du=semestre.signataires_dus,
        neants=semestre.signataires_neant,
        mention=_mention(i, periode),
    )


def _since_start(fenetres: Fenetres, i: Indicateur) -> Chiffre:
    since = total(fenetres.cumul.of(i.code), i.genre)
    if since.valeur is None and not since.contributeurs and since.signataires_dus:
        return Chiffre(None, "aucune réponse depuis le début")
    return chiffre(since, i)


def _mention(i: Indicateur, periode: Periode) -> str:
    marks = []
    if i.doublons:
        marks.append("doublons possibles")
    if i.calendrier == "scolaire":
        marks.append("souvent compté par année scolaire")
    if i.au < periode.debut:
        marks.append(f"mesure close depuis le {i.au.strftime('%d/%m/%Y')}")
    return " ; ".join(marks)


def _free_line(c: ConventionLue, e: EngagementLu, i: Indicateur, donnees: DonneesBilan) -> LigneIndicateur:
    """A free commitment: its own values as told, never summed (R5)."""
    mine = [f for f in donnees.faits if f.engagement == e.id]
    now, before, year_before = (
        Chiffre(None, _told(inside(mine, window), e.unite))
        for window in (donnees.periode, donnees.periode.precedente, donnees.periode.un_an_avant)
    )
    owed = {a.cle.engagement: a.periodes for a in attentes.over([c], donnees.periode, {i.code: i})}
    dues = owed.get(e.id, 0)
    given = [f.reponse for f in inside(mine, donnees.periode) if f.reponse != MANQUANTE]
    return LigneIndicateur(
        axe=i.axe,
        code=i.code,
        libelle=f"{e.libelle or i.libelle} ({c.nom})",
        unite=e.unite,
        genre=i.genre,
        est_dont=False,
        reference=_or(e.reference, "sans référence"),
        cible=_or(e.cible, "sans objectif"),
        semestre=now,
        precedent=before,
        un_an_avant=year_before,
        cumul=Chiffre(None, "non sommable"),
        taux=Chiffre(None, "non sommable"),
        sans_cible=Chiffre(None, "non sommable"),
        repondu=int(0 < dues <= len(given)),
        du=int(dues > 0),
        neants=int(bool(given) and set(given) == {NEANT}),
    )


def _told(faits: list[Fait], unite: str) -> str:
    """Values of a free commitment one after another: "T1 : 3 repas ; T2 : néant"."""
    told = [f"{f.periode[5:]} : {_value(f, unite)}" for f in sorted(faits, key=lambda f: f.periode)]
    return " ; ".join(told) or "aucune réponse"


def _value(fait: Fait, unite: str) -> str:
    if fait.reponse == NEANT:
        return "néant"
    return "sans réponse" if fait.valeur is None else f"{written(Decimal(fait.valeur))} {unite}".strip()


def _or(value: Decimal | None, motif: str) -> Chiffre:
    return Chiffre(value) if value is not None else Chiffre(None, motif)


def _s(count: int) -> str:
    return "s" if count > 1 else ""
